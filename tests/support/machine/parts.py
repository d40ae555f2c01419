"""Bots without Slack, of parts any of which may be replaced by one with a bug."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from redis.asyncio import Redis

from bot.clock import Clock
from bot.domain.order import Order
from bot.engine.orders import Orders
from bot.engine.outcomes import Outcomes
from bot.engine.steps import Engine
from bot.providers.base import Provider
from bot.settings import Settings
from bot.store.orders import OrderStore
from bot.store.queues import Queue
from bot.store.trust.presence import Presence
from bot.worker import Worker
from tests.support.harness.parts import Parts
from tests.support.harness.running import unheard
from tests.support.harness.sandboxes import settings_of
from tests.support.harness.stores import Death
from tests.support.orders import KEYS

__all__ = ["Parts", "Process", "in_time", "may_approve"]

ANA, BEN, CARLA, DAN = "U0ANA", "U0BEN", "U0CARLA", "U0DAN"
APPROVERS = (BEN, CARLA)
SELF_LIMIT = 1
"""ESIMs up to which an approver may approve their own order."""
EXPIRES = 600.0
BATCH = 2
LOOKUPS = (10.0, 30.0)
_ASKED = {"placed", "priced", "checked", "price_rose"}
"""Events since which an order may be approved, if it waits for approval then."""


@dataclass(frozen=True)
class Process:
    """One bot: what people do, and what the engine does."""

    store: OrderStore
    orders: Orders
    engine: Engine
    agenda: Queue
    outcomes: Outcomes
    presence: Presence
    worker: Worker
    """Works on the agenda, where a test lets it."""
    stopping: asyncio.Event
    """Set when this bot is told to stop."""
    death: Death
    """Kills it, or freezes it."""

    @classmethod
    def of(
        cls,
        parts: Parts,
        redis: Redis,
        provider: Provider,
        clock: Clock,
        folder: Path,
        *others: Provider,
    ) -> "Process":
        """Wire it; beside it there may be others on the same Redis."""
        more = {each.name: each for each in others}
        made, resources = unheard(_settings(folder), redis, clock, provider, parts, more)
        return cls(
            made.store,
            made.orders,
            made.engine,
            Queue.agenda(redis, KEYS),
            made.bot.outcomes,
            made.bot.presence,
            made.bot.agenda,
            resources.stopping,
            Death(made.store),
        )


def may_approve(who: str, order: Order) -> bool:
    """The rule, written down a second time: the policy itself may be the one with the bug."""
    own = who in {order.requester, order.history[0].by}
    small = order.request.amount <= SELF_LIMIT and order.request.kind != "suspension"
    return who in APPROVERS and (not own or small)


def in_time(order: Order, at: datetime) -> bool:
    """Whether an order could still be approved then."""
    before = [entry for entry in order.history if entry.at <= at]
    asked = (place for place, entry in enumerate(before) if entry.event in _ASKED)
    up = before[max(asked)].at
    return (at - up).total_seconds() < EXPIRES


def _settings(folder: Path) -> Settings:
    return settings_of(
        folder,
        redis_url="redis://shared",  # other processes may use it
        esim_approvers=APPROVERS,
        esim_self_approval_limit=SELF_LIMIT,
        esim_approval_expires=EXPIRES,
        esim_batch_size=BATCH,
        esim_lookup_delays=LOOKUPS,
        esim_send_delays=(5.0,),
        esim_reminder_every=900.0,
    )
