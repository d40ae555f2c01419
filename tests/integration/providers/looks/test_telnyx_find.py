"""Looking up what was bought, by its tag, in the provider's list."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.errors import LookupFailed
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, ORDER_REFERENCE, REFERENCE, a_call
from tests.integration.providers.wire.pages import entry, found, page
from tests.integration.providers.wire.rude_server import (
    Behaviour,
    answers,
    breaks_off,
    closes,
    one_after_another,
    says_nothing,
    trickles,
)


async def test_what_was_bought_is_found(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """A purchase whose answer was lost is found whole, also while it is being registered."""
    sandbox.faults.close(after_selling=True)
    assert (await telnyx.purchase(a_call(), OPEN)).kind == "unknown"
    sims = (await telnyx.find(ORDER_REFERENCE))[REFERENCE]
    assert [sim.iccid for sim in sims] == [sim["iccid"] for sim in sandbox.ledger.sims]
    assert {sim.status for sim in sims} == {"registering"}


async def test_nothing_listed(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """An empty list is an answer, not a failure."""
    sandbox.account.add_sim(tags=["fleet"])
    assert await telnyx.find(ORDER_REFERENCE) == {}


async def test_every_call_of_an_order_in_one_query(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """One look finds all, by call; what carries only the order's own tag stands under that."""
    for number in (1, 2):
        await telnyx.purchase(a_call(number, f"{ORDER_REFERENCE}-{number}"), OPEN)
    alone = sandbox.account.add_sim(tags=[ORDER_REFERENCE, f"{ORDER_REFERENCE}-x"])
    both = sandbox.account.add_sim(
        tags=[ORDER_REFERENCE, f"{ORDER_REFERENCE}-12", f"{ORDER_REFERENCE}-3"]
    )
    sims = await telnyx.find(ORDER_REFERENCE)
    assert {name: len(of_it) for name, of_it in sims.items()} == {
        f"{ORDER_REFERENCE}-1": 1,
        f"{ORDER_REFERENCE}-2": 2,
        f"{ORDER_REFERENCE}-3": 1,
        ORDER_REFERENCE: 1,
    }
    assert sims[ORDER_REFERENCE][0].iccid == alone["iccid"]
    assert sims[f"{ORDER_REFERENCE}-3"][0].iccid == both["iccid"]


