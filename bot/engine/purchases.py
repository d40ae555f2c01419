"""Purchases: a place, the commit of the attempt, one call while the fence is open, its outcome.

The order of effects is always this one. Where the next call may follow at once, its attempt is
recorded in the same commit as the outcome before it, or as the decision that lets it be bought.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog

from bot.clock import Clock, Deadline, Fence
from bot.domain.events import OrderState, Reason
from bot.domain.order import Order
from bot.domain.purchase.outcome import NotSent, Outcome, Unknown
from bot.domain.thing import Thing
from bot.engine.lookups import FRESH
from bot.engine.offers import Offers
from bot.engine.outcomes import Begun, Outcomes, Started
from bot.errors import LookupFailed, ServerUnproven
from bot.providers.base import Provider, Providers, PurchaseCall, fault_of, provider_of
from bot.store.orders import OrderStore
from bot.store.queues import LEASE, Claim

MARGIN = 2.0
"""Seconds before the end of the lease at which a call may not begin any more."""


class AskedPrice(Fence):
    """How long a price may be relied on before its call: a minute or two of the same day (UTC).

    In a request for `today`, the next day is another one.
    """

    def __init__(self, clock: Clock) -> None:
        """Start the time: the price is asked now."""
        self._clock = clock
        self._day = clock.now().date()
        self._end = Deadline(clock, FRESH)

    @property
    def remaining(self) -> float:
        """Seconds left; 0 or less: too late, ask anew."""
        return self._end.remaining if self._clock.now().date() == self._day else 0.0


class Hands(Protocol):
    """Whoever does work in the background, and keeps its claim for as long as that takes."""

    @property
    def has_room(self) -> bool:
        """Whether it can take more now."""
        ...

    def take(self, claim: Claim, work: Callable[[], Awaitable[None]]) -> None:
        """Do it, with a claim that a commit gave."""
        ...


class Purchases:
    """Makes the calls of an order, one after the other; the process may crash after each effect."""

    def __init__(  # noqa: PLR0913, PLR0917 - each of these is one part of the bot
        self,
        store: OrderStore,
        outcomes: Outcomes,
        providers: Providers,
        clock: Clock,
        stopping: asyncio.Event,
        hands: Hands,
        offers: Offers,
    ) -> None:
        """`stopping` is set when the bot is told to stop: no call begins after that."""
        self._offers = offers
        self._store = store
        self._outcomes = outcomes
        self._providers = providers
        self._clock = clock
        self._stopping = stopping
        self._hands = hands
        self._log = structlog.get_logger()

    async def buy(self, order: Order, previous: Order, evidence: Fence | None = None) -> None:
        """Get a place, then buy; `previous` is what Redis has.

        The provider's own price is asked before the commit. Does nothing when the bot stops
        meanwhile, or `evidence` or the price grows too old: the step is repeated. Raises
        ServerUnproven and LookupPostponed: nothing was written.
        """
        provider = provider_of(self._providers, order.provider)
        async with place_unless_stopped(self._stopping, provider) as may_begin:
            if not may_begin:
                return
            try:
                await self._price_and_send(order, previous, evidence)
            except LookupFailed as failure:
                unpriced = _unpriced(previous, str(failure), self._clock.now())
                await self._store.save(unpriced, previous, self._clock.now())

    async def _price_and_send(self, order: Order, previous: Order, evidence: Fence | None) -> None:
        """Raises LookupFailed, too, where the provider could not be asked: nothing was written."""
        asked = AskedPrice(self._clock)
        priced = await self._offers.compared(order) if order.asks_price else order
        if priced is not order and not may_be_bought(priced):
            await self._store.save(priced, previous, self._clock.now())
        elif evidence is not None and evidence.remaining <= 0:
            self._log.warning("evidence_too_old", order=order.id)
        elif order.asks_price and asked.remaining <= 0:
            self._log.warning("price_too_old", order=order.id)
        elif not self._stopping.is_set():
            await self._commit_and_send(priced, previous)

    async def begin(
        self, order: Order, previous: Order, trigger: str, within: Fence | None
    ) -> Order | None:
        """Commit a decision together with the first attempt, and make its call in the background.

        None: that is not possible at once, and nothing was written. Raises as the store does.
        """
        provider = provider_of(self._providers, order.provider)
        is_free = self._hands.has_room and provider.has_place and not self._stopping.is_set()
        if not is_free or not _may_follow(order):
            return None
        async with AsyncExitStack() as held:
            await held.enter_async_context(provider.place())
            now = self._clock.now()
            try:
                started = self._started(order)
                remembers = await self._store.save(
                    started.order, previous, now, trigger, within=within
                )
            except (ServerUnproven, LookupFailed):
                return None
            if self._stopping.is_set():  # nobody takes it any more, so it is in no doubt
                await self._note_as_not_sent(started.order)
                return started.order
            claim = Claim(Thing.order(order.id), "", str(started.order.version))
            self._hands.take(claim, partial(self._held, held.pop_all(), started, remembers))
        return started.order

    async def _note_as_not_sent(self, order: Order) -> None:
        unsent = NotSent(why=Reason.STOPPED, too_late=True)
        await self._outcomes.write_down(order, len(order.attempts), unsent)

    async def _held(self, held: AsyncExitStack, started: Started, remembers: bool) -> None:
        async with held:
            await self._send_all(started, remembers=remembers)

    async def _commit_and_send(self, order: Order, previous: Order) -> None:
        started, now = self._started(order), self._clock.now()
        looked = previous.wish is not None
        remembers = await self._store.save(started.order, previous, now, looked=looked)
        await self._send_all(started, remembers=remembers)

    def _started(self, order: Order) -> Started:
        """The order with its next attempt. Raises LookupFailed for a fault of its provider."""
        fence, now = Deadline(self._clock, LEASE - MARGIN), self._clock.now()
        started = order.start_attempt(now, now + timedelta(seconds=LEASE))
        provider = provider_of(self._providers, order.provider)
        try:
            written = provider.prepare(_call_of(started), now)
        except Exception as failure:
            raise LookupFailed(fault_of(failure)) from failure
        key_until = now + timedelta(seconds=written.key_life) if written.key_life else None
        prepared = started.prepared(written.body, key_until, shares_tag=written.shares_tag)
        return Started(prepared, fence)

    async def _send_all(self, started: Started, *, remembers: bool) -> None:
        """Make this call, and each one whose attempt is committed with the outcome before it."""
        while remembers:
            begun = await self._send(started)
            if begun is None:
                return
            started, remembers = begun
        order, forgetful = started.order, Unknown(why=Reason.FORGETFUL)
        await self._outcomes.write_down(order, len(order.attempts), forgetful)

    def _begin_next(self, order: Order) -> Started | None:
        """Its next attempt, where nothing is to be waited for, asked or looked at before."""
        crowded = provider_of(self._providers, order.provider).is_waited_for
        if not order.is_due or crowded or self._stopping.is_set() or not _may_follow(order):
            return None
        try:
            return self._started(order)
        except LookupFailed:  # the next step tells why
            return None

    async def _send(self, started: Started) -> Begun | None:
        """Make the call and write down what came of it, together with the next attempt."""
        order, attempt = started.order, started.order.attempts[-1]
        try:
            outcome = await self._answer(_call_of(order), started.fence)
        except asyncio.CancelledError:
            await self._outcomes.write_down(order, attempt.number, Unknown(why=Reason.STOPPED))
            raise
        except Exception as failure:  # noqa: BLE001 - whatever it was, the money may be spent
            self._log.exception("purchase_failed", order=order.id, reference=attempt.reference)
            outcome = Unknown(why=f"the answer could not be handled ({type(failure).__name__})")
        return await self._outcomes.write_down(order, attempt.number, outcome, self._begin_next)

    async def _answer(self, call: PurchaseCall, fence: Fence) -> Outcome:
        if fence.remaining <= 0:
            return NotSent(why=Reason.FROZEN, too_late=True)
        provider = provider_of(self._providers, call.request.provider)
        return await provider.purchase(call, fence)


def _call_of(order: Order) -> PurchaseCall:
    """The call of its last attempt."""
    last = order.attempts[-1]
    return PurchaseCall(order.request, last.quantity, last.reference, order.reference, last.body)


def _unpriced(order: Order, why: str, at: datetime) -> Order:
    """The order after its price could not be asked; a look before that counts as failed, too.

    So the look is made again right before the call that depends on it.
    """
    if order.must_look or order.wish is not None:
        return order.looked_up(None, at, why)
    return order.not_priced(why, at)


def may_be_bought(order: Order) -> bool:
    """Whether the next call may be made now."""
    buying = order.state in {OrderState.APPROVED, OrderState.PURCHASING}
    return buying and bool(order.remaining) and not (order.attempt_is_open or order.must_look)


def _may_follow(order: Order) -> bool:
    """The same, with nobody to be asked and no other order to be looked at before."""
    return may_be_bought(order) and not (order.must_check or order.asks_price)


@asynccontextmanager
async def place_unless_stopped(stopping: asyncio.Event, provider: Provider) -> AsyncIterator[bool]:
    """Hold a place among the provider's connections; False: the bot stops, so begin nothing."""
    async with AsyncExitStack() as held:
        entering = asyncio.ensure_future(held.enter_async_context(provider.place()))
        stopped = asyncio.ensure_future(stopping.wait())
        try:
            await asyncio.wait((entering, stopped), return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopped.cancel()
            if not entering.done():
                entering.cancel()
            await asyncio.gather(entering, stopped, return_exceptions=True)
        if stopping.is_set():
            yield False
        else:
            entering.result()  # raises what kept it from getting one
            yield True
