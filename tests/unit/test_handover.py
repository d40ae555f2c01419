"""Who goes on with what this process has committed, and with what it knows of an order."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought
from bot.domain.thing import Thing
from bot.handover import Handover
from bot.store.orders import Change
from bot.store.queues import Claim
from tests.support.order_steps import answered, now_of, started
from tests.support.orders import BEN, an_order, some_sims, terms

PLACED = an_order(3, under=terms(batch_size=2))
APPROVED = PLACED.approve(BEN, now_of(PLACED))
SENT = started(APPROVED)
HALF = answered(SENT, Bought(sims=some_sims(2)))
SENT_AGAIN = started(HALF)
BOUGHT = answered(SENT_AGAIN, Bought(sims=some_sims(1, 3)))


class Hands:
    """Notes what it is given, and does it when it is told to."""

    has_room = True

    def __init__(self) -> None:
        self.claims: list[Claim] = []
        self.work: list[Callable[[], Awaitable[None]]] = []
        self.woken = 0

    def take(self, claim: Claim, work: Callable[[], Awaitable[None]]) -> None:
        """Note it."""
        self.claims.append(claim)
        self.work.append(work)

    def wake(self) -> None:
        """Count it."""
        self.woken += 1


class Desk:
    """A handover between two pairs of hands; `told`: what was delivered, None: as Redis has it."""

    def __init__(self) -> None:
        self.handover, self.agenda, self.deliveries = Handover(), Hands(), Hands()
        self.told: list[Order | None] = []
        self.quiet = asyncio.Event()
        agenda: Any = self.agenda
        deliveries: Any = self.deliveries
        self.handover.join(agenda, deliveries, self._deliver, self._wait)

    async def _deliver(self, order_id: str, order: Order | None) -> None:
        assert order_id == PLACED.id
        self.told.append(order)

    async def _wait(self) -> None:
        await self.quiet.wait()


@pytest.fixture
def desk() -> Desk:
    """One where nothing has happened yet."""
    return Desk()


def test_before_anybody_works() -> None:
    """There is no room for anything, and nothing is expected of what is committed."""
    handover = Handover()
    handover.committed(Change(PLACED, None), "1")
    handover.again(None)
    handover.take(Claim(Thing.order(PLACED.id), ""), asyncio.Event().wait)  # type: ignore[arg-type]
    assert not handover.deliver
    assert not handover.has_room


async def test_a_new_card_waits_for_acknowledgements(desk: Desk) -> None:
    """People who wait for theirs go first; the card is delivered as it was committed."""
    desk.handover.committed(Change(PLACED, None), "1234")
    (work,) = desk.deliveries.work
    assert [(claim.name, claim.version) for claim in desk.deliveries.claims] == [("1234", "1")]
    card = asyncio.ensure_future(work())
    await asyncio.sleep(0)
    assert desk.told == []
    desk.quiet.set()
    await card
    assert desk.told == [PLACED]


async def test_an_end_waits_for_nobody(desk: Desk) -> None:
    """ICCIDs are delivered at once, as they were committed."""
    desk.handover.committed(Change(BOUGHT, SENT_AGAIN), "1234")
    await desk.deliveries.work[0]()
    assert desk.told == [BOUGHT]


async def test_progress_is_told_from_memory(desk: Desk) -> None:
    """While this process buys, nobody reads the order for a look at how far it has come."""
    desk.handover.committed(Change(SENT, APPROVED), "")
    await desk.handover.deliver_claimed(PLACED.id)
    desk.handover.committed(Change(SENT_AGAIN, HALF), "")
    await desk.handover.deliver_claimed(PLACED.id)
    desk.handover.committed(Change(BOUGHT, SENT_AGAIN), "")
    await desk.handover.deliver_claimed(PLACED.id)
    assert desk.told == [SENT, SENT_AGAIN, None]


async def test_another_process_has_changed_it(desk: Desk) -> None:
    """What is known here is not believed any more; what is newer than what was shown is."""
    desk.handover.committed(Change(SENT, APPROVED), "")
    desk.handover.again(SENT)
    await desk.handover.deliver_claimed(PLACED.id)
    desk.handover.committed(Change(SENT_AGAIN, HALF), "")
    desk.handover.again(SENT)
    await desk.handover.deliver_claimed(PLACED.id)
    assert desk.told == [None, SENT_AGAIN]
    assert desk.deliveries.woken == 2


def test_who_is_woken(desk: Desk) -> None:
    """Whoever finds work in a queue; nobody for a word that waits for a second."""
    desk.handover.committed(Change(APPROVED, PLACED), "")
    assert (desk.agenda.woken, desk.deliveries.woken) == (1, 0)
    desk.handover.committed(Change(PLACED.decline(BEN, now_of(PLACED)), PLACED), "")
    assert (desk.agenda.woken, desk.deliveries.woken) == (1, 1)
