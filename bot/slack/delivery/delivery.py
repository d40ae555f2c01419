"""Brings Slack up to date with orders; what fails now is tried again later."""

from collections.abc import Callable, Mapping
from typing import Protocol

import structlog

from bot.domain.order import Order
from bot.domain.thing import Thing
from bot.errors import StoreError, StoreUnavailable
from bot.slack.delivery.retries import NextRound, interval
from bot.slack.delivery.round import Round
from bot.slack.delivery.writer import DeliveryServices
from bot.slack.message import CARD
from bot.store.delayed_deliveries import DelayedDeliveries
from bot.store.posted import Fault, Posted
from bot.store.queues import Queue

_REDIS_AGAIN = 5.0
"""Seconds until Redis is asked again at the start."""


class DeliveryRound(Protocol):
    """Goes over an order's messages once."""

    async def run(self) -> NextRound:
        """Say what is left to be done, and when; the queue knows too. Raises StoreError."""
        ...


class Delivery:
    """Delivers one order at a time; a round that was interrupted is repeated."""

    def __init__(
        self,
        deliveries: Queue,
        delayed: DelayedDeliveries,
        services: DeliveryServices,
        rounds: Callable[..., DeliveryRound] = Round,
    ) -> None:
        """`rounds`: makes a round, from what `Round` is made from."""
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
        is_new = order is not None and order.version == 1
        order = order or await self._services.store.load(order_id)
        if order is None:
            await self._deliveries.put(Thing.order(order_id), None, 0)
            return
        try:
            await self._make_round(order, self._services, self._started, is_new=is_new).run()
        except StoreError:
            raise
        except Exception as fault:  # noqa: BLE001 - it is logged, with its order
            await self._again_later(order, fault)
        else:
            self._faults.pop(order.id, None)

    async def _again_later(self, order: Order, fault: Exception) -> None:
        """Log a fault of ours, and let the round be repeated, at growing intervals."""
        self._faults[order.id] = times = self._faults.get(order.id, 0) + 1
        wait = interval(Fault.PASSING, times, order.id)
        facts = {"order": order.id, "times": times, "retry_in": wait}
        structlog.get_logger().error("delivery_failed", **facts, exc_info=fault)
        end = NextRound(wait).ended(order, self._clock.now())
        await self._services.posted.write(order.id, {}, end)

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
