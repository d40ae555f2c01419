"""What people ask providers: who may, how many pages are asked, and when it is asked again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.catalogue.lists import PastPurchase, PurchasePage
from bot.domain.grammar import Ask
from bot.domain.policy import Member, Policy
from bot.engine.questions import MOST_PAGES, MOST_PURCHASES, Questions
from bot.errors import LookupFailed, LookupPostponed, NotAllowed, NotPossibleThere
from tests.support.clock import ManualClock
from tests.support.harness.travel_agency import TravelAgency, past
from tests.support.harness.traveller import EDIT, NAME, PACKAGES, PURCHASES
from tests.support.orders import ANA, BEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.request import Value

POLICY = Policy(approvers=(BEN,))
BEN_ASKS, ANA_ASKS = Member(BEN), Member(ANA)
ALL = Ask(PURCHASES)


class Endless(TravelAgency):
    """Lists as many purchases on a page as it is told, and always has a next page."""

    def __init__(self, size: int, cursor: str = "") -> None:
        super().__init__()
        self.size = size
        self.cursor = cursor

    async def purchases(self, options: Mapping[str, Value], cursor: str = "") -> PurchasePage:
        """The next page."""
        self.questions.append(options)
        start = int(cursor or 0) * self.size
        some = tuple(past(number) for number in range(start, start + self.size))
        return PurchasePage(some, self.cursor or str(int(cursor or 0) + 1))


def questions(agency: TravelAgency, clock: ManualClock, policy: Policy = POLICY) -> Questions:
    """The questions that this agency is asked."""
    return Questions(policy, {NAME: agency}, clock)


@pytest.mark.parametrize(("size", "pages"), [(1, MOST_PAGES), (3000, 2)])
async def test_files_have_a_bound(size: int, pages: int) -> None:
    """A list without an end is asked for so many pages, or until there are enough purchases."""
    agency = Endless(size)
    found = await questions(agency, ManualClock()).all_purchases(ALL, BEN_ASKS)
    assert len(agency.questions) == pages
    assert len(found.purchases) == min(pages * size, MOST_PURCHASES)
    assert not found.is_whole


async def test_a_page_that_names_itself_as_the_next() -> None:
    """It is asked once more, no purchase is there twice, and nobody is told that it is all."""
    agency = Endless(3, cursor="0")
    found = await questions(agency, ManualClock()).all_purchases(ALL, BEN_ASKS)
    assert (len(agency.questions), len(found.purchases)) == (2, 3)
    assert not found.is_whole


async def test_all_of_a_few_pages() -> None:
    """Each once, in the provider's order, also those without an id."""
    agency = TravelAgency()
    agency.past = [*(past(number) for number in range(5)), *[past(9, id="")] * 2, past(1)]
    found = await questions(agency, ManualClock()).all_purchases(ALL, BEN_ASKS)
    assert [each.id for each in found.purchases] == ["p-0", "p-1", "p-2", "p-3", "p-4", "", ""]
    assert found.is_whole


async def test_who_may_ask() -> None:
    """Packages: whoever may order. Purchases: approvers, and whom somebody named."""
    agency = TravelAgency()
    asked = questions(agency, ManualClock())
    about = Ask(PACKAGES, {"destination": "France"})
    assert (await asked.packages(about, ANA_ASKS)).packages
    with pytest.raises(NotAllowed):
        await asked.purchases(ALL, ANA_ASKS)
    named = questions(agency, ManualClock(), Policy(approvers=(BEN,), requesters=(ANA,)))
    assert await named.purchases(ALL, ANA_ASKS) == PurchasePage((), "")
    assert await named.purchases(ALL, BEN_ASKS) == PurchasePage((), "")
    with pytest.raises(NotAllowed):
        await named.packages(about, BEN_ASKS)


async def test_a_verb_that_is_another_question() -> None:
    """Nobody is asked, and the right to one question is none to another."""
    agency = TravelAgency()
    asked = questions(agency, ManualClock())
    for verb in (EDIT, PACKAGES):
        with pytest.raises(NotPossibleThere):
            await asked.purchases(Ask(verb), ANA_ASKS)
    with pytest.raises(NotPossibleThere):
        await asked.packages(ALL, BEN_ASKS)
    assert agency.questions == []


async def test_a_provider_that_wants_to_wait() -> None:
    """It is asked again after that; for longer than a person waits it is not."""
    agency, clock = TravelAgency(), ManualClock()
    agency.failure = LookupPostponed(21)
    with pytest.raises(LookupPostponed):
        await questions(agency, clock).purchases(ALL, BEN_ASKS)
    agency.failure = LookupPostponed(5)
    asking = asyncio.create_task(questions(agency, clock).purchases(ALL, BEN_ASKS))
    for _ in range(3):
        await clock.jump(6)
    agency.failure = None
    await clock.jump(6)
    assert await asking == PurchasePage((), "")


async def test_a_provider_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up after a while, with a reason."""

    async def never(options: Mapping[str, Value], cursor: str = "") -> PurchasePage:
        del options, cursor
        await asyncio.Event().wait()
        return PurchasePage((), "")

    agency = TravelAgency()
    monkeypatch.setattr(agency, "purchases", never)
    monkeypatch.setattr("bot.engine.questions._LONGEST", 0.01)
    with pytest.raises(LookupFailed, match="no answer within"):
        await questions(agency, ManualClock()).purchases(ALL, BEN_ASKS)


def test_the_purchases_of_a_test_are_purchases() -> None:
    """What the tests list has every part that a provider may name."""
    assert isinstance(past(1), PastPurchase)
