"""Looking up what was bought under a reference: all pages, exactly that reference, or no answer."""

from typing import Any

import pytest

from bot.check import Mark
from bot.domain.events import OrderState
from bot.domain.purchase.outcome import Bought
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.celitech import Celitech
from sandbox.celitech import CelitechSandbox
from tests.integration.providers.celitech.conftest import TOKEN, OpenCelitech, gives
from tests.integration.providers.celitech.orders import REFERENCE, asked, bought
from tests.integration.providers.conftest import StartRude
from tests.integration.providers.wire.rude_server import (
    Behaviour,
    answers,
    closes,
    one_after_another,
)
from tests.support.clock import ManualClock
from tests.support.order_steps import answered, now_of, started
from tests.support.orders import an_order

FIVE = asked(amount=5, destination="France", data="5GB", days="7")


def row(number: int, reference: str | None = REFERENCE, **more: Any) -> dict[str, Any]:
    """A purchase in the list."""
    esim = {"iccid": f"898830300000{number:07d}"}
    return {"id": f"p{number}", "esim": esim, "referenceId": reference, **more}


def page(*rows: Any, cursor: Any = None) -> Behaviour:
    """Answer with a page of these."""
    return gives({"purchases": list(rows), "afterCursor": cursor})


async def numbers(celitech: Celitech, *, urgent: bool = True) -> list[int]:
    """The numbers of the SIM cards found."""
    found = await celitech.find(REFERENCE, urgent=urgent)
    return [int((sim.iccid or "")[-7:]) for sim in found.get(REFERENCE, ())]


@pytest.fixture
def listing(start_rude: StartRude, open_celitech: OpenCelitech) -> Any:
    """Open a client of a server that gives these pages."""

    async def listing(*pages: Behaviour, **changes: Any) -> Celitech:
        rude = await start_rude(one_after_another(TOKEN, *pages))
        return open_celitech(rude.url, **changes)

    return listing


async def test_nothing_listed(celitech: Celitech) -> None:
    """An empty list is an answer, not a failure."""
    assert await celitech.find(REFERENCE) == {}


@pytest.mark.parametrize(
    "ends",
    [
        {"last_cursor": last, "page_size": size, "filters_pages": filters}
        for last in ("null", "absent", "empty", "same")
        for size, filters in ((None, False), (1, False), (2, True))
    ],
)
async def test_every_page_is_read(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, ends: dict[str, Any]
) -> None:
    """However the end is told, and however few a page holds, also none."""
    other = asked(amount=2, destination="Japan", data="5GB", days="7")
    await bought(celitech, clock, other, "esim-other-1")
    await bought(celitech, clock, FIVE)
    for name, value in ends.items():
        setattr(seller.dialect, name, value)
    found = await celitech.find(REFERENCE)
    sold = seller.ledger.sold_under(REFERENCE)
    assert {sim.iccid for sim in found[REFERENCE]} == {each.esim.iccid for each in sold}
    assert len(found[REFERENCE]) == 5


async def test_exactly_this_reference(listing: Any) -> None:
    """What a list that ignores the filter gives beside it is left out, also what is almost it."""
    near = [f"{REFERENCE}0", f"{REFERENCE}-", f"x{REFERENCE}", "", None]
    rows = [row(10 + place, each) for place, each in enumerate(near)]
    assert await numbers(await listing(page(row(1), *rows))) == [1]


@pytest.mark.parametrize("reference", [REFERENCE.upper(), REFERENCE.lower()])
async def test_letter_case(listing: Any, reference: str) -> None:
    """No two orders differ by it alone: a list that changes it still shows what was bought."""
    assert await numbers(await listing(page(row(1, reference), row(2)))) == [1, 2]
    assert await numbers(await listing(page(row(1, reference)))) == [1]


