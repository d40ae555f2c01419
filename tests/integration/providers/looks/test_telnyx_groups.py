"""A SIM card group is named by people; the account says which one that is."""

import asyncio
import json
from typing import Any

import pytest

from bot.domain.catalogue.money import Money
from bot.domain.catalogue.offer import NotOffered, Offer, Unavailable
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.base import PurchaseCall
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from sandbox.telnyx.state.account import Group
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, ORDER_REFERENCE, REFERENCE
from tests.integration.providers.wire.rude_server import (
    Behaviour,
    answers,
    closes,
    one_after_another,
    says_nothing,
)
from tests.support.clock import ManualClock
from tests.support.requests import a_request

FIELD = "sim_card_group_id"
FLEET = Group.named("Fleet")


def listed(*names: str, pages: Any = 1, results: Any = None) -> Behaviour:
    """Answer with a page of groups of these names."""
    data = [vars(Group.named(name)) for name in names]
    meta = {"total_pages": pages, "total_results": results}
    return answers("200 OK", json.dumps({"data": data, "meta": meta}).encode())


async def offered(telnyx: Telnyx, group: str, amount: int = 2) -> Offer:
    """What is offered for an order that names this group."""
    return await telnyx.offer(a_request(amount, sim_card_group_id=group))


async def refused(telnyx: Telnyx, group: str) -> Unavailable:
    """Why an order that names this group is not offered."""
    with pytest.raises(NotOffered) as wrong:
        await offered(telnyx, group)
    assert wrong.value.unavailable.field == FIELD
    return wrong.value.unavailable


def nearest(unavailable: Unavailable) -> list[Any]:
    """What may be ordered instead, the best first."""
    assert all(each.quote is None for each in unavailable.nearest)
    return [each.options[FIELD] for each in unavailable.nearest]


async def test_without_a_group_nothing_is_asked(open_telnyx: OpenTelnyx) -> None:
    """The estimate is known at once, and the offer is the same, with nobody there to ask."""
    telnyx = open_telnyx("http://127.0.0.1:1")
    estimate = telnyx.estimate(a_request(2))
    assert estimate is not None
    assert estimate.once == Money(cents=140, currency="USD")
    assert await telnyx.offer(a_request(2)) == Offer(quote=estimate)


@pytest.mark.parametrize("named", ["Fleet", "fleet", " FLEET ", FLEET.id, FLEET.id.upper()])
async def test_a_group_by_name_or_id(telnyx: Telnyx, named: str) -> None:
    """The order gets the id, people read the name, and the price is the estimate."""
    request = a_request(2, sim_card_group_id=named)
    assert telnyx.estimate(request) is None
    offer = await telnyx.offer(request)
    assert (dict(offer.options), dict(offer.names)) == ({FIELD: FLEET.id}, {FIELD: "Fleet"})
    assert offer.quote == telnyx.estimate(a_request(2))
    assert not offer.quote.firm


async def test_the_group_that_was_found_is_the_group_that_is_bought_for(
    telnyx: Telnyx, sandbox: TelnyxSandbox
) -> None:
    """Telnyx is sent the id."""
    offer = await offered(telnyx, "Events")
    request = a_request(2, sim_card_group_id=offer.options[FIELD])
    await telnyx.purchase(PurchaseCall(request, 2, REFERENCE, ORDER_REFERENCE), OPEN)
    (entry,) = sandbox.ledger.requests
    assert entry.body[FIELD] == Group.named("Events").id


async def test_an_unknown_group(telnyx: Telnyx) -> None:
    """The name that is perhaps meant is told; where none is like it, those that there are."""
    close = await refused(telnyx, "fleat")
    assert close.why == "the account has no SIM card group fleat; did you mean Fleet"
    assert nearest(close) == ["Fleet"]
    far = await refused(telnyx, "6a09cdc3-8948-47f0-aa62-74ac943d6c58")
    assert far.why == "the account has no SIM card group 6a09cdc3-8948-47f0-aa62-74ac943d6c58"
    assert nearest(far) == ["Default", "Fleet", "Events"]


