"""Loads and saves orders for the engine."""

from collections.abc import Mapping, Sequence

from bot.clock import Clock
from bot.domain.order import Order
from bot.domain.sim import Sim
from bot.store.orders import OrderStore


class Journal:
    """The store, as the engine uses it."""

    def __init__(self, store: OrderStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def load(self, order_id: str) -> Order | None:
        """The order as it is now; None when Redis knows none. Raises StoreUnavailable."""
        return await self._store.load(order_id)

    async def save(self, order: Order, previous: Order, *, looked: bool = False) -> bool:
        """Commit a step. Raises Conflict, ServerUnproven, StoreUnavailable.

        False when Redis may have forgotten steps since the approval: see `OrderStore.save`.
        `looked`: a person decided, and a look that worked showed nothing new: Redis is believed.
        """
        now = self._clock.now()
        return await self._store.save(order, previous, now, looked=looked)

    async def owners(self, order: Order, sims: Sequence[Sim]) -> Mapping[str, str]:
        """Which of these SIM cards other orders have got, by ICCID. Raises StoreUnavailable."""
        known = await self._store.owners([sim.iccid for sim in sims if sim.iccid])
        return {iccid: owner for iccid, owner in known.items() if owner != order.id}
