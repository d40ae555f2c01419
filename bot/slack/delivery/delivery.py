"""Brings Slack up to date with orders; what can't be done now is done later."""

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
from bot.store.posted import Fault, Posted
from bot.store.queues import Queue
from bot.store.waiting import Wait, Waiting

_REDIS_AGAIN = 5.0
"""Seconds until Redis is asked again at the start."""


class Pass(Protocol):
    """Goes over an order's messages once."""

    async def run(self) -> NextRound:
        """Say what is left to be done. Raises StoreUnavailable, Conflict."""
        ...


class Delivery:
    """Delivers one order at a time; a round that was cut short is simply made again."""

    def __init__(
        self,
        deliveries: Queue,
        waiting: Waiting,
        services: DeliveryServices,
        rounds: Callable[[Order, DeliveryServices, datetime], Pass] = Round,
    ) -> None:
        self._deliveries = deliveries
        self._waiting = waiting
        self._services = services
        self._rounds = rounds
        self._clock = services.clock
        self._started = self._clock.now()
        self._faults: dict[str, int] = {}

    async def deliver(self, order_id: str) -> None:
        """Bring Slack up to date with this order, or try again later.

        Raises StoreUnavailable or Conflict: the order is still due then.
        """
        order = await self._services.store.load(order_id)
        if order is None:
            await self._deliveries.put(Thing.order(order_id), None, 0)
            return
        next_round = await self._look_over(order)
        await self._note(order, next_round)
        now = self._clock.now()
        if next_round.again_in is None:
            await self._deliveries.delivered(order, now)
        else:
            await self._waiting.later(order, now + timedelta(seconds=next_round.again_in), now)

    async def _look_over(self, order: Order) -> NextRound:
        """Make one round; a fault of ours in it is told, and tried again at growing intervals."""
        try:
            next_round = await self._rounds(order, self._services, self._started).run()
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
        """Keep why an order's messages wait, for readiness and for the next start."""
        oldest = next_round.oldest
        if oldest is not None:
            await self._waiting.note(order.id, Wait(reason=oldest.error, since=oldest.since))
        elif next_round.again_in is None and next_round.had_trouble:
            await self._waiting.clear(order.id)

    async def resume(self) -> None:
        """At the start: what waits for Slack is tried now, as soon as Redis can be reached."""
        while True:
            try:
                await self._waiting.hurry(self._clock.now())
            except StoreUnavailable:
                await self._clock.sleep(_REDIS_AGAIN)
            else:
                return

    async def waiting_reasons(self) -> Mapping[str, int]:
        """How many orders' messages wait for Slack, by its word for why. Raises StoreUnavailable.

        Orders that only wait for their turn are not among them.
        """
        return await self._waiting.reasons()

    async def is_card_dealt_with(self, order_id: str) -> bool:
        """Whether an order's card is up, or its place refused it: then its requester is told.

        Raises StoreUnavailable.
        """
        card = (await self._services.posted.load(order_id)).get(CARD, Posted())
        return bool(card.ts) or card.is_placeless
