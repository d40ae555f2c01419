"""A worker that is told to stop: nothing new is begun, and nothing is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.store import queues
from bot.store.connection import milliseconds
from bot.store.queues import Claimed, Queue
from bot.worker import Worker
from tests.integration.store.samples import enqueue, member, order_ids, scores
from tests.integration.store.worker.work import Work, running
from tests.support.orders import KEYS

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.domain.thing import Thing
    from tests.support.clock import ManualClock

FIRST, SECOND = order_ids(2)
AGENDA = KEYS.agenda
LEASE = timedelta(seconds=queues.LEASE)


@pytest.fixture
def work() -> Work:
    """Make work that ends when the test lets it."""
    return Work()


@pytest.fixture
def worker(redis: Redis, clock: ManualClock, work: Work) -> Worker:
    """Make a worker that does it."""
    return Worker("engine", Queue.agenda(redis, KEYS), work, clock)


async def test_nothing_more_is_claimed(
    worker: Worker, redis: Redis, clock: ManualClock, work: Work
) -> None:
    """What comes due after the word to stop stays for others, also while work is under way."""
    await enqueue(redis, FIRST, clock.now())
    async with running(worker) as stopping:
        await work.begun.get()
        await clock.until_asleep(2)
        stopping.set()
        await enqueue(redis, SECOND, clock.now())
        worker.wake()
        await clock.advance(5)
        work.may_end.set()
    assert work.ended == [FIRST]
    assert (await scores(redis, AGENDA))[member(SECOND)] == milliseconds(clock.now()) - 5000


async def test_work_under_way_may_end(
    worker: Worker, redis: Redis, clock: ManualClock, work: Work
) -> None:
    """Within its grace the work that was begun is done to its end."""
    await enqueue(redis, FIRST, clock.now())
    async with running(worker, grace=30) as stopping:
        await work.begun.get()
        stopping.set()
        work.may_end.set()
    assert (work.ended, work.cancelled) == ([FIRST], [])
    assert clock.sleepers == 0


async def test_late_work_is_cancelled(
    worker: Worker, redis: Redis, clock: ManualClock, work: Work
) -> None:
    """After its grace work is cancelled, the run ends, and the order comes due by itself."""
    await enqueue(redis, FIRST, clock.now())
    async with running(worker, grace=0):
        await work.begun.get()
    assert (work.ended, work.cancelled) == ([], [FIRST])
    assert clock.sleepers == 0
    assert await scores(redis, AGENDA) == {member(FIRST): milliseconds(clock.now() + LEASE)}


async def test_work_that_does_not_end_is_left(
    redis: Redis, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work that goes on after its cancellation holds up the end for a moment only."""
    monkeypatch.setattr("bot.worker._LAST_WORDS", 0.05)
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def stubborn(_: Thing) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await may_end.wait()
            ended.set()

    await enqueue(redis, FIRST, clock.now())
    async with running(Worker("engine", Queue.agenda(redis, KEYS), stubborn, clock), grace=0):
        await begun.wait()
    assert not ended.is_set()
    may_end.set()
    await ended.wait()


async def test_what_did_nothing_is_given_back(
    worker: Worker, redis: Redis, clock: ManualClock, work: Work
) -> None:
    """Work that was told to stop before it had begun leaves its order due at once for others."""
    for order_id in (FIRST, SECOND):
        await enqueue(redis, order_id, clock.now() - LEASE)
    async with running(worker, grace=30) as stopping:
        await work.begun.get()
        await work.begun.get()
        stopping.set()
        work.may_end.set()
    now = milliseconds(clock.now())
    assert await scores(redis, AGENDA) == {member(FIRST): now, member(SECOND): now}


async def test_what_was_moved_keeps_its_time(redis: Redis, clock: ManualClock) -> None:
    """Work that made a step of its order has said itself when it comes due again."""
    begun, may_end = asyncio.Event(), asyncio.Event()
    later = clock.now() + timedelta(hours=1)

    async def step(thing: Thing) -> None:
        await Queue.agenda(redis, KEYS).put(thing, later, 0)
        begun.set()
        await may_end.wait()

    await enqueue(redis, FIRST, clock.now())
    async with running(Worker("engine", Queue.agenda(redis, KEYS), step, clock)) as stopping:
        await begun.wait()
        stopping.set()
        may_end.set()
    assert await scores(redis, AGENDA) == {member(FIRST): milliseconds(later)}


async def test_a_claim_that_came_too_late_is_given_back(
    redis: Redis, clock: ManualClock, work: Work
) -> None:
    """Told to stop while a claim was under way: what it brought is not begun."""
    stopping = asyncio.Event()

    class Slow(Queue):
        """A queue whose claim takes until the word to stop."""

        async def claim(self, time: str, lease: float, limit: int) -> Claimed:
            """Claim, and be told to stop before the answer."""
            claimed = await super().claim(time, lease, limit)
            stopping.set()
            return claimed

    await enqueue(redis, FIRST, clock.now())
    await Worker("engine", Slow(redis, KEYS, AGENDA), work, clock).run(stopping, grace=5)
    assert work.begun.empty()
    assert await scores(redis, AGENDA) == {member(FIRST): milliseconds(clock.now())}
