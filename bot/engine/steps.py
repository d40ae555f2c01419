"""One step of an order that is due: expire it, buy its next part, or look up what is in doubt."""

from datetime import datetime, timedelta

from bot.clock import Clock
from bot.domain.events import OrderState, Reason
from bot.domain.order import Order
from bot.domain.thing import Thing
from bot.engine.lookups import Evidence, Lookups
from bot.engine.offers import Offers
from bot.engine.purchases import Purchases, may_be_bought
from bot.engine.rests import Rests
from bot.errors import LookupFailed, LookupPostponed, ServerUnproven
from bot.providers.base import Providers
from bot.store.orders import OrderStore
from bot.store.queues import Queue


class Engine:
    """Makes single steps of orders; the process may crash after each of them."""

    def __init__(  # noqa: PLR0913, PLR0917 - each of these is one part of the bot
        self,
        store: OrderStore,
        purchases: Purchases,
        agenda: Queue,
        providers: Providers,
        clock: Clock,
        offers: Offers,
    ) -> None:
        self._offers = offers
        self._store = store
        self._purchases = purchases
        self._agenda = agenda
        self._providers = providers
        self._clock = clock
        self._looking = Lookups(store, providers)
        self._rests = Rests(store, self._looking, clock)

    async def step(self, order_id: str) -> None:
        """Do what is due for this order. Raises Conflict or StoreUnavailable: try again later."""
        order = await self._store.load(order_id)
        if order is None:
            await self._agenda.put(Thing.order(order_id), None, 0)
        elif order.due_at is None or order.due_at > self._clock.now():
            await self._put(order, order.due_at)
        else:
            await self._advance_unless_postponed(order)

    async def _advance_unless_postponed(self, order: Order) -> None:
        """Do what is due; when the look must wait, make the order due later."""
        try:
            await self._advance(order)
        except LookupPostponed as wait:
            await self._put(order, self._clock.now() + timedelta(seconds=wait.seconds))

    async def _put(self, order: Order, due: datetime | None) -> None:
        await self._agenda.put(Thing.order(order.id), due, order.version)

    async def _advance(self, order: Order) -> None:
        now = self._clock.now()
        match order.state:
            case OrderState.AWAITING_APPROVAL:
                await self._store.save(order.expire(now), order, now)
            case OrderState.IN_DOUBT | OrderState.NEEDS_ATTENTION:
                await self._look_up(order)
            case _ if order.state.is_final:
                await self._look_after(order)
            case OrderState.CHECKING if order.quote is None:
                await self._ask_price(order)
            case _ if order.attempt_is_open:
                await self._store.save(order.doubt(Reason.STOPPED, now), order, now)
            case _ if order.must_look:
                await self._look_up(order)
            case _ if order.must_check:
                await self._buy_rest(order, order, Evidence(self._clock))
            case _:
                await self._buy(order, order)

    async def _ask_price(self, order: Order) -> None:
        """Ask what the provider offers, before people decide."""
        try:
            priced = await self._offers.compared(order)
        except LookupFailed as failure:
            priced = order.not_priced(str(failure), self._clock.now())
        await self._store.save(priced, order, self._clock.now())

    # Looks

    async def _look_up(self, order: Order) -> None:
        """Look for what the calls bought; when the look allows the next call, make it at once.

        The look and the new attempt are one commit, so that after a crash the look is repeated.
        """
        evidence = Evidence(self._clock)
        look = await self._looking.look(order)
        looked = order.looked_up(look.found, self._clock.now(), look.why)
        waited = order.must_look or looked.state is OrderState.APPROVED
        if not (waited and may_be_bought(looked)):
            await self._store.save(looked, order, self._clock.now())
        elif looked.must_check:
            await self._buy_rest(looked, order, evidence)
        else:
            await self._buy(looked, order, evidence)

    async def _look_after(self, order: Order) -> None:
        """Look at an ended order, of which more SIM cards may have turned up; not urgent."""
        look = await self._looking.look(order, urgent=False)
        now = self._clock.now()
        if look.found is None:  # one that was made before its time puts off none that comes anyway
            times = order.next_try(now), order.next_look(now)
            await self._put(order, min(filter(None, times), default=None))
            return
        found = order.found_late(look.found, now)
        if found is order:
            await self._put(order, order.next_look(now))
        else:
            await self._store.save(found, order, self._clock.now())

    async def _buy_rest(self, order: Order, previous: Order, evidence: Evidence) -> None:
        """Check how much the first order still lacks; only that is shown or bought.

        `order` may already hold a look of its own beyond `previous`; when the look at the first
        order fails, that look counts as failed too.
        """
        try:
            missing = await self._rests.missing(order, evidence)
        except LookupFailed as failure:
            unchecked = self._after_failed_check(previous, str(failure))
            await self._store.save(unchecked, previous, self._clock.now())
            return
        checked = order.checked(missing, self._clock.now())
        if may_be_bought(checked):
            await self._buy(checked, previous, evidence)
        else:
            await self._store.save(checked, previous, self._clock.now())

    def _after_failed_check(self, order: Order, why: str) -> Order:
        now = self._clock.now()
        if order.must_look or order.wish is not None:
            return order.looked_up(None, now, why)
        return order.not_checked(why, now)

    async def _buy(self, order: Order, previous: Order, evidence: Evidence | None = None) -> None:
        """Buy; `previous` is what Redis has. While it is not trusted the order comes due later."""
        try:
            await self._purchases.buy(order, previous, evidence)
        except ServerUnproven as wait:
            await self._put(previous, self._clock.now() + timedelta(seconds=wait.seconds))
