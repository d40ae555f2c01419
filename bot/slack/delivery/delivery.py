"""Brings Slack up to date with orders; what fails now is tried again later."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.domain.order import Order
from bot.domain.thing import Thing
from bot.errors import StoreError, StoreUnavailable
from bot.slack.delivery.retries import NextRound, interval
from bot.slack.delivery.round import Round
from bot.slack.delivery.writer import DeliveryServices
from bot.slack.message import CARD
from bot.store.delayed_deliveries import Delay, DelayedDeliveries
from bot.store.posted import Fault, Posted
from bot.store.queues import Queue

_REDIS_AGAIN = 5.0
"""Seconds until Redis is asked again at the start."""


class DeliveryRound(Protocol):
    """Goes over an order's messages once."""

    async def run(self) -> NextRound:
        """Say what is left to be done. Raises StoreUnavailable, Conflict."""
        ...


class Delivery:
    """Delivers one order at a time; a round that was interrupted is repeated."""

    def __init__(
        self,
        deliveries: Queue,
        delayed: DelayedDeliveries,
        services: DeliveryServices,
        rounds: Callable[[Order, DeliveryServices, datetime], DeliveryRound] = Round,
    ) -> None:
        self._deliveries = deliveries
        self._delayed = delayed
        self._services = services
        self._make_round = rounds
        self._clock = services.clock
        self._started = self._clock.now()
        self._faults: dict[str, int] = {}

    async def deliver(self, order_id: str, order: Order | None = None) -> None:
        """Bring Slack up to date with this order, or try again later.

        `order`: as this process has just committed it. Raises StoreUnavailable or Conflict: the
        order is still due then.
        """
        order = order or await self._services.store.load(order_id)
        if order is None:
            await self._deliveries.put(Thing.order(order_id), None, 0)
            return
        next_round = await self._round(order)
        await self._note(order, next_round)
        now = self._clock.now()
        if next_round.again_in is None:
            await self._deliveries.delivered(order, now)
        else:
            await self._delayed.later(order, now + timedelta(seconds=next_round.again_in), now)

    async def _round(self, order: Order) -> NextRound:
        """Make one round; a fault of ours is logged, and the round repeated later."""
        try:
            next_round = await self._make_round(order, self._services, self._started).run()
        except StoreError:
            raise
        except Exception:
            self._faults[order.id] = faults = self._faults.get(order.id, 0) + 1
            wait = interval(Fault.PASSING, faults, order.id)
            log = structlog.get_logger()
            log.exception("delivery_failed", order=order.id, times=faults, retry_in=wait)
            return NextRound(wait)
        self._faults.pop(order.id, None)
        return next_round

    async def _note(self, order: Order, next_round: NextRound) -> None:
        """Store why an order's messages are delayed, for readiness and for the next start."""
        oldest = next_round.oldest
        if oldest is not None:
            await self._delayed.note(order.id, Delay(reason=oldest.error, since=oldest.since))
        elif next_round.again_in is None and next_round.had_trouble:
            await self._delayed.clear(order.id)

    async def resume(self) -> None:
        """At the start: make every delayed delivery due now, once Redis can be reached."""
        while True:
            try:
                await self._delayed.make_due_now(self._clock.now())
            except StoreUnavailable:
                await self._clock.sleep(_REDIS_AGAIN)
            else:
                return

    async def waiting_reasons(self) -> Mapping[str, int]:
        """How many orders have delayed messages, by Slack's word for why. Raises StoreUnavailable.

        Orders that only wait for their turn are not among them.
        """
        return await self._delayed.reasons()

    async def is_card_settled(self, order_id: str) -> bool:
        """Whether an order's card is up, or its place refused it: then its requester is told.

        Raises StoreUnavailable.
        """
        card = (await self._services.posted.load(order_id)).get(CARD, Posted())
        return bool(card.ts) or card.is_placeless
