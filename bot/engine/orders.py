"""What people do to orders. Every call is authorised here, by the one policy."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.clock import Clock
from bot.domain.order import Order
from bot.domain.policy import Decision, Policy
from bot.domain.request import PurchaseRequest
from bot.domain.terms import Terms
from bot.errors import Conflict, DuplicateDelivery, TransitionError, UnknownOrder
from bot.providers.base import Provider, Providers, provider_of
from bot.store.orders import Change, OrderStore

_TRIES = 5
"""Times that a decision is made again when others change the order at the same moment."""
LISTED = 10
"""Orders in a list."""


@dataclass(frozen=True)
class Conditions:
    """The settings that become a new order's terms; durations in seconds."""

    approval_expires: float
    batch_size: int
    lookup_delays: tuple[float, ...]
    send_delays: tuple[float, ...]
    reminder: float

    def terms_with(self, provider: Provider) -> Terms:
        """The snapshot that an order from this provider keeps."""
        return Terms(
            approval_expires=self.approval_expires,
            batch_size=min(self.batch_size, provider.form.most_per_call),
            lookup_delays=self.lookup_delays,
            send_delays=self.send_delays,
            reminder=self.reminder,
        )


class Orders:
    """The orders, as people see and change them."""

    def __init__(
        self,
        store: OrderStore,
        policy: Policy,
        conditions: Conditions,
        providers: Providers,
        clock: Clock,
    ) -> None:
        self._store = store
        self._policy = policy
        self._conditions = conditions
        self._providers = providers
        self._clock = clock

    async def place(
        self, request: PurchaseRequest, *, requester: str, channel: str, trigger: str
    ) -> Order:
        """Create the order; its card follows.

        Raises AmountOverLimit, ProviderNotSetUp, DuplicateDelivery and StoreUnavailable.
        """
        provider = provider_of(self._providers, request.provider)
        quote = await provider.quote(request)
        self._policy.requirement(request, quote)
        for _ in range(_TRIES):
            order = Order.place(
                self._store.new_id(),
                request,
                requester=requester,
                channel=channel,
                terms=self._conditions.terms_with(provider),
                quote=quote,
                at=self._clock.now(),
            )
            try:
                await self._store.save(order, None, self._clock.now(), trigger)
            except Conflict:
                continue  # the id is taken
            return order
        raise Conflict

    async def order_rest(self, order_id: str, *, by: str, trigger: str) -> Order:
        """Order what another order fell short of, once; its card follows when that was checked.

        One commit marks the first order and records the new one. Raises NotAllowed,
        NothingToDecide, RestOrdered with the order that is there already, UnknownOrder,
        ProviderNotSetUp, DuplicateDelivery and StoreUnavailable.
        """

        async def order_once(first: Order) -> Order:
            self._policy.authorise_rest(by, first)
            marked, rest = await self._rest_of(first, by)
            changes = [Change(marked, first), Change(rest, None)]
            await self._store.save_together(changes, self._clock.now(), trigger)
            return rest

        return await self._until_committed(order_id, order_once, trigger)

    async def _rest_of(self, first: Order, by: str) -> tuple[Order, Order]:
        """The first order with its mark, and the new one."""
        earlier = await self._store.load(first.rest) if first.rest else None
        rest_id, now = self._store.new_id(), self._clock.now()
        marked = first.order_rest(rest_id, by, now, earlier)
        provider = provider_of(self._providers, first.provider)
        quote = await provider.quote(first.rest_request())
        terms = self._conditions.terms_with(provider)
        return marked, Order.place_rest(rest_id, first, terms, quote, by, now)

    async def approve(self, order_id: str, *, by: str, trigger: str) -> Order:
        """Let it be bought. Raises NotAllowed, AlreadyDecided, ApprovalExpired, UnknownOrder."""
        decide = self._once_allowed(
            self._policy.authorise_approval, lambda order, at: order.approve(by, at), by
        )
        return await self._decide(order_id, decide, trigger)

    async def cancel(self, order_id: str, *, by: str, trigger: str) -> Order:
        """Cancel one's own order, or decline another's. Raises as `approve` does."""

        def decide(order: Order) -> Order:
            decision = self._policy.authorise_cancel(by, order)
            step = order.cancel if decision is Decision.CANCEL else order.decline
            return step(by, self._clock.now())

        return await self._decide(order_id, decide, trigger)

    async def look_again(self, order_id: str, *, by: str, trigger: str) -> Order:
        """Look once more for what an order in need of attention bought. Raises as below."""
        decide = self._once_allowed(
            self._policy.authorise_attention, lambda order, at: order.look_again(by, at), by
        )
        return await self._decide(order_id, decide, trigger)

    async def close(self, order_id: str, *, by: str, trigger: str) -> Order:
        """Take what is known for all that was bought. Raises NotAllowed and the like."""
        decide = self._once_allowed(
            self._policy.authorise_attention, lambda order, at: order.close(by, at), by
        )
        return await self._decide(order_id, decide, trigger)

    async def buy_again(self, order_id: str, *, by: str, trigger: str) -> Order:
        """Wish to buy what is missing a second time: the look that follows decides.

        It needs what an approval needs. Raises as above, and LookFirst while no look has worked.
        """
        decide = self._once_allowed(
            self._policy.authorise_approval, lambda order, at: order.buy_again(by, at), by
        )
        return await self._decide(order_id, decide, trigger)

    async def show(self, order_id: str, *, to: str, channel: str) -> Order:
        """The order, for this person in this channel. Raises NotAllowed, UnknownOrder."""
        order = await self._get(order_id)
        self._policy.authorise_view(to, channel, order)
        return order

    async def _get(self, order_id: str) -> Order:
        order = await self._store.load(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        return order

    async def latest_of(self, requester: str) -> list[Order]:
        """This person's last orders, newest first."""
        return await self._store.latest_of(requester, LISTED)

    async def latest_in(self, channel: str) -> list[Order]:
        """The last orders of this channel, newest first."""
        return await self._store.latest_in(channel, LISTED)

    def _once_allowed(
        self,
        allow: Callable[[str, Order], None],
        step: Callable[[Order, datetime], Order],
        by: str,
    ) -> Callable[[Order], Order]:
        """A decision: ask the policy about this person, then make the step."""

        def decide(order: Order) -> Order:
            allow(by, order)
            return step(order, self._clock.now())

        return decide

    async def _decide(self, order_id: str, decide: Callable[[Order], Order], trigger: str) -> Order:
        async def commit(order: Order) -> Order:
            decided = decide(order)
            await self._store.save(decided, order, self._clock.now(), trigger)
            return decided

        return await self._until_committed(order_id, commit, trigger)

    async def _until_committed(
        self, order_id: str, commit: Callable[[Order], Awaitable[Order]], trigger: str
    ) -> Order:
        """Load, decide, commit; somebody else's change in between means: decide again."""
        for _ in range(_TRIES):
            order = await self._get(order_id)
            try:
                return await commit(order)
            except Conflict:
                continue
            except TransitionError:
                if await self._store.was_seen(trigger):
                    raise DuplicateDelivery from None
                raise
        raise Conflict
