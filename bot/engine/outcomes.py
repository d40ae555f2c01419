"""Writes down what came of purchases, however long Redis is away and whoever changed the order."""

import asyncio

import structlog

from bot.clock import Clock
from bot.domain.order import Order
from bot.domain.outcome import Outcome
from bot.engine.journal import Journal
from bot.errors import Conflict, StoreUnavailable, TransitionError, UnknownOrder
from bot.store.emergency import Emergency, Kept

_PATIENCE = 1.0
"""Seconds between tries."""


class Outcomes:
    """Money was spent by then: an outcome is tried again and again, and kept on disk meanwhile."""

    def __init__(self, journal: Journal, emergency: Emergency, clock: Clock) -> None:
        self._journal = journal
        self._emergency = emergency
        self._clock = clock
        self._log = structlog.get_logger()

    async def write_down(self, order: Order, number: int, outcome: Outcome) -> None:
        """Commit the outcome of an attempt of this order; comes back when that is done.

        Only when Redis has forgotten the order or the attempt does it stay on disk for a person.
        """
        kept = Kept(order_id=order.id, number=number, outcome=outcome)
        try:
            await self._commit(order, kept)
        except StoreUnavailable:
            await self._keep(kept)
            await self._insist(kept)
        except (TransitionError, UnknownOrder):
            await self._keep(kept)
            self._give_up(kept)
        except asyncio.CancelledError:
            self._emergency.keep(kept)  # there is no time left to wait for anything
            raise

    async def recover(self) -> None:
        """Commit what an earlier process on this machine could not; waits for Redis."""
        for kept in await asyncio.to_thread(self._emergency.all):
            self._log.warning("outcome_recovered", order=kept.order_id, attempt=kept.number)
            await self._insist(kept)

    async def _insist(self, kept: Kept) -> None:
        while True:
            try:
                await self._commit(await self._load(kept.order_id), kept)
            except StoreUnavailable:
                self._log.warning("outcome_not_written_yet", order=kept.order_id)
                await self._clock.sleep(_PATIENCE)
            except (TransitionError, UnknownOrder):
                self._give_up(kept)
                return
            else:
                await asyncio.to_thread(self._emergency.drop, kept)
                return

    async def _commit(self, order: Order, kept: Kept) -> None:
        """Raises StoreUnavailable; UnknownOrder or TransitionError when Redis has forgotten."""
        while True:
            recorded = order.record(kept.number, kept.outcome, self._clock.now())
            if recorded is order:
                return
            try:
                await self._journal.save(recorded, order)
            except Conflict:
                order = await self._load(kept.order_id)
            else:
                return

    async def _load(self, order_id: str) -> Order:
        order = await self._journal.load(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        return order

    def _give_up(self, kept: Kept) -> None:
        outcome = kept.outcome.model_dump(mode="json")
        self._log.error("outcome_of_an_unknown_attempt", order=kept.order_id, outcome=outcome)

    async def _keep(self, kept: Kept) -> None:
        try:
            await asyncio.to_thread(self._emergency.keep, kept)
        except OSError:
            self._log.exception(
                "outcome_only_in_memory",
                order=kept.order_id,
                outcome=kept.outcome.model_dump(mode="json"),
            )
