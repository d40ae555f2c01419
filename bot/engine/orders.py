"""What people do with orders. The policy authorises every call."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import NotRequired, TypedDict, Unpack

from bot.clock import Clock, Fence
from bot.domain.order import Order
from bot.domain.policy import Action, Member, Policy
from bot.domain.request import PurchaseRequest
from bot.domain.terms import Terms
from bot.engine.purchases import Purchases
from bot.errors import (
    DuplicateDelivery,
    EsimBotError,
    OutdatedCard,
    StoreError,
    StoreUnavailable,
    UnknownOrder,
)
from bot.providers.base import Providers, provider_of
from bot.store.orders import Change, OrderStore
from bot.store.orders.committing import recording_nothing, until_committed

LISTED = 10
"""Orders in a list."""


class Click(TypedDict):
    """Who decides, by which click."""

    by: str
    """Slack user id."""
    trigger: str
    """Slack's id of the click; the same when it is delivered twice."""
    revision: NotRequired[int | None]
    """The one of the order that the person saw; None: any."""
    within: NotRequired[Fence | None]
    """For how long it may be recorded; None: somebody waits for nothing."""


_Begin = Callable[[Order, Order, Click], Awaitable[Order | None]]
"""Commits a decision together with the first attempt; None: nothing was written."""


