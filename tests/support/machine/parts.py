"""The bot's own parts, any of which may be replaced by one with a bug."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from redis.asyncio import Redis

from bot.clock import Clock
from bot.domain.order import Order
from bot.domain.policy import Policy
from bot.domain.terms import Prices
from bot.engine.journal import Journal
from bot.engine.orders import Conditions, Orders
from bot.engine.outcomes import Outcomes
from bot.engine.steps import Engine
from bot.providers.base import Provider
from bot.store.emergency import Emergency
from bot.store.keys import Keys
from bot.store.orders import OrderStore
from bot.store.queues import Queue
from bot.store.trust.presence import SETTLE, Presence
from tests.support.machine.seller import Crash, Seller
from tests.support.orders import KEYS

ANA, BEN, CARLA, DAN = "U0ANA", "U0BEN", "U0CARLA", "U0DAN"
APPROVERS = (BEN, CARLA)
SELF_LIMIT = 1
"""ESIMs up to which an approver may approve their own order."""
EXPIRES = 600.0
BATCH = 2
LOOKUPS = (10.0, 30.0)


def store_of(redis: Redis, keys: Keys, presence: Presence) -> OrderStore:
    """The store of the bot that is this one among the others."""
    return OrderStore(redis, keys, presence=presence)


@dataclass(frozen=True)
class Parts:
    """What the bot is made of."""

    store: Callable[[Redis, Keys, Presence], OrderStore] = store_of
    presence: type[Presence] = Presence
    policy: type[Policy] = Policy
    outcomes: type[Outcomes] = Outcomes
    engine: type[Engine] = Engine
    provider: Callable[[Provider], Provider] = lambda provider: provider


class MortalJournal(Journal):
    """A journal whose process is killed, or frozen, at its next commits.

    `killed`: how many commits it lives through yet, and whether the next one still goes through.
    `frozen`: what it waits for once the next attempt is committed.
    """

    def __init__(self, store: OrderStore, clock: Clock) -> None:
        super().__init__(store, clock)
        self.killed: tuple[int, bool] | None = None
        self.frozen: Callable[[], Awaitable[None]] | None = None

    async def save(self, order: Order, previous: Order, *, looked: bool = False) -> bool:
        """Commit, or be killed. Raises Crash, and as every journal does."""
        if self.killed is None:
            return await self._saved_and_frozen(order, previous, looked=looked)
        left, goes_through = self.killed
        self.killed = (left - 1, goes_through)
        if left:
            return await super().save(order, previous, looked=looked)
        if goes_through:
            await super().save(order, previous, looked=looked)
        raise Crash

    async def _saved_and_frozen(self, order: Order, previous: Order, *, looked: bool) -> bool:
        remembers = await super().save(order, previous, looked=looked)
        frozen, sends = self.frozen, len(order.attempts) > len(previous.attempts)
        if frozen and sends:
            self.frozen = None
            await frozen()
        return remembers


@dataclass(frozen=True)
class Process:
    """One bot: what people do, and what the engine does."""

    store: OrderStore
    orders: Orders
    engine: Engine
    journal: MortalJournal
    agenda: Queue
    outcomes: Outcomes
    presence: Presence
    stopping: asyncio.Event
    """Set when this bot is told to stop."""

    @classmethod
    def of(
        cls, parts: Parts, redis: Redis, seller: Seller, clock: Clock, folder: Path
    ) -> "Process":
        """Wire it as `bot.bootstrap` does."""
        presence = parts.presence(redis, KEYS, clock, settle=SETTLE)
        store = parts.store(redis, KEYS, presence)
        journal, agenda = MortalJournal(store, clock), Queue.agenda(redis, KEYS)
        outcomes = parts.outcomes(journal, Emergency(folder), clock)
        stopping, provider = asyncio.Event(), parts.provider(seller)
        policy = parts.policy(approvers=APPROVERS, self_approval_limit=SELF_LIMIT)
        return cls(
            store,
            Orders(store, policy, _conditions(), clock),
            parts.engine(journal, outcomes, agenda, provider, clock, stopping),
            journal,
            agenda,
            outcomes,
            presence,
            stopping,
        )


def may_approve(who: str, order: Order) -> bool:
    """The rule, written down a second time: the policy itself may be the one with the bug."""
    own = who in {order.requester, order.history[0].by}
    return who in APPROVERS and (not own or order.request.amount <= SELF_LIMIT)


def in_time(order: Order, at: datetime) -> bool:
    """Whether an order could still be approved then."""
    up = next(entry.at for entry in order.history if entry.state == "awaiting_approval")
    return (at - up).total_seconds() < EXPIRES


def _conditions() -> Conditions:
    return Conditions(
        provider="telnyx",
        prices=Prices(),
        approval_expires=EXPIRES,
        batch_size=BATCH,
        lookup_delays=LOOKUPS,
        send_delays=(5.0,),
        reminder=900.0,
    )
