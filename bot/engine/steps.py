"""One step of an order that is due: expire it, buy its next part, or look up what is in doubt.

The order of effects is always: commit the attempt, send it once, commit the outcome.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.domain.attempt import Attempt
from bot.domain.order import Order
from bot.domain.outcome import Sim, Unknown
from bot.domain.state import OrderState
from bot.engine.journal import Journal
from bot.engine.outcomes import Outcomes
from bot.errors import LookupFailed
from bot.providers.base import Deadline, Provider, PurchaseCall
from bot.store.queues import LEASE, Queue

FORGETFUL = (
    "Redis was restarted, restored or replaced since the approval and may have forgotten a call"
)
"""Why an attempt is in doubt that was not sent: a call that is forgotten may have been."""
STOPPED = "the bot was stopped while the purchase was under way"
"""Why an attempt is in doubt that ended with the process."""


class Engine:
    """Drives orders by single steps; each may be the last before a crash."""

    def __init__(
        self, journal: Journal, outcomes: Outcomes, agenda: Queue, provider: Provider, clock: Clock
    ) -> None:
        self._journal = journal
        self._outcomes = outcomes
        self._agenda = agenda
        self._provider = provider
        self._clock = clock
        self._log = structlog.get_logger()

    async def step(self, order_id: str) -> None:
        """Do what is due for this order. Raises Conflict or StoreUnavailable: done later."""
        order = await self._journal.load(order_id)
        if order is None:
            await self._agenda.put(order_id, None)
        elif order.due_at is None or order.due_at > self._clock.now():
            await self._agenda.put(order_id, order.due_at)
        else:
            await self._advance(order)

    async def _advance(self, order: Order) -> None:
        match order.state:
            case OrderState.AWAITING_APPROVAL:
                await self._journal.save(order.expire(self._clock.now()), order)
            case OrderState.IN_DOUBT | OrderState.NEEDS_ATTENTION:
                await self._look_up(order)
            case _ if order.state.is_final:
                await self._look_after(order)
            case _ if order.attempt_is_open:
                await self._journal.save(order.doubt(STOPPED, self._clock.now()), order)
            case _:
                await self._buy(order)

    async def _buy(self, order: Order) -> None:
        async with self._provider.place():
            await self._buy_in_place(order)

    async def _buy_in_place(self, order: Order) -> None:
        now, fence = self._clock.now(), Deadline(self._clock, LEASE / 2)
        started = order.start_attempt(now, now + timedelta(seconds=LEASE))
        attempt = started.attempts[-1]
        if not await self._journal.save(started, order):
            await self._outcomes.write_down(started, attempt.number, Unknown(why=FORGETFUL))
            return
        call = PurchaseCall(
            order.request, attempt.quantity, attempt.reference, _order_reference(attempt)
        )
        try:
            outcome = await self._provider.purchase(call, fence)
        except asyncio.CancelledError:
            await self._outcomes.write_down(started, attempt.number, Unknown(why=STOPPED))
            raise
        except Exception as failure:  # noqa: BLE001 - whatever it was, the money may be spent
            self._log.exception("purchase_failed", order=order.id, reference=attempt.reference)
            outcome = Unknown(why=f"the answer could not be handled ({type(failure).__name__})")
        await self._outcomes.write_down(started, attempt.number, outcome)

    async def _look_up(self, order: Order) -> None:
        """Look for what the last attempt bought, and for what is missing of earlier ones."""
        looked = await self._look_at_earlier(order, order.watched[:-1])
        found = await self._find(order.attempts[-1])
        await self._journal.save(looked.looked_up(found, self._clock.now()), order)

    async def _look_after(self, order: Order) -> None:
        """The order has ended, but more SIM cards may have turned up."""
        looked = await self._look_at_earlier(order, order.watched)
        await self._journal.save(looked.looked_after(self._clock.now()), order)

    async def _look_at_earlier(self, order: Order, attempts: Sequence[Attempt]) -> Order:
        for attempt in attempts:
            found = await self._find(attempt)
            order = order.found_late(attempt.number, found, self._clock.now())
        return order

    async def _find(self, attempt: Attempt) -> tuple[Sim, ...] | None:
        """What the provider lists for an attempt; None when it could not be asked."""
        try:
            listed = await self._provider.find(_order_reference(attempt))
        except LookupFailed as failure:
            self._log.warning("lookup_failed", reference=attempt.reference, reason=str(failure))
            return None
        return listed.get(attempt.reference, ())


def _order_reference(attempt: Attempt) -> str:
    return attempt.reference.rpartition("-")[0]
