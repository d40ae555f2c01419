"""Loads and saves orders for the engine, and logs each step that was committed."""

import structlog

from bot.clock import Clock
from bot.domain.order import Order
from bot.store.orders import OrderStore


class Journal:
    """The store, as the engine uses it."""

    def __init__(self, store: OrderStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._log = structlog.get_logger()

    async def load(self, order_id: str) -> Order | None:
        """The order as it is now; None when Redis knows none. Raises StoreUnavailable."""
        return await self._store.load(order_id)

    async def save(self, order: Order, previous: Order, *, looked: bool = False) -> bool:
        """Commit a step. Raises Conflict, StoreUnavailable, ServerUnproven.

        False when Redis may have forgotten calls for this order: see `OrderStore.save`.
        """
        remembers = await self._store.save(order, previous, self._clock.now(), looked=looked)
        for entry in order.history[previous.version :]:
            self._log.info(entry.event, order=order.id, state=entry.state, version=order.version)
        return remembers
