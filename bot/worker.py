"""Works off one queue of orders: claim what is due, handle each, keep the claim alive."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.errors import Conflict, NewerOrder, StoreUnavailable
from bot.store.queues import LEASE, Queue

Handle = Callable[[str], Awaitable[None]]
"""Does one step for the order with this id."""
_NEWER = 300.0
"""Seconds for which an order that only a newer version can read is left alone."""
_LAST_WORDS = 1.5
"""Seconds that cancelled work gets to write down what it knows."""


class Worker:
    """Any number of them, in any number of processes, may share a queue."""

    def __init__(  # noqa: PLR0913 - the last three are for tuning
        self,
        name: str,
        queue: Queue,
        handle: Handle,
        clock: Clock,
        *,
        lease: float = LEASE,
        poll: float = 1,
        concurrency: int = 16,
    ) -> None:
        """Make one. `lease` and `poll` in seconds.

        A claim holds for a lease unless renewed; every `poll`, it looks for what other
        processes have put into the queue.
        """
        self._queue = queue
        self._handle = handle
        self._clock = clock
        self._lease = lease
        self._poll = poll
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(concurrency)
        self._claiming = asyncio.Lock()
        self._work: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._log = structlog.get_logger().bind(worker=name)

    def wake(self) -> None:
        """There may be something due now."""
        self._woken.set()

    async def run(self, stopping: asyncio.Event, grace: float) -> None:
        """Claim and work until `stopping`; then end what is under way.

        A Redis that is away is waited for. At the end nothing more is claimed; what is under
        way gets `grace` seconds before it is cancelled.
        """
        while not stopping.is_set():
            self._woken.clear()
            try:
                wait = await self._claim()
            except StoreUnavailable:
                wait = self._poll
            await self._rest(wait, stopping)
        await self._end(grace)

    async def _end(self, grace: float) -> None:
        work = set(self._work)
        if work:
            _, late = await asyncio.wait(work, timeout=grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=_LAST_WORDS)

    async def drain(self) -> None:
        """Work off everything that is due now, and what becomes due by it."""
        while True:
            await self._claim()
            if not self._work:
                return
            await asyncio.wait(self._work)

    async def _claim(self) -> float:
        """Start work on what is due, as much as has a place; seconds until the next look."""
        async with self._claiming:
            return await self._claim_alone()

    async def _claim_alone(self) -> float:
        free = self._concurrency - len(self._work)
        if free <= 0:
            return self._poll  # who ends first wakes us; other processes may take the rest
        now = self._clock.now()
        until = now + timedelta(seconds=self._lease)
        claimed = await self._queue.claim(now, until, limit=free)
        for order_id in claimed.ids:
            self._start(order_id)
        if claimed.ids:
            return 0
        if claimed.next_due is None:
            return self._poll
        return min(self._poll, max(0.0, claimed.next_due - now.timestamp()))

    def _start(self, order_id: str) -> None:
        task = asyncio.create_task(self._work_on(order_id))
        self._work.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._work.discard(task)
        self.wake()  # there is a place, and what was done may have made something due

    async def _rest(self, seconds: float, stopping: asyncio.Event) -> None:
        """Wait that long, or until something happens."""
        waits = (self._clock.sleep(seconds), self._woken.wait(), stopping.wait())
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work_on(self, order_id: str) -> None:
        ended = asyncio.Event()
        beat = asyncio.create_task(self._keep(order_id, ended))
        try:
            async with self._places:
                await self._handle(order_id)
        except Conflict:
            self._log.info("changed_by_somebody_else", order=order_id)
        except StoreUnavailable:
            self._log.warning("left_for_later", order=order_id)
        except NewerOrder:
            self._log.error("newer_order_left_alone", order=order_id)
            await self._leave(order_id)
        except Exception:  # noqa: BLE001 - one bad order must not stop the others
            self._log.exception("step_failed", order=order_id)
        finally:
            ended.set()
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)

    async def _leave(self, order_id: str) -> None:
        """Let a newer process take it; look again after a while."""
        try:
            until = self._clock.now() + timedelta(seconds=_NEWER)
            await self._queue.postpone(order_id, until)
        except StoreUnavailable:
            self._log.warning("left_for_later", order=order_id)

    async def _keep(self, order_id: str, ended: asyncio.Event) -> None:
        """Renew the claim, three times a lease, until the work has ended.

        The event says so beside the cancellation: before Python 3.12, asyncio.wait_for, in which
        redis-py sends, can lose one.
        """
        while not ended.is_set():
            await self._clock.sleep(self._lease / 3)
            until = self._clock.now() + timedelta(seconds=self._lease)
            try:
                await self._queue.postpone(order_id, until)
            except StoreUnavailable:
                self._log.warning("claim_not_renewed", order=order_id)
