"""A list that does not agree with itself is no answer: nothing may be concluded from it."""

import json
from typing import Any

import pytest

from bot.errors import LookupFailed
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, ORDER_REFERENCE, REFERENCE, a_call
from tests.integration.providers.wire.pages import entry, found, page
from tests.integration.providers.wire.rude_server import Behaviour, answers, one_after_another

HEAD = [entry(number, REFERENCE) for number in range(250)]


def listing(data: list[Any], **meta: Any) -> Behaviour:
    """Answer with this page."""
    return answers("200 OK", json.dumps({"data": data, "meta": meta}).encode())


async def test_a_count_that_is_never_reached(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """45 counted and 40 given, twice: that is no answer, so nobody orders five more."""
    await telnyx.purchase(a_call(45), OPEN)
    sandbox.faults.give_fewer(5)
    with pytest.raises(LookupFailed, match="contradicts itself: it counts 45 and gives 40"):
        await telnyx.find(ORDER_REFERENCE)
    sandbox.faults.give_all()
    assert len((await telnyx.find(ORDER_REFERENCE))[REFERENCE]) == 45


@pytest.mark.parametrize(
    "behave",
    [
        page(1, 2, pages=1, results=3),
        page(1, 2, pages=1, results=1),
        page(1, 2, pages=1, results=0),
        page(1, 1, pages=1, results=2),
        page(1, 2, pages=0),
        page(pages=1, results=1),
        page(results=1),
        one_after_another(*[page(1, pages=2), page(pages=2)] * 2),
        one_after_another(*[page(1, 2, pages=3, results=2), page(pages=3, results=2)] * 3),
        page(1, pages=2, results=2),  # the same page, whichever is asked for
        one_after_another(*[page(1, pages=2, results=2), page(2, pages=2, results=3)] * 2),
        one_after_another(*[page(1, pages=2, results=2), page(2, pages=3, results=2)] * 3),
    ],
)
async def test_counts_that_contradict(
    start_rude: StartRude, open_telnyx: OpenTelnyx, behave: Behaviour
) -> None:
    """Whatever the counts say that the pages do not hold, on two readings: no answer."""
    rude = await start_rude(behave)
    with pytest.raises(LookupFailed, match="contradicts itself"):
        await found(open_telnyx(rude.url))
    assert len(rude.requests) >= 2


@pytest.mark.parametrize(
    "behave",
    [
        listing([entry(1, REFERENCE)]),
        listing([]),
        listing(HEAD, page_number=1),
        listing([entry(1, REFERENCE)], total_pages="many"),
        listing([entry(1, REFERENCE)], total_pages=1, total_results=-1),
        listing([entry(1, REFERENCE)], total_pages=True),
        listing([entry(1, REFERENCE)], total_pages=1.5),
        listing([entry(1, REFERENCE), None], total_pages=1, total_results=1),
        listing([entry(1, REFERENCE), "89310410106543000002"], total_pages=1),
        listing([entry(1, REFERENCE), {"iccid": "89310410106543000002"}], total_pages=1),
        listing([{**entry(1), "tags": REFERENCE}], total_pages=1, total_results=1),
        listing([{**entry(1), "tags": None}], total_pages=1, total_results=1),
        answers("200 OK", json.dumps({"data": [], "meta": []}).encode()),
    ],
)
async def test_a_page_that_cannot_be_read_in_part(
    start_rude: StartRude, open_telnyx: OpenTelnyx, behave: Behaviour
) -> None:
    """An entry that may be ours, or a list that does not say how long it is, is no answer."""
    rude = await start_rude(behave)
    with pytest.raises(LookupFailed):
        await found(open_telnyx(rude.url))
    assert len(rude.requests) == 1


@pytest.mark.parametrize(
    "behave",
    [
        page(1, 2, pages=1, results=2),
        page(1, 2, pages="1", results="2"),
        page(1, 2, pages=1),
        page(1, 2, results=2),
        one_after_another(page(1, results=2), page(2, results=2)),
        one_after_another(page(1, pages=2), page(2, pages=2)),
    ],
)
async def test_counts_that_agree(
    start_rude: StartRude, open_telnyx: OpenTelnyx, behave: Behaviour
) -> None:
    """One of the two counts is enough, as text too, and pages may be smaller than asked for."""
    rude = await start_rude(behave)
    assert await found(open_telnyx(rude.url)) == [1, 2]


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


async def test_a_sim_that_only_one_reading_shows(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """What was seen with our tag is kept, also when the second reading leaves it out."""
    rude = await start_rude(one_after_another(page(1, 3, pages=1, results=3), page(1, results=1)))
    assert await found(open_telnyx(rude.url)) == [1, 3]


@pytest.mark.parametrize("pages", [10**9, 41, None])
async def test_a_list_without_end(
    start_rude: StartRude, open_telnyx: OpenTelnyx, pages: int | None
) -> None:
    """A list that goes on for ever is given up after a bounded number of pages."""
    rude = await start_rude(listing([entry(1)], total_pages=pages, total_results=10**6))
    with pytest.raises(LookupFailed, match="no end"):
        await found(open_telnyx(rude.url))
    assert len(rude.requests) == (1 if pages else 40)
