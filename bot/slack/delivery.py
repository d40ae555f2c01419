"""Brings Slack up to date with orders; what can't be done now is done later."""

from collections.abc import Callable
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.domain.order import Order
from bot.errors import SlackUnavailable, TooSoon
from bot.slack.upkeep import Upkeep
from bot.store.orders import OrderStore
from bot.store.queues import Queue

_RETRY = 5.0
"""Seconds before another try when Slack did not say how long to wait."""


class Delivery:
    """Delivers one order at a time; a pass that was cut short is simply made again."""

    def __init__(
        self,
        store: OrderStore,
        deliveries: Queue,
        upkeep: Callable[[Order], Upkeep],
        clock: Clock,
    ) -> None:
        self._store = store
        self._deliveries = deliveries
        self._upkeep = upkeep
        self._clock = clock
        self._log = structlog.get_logger()

    async def deliver(self, order_id: str) -> None:
        """Bring Slack up to date with this order, or try again later.

        Raises StoreUnavailable or Conflict: the order is still due then.
        """
        order = await self._store.load(order_id)
        if order is None:
            await self._deliveries.put(order_id, None, 0)
            return
        try:
            await self._upkeep(order).run()
        except TooSoon as early:
            await self._again_in(order_id, early.seconds)
        except SlackUnavailable as failure:
            seconds, reason = failure.retry_after or _RETRY, str(failure.__cause__)
            self._log.warning("slack_unavailable", order=order_id, retry_in=seconds, reason=reason)
            await self._again_in(order_id, seconds)
        else:
            await self._deliveries.delivered(order, self._clock.now())

    async def _again_in(self, order_id: str, seconds: float) -> None:
        await self._deliveries.again(order_id, self._clock.now() + timedelta(seconds=seconds))
