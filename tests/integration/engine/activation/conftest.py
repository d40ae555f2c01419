"""Activation codes with everything of the engine, on a real server; Slack is in memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.activation.code import ActivationCode
from bot.domain.activation.hand_out import Wish
from bot.domain.events import OrderState
from bot.domain.policy import Member, Policy
from bot.domain.thing import ThingKind
from bot.engine.activation import Assignments, HandOuts, Plans, Removals, Report
from bot.store.activation import AssignmentStore, HandOutStore
from bot.store.orders import OrderStore
from bot.store.queues import Queue
from bot.worker import Dispatch, Worker
from tests.support.giver import GiverInMemory, PeopleInMemory
from tests.support.harness.corner_shop import CornerShop
from tests.support.orders import ANA, BEN, KEYS, an_order

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis.asyncio import Redis

    from bot.domain.order import Order
    from bot.domain.purchase.sim import Sim
    from bot.providers.base import Provider, Providers
    from tests.support.clock import ManualClock

KIM = "U0KIM"
SHOWN_FOR = 86_400.0


def code_of(iccid: str) -> ActivationCode:
    """The code that the seller has for it."""
    return ActivationCode.of("smdp.example.com", f"CODE-{iccid[-6:]}")


class CodeSeller(CornerShop):
    """A provider with codes. `refusals`: by ICCID, what is raised in place of a code."""

    name = "telnyx"

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self.refusals: dict[str, list[Exception]] = {}
        self.at_once = self.most_at_once = 0
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def activation_code(self, sim: Sim) -> ActivationCode:
        """The one that belongs to it."""
        iccid = sim.iccid or ""
        self.asked.append(iccid)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.meanwhile:
                await self.meanwhile()
            waiting = self.refusals.get(iccid)
            if waiting:
                raise waiting.pop(0)
        finally:
            self.at_once -= 1
        return code_of(iccid)


@dataclass
class Desk:
    """Everything, and the order that was bought."""

    hand_outs: HandOuts
    removals: Removals
    assignments: Assignments
    store: HandOutStore
    orders: OrderStore
    giver: GiverInMemory
    people: PeopleInMemory
    seller: CodeSeller
    clock: ManualClock
    redis: Redis
    order: Order

    async def give(self, hand_out_id: str = "h1", by: str = ANA, **wish: Any) -> Report:
        """A click on the confirmation that this person has just got."""
        wished = Wish.model_validate({"subject": self.order.id, "to": by, **wish})
        return await self.hand_outs.give(hand_out_id, wished, self.clock.now(), Member(by))

    async def work(self) -> None:
        """Do what is due."""
        agenda = Queue.agenda(self.redis, KEYS)
        steps = {ThingKind.HAND_OUT: self.removals.step}
        await Worker("agenda", agenda, Dispatch(steps).step, self.clock).drain()

    async def events(self) -> Counter[str]:
        """What the audit says of the order's eSIMs, counted."""
        return Counter(str(each.event) for each in await self.store.entries_of(self.order.id))

    @property
    def shown(self) -> list[str]:
        """The codes that stand, by the text."""
        return [found.code.text for _, found in self.giver.standing.values()]


@pytest.fixture
def policy() -> Policy:
    """Ben approves, Kim keeps codes of other eSIMs."""
    return Policy(approvers=(BEN,), code_keepers=(KIM,))


@pytest.fixture
async def desk(redis: Redis, clock: ManualClock, policy: Policy) -> Desk:
    """An order of three of Ana's was bought."""
    return await a_desk(redis, clock, policy, an_order(state=OrderState.PURCHASED))


async def a_desk(
    redis: Redis,
    clock: ManualClock,
    policy: Policy,
    order: Order,
    other: Provider | None = None,
) -> Desk:
    """With this order; a second one shares Redis with the first, as another process does.

    `other`: sells in place of the seller with codes.
    """
    orders = OrderStore(redis, KEYS)
    if await orders.load(order.id) is None:
        await orders.save(order, None, clock.now())
    seller, giver, people = CodeSeller(), GiverInMemory(), PeopleInMemory()
    providers: Providers = {"telnyx": other or seller}
    store, assigned = HandOutStore(redis, KEYS), AssignmentStore(redis, KEYS)
    plans = Plans(orders, policy, providers, people)
    agenda = Queue.agenda(redis, KEYS)
    return Desk(
        HandOuts(store, assigned, plans, providers, giver, clock, SHOWN_FOR),
        Removals(store, giver, agenda, clock),
        Assignments(assigned, orders, plans, policy, clock),
        store,
        orders,
        giver,
        people,
        seller,
        clock,
        redis,
        order,
    )
