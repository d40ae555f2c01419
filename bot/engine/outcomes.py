"""Saves the outcomes of purchases, also when Redis is away or somebody has changed the order."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import structlog

from bot.clock import Clock, Fence
from bot.domain.events import Reason
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Unknown, marked
from bot.errors import (
    Conflict,
    OwnedElsewhere,
    ServerUnproven,
    StoreUnavailable,
    TransitionError,
    UnknownOrder,
)
from bot.store.emergency import EmergencyFiles, UnsavedOutcome
from bot.store.orders import OrderStore

TellOrphan = Callable[[UnsavedOutcome], Awaitable[bool]]
"""Tells people what was bought for an order that Redis has lost; True when they were told."""
_PATIENCE = 1.0
"""Seconds between tries while Redis is away."""
_ROUND = 5.0
"""Seconds between two looks at what is on disk."""
_LATER = 60.0
"""The same when no outcome can be recovered, as when a newer version wrote the order."""


class Started(NamedTuple):
    """An order with a new attempt, and the fence of its call: that began before the commit."""

    order: Order
    fence: Fence


class Begun(NamedTuple):
    """An attempt that was committed together with the outcome of the last one."""

    started: Started
    remembers: bool
    """Whether its call may be sent: no earlier one was forgotten."""


Begin = Callable[[Order], Started | None]
"""Makes the next attempt of an order; None: its call may not follow at once."""


def _begin_nothing(order: Order) -> Started | None:
    """Let the queue tell when the next attempt is made."""
    del order
    return None


async def _tell_nobody(unsaved: UnsavedOutcome) -> bool:
    """Tell nobody: the outcome stays on disk."""
    del unsaved
    return False


class Outcomes:
    """Saves outcomes. Money is spent by then, so each is on disk until Redis has it."""

    def __init__(
        self,
        store: OrderStore,
        emergency: EmergencyFiles,
        clock: Clock,
        tell: TellOrphan = _tell_nobody,
    ) -> None:
        self._store = store
        self._emergency = emergency
        self._clock = clock
        self._tell = tell
        self._new = asyncio.Event()
        self._in_memory: dict[tuple[str, int], UnsavedOutcome] = {}
        self._unsent: dict[str, Order] = {}
        """By id: orders whose last attempt may be recorded, or may be yet, but was never sent."""
        self._log = structlog.get_logger()

    async def write_down(
        self, order: Order, number: int, outcome: Outcome, begin: Begin = _begin_nothing
    ) -> Begun | None:
        """Commit the outcome of an attempt of this order.

        After any failure it is on disk, or else in the log, and `recover` tries to commit it again.
        `begin` makes the next attempt of the order that has the outcome, where its call may follow
        at once: both are one commit. Gives that attempt once it is committed.
        """
        unsaved = _unsaved(order, number, outcome)
        try:
            return await self._commit(order, unsaved, begin)
        except StoreUnavailable:
            self._put_on_disk(unsaved)
            await self._commit_when_redis_is_back(unsaved)
        except asyncio.CancelledError:
            self._put_on_disk(unsaved)  # at once: the task is being cancelled
            raise
        except Exception as failure:  # noqa: BLE001 - whatever it is, money was spent
            self._put_on_disk(unsaved)
            self._log_failure(unsaved, failure)
        return None

    async def run(self) -> None:
        """Recover what is on disk, soon after it was written, until cancelled."""
        while True:
            await self._wait(await self.recover())

    async def recover(self) -> float:
        """Commit, or tell people, what could not be committed before; seconds until the next try.

        One outcome that can't be recovered does not stop the others.
        """
        left = [*await asyncio.to_thread(self._emergency.all), *self._in_memory.values()]
        waits = [await self._try_to_recover(unsaved) for unsaved in left]
        return min(waits, default=_ROUND)

    async def _try_to_recover(self, unsaved: UnsavedOutcome) -> float:
        """Try one outcome; seconds until the next try."""
        try:
            done = await self._recover(unsaved)
        except StoreUnavailable:
            self._log.warning("outcome_not_written_yet", order=unsaved.order_id)
            return _ROUND
        except Exception as failure:  # noqa: BLE001 - whatever it is, the next one is tried
            self._log_failure(unsaved, failure)
            return _LATER
        return _ROUND if done else _LATER

    async def _recover(self, unsaved: UnsavedOutcome) -> bool:
        try:
            await self._commit(await self._reload(unsaved.order_id), unsaved)
        except (TransitionError, UnknownOrder) as forgotten:
            self._log_failure(unsaved, forgotten)
            return await self._tell_people(unsaved)
        self._log.warning("outcome_recovered", order=unsaved.order_id, attempt=unsaved.number)
        await self._drop(unsaved)
        return True

    async def _tell_people(self, unsaved: UnsavedOutcome) -> bool:
        """Tell people what was bought for an order or call that Redis has lost."""
        told = not _is_worth_telling(unsaved) or await self._tell(unsaved)
        if told:
            self._in_memory.pop((unsaved.order_id, unsaved.number), None)
            await asyncio.to_thread(self._emergency.set_aside, unsaved)
        return told

    async def _commit_when_redis_is_back(self, unsaved: UnsavedOutcome) -> None:
        """Commit as soon as Redis can be reached; leave every other failure to `recover`."""
        while True:
            try:
                await self._commit(await self._reload(unsaved.order_id), unsaved)
            except StoreUnavailable:
                self._log.warning("outcome_not_written_yet", order=unsaved.order_id)
                await self._clock.sleep(_PATIENCE)
            except Exception as failure:  # noqa: BLE001 - it is on disk, or in the log
                self._log_failure(unsaved, failure)
                return
            else:
                await self._drop(unsaved)
                return

    async def _commit(
        self, order: Order, unsaved: UnsavedOutcome, begin: Begin = _begin_nothing
    ) -> Begun | None:
        """Commit. Raises StoreUnavailable; UnknownOrder, TransitionError when Redis lost data."""
        outcome = unsaved.outcome
        while True:
            recorded = order.record(unsaved.number, outcome, self._clock.now())
            if recorded is order:
                return None
            started = begin(recorded)
            try:
                remembers = await self._save(started.order if started else recorded, order)
            except OwnedElsewhere as others:
                outcome = marked(outcome, others.owners)
            except ServerUnproven:
                begin = _begin_nothing  # the outcome waits for nobody
            except Conflict:
                order = await self._reload(unsaved.order_id)
            else:
                return Begun(started, remembers) if started else None

    async def _save(self, order: Order, previous: Order) -> bool:
        """Commit it; a lost answer is not asked for again, as the outcome must be on disk then.

        So whether an attempt that began in it is there is not known either: it is not sent.
        """
        try:
            remembers = await self._store.save(order, previous, self._clock.now(), once=True)
        except StoreUnavailable:
            if len(order.attempts) > len(previous.attempts):
                self._unsent[order.id] = order
            raise
        unsent = self._unsent.get(order.id)
        if unsent is not None and len(unsent.attempts) > len(previous.attempts):
            del self._unsent[order.id]  # it can't be recorded any more: the order has moved on
        return remembers

    async def _withdraw(self, order: Order) -> Order:
        """The order, after its open attempt was noted as not sent, if it is that one."""
        unsent = self._unsent.get(order.id)
        if unsent is None or order.last_attempt != unsent.last_attempt:
            return order  # one of the same number that was made anew may well be sent
        not_sent, now = NotSent(why=Reason.FROZEN, too_late=True), self._clock.now()
        withdrawn = order.record(len(order.attempts), not_sent, now)
        await self._store.save(withdrawn, order, now)
        self._unsent.pop(order.id, None)
        return withdrawn

    async def _reload(self, order_id: str) -> Order:
        """The order as it is once Redis is back. Raises UnknownOrder, StoreError."""
        return await self._withdraw(await self._load(order_id))

    async def _load(self, order_id: str) -> Order:
        order = await self._store.load(order_id)
        if order is None:
            raise UnknownOrder(order_id)
        return order

    async def _drop(self, unsaved: UnsavedOutcome) -> None:
        self._in_memory.pop((unsaved.order_id, unsaved.number), None)
        await asyncio.to_thread(self._emergency.delete, unsaved)

    async def _wait(self, seconds: float) -> None:
        """Wait that long, or until something new is put on disk."""
        self._new.clear()
        waits = [
            asyncio.ensure_future(each) for each in (self._clock.sleep(seconds), self._new.wait())
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _put_on_disk(self, unsaved: UnsavedOutcome) -> None:
        """Write it to the disk; when that fails, log it and keep it in memory."""
        try:
            self._emergency.write(unsaved)
        except Exception:  # noqa: BLE001 - a full disk, a folder that is none, whatever
            told = unsaved.outcome.model_dump(mode="json")
            self._log.exception("outcome_only_in_memory", order=unsaved.order_id, outcome=told)
            self._in_memory[unsaved.order_id, unsaved.number] = unsaved
        self._new.set()

    def _log_failure(self, unsaved: UnsavedOutcome, failure: Exception) -> None:
        told = unsaved.outcome.model_dump(mode="json")
        known = {"order": unsaved.order_id, "attempt": unsaved.number, "outcome": told}
        if isinstance(failure, TransitionError | UnknownOrder):
            self._log.error("outcome_of_an_unknown_attempt", **known)
        else:
            self._log.error("outcome_not_recovered", **known, reason=type(failure).__name__)


def _unsaved(order: Order, number: int, outcome: Outcome) -> UnsavedOutcome:
    attempt = order.attempts[number - 1]
    return UnsavedOutcome(
        order_id=order.id,
        number=number,
        outcome=outcome,
        channel=order.channel,
        requester=order.requester,
        provider=order.provider,
        reference=attempt.reference,
        quantity=attempt.quantity,
        kind=order.kind,
    )


def _is_worth_telling(unsaved: UnsavedOutcome) -> bool:
    """Whether people must know of it: money may have been spent."""
    return isinstance(unsaved.outcome, Bought | Unknown)
