"""How many eSIMs an order still lacks, after it and all orders for its rest."""

from collections.abc import AsyncIterator

from bot.clock import Clock
from bot.domain.order import Order
from bot.engine.lookups import Evidence, Lookups
from bot.errors import LookupFailed
from bot.store.orders import OrderStore


class Rests:
    """An order, its rest and further rests: together they must buy what was asked for, no more."""

    def __init__(self, store: OrderStore, looking: Lookups, clock: Clock) -> None:
        self._store = store
        self._looking = looking
        self._clock = clock

    async def missing(self, rest: Order, evidence: Evidence) -> int:
        """Look at every order before this rest, save what turned up, and count what is missing.

        Every look becomes part of `evidence`. Raises LookupFailed when a look failed,
        LookupPostponed when one must wait, Conflict and StoreUnavailable.
        """
        first = await self._first_order(rest)
        orders = self._look_at_all(first, evidence, but=rest)
        counts = [order.bought async for order in orders]
        return max(0, first.request.amount - sum(counts))

    async def _first_order(self, rest: Order) -> Order:
        """The first order, of which this is a rest."""
        while rest.rest_of is not None:
            rest = await self._load(rest.rest_of)
        return rest

    async def _look_at_all(
        self, first: Order, evidence: Evidence, *, but: Order
    ) -> AsyncIterator[Order]:
        """The first order and each order for its rest, after a look at each."""
        ids = [first.id]
        while ids:
            order = await self._load(ids.pop())
            ids += [rest_id for rest_id in order.rests if rest_id != but.id]
            yield await self._after_a_look(order, evidence)

    async def _after_a_look(self, order: Order, evidence: Evidence) -> Order:
        if not order.may_have_bought:
            return order
        evidence.restart()
        look = await self._looking.look(order, whole=True)
        if look.found is None:
            raise LookupFailed(look.why)
        found = order.found_late(look.found, self._clock.now())
        if found is not order:
            await self._store.save(found, order, self._clock.now())
        return found

    async def _load(self, order_id: str) -> Order:
        order = await self._store.load(order_id)
        if order is None:
            raise LookupFailed(f"order `{order_id}` is not known any more")
        return order