async def test_a_list_that_ignores_the_filter(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """Others' purchases are not ours, with or without a reference."""
    await bought(celitech, clock, FIVE, "esim-7K2M9QXA-2")
    await bought(celitech, clock, FIVE)
    seller.faults.ignore_filters()
    assert set(await celitech.find(REFERENCE)) == {REFERENCE}
    assert len((await celitech.find(REFERENCE))[REFERENCE]) == 5


@pytest.mark.parametrize("reference", [None, ""])
async def test_whose_entries_they_are(listing: Any, reference: str | None) -> None:
    """A list that does not show it is no answer: it may hide what was bought."""
    with pytest.raises(LookupFailed, match="whose"):
        await numbers(await listing(page(row(1, reference), row(2))))


async def test_top_ups(listing: Any) -> None:
    """They count where nothing else was bought under the reference; each SIM card counts once."""
    first, top_up = row(1), row(2, purchaseType="Top-up Purchase")
    assert await numbers(await listing(page(first, top_up))) == [1]
    assert await numbers(await listing(page(top_up))) == [2]
    assert await numbers(await listing(page(first, first, row(1)))) == [1]


async def test_a_top_up_that_was_sold_twice(listing: Any) -> None:
    """Both were paid, though they are about one eSIM: the order that has one learns of the other.

    So a server that ignores the key of a repeat is found out.
    """
    first, again = row(1, purchaseType="Top-up"), {**row(1, purchaseType="Top-up"), "id": "p2"}
    found = await (await listing(page(first, again, first, again))).find(REFERENCE)
    sims = found[REFERENCE]
    assert [sim.provider_id for sim in sims] == ["p1", "p2"]
    whole = answered(started(an_order(1, state=OrderState.APPROVED)), Bought(sims=sims[:1]))
    assert whole.found_late({whole.attempts[0].reference: sims}, now_of(whole)).bought == 2


async def test_nameless(listing: Any) -> None:
    """What carries our reference was bought, whatever else its entry lacks."""
    celitech = await listing(
        page({"referenceId": REFERENCE}, {"id": "p9", "referenceId": REFERENCE})
    )
    found = (await celitech.find(REFERENCE))[REFERENCE]
    assert [sim.name for sim in found] == [(None, None), (None, "p9")]


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        ((page(row(1), cursor="a"), page(row(2), cursor="b"), page(row(3), cursor="a")), "earlier"),
        ((page(row(1), cursor="a"), page(row(2), cursor="a")), "earlier"),
        ((page("x"),), "could not be read"),
        ((page(None),), "could not be read"),
        ((gives({"purchases": {}}),), "could not be read"),
        ((gives([]),), "could not be read"),
        ((answers("200 OK", b"<html>"),), "could not be read"),
        ((page(row(1), cursor=["a"]),), "where it goes on"),
        ((page(row(1), cursor=True),), "where it goes on"),
        ((page(row(1), cursor="a"), answers("404 Gone")), "HTTP 404"),
        ((answers("302 Go", b"", "Location: /"),), "HTTP 302"),
    ],
)
async def test_no_answer(listing: Any, pages: tuple[Behaviour, ...], says: str) -> None:
    """A list that goes in a circle, can't be read, or ends half-way says nothing."""
    with pytest.raises(LookupFailed, match=says):
        await numbers(await listing(*pages))


async def test_the_end_of_a_list(listing: Any) -> None:
    """A number may be a cursor; an empty page that names itself is the last one."""
    celitech = await listing(
        page(row(1), cursor=7), page(cursor=8), page(row(2), cursor=9), page(cursor=9)
    )
    assert await numbers(celitech) == [1, 2]


async def test_a_list_without_end(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock
) -> None:
    """It is given up, whether it goes in a circle or on and on."""
    await bought(celitech, clock, FIVE)
    seller.faults.loop_pages()
    with pytest.raises(LookupFailed):
        await celitech.find(REFERENCE)
    seller.faults.end_pages()
    assert len((await celitech.find(REFERENCE))[REFERENCE]) == 5


async def test_pages_without_number(listing: Any) -> None:
    """Forty pages are more than an account buys under one reference."""
    pages = [page(row(number), cursor=f"c{number}") for number in range(41)]
    with pytest.raises(LookupFailed, match="no end after 40"):
        await numbers(await listing(*pages))


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_a_list_that_fails_for_a_moment(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, status: int
) -> None:
    """Asking changes nothing, so it is done again."""
    await bought(celitech, clock, FIVE)
    seller.faults.fail_reads("purchases", status, times=2)
    assert len((await celitech.find(REFERENCE))[REFERENCE]) == 5