async def test_at_most_five_are_told(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """Who has many groups reads the five that are most like what was typed."""
    sandbox.account.groups += [Group.named(f"Team {number}") for number in range(20)]
    told = nearest(await refused(telnyx, "Team 77"))
    assert len(told) == 5
    assert told[0] in {"Team 7", "Team 17"}


async def test_two_groups_with_one_name(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """Nobody guesses which is meant: they are told apart by their ids."""
    other = Group("11111111-1111-4111-8111-111111111111", "Fleet")
    sandbox.account.groups.append(other)
    both = await refused(telnyx, "fleet")
    assert both.why == "the account has 2 SIM card groups named fleet: name the one by its id"
    assert nearest(both) == [FLEET.id, other.id]
    assert (await offered(telnyx, other.id)).names == {FIELD: "Fleet"}


async def test_capitals_tell_apart(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """Of two names that differ in capitals only, the one that was typed is meant."""
    sandbox.account.groups.append(Group.named("FLEET"))
    assert (await offered(telnyx, "FLEET")).options == {FIELD: Group.named("FLEET").id}
    assert (await offered(telnyx, "Fleet")).options == {FIELD: FLEET.id}
    assert "2 SIM card groups" in (await refused(telnyx, "fleet")).why


@pytest.mark.parametrize(
    "pages",
    [
        [listed("A", pages=3), listed("B", pages=3), listed("C", pages=3)],
        [listed("A", pages=None, results=3), listed("B", "C", pages=None, results=3)],
    ],
)
async def test_every_page_is_read(
    start_rude: StartRude, open_telnyx: OpenTelnyx, pages: list[Behaviour]
) -> None:
    """A group on the last page is found too."""
    rude = await start_rude(one_after_another(*pages))
    assert (await offered(open_telnyx(rude.url), "c")).names == {FIELD: "C"}
    assert len(rude.requests) == len(pages)
    assert rude.requests[0].startswith(
        b"GET /sim_card_groups?page%5Bnumber%5D=1&page%5Bsize%5D=250"
    )


async def test_the_list_is_believed_for_minutes(
    start_rude: StartRude, open_telnyx: OpenTelnyx, clock: ManualClock
) -> None:
    """One reading serves many orders; a new name is looked for at once, a deleted one later."""
    rude = await start_rude(one_after_another(listed("A"), listed("A", "B"), listed("B")))
    telnyx = open_telnyx(rude.url)
    await asyncio.gather(*(offered(telnyx, "A") for _ in range(5)))
    assert len(rude.requests) == 1
    assert (await offered(telnyx, "B")).names == {FIELD: "B"}
    await offered(telnyx, "A")
    assert len(rude.requests) == 2
    await clock.jump(301)
    assert nearest(await refused(telnyx, "A")) == ["B"]
    assert len(rude.requests) == 3


@pytest.mark.usefixtures("no_backoff")
@pytest.mark.parametrize(
    "behave",
    [
        answers("500 Oh", b""),
        answers("401 Unauthorized", b""),
        answers("307 Go", b"", "Location: /elsewhere"),
        answers("200 OK", b"<html></html>"),
        answers("200 OK", b'{"data": []}'),
        answers("200 OK", b'{"data": [{"name": "Fleet"}], "meta": {"total_pages": 1}}'),
        answers("200 OK", b'{"data": [null], "meta": {"total_pages": 1}}'),
        listed("A", pages=41),
        closes,
    ],
)
async def test_a_list_that_fails(
    start_rude: StartRude, open_telnyx: OpenTelnyx, behave: Behaviour
) -> None:
    """What can't be asked is no answer: no group is said to be missing."""
    rude = await start_rude(behave)
    with pytest.raises(LookupFailed):
        await offered(open_telnyx(rude.url), "Fleet")


async def test_a_reading_that_fails_is_not_believed(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """The next order asks again."""
    rude = await start_rude(one_after_another(answers("404 No", b""), listed("Fleet")))
    telnyx = open_telnyx(rude.url)
    with pytest.raises(LookupFailed, match="the list of SIM card groups answered with HTTP 404"):
        await offered(telnyx, "Fleet")
    assert (await offered(telnyx, "Fleet")).options == {FIELD: FLEET.id}


async def test_it_keeps_to_the_budget_of_looks(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """Names that are wrong again and again don't use up what looks for eSIMs need."""
    rude = await start_rude(listed("A"))
    telnyx = open_telnyx(rude.url, looks_per_minute=2)
    for _ in range(2):
        await refused(telnyx, "B")
    with pytest.raises(LookupPostponed):
        await offered(telnyx, "B")
    assert len(rude.requests) == 2


async def test_it_keeps_to_the_places_of_looks(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """While the places for looks that can wait are taken, it is postponed."""
    rude = await start_rude(says_nothing)
    telnyx = open_telnyx(rude.url, looks=2)
    looking = asyncio.create_task(telnyx.find(ORDER_REFERENCE, urgent=False))
    await rude.until_sent(1)
    with pytest.raises(LookupPostponed):
        await offered(telnyx, "A")
    looking.cancel()
    await asyncio.gather(looking, return_exceptions=True)