class Orders:
    """The use cases of people: place, decide about, and see orders.

    `within` says how long somebody waits: nothing is recorded after that. Then each raises
    NotRecorded when it is certain that nothing is, and StoreUnavailable when it is not known.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each of these is one part of the bot
        self,
        store: OrderStore,
        policy: Policy,
        terms: Terms,
        providers: Providers,
        clock: Clock,
        workspace: str = "",
        *,
        purchases: Purchases | None = None,
    ) -> None:
        """`terms`: of new orders, as set; `workspace`: the Slack team id that they belong to.

        `purchases`: makes the first call of what was approved; without it, the queue tells who.
        """
        self._purchases = purchases
        self._store = store
        self._policy = policy
        self._terms = terms
        self._providers = providers
        self._clock = clock
        self._workspace = workspace

    # What is asked for

    async def place(
        self,
        request: PurchaseRequest,
        *,
        requester: str,
        channel: str,
        trigger: str,
        within: Fence | None = None,
    ) -> Order:
        """Create the order; its card follows, after its provider was asked where that is needed.

        Raises NotAllowed, AmountOverLimit, ProviderNotSetUp, DuplicateDelivery, NotRecorded,
        StoreUnavailable.
        """
        provider = provider_of(self._providers, request.provider)
        async with self._silent_again(trigger):
            self._policy.may(Member(requester, channel), Action.ORDER)
            quote = provider.estimate(request)
            requirement = self._policy.requirement(request, quote)

        async def place_under_new_id() -> Order:
            order = Order.place(
                self._store.new_id(),
                request,
                workspace=self._workspace,
                requester=requester,
                channel=channel,
                terms=self._terms.within(provider.form.most_per_call),
                quote=quote,
                requirement=requirement,
                at=self._clock.now(),
            )
            await self._store.save(order, None, self._clock.now(), trigger, within=within)
            return order

        return await until_committed(place_under_new_id)  # a conflict: the id is taken

    async def order_rest(self, order_id: str, **click: Unpack[Click]) -> Order:
        """Order what another order fell short of, once; the card follows after a check.

        One commit marks the first order and records the new one. Raises NotAllowed, OutdatedCard,
        NothingMissing, AmountOverLimit, RestOrdered with the order that is there already,
        UnknownOrder, ProviderNotSetUp, DuplicateDelivery, NotRecorded and StoreUnavailable.
        """

        async def order_once(first: Order) -> Order:
            self._check(click, Action.ORDER_REST, first)
            async with recording_nothing(click.get("within")):
                marked, rest = await self._rest_of(first, click["by"])
            changes, now = [Change(marked, first), Change(rest, None)], self._clock.now()
            await self._store.save_together(
                changes, now, click["trigger"], within=click.get("within")
            )
            return rest

        return await self._until_committed(order_id, order_once, click)

    async def _rest_of(self, first: Order, by: str) -> tuple[Order, Order]:
        """The first order, marked with its rest, and the new order."""
        earlier = await self._store.load(first.rest) if first.rest else None
        rest_id, now = self._store.new_id(), self._clock.now()
        marked, request = first.order_rest(rest_id, by, now, earlier), first.rest_request()
        provider = provider_of(self._providers, first.provider)
        quote = provider.estimate(request)
        return marked, Order.place_rest(
            rest_id,
            first,
            terms=self._terms.within(provider.form.most_per_call),
            quote=quote,
            requirement=self._policy.requirement(request, quote),
            by=by,
            at=now,
        )

    # What is decided

    async def approve(self, order_id: str, **click: Unpack[Click]) -> Order:
        """Agree to an order: it is bought as soon as enough people agree.

        Raises NotAllowed, OutdatedCard, AlreadyDecided, AlreadyVoted, ApprovalExpired,
        UnknownOrder and the like.
        """

        def decide(order: Order) -> Order:
            self._check(click, Action.APPROVE, order)
            return order.approve(click["by"], self._clock.now(), self._void_votes(order))

        return await self._decide(order_id, decide, click, self._begin)

    async def _begin(self, approved: Order, order: Order, click: Click) -> Order | None:
        """Commit the approval with the first attempt, where its call may follow at once."""
        if self._purchases is None:
            return None
        return await self._purchases.begin(approved, order, click["trigger"], click.get("within"))

    def _void_votes(self, order: Order) -> Sequence[str]:
        """The people who agreed to the order, but may not approve any more."""
        voters = (vote.by for vote in order.votes)
        return [by for by in voters if not self._policy.allows(Member(by), Action.APPROVE, order)]

    async def cancel(self, order_id: str, **click: Unpack[Click]) -> Order:
        """Cancel one's own order, or decline another's. Raises as `approve` does."""

        def decide(order: Order) -> Order:
            own = click["by"] in order.askers
            self._check(click, Action.CANCEL if own else Action.DECLINE, order)
            return (order.cancel if own else order.decline)(click["by"], self._clock.now())

        return await self._decide(order_id, decide, click)

    async def look_again(self, order_id: str, **click: Unpack[Click]) -> Order:
        """Look once more for what an order in need of attention bought. Raises as below."""

        def decide(order: Order) -> Order:
            self._check(click, Action.LOOK_AGAIN, order)
            return order.look_again(click["by"], self._clock.now())

        return await self._decide(order_id, decide, click)

    async def close(self, order_id: str, **click: Unpack[Click]) -> Order:
        """Close an order: no more was bought than is known. Raises NotAllowed and the like."""

        def decide(order: Order) -> Order:
            self._check(click, Action.CLOSE, order)
            return order.close(click["by"], self._clock.now())

        return await self._decide(order_id, decide, click)

    async def buy_again(self, order_id: str, **click: Unpack[Click]) -> Order:
        """Record a wish to buy again what is missing; the next look decides about it.

        It needs the same right as an approval. Raises as above, and LookFirst while no look worked.
        """

        def decide(order: Order) -> Order:
            self._check(click, Action.BUY_AGAIN, order)
            return order.buy_again(click["by"], self._clock.now())

        return await self._decide(order_id, decide, click)

    async def requeue(self, order_id: str, by: Member) -> Order:
        """Make an order due now, for the operator. Raises NotAllowed, UnknownOrder, StoreError."""

        def decide(order: Order) -> Order:
            self._policy.may(by, Action.REQUEUE, order)
            return order.requeue(by.id, self._clock.now())

        return await self._decide(order_id, decide, {"by": by.id, "trigger": ""})

    # What is seen

    async def show(self, order_id: str, *, to: str, channel: str) -> Order:
        """The order, for this person in this channel. Raises NotAllowed, UnknownOrder."""
        order = await self._load(order_id)
        self._policy.may(Member(to, channel), Action.VIEW, order)
        return order

    async def latest_of(self, requester: str) -> list[Order]:
        """This person's last orders, newest first, for themselves."""
        self._policy.may(Member(requester), Action.LIST)
        return await self._store.latest_of(requester, LISTED)

    async def latest_in(self, channel: str, *, to: str) -> list[Order]:
        """The last orders of this channel, newest first, for this person in it."""
        self._policy.may(Member(to, channel), Action.LIST)
        return await self._store.latest_in(channel, LISTED)

    # How a decision is made

    def _check(self, click: Click, action: Action, order: Order) -> None:
        """Raise NotAllowed, or OutdatedCard when the order is not what this person saw."""
        self._policy.may(Member(click["by"]), action, order)
        revision = click.get("revision")
        if revision is not None and revision != order.revision:
            raise OutdatedCard(order.id)

    async def _decide(
        self,
        order_id: str,
        decide: Callable[[Order], Order],
        click: Click,
        begin: _Begin | None = None,
    ) -> Order:
        async def commit(order: Order) -> Order:
            decided = decide(order)
            if begin and (begun := await begin(decided, order, click)):
                return begun
            now, within = self._clock.now(), click.get("within")
            await self._store.save(decided, order, now, click["trigger"], within=within)
            return decided

        return await self._until_committed(order_id, commit, click)

    async def _until_committed(
        self, order_id: str, commit: Callable[[Order], Awaitable[Order]], click: Click
    ) -> Order:
        """Load the order and commit what is decided about it; on a conflict, both again."""

        async def load_and_commit() -> Order:
            async with recording_nothing(click.get("within")):
                order = await self._load(order_id)
            async with self._silent_again(click["trigger"]):
                return await commit(order)

        return await until_committed(load_and_commit)

    @asynccontextmanager
    async def _silent_again(self, trigger: str) -> AsyncIterator[None]:
        """What is not possible any more is a DuplicateDelivery where it was carried out before.

        Nobody is told that they may not, or that there is no price, of what stands.
        """
        try:
            yield
        except StoreError:
            raise
        except EsimBotError:
            if await self._was_seen(trigger):
                raise DuplicateDelivery from None
            raise

    async def _was_seen(self, trigger: str) -> bool:
        """Without Redis, the reason why not is told all the same."""
        try:
            return await self._store.was_seen(trigger)
        except StoreUnavailable:
            return False

    async def _load(self, order_id: str) -> Order:
        order = await self._store.load(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        return order