@pytest.mark.usefixtures("no_backoff")
async def test_a_connection_that_breaks(listing: Any) -> None:
    """The same."""
    assert await numbers(await listing(closes, page(row(1)))) == [1]


@pytest.mark.parametrize("lag", ["hide", "lag"])
async def test_a_list_that_lags(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, lag: str
) -> None:
    """What it does not show yet is not known; later it is there."""
    if lag == "hide":
        seller.faults.hide_new_purchases(lists=1)
    else:
        seller.faults.lag(30)
    await bought(celitech, clock, FIVE)
    assert await celitech.find(REFERENCE) == {}
    await clock.advance(31)
    assert len((await celitech.find(REFERENCE))[REFERENCE]) == 5


@pytest.mark.parametrize(
    "dialect",
    [
        {"words": "lower", "epochs": "milliseconds"},
        {"words": "upper", "offset": "+00:00"},
        {"offset": "Z", "doubles": True},
        {"epochs": "seconds", "offset": "+0000"},
    ],
)
async def test_whichever_way_it_is_written(
    celitech: Celitech, seller: CelitechSandbox, clock: ManualClock, dialect: dict[str, Any]
) -> None:
    """Every unknown of the documentation is read the same."""
    for name, value in dialect.items():
        setattr(seller.dialect, name, value)
    await bought(celitech, clock, FIVE)
    found = (await celitech.find(REFERENCE))[REFERENCE]
    assert {sim.fields["createdAt"] for sim in found} == {"2026-01-01T12:00:00+00:00"}
    assert {sim.fields["createdDate"] for sim in found} == {"2026-01-01T12:00:00+00:00"}
    assert {str(sim.fields["duration"]) for sim in found} == {"7"}


# Within the budget


async def test_a_look_that_can_wait(listing: Any, clock: ManualClock) -> None:
    """It keeps to the budget; an urgent one goes, and counts."""
    celitech = await listing(page(row(1)), looks_per_minute=1)
    assert await numbers(celitech, urgent=False) == [1]
    with pytest.raises(LookupPostponed) as postponed:
        await numbers(celitech, urgent=False)
    assert postponed.value.seconds == 60
    assert await numbers(celitech) == [1]
    await clock.advance(61)
    assert await numbers(celitech, urgent=False) == [1]


async def test_one_too_many(listing: Any) -> None:
    """After a 429 looks that can wait do wait."""
    celitech = await listing(gives({"message": "x"}, "429 Slow", "Retry-After: 40"))
    with pytest.raises(LookupPostponed) as postponed:
        await numbers(celitech, urgent=False)
    assert postponed.value.seconds == 40


async def test_the_check(celitech: Celitech) -> None:
    """It gets a token and looks for what nobody bought."""
    (check,) = celitech.checks()
    assert check.name == "celitech"
    (answer,) = await check.ask()
    assert (answer.mark, answer.says) == (Mark.OK, "the client id and secret work.")


async def test_a_check_that_can_wait(listing: Any) -> None:
    """What it says then is no fault."""
    celitech = await listing(page(), looks_per_minute=1)
    (check,) = celitech.checks()
    told = [answer for _ in range(2) for answer in await check.ask()]
    assert {answer.mark for answer in told} == {Mark.OK}
    assert "not asked again" in told[1].says


async def test_a_check_that_finds_something_wrong(
    celitech: Celitech, seller: CelitechSandbox
) -> None:
    """The operator reads whether it is the id and secret, or the way."""
    (check,) = celitech.checks()
    seller.faults.fail_tokens(401, times=1)
    (answer,) = await check.ask()
    assert answer.mark is Mark.WRONG
    assert "CELITECH_CLIENT_ID" in answer.do
    seller.faults.fail_reads("purchases", 404)
    (answer,) = await check.ask()
    assert (answer.mark, answer.do) == (Mark.WRONG, "")
    assert "HTTP 404" in answer.says