async def test_tags_in_small_letters(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """What comes back in another case is found all the same, under the name that we gave it."""
    sandbox.faults.lower_tags()
    await telnyx.purchase(a_call(), OPEN)
    assert {name: len(sims) for name, sims in (await telnyx.find(ORDER_REFERENCE)).items()} == {
        REFERENCE: 3
    }


async def test_a_list_that_ignores_the_filter(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """What the provider lists beside the order is left out here too, also what is almost it."""
    near = (f"{ORDER_REFERENCE}0-1", f"x{REFERENCE}", f"{REFERENCE}x", f"{REFERENCE},fleet", "")
    odd = [entry(10 + place, tag) for place, tag in enumerate(near)]
    data = [entry(1, "fleet", f" {REFERENCE.upper()} "), entry(2, "fleet"), *odd]
    meta = {"total_pages": 1, "total_results": len(data)}
    body = json.dumps({"data": data, "meta": meta}).encode()
    rude = await start_rude(answers("200 OK", body))
    assert await found(open_telnyx(rude.url)) == [1]


async def test_a_sim_without_an_iccid(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """A SIM card with our tag was bought, whatever else its entry lacks."""
    nameless = {"tags": [REFERENCE, ORDER_REFERENCE], "status": {"value": "registering"}}
    data = [entry(1, REFERENCE), nameless, {"id": "a", **nameless}, nameless]
    body = json.dumps({"data": data, "meta": {"total_pages": 1, "total_results": 4}}).encode()
    rude = await start_rude(answers("200 OK", body))
    sims = (await open_telnyx(rude.url).find(ORDER_REFERENCE))[REFERENCE]
    assert [(sim.iccid, sim.provider_id) for sim in sims] == [
        ("89310410106543000001", "sim-1"),
        (None, None),
        (None, "a"),
        (None, None),
    ]


async def test_one_id_for_all(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """An id that stands by several ICCIDs names none: the ICCIDs tell the SIM cards apart."""
    data = [entry(number, REFERENCE) | {"id": "same"} for number in (1, 2)]
    body = json.dumps({"data": data, "meta": {"total_pages": 1, "total_results": 2}}).encode()
    rude = await start_rude(answers("200 OK", body))
    sims = (await open_telnyx(rude.url).find(ORDER_REFERENCE))[REFERENCE]
    assert [sim.provider_id for sim in sims] == [None, None]
    assert await found(open_telnyx(rude.url)) == [1, 2]


async def test_every_page_is_read(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """More than a page holds is found as a whole, each once."""
    await telnyx.purchase(a_call(quantity=501), OPEN)
    sims = (await telnyx.find(ORDER_REFERENCE))[REFERENCE]
    assert {sim.iccid for sim in sims} == {sim["iccid"] for sim in sandbox.ledger.sims}
    assert len(sims) == 501


async def test_what_is_asked(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """Tag, page and the largest page are asked for; a status never, it would hide SIM cards."""
    rude = await start_rude(page(1, pages=1))
    await found(open_telnyx(f"{rude.url}/v2/"))
    target = rude.requests[0].split()[1].decode()
    query = parse_qs(urlsplit(target).query)
    assert urlsplit(target).path == "/v2/sim_cards"
    assert query == {
        "filter[tags]": [ORDER_REFERENCE],
        "page[number]": ["1"],
        "page[size]": ["250"],
    }


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_list_that_fails_for_a_moment(
    telnyx: Telnyx, sandbox: TelnyxSandbox, status: int
) -> None:
    """Asking changes nothing, so it is done again when the server stumbles."""
    await telnyx.purchase(a_call(), OPEN)
    sandbox.faults.fail_listing(status, times=2)
    assert len((await telnyx.find(ORDER_REFERENCE))[REFERENCE]) == 3


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("behave", [closes, breaks_off(b"HTTP/1.1 20")])
async def test_a_connection_that_breaks_for_a_moment(
    start_rude: StartRude, open_telnyx: OpenTelnyx, behave: Behaviour
) -> None:
    """A broken connection is tried again too."""
    rude = await start_rude(one_after_another(behave, behave, page(1, pages=1)))
    assert await found(open_telnyx(rude.url)) == [1]


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize(
    ("behave", "tries"),
    [
        (answers("500 Oh", b""), 3),
        (answers("429 Slow", b""), 3),
        (answers("429 Slow", b"", "Retry-After: 3600"), 1),
        (answers("401 Unauthorized", b""), 1),
        (answers("404 Not Found", b""), 1),
        (answers("307 Go", b"", "Location: /elsewhere"), 1),
        (closes, 3),
        (answers("200 OK", b"<html></html>"), 1),
        (answers("200 OK", b'{"data": {"iccid": "8931"}}'), 1),
        (answers("200 OK", b"[]"), 1),
        (answers("200 OK", b"no gzip", "Content-Encoding: gzip"), 1),
    ],
)
async def test_a_list_that_fails(
    start_rude: StartRude, open_telnyx: OpenTelnyx, behave: Behaviour, tries: int
) -> None:
    """What can't be asked raises LookupFailed, never an empty list; few tries are made."""
    rude = await start_rude(behave)
    with pytest.raises(LookupFailed):
        await found(open_telnyx(rude.url))
    assert len(rude.requests) == tries


async def test_a_later_page_that_fails(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """Half a list is no answer: the next look-up starts again."""
    rude = await start_rude(one_after_another(page(1, pages=2), answers("404 Gone", b"")))
    with pytest.raises(LookupFailed, match="404"):
        await found(open_telnyx(rude.url))


@pytest.mark.usefixtures("no_backoff")
async def test_a_page_that_does_not_come(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """A page has its own, shorter patience than a purchase."""
    rude = await start_rude(says_nothing)
    with pytest.raises(LookupFailed, match="timed out"):
        await found(open_telnyx(rude.url, listing_read=0.5))
    assert len(rude.requests) == 3


async def test_a_look_up_comes_to_an_end(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """A list that trickles is given up as a whole."""
    rude = await start_rude(trickles)
    with pytest.raises(LookupFailed, match="timed out"):
        async with asyncio.timeout(5):
            await found(open_telnyx(rude.url, listing=0.5))
    assert len(rude.requests) == 1


async def test_the_wait_that_is_asked_for_is_kept(
    start_rude: StartRude, open_telnyx: OpenTelnyx, waits: list[float]
) -> None:
    """A short wait that Telnyx names is waited, in place of our own, before the next try."""
    slow = answers("429 Slow", b"", "Retry-After: 0.02")
    rude = await start_rude(one_after_another(slow, page(1, pages=1)))
    assert await found(open_telnyx(rude.url)) == [1]
    assert waits == [0.02]


async def test_our_own_wait(
    start_rude: StartRude, open_telnyx: OpenTelnyx, waits: list[float]
) -> None:
    """Without a word on how long, the next try waits a little."""
    rude = await start_rude(one_after_another(answers("503 Oh", b""), page(1, pages=1)))
    assert await found(open_telnyx(rude.url)) == [1]
    (wait,) = waits
    assert 0.1 <= wait <= 0.3
