"""Looking up what was bought, by its tag, in the provider's list."""

import asyncio
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.errors import LookupFailed
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.calls import REFERENCE, a_call
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.rude_server import (
    Behaviour,
    answers,
    breaks_off,
    closes,
    one_after_another,
    says_nothing,
    trickles,
)


def entry(number: int, *tags: str) -> dict[str, Any]:
    """A SIM card in a list."""
    return {"id": f"sim-{number}", "iccid": f"89310410106543{number:06d}", "tags": list(tags)}


def page(*numbers: int, pages: int | None = None, results: int | None = None) -> Behaviour:
    """Answer with a page of these SIM cards, all with the reference."""
    meta = {"total_pages": pages, "total_results": results}
    data = [entry(number, REFERENCE) for number in numbers]
    return answers("200 OK", json.dumps({"data": data, "meta": meta}).encode())


async def found(telnyx: Telnyx) -> list[int]:
    """The numbers of the SIM cards found."""
    return [int((sim.iccid or "")[-6:]) for sim in await telnyx.find(REFERENCE)]


async def test_what_was_bought_is_found(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """A purchase whose answer was lost is found whole, also while it is being registered."""
    sandbox.faults.close(after_selling=True)
    assert (await telnyx.purchase(a_call())).kind == "unknown"
    sims = await telnyx.find(REFERENCE)
    assert [sim.iccid for sim in sims] == [sim["iccid"] for sim in sandbox.ledger.sims]
    assert {sim.status for sim in sims} == {"registering"}


async def test_nothing_listed(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """An empty list is an answer, not a failure."""
    sandbox.account.add_sim(tags=["fleet"])
    assert await telnyx.find(REFERENCE) == ()


async def test_only_the_exact_reference(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """Foreign tags and near-equal ones are somebody else's."""
    wanted = sandbox.account.add_sim(tags=["fleet", REFERENCE])
    for near in (f"{REFERENCE}0", REFERENCE[:-1], REFERENCE.lower(), f" {REFERENCE}"):
        sandbox.account.add_sim(tags=[near])
    assert [sim.iccid for sim in await telnyx.find(REFERENCE)] == [wanted["iccid"]]


async def test_a_list_that_ignores_the_filter(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """What the provider lists beside the reference is left out here too."""
    odd: list[Any] = [{"id": "a", "tags": REFERENCE}, {"id": "b", "tags": None}, None, {"id": "c"}]
    data = [entry(1, REFERENCE), entry(2, "fleet"), entry(3, f"{REFERENCE}0"), *odd]
    rude = await start_rude(answers("200 OK", json.dumps({"data": data}).encode()))
    assert await found(open_telnyx(rude.url)) == [1]


async def test_every_page_is_read(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """More than a page holds is found as a whole, each once."""
    await telnyx.purchase(a_call(quantity=501))
    sims = await telnyx.find(REFERENCE)
    assert {sim.iccid for sim in sims} == {sim["iccid"] for sim in sandbox.ledger.sims}
    assert len(sims) == 501


async def test_what_is_asked(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """Tag, page and the largest page are asked for; a status never, it would hide SIM cards."""
    rude = await start_rude(page(1))
    await found(open_telnyx(f"{rude.url}/v2/"))
    target = rude.requests[0].split()[1].decode()
    query = parse_qs(urlsplit(target).query)
    assert urlsplit(target).path == "/v2/sim_cards"
    assert query == {"filter[tags]": [REFERENCE], "page[number]": ["1"], "page[size]": ["250"]}


async def test_a_list_that_changes_while_it_is_read(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """A SIM card that slipped to a page already read is found by reading again, and only once."""
    behave = one_after_another(
        page(1, 2, pages=2, results=4),
        page(2, 4, pages=2, results=4),
        page(1, 2, pages=2, results=4),
        page(3, 4, pages=2, results=4),
    )
    rude = await start_rude(behave)
    assert sorted(await found(open_telnyx(rude.url))) == [1, 2, 3, 4]
    assert len(rude.requests) == 4


async def test_a_sim_on_two_pages(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """A SIM card that slipped to the next page counts once."""
    pages = page(1, 2, pages=2, results=3), page(2, 3, pages=2, results=3)
    rude = await start_rude(one_after_another(*pages))
    assert await found(open_telnyx(rude.url)) == [1, 2, 3]
    assert len(rude.requests) == 2


async def test_a_count_that_is_never_reached(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """A list that promises more than it holds is read twice, and what it holds is taken."""
    rude = await start_rude(page(1, 2, pages=1, results=9))
    assert await found(open_telnyx(rude.url)) == [1, 2]
    assert len(rude.requests) == 2


async def test_pages_that_are_not_counted(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """Without a count, a page that is not full is the last."""
    rude = await start_rude(one_after_another(page(*range(250)), page(250)))
    assert await found(open_telnyx(rude.url)) == list(range(251))
    assert len(rude.requests) == 2


@pytest.mark.parametrize("meta", [{"total_pages": 10**9}, {}, None, {"total_pages": "many"}])
async def test_a_list_without_end(
    start_rude: StartRude, open_telnyx: OpenTelnyx, meta: dict[str, Any] | None
) -> None:
    """A list that goes on for ever is given up after a bounded number of pages."""
    data = [entry(number) for number in range(250)]
    body = json.dumps({"data": data, "meta": meta}).encode()
    rude = await start_rude(answers("200 OK", body))
    with pytest.raises(LookupFailed, match="no end"):
        await found(open_telnyx(rude.url))
    assert len(rude.requests) == 20


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_list_that_fails_for_a_moment(
    telnyx: Telnyx, sandbox: TelnyxSandbox, status: int
) -> None:
    """Asking changes nothing, so it is done again when the server stumbles."""
    await telnyx.purchase(a_call())
    sandbox.faults.fail_listing(status, times=2)
    assert len(await telnyx.find(REFERENCE)) == 3


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("behave", [closes, breaks_off(b"HTTP/1.1 20")])
async def test_a_connection_that_breaks_for_a_moment(
    start_rude: StartRude, open_telnyx: OpenTelnyx, behave: Behaviour
) -> None:
    """A broken connection is tried again too."""
    rude = await start_rude(one_after_another(behave, behave, page(1)))
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
    with pytest.raises(LookupFailed, match="ReadTimeout"):
        await found(open_telnyx(rude.url, listing_read=0.5))
    assert len(rude.requests) == 3


async def test_a_look_up_comes_to_an_end(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """A list that trickles is given up as a whole."""
    rude = await start_rude(trickles)
    with pytest.raises(LookupFailed, match="TimeoutError"):
        async with asyncio.timeout(5):
            await found(open_telnyx(rude.url, listing=0.5))
    assert len(rude.requests) == 1


async def test_the_wait_that_is_asked_for_is_kept(
    start_rude: StartRude, open_telnyx: OpenTelnyx, waits: list[float]
) -> None:
    """A short wait that Telnyx names is waited, in place of our own, before the next try."""
    slow = answers("429 Slow", b"", "Retry-After: 0.02")
    rude = await start_rude(one_after_another(slow, page(1)))
    assert await found(open_telnyx(rude.url)) == [1]
    assert waits == [0.02]


async def test_our_own_wait(
    start_rude: StartRude, open_telnyx: OpenTelnyx, waits: list[float]
) -> None:
    """Without a word on how long, the next try waits a little."""
    rude = await start_rude(one_after_another(answers("503 Oh", b""), page(1)))
    assert await found(open_telnyx(rude.url)) == [1]
    (wait,) = waits
    assert 0.1 <= wait <= 0.3
