"""How many eSIMs are missing of an order and of all that was ordered for its rest before."""

from collections.abc import AsyncIterator

from bot.clock import Clock
from bot.domain.order import Order
from bot.engine.lookups import Evidence, Lookups
from bot.errors import LookupFailed
from bot.store.orders import OrderStore


class Rests:
    """An order, its rest, the rest of that: together they buy what was asked for, and no more."""

    def __init__(self, store: OrderStore, looking: Lookups, clock: Clock) -> None:
        self._store = store
        self._looking = looking
        self._clock = clock

    async def missing(self, rest: Order, evidence: Evidence) -> int:
        """Look at every order before this rest, keep what turned up, and count what is missing.

        Every look becomes part of `evidence`. Raises LookupFailed when one of them could
        not be looked at, LookupPostponed when that must wait, Conflict and StoreUnavailable.
        """
        first = await self._first_order(rest)
        orders = self._look_at_all(first, evidence, but=rest)
        counts = [len(order.sims) async for order in orders]
        return max(0, first.request.amount - sum(counts))

    async def _first_order(self, rest: Order) -> Order:
        """The order with which it began."""
        while rest.rest_of is not None:
            rest = await self._load(rest.rest_of)
        return rest

    async def _look_at_all(
        self, first: Order, evidence: Evidence, *, but: Order
    ) -> AsyncIterator[Order]:
        """That order and everything that was ever ordered for its rest, as it is after a look."""
        ids = [first.id]
        while ids:
            order = await self._load(ids.pop())
            ids += [rest_id for rest_id in order.rests if rest_id != but.id]
            yield await self._after_a_look(order, evidence)

    async def _after_a_look(self, order: Order, evidence: Evidence) -> Order:
        if not order.may_have_bought:
            return order
        evidence.go_on()
        look = await self._looking.look(order)
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
