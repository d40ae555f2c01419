"""Works on one queue: claims what is due, handles each thing, and renews the claims."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

import structlog

from bot.clock import Clock
from bot.domain.thing import Thing, ThingKind
from bot.errors import (
    Conflict,
    NewerOrder,
    ServerUnproven,
    StoreUnavailable,
    UnknownThing,
    UnreadableOrder,
)
from bot.store.connection import dictated
from bot.store.queues import LEASE, Claim, Claimed, Queue

Handle = Callable[[Thing], Awaitable[None]]
"""Makes one step of a thing."""
_NEWER = 300.0
"""Seconds until a thing that this version can't read is tried again."""
_LAST_WORDS = 1.5
"""Seconds that cancelled work gets to save its results."""


class Worker:
    """Works on one queue; any number of workers, in any number of processes, may share it."""

    def __init__(  # noqa: PLR0913 - most are for tuning
        self,
        name: str,
        queue: Queue,
        handle: Handle,
        clock: Clock,
        *,
        lease: float = LEASE,
        poll: float = 1,
        concurrency: int = 16,
        heard: Callable[[Claimed], None] | None = None,
    ) -> None:
        """`lease` and `poll` in seconds.

        A claim holds for a lease unless renewed; every `poll`, it looks for what other
        processes have put into the queue. `heard` gets each claim before its work begins.
        """
        self._queue = queue
        self._handle = handle
        self._clock = clock
        self._lease = lease
        self._poll = poll
        self._concurrency = concurrency
        self._heard = heard
        self._claiming = asyncio.Lock()
        self._running = False
        self._more = False
        self._work: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._log = structlog.get_logger().bind(worker=name)

    def wake(self) -> None:
        """Look at the queue at once: something may be due."""
        self._woken.set()

    @property
    def work(self) -> int:
        """How many things are worked on."""
        return len(self._work)

    @property
    def has_room(self) -> bool:
        """Whether it runs, and can take something that it need not claim."""
        return self._running and len(self._work) < self._concurrency

    def take(self, claim: Claim, work: Callable[[], Awaitable[None]]) -> None:
        """Do work of which a commit of this process has the claim; it is renewed as any other."""
        self._start(claim, work)

    async def run(self, stopping: asyncio.Event, grace: float) -> None:
        """Claim and work until `stopping` is set; then end what is under way.

        When Redis is away, it waits for it. At the end it claims nothing more; work under way gets
        `grace` seconds before it is cancelled, and a thing without a step is given back, so that
        nobody waits for its lease.
        """
        self._stopping, self._running = stopping, True
        while not stopping.is_set():
            self._woken.clear()
            try:
                wait = await self._claim()
            except StoreUnavailable:
                wait = self._poll
            except Exception:  # noqa: BLE001 - one bad answer must not end all work
                self._log.exception("claim_failed")
                wait = self._poll
            await self._wait(wait, stopping)
        self._running = False
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
        """Handle everything that is due now, and what becomes due by that."""
        while True:
            await self._claim()
            if not self._work:
                return
            await asyncio.wait(self._work)

    async def _claim(self) -> float:
        """Start work on due things, as many as there are places; seconds until the next claim."""
        async with self._claiming:
            return await self._claim_alone()

    async def _claim_alone(self) -> float:
        free = self._concurrency - len(self._work)
        self._more = free <= 0
        if self._more:
            return self._poll  # no place is free; the end of any work wakes this
        claimed = await self._queue.claim(dictated(self._clock), self._lease, limit=free)
        self._more = len(claimed.claims) == free
        if self._heard is not None:
            self._heard(claimed)
        for claim in claimed.claims:
            self._start(claim, partial(self._handle, claim.thing))
        if self._more:
            return 0
        if claimed.next_in is None:
            return self._poll
        return min(self._poll, max(0.0, claimed.next_in))

    def _start(self, claim: Claim, work: Callable[[], Awaitable[None]]) -> None:
        task = asyncio.create_task(self._work_on(claim, work))
        self._work.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._work.discard(task)
        if self._more:
            self.wake()  # a place is free for what was due and found none

    async def _wait(self, seconds: float, stopping: asyncio.Event) -> None:
        """Wait that long, or until something happens."""
        waits = (self._clock.sleep(seconds), self._woken.wait(), stopping.wait())
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work_on(self, claim: Claim, work: Callable[[], Awaitable[None]]) -> None:
        ended = asyncio.Event()
        beat = asyncio.create_task(self._renew_until(claim, ended))
        wait: float | None = None
        try:
            if not self._stopping.is_set():
                wait = await self._try(claim.thing, work)
        finally:
            ended.set()
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)
        if self._stopping.is_set():
            wait = 0.0
        if wait is not None:
            await self._give_back(claim, wait)

    async def _try(self, thing: Thing, work: Callable[[], Awaitable[None]]) -> float | None:
        """Make one step; seconds until the next try, None: when the queue says."""
        about = _about(thing)
        try:
            await work()
        except ServerUnproven as wait:
            self._log.warning("waits_for_other_processes", **about, seconds=wait.seconds)
            return wait.seconds
        except Conflict:
            self._log.info("step_conflicted", **about)
        except StoreUnavailable:
            self._log.warning("step_postponed", **about)
        except UnknownThing:
            self._log.error("unknown_thing_skipped", thing=str(thing))
            return _NEWER
        except NewerOrder:
            self._log.error("newer_order_skipped", **about)
            return _NEWER  # a newer process may take it; look again after a while
        except UnreadableOrder:
            self._log.error("unreadable_order_skipped", **about)
            return _NEWER
        except Exception:  # noqa: BLE001 - one bad order must not stop the others
            self._log.exception("step_failed", **about)
        return None

    async def _give_back(self, claim: Claim, wait: float) -> None:
        try:
            time = dictated(self._clock)
            await self._queue.release(claim, time, wait)
        except StoreUnavailable:
            self._log.warning("claim_not_released", **_about(claim.thing))

    async def _renew_until(self, claim: Claim, ended: asyncio.Event) -> None:
        """Renew the claim, three times a lease, until the work has ended.

        The event says so beside the cancellation: before Python 3.12, asyncio.wait_for, in which
        redis-py sends, can lose one.
        """
        while not ended.is_set():
            await self._clock.sleep(self._lease / 3)
            try:
                time = dictated(self._clock)
                await self._queue.renew(claim, time, self._lease)
            except StoreUnavailable:
                self._log.warning("claim_not_renewed", **_about(claim.thing))


def _about(thing: Thing) -> dict[str, str]:
    """The thing, as log lines name it."""
    return {str(thing.kind): thing.id}


class Dispatch:
    """Hands each thing to the step of its kind."""

    def __init__(self, steps: Mapping[ThingKind, Callable[[str], Awaitable[None]]]) -> None:
        """`steps`: by kind, what does what is due for the thing with this id.

        They are those of the kinds that this version knows.
        """
        self._steps = {str(kind): step for kind, step in steps.items()}

    async def step(self, thing: Thing) -> None:
        """Do what is due for it. Raises UnknownThing, and whatever its step raises."""
        step = self._steps.get(thing.kind)
        if step is None:
            raise UnknownThing(str(thing))
        await step(thing.id)
