"""The worker: all that is due is worked off, whatever single orders do."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.domain.thing import Thing
from bot.errors import (
    Conflict,
    NewerOrder,
    ServerUnproven,
    StoreUnavailable,
    UnknownThing,
    UnreadableOrder,
)
from bot.store import queues
from bot.store.connection import connect, milliseconds
from bot.store.queues import Claim, Claimed, Queue
from bot.worker import Worker
from tests.integration.store.samples import enqueue, member, order_ids, scores, until
from tests.integration.store.worker.work import Work, running
from tests.support.orders import KEYS

if TYPE_CHECKING:
    from pathlib import Path

    from redis.asyncio import Redis

    from tests.support.clock import ManualClock

FIRST, *OTHERS = order_ids(6)
AGENDA = KEYS.agenda


@pytest.fixture
def work() -> Work:
    """Make work that ends when the test lets it."""
    return Work()


@pytest.fixture
def worker(redis: Redis, clock: ManualClock, work: Work) -> Worker:
    """Make a worker that does it, two orders at once."""
    return Worker("engine", Queue.agenda(redis, KEYS), work, clock, concurrency=2)


async def test_drain_works_off_what_is_due_and_what_follows(
    redis: Redis, clock: ManualClock
) -> None:
    """It ends when nothing is due any more; what is due later stays."""
    done: list[str] = []

    async def handle(thing: Thing) -> None:
        done.append(thing.id)
        if thing.id == FIRST:
            await enqueue(redis, OTHERS[0], clock.now())

    await enqueue(redis, FIRST, clock.now())
    await enqueue(redis, OTHERS[1], clock.now() + timedelta(seconds=1))
    await Worker("engine", Queue.agenda(redis, KEYS), handle, clock).drain()
    assert done == [FIRST, OTHERS[0]]


async def test_run_ends_when_stopping(worker: Worker, clock: ManualClock) -> None:
    """A worker with nothing to do ends as soon as it is told to."""
    async with running(worker) as stopping:
        await clock.until_asleep()
        stopping.set()
    assert clock.sleepers == 0


async def test_wake(worker: Worker, redis: Redis, clock: ManualClock, work: Work) -> None:
    """One that is woken looks at once: no time passes."""
    work.may_end.set()
    async with running(worker):
        await clock.until_asleep()
        await enqueue(redis, FIRST, clock.now())
        worker.wake()
        assert await work.begun.get() == FIRST


async def test_rests_again_after_a_wake(worker: Worker, redis: Redis, clock: ManualClock) -> None:
    """Being woken once means one look: while the clock stands, Redis is asked no more."""

    async def looks() -> int:
        return int((await redis.info("commandstats"))["cmdstat_evalsha"]["calls"])

    async def has_looked() -> bool:
        return await looks() > before

    async with running(worker):
        await clock.until_asleep()
        before = await looks()
        worker.wake()
        await until(has_looked)
        await clock.until_asleep()
        settled = await looks()
        assert [await looks() for _ in range(20)] == [settled] * 20


async def test_what_others_put_in_is_found(
    worker: Worker, redis: Redis, clock: ManualClock, work: Work
) -> None:
    """Without being woken it looks every second."""
    work.may_end.set()
    async with running(worker):
        await clock.until_asleep()
        await enqueue(redis, FIRST, clock.now())
        await clock.advance(0.9)
        assert clock.sleepers == 1
        await clock.advance(0.1)
        assert await work.begun.get() == FIRST


async def test_rests_no_longer_than_until_the_next_is_due(
    worker: Worker, redis: Redis, clock: ManualClock, work: Work
) -> None:
    """An order that comes due before the next look is begun at its time, and not before."""
    work.may_end.set()
    await enqueue(redis, FIRST, clock.now() + timedelta(seconds=0.25))
    async with running(worker):
        await clock.until_asleep()
        await clock.advance(0.2)
        assert clock.sleepers == 1
        await clock.advance(0.05)
        assert await work.begun.get() == FIRST


@pytest.mark.parametrize(
    ("failure", "event"),
    [
        (Conflict(), "step_conflicted"),
        (StoreUnavailable(), "step_postponed"),
        (ZeroDivisionError(), "step_failed"),
    ],
)
async def test_failure_stays_with_its_order(
    redis: Redis, clock: ManualClock, failure: Exception, event: str
) -> None:
    """An order that fails is logged and comes due again; the others are done."""
    done: list[str] = []

    async def handle(thing: Thing) -> None:
        done.append(thing.id)
        if thing.id == FIRST:
            raise failure

    for order_id in (FIRST, OTHERS[0]):
        await enqueue(redis, order_id, clock.now())
    with capture_logs() as logs:
        await Worker("engine", Queue.agenda(redis, KEYS), handle, clock).drain()
    assert sorted(done) == sorted([FIRST, OTHERS[0]])
    assert [(log["event"], log["order"], log["worker"]) for log in logs] == [
        (event, FIRST, "engine")
    ]
    due = milliseconds(clock.now() + timedelta(seconds=queues.LEASE))
    assert (await scores(redis, AGENDA))[member(FIRST)] == due


async def test_failure_does_not_end_the_run(redis: Redis, clock: ManualClock) -> None:
    """The worker goes on after an order that fails."""
    work = Work()
    work.may_end.set()

    async def handle(thing: Thing) -> None:
        await work(thing)
        raise ZeroDivisionError

    async with running(worker := Worker("engine", Queue.agenda(redis, KEYS), handle, clock)):
        for order_id in (FIRST, OTHERS[0]):
            await enqueue(redis, order_id, clock.now())
            worker.wake()
            assert await work.begun.get() == order_id


async def test_no_more_at_once_than_there_are_places(
    worker: Worker, redis: Redis, clock: ManualClock, work: Work
) -> None:
    """Two are worked on at once, never more, until all are done."""
    ids = set(order_ids(6))
    for order_id in ids:
        await enqueue(redis, order_id, clock.now())
    async with running(worker):
        begun = {await work.begun.get(), await work.begun.get()}
        await clock.until_asleep(3)
        work.may_end.set()
        begun |= {await work.begun.get() for _ in range(4)}
    assert begun == ids
    assert work.most_at_once == 2


async def test_what_has_no_place_is_left_to_others(
    worker: Worker, redis: Redis, clock: ManualClock, work: Work
) -> None:
    """While all places are taken nothing more is claimed, so that other processes can take it."""
    for order_id in (FIRST, *OTHERS):
        await enqueue(redis, order_id, clock.now())
    async with running(worker) as stopping:
        taken = [await work.begun.get(), await work.begun.get()]
        await clock.until_asleep(3)
        left = await scores(redis, AGENDA)
        now = milliseconds(clock.now())
        due = [Thing.read(each).id for each, score in left.items() if score == now]
        assert sorted([*due, *taken]) == sorted([FIRST, *OTHERS])
        stopping.set()
        work.may_end.set()


async def test_free_place_is_used_at_once(
    worker: Worker, redis: Redis, clock: ManualClock, work: Work
) -> None:
    """Whoever ends makes place for the next: no time passes, and all are done."""
    for order_id in (FIRST, *OTHERS):
        await enqueue(redis, order_id, clock.now())
    async with running(worker):
        begun = [await work.begun.get(), await work.begun.get()]
        await clock.until_asleep(3)
        work.may_end.set()
        begun += [await work.begun.get() for _ in range(4)]
    assert sorted(begun) == sorted([FIRST, *OTHERS])


class CountedQueue(Queue):
    """An agenda that counts how many claims are under way at the same time."""

    under_way = most = 0

    async def claim(self, time: str, lease: float, limit: int) -> Claimed:
        """Claim as usual."""
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        claimed = await super().claim(time, lease, limit)
        self.under_way -= 1
        return claimed


async def test_two_that_drain_at_once_share_the_places(
    redis: Redis, clock: ManualClock, work: Work
) -> None:
    """Claims go one after the other, so that each knows how many places the last one left."""
    queue = CountedQueue(redis, KEYS, KEYS.agenda)
    worker = Worker("engine", queue, work, clock, concurrency=1)
    for order_id in (FIRST, *OTHERS):
        await enqueue(redis, order_id, clock.now())
    work.may_end.set()
    await asyncio.gather(worker.drain(), worker.drain())
    assert sorted(work.ended) == sorted([FIRST, *OTHERS])
    assert queue.most == 1


async def test_it_claims_no_more_than_it_has_places_for(
    redis: Redis, clock: ManualClock, work: Work
) -> None:
    """Each claim asks for just as many as may begin at once."""
    asked: list[int] = []

    class Asked(Queue):
        """An agenda that notes how many are asked for."""

        async def claim(self, time: str, lease: float, limit: int) -> Claimed:
            """Claim as usual."""
            asked.append(limit)
            return await super().claim(time, lease, limit)

    for order_id in (FIRST, *OTHERS):
        await enqueue(redis, order_id, clock.now())
    worker = Worker("engine", Asked(redis, KEYS, AGENDA), work, clock, concurrency=2)
    async with running(worker):
        await work.begun.get()
        await work.begun.get()
        await clock.until_asleep(3)
        assert asked == [2]
        work.may_end.set()
        for _ in range(4):
            await work.begun.get()
    assert max(asked) == 2


async def test_what_a_claim_tells_is_heard_before_its_work(
    redis: Redis, clock: ManualClock
) -> None:
    """A process that has just started knows what the others know before its first call."""
    order: list[object] = []

    async def handle(thing: Thing) -> None:
        order.append(thing.id)

    await enqueue(redis, FIRST, clock.now())
    queue = Queue.agenda(redis, KEYS)
    await Worker("engine", queue, handle, clock, heard=lambda _: order.append("heard")).drain()
    assert order[:2] == ["heard", FIRST]


@pytest.mark.parametrize(
    ("failure", "event", "seconds"),
    [
        (NewerOrder(FIRST), "newer_order_skipped", 300),
        (UnreadableOrder(FIRST), "unreadable_order_skipped", 300),
        (UnknownThing("tariff:A"), "unknown_thing_skipped", 300),
        (ServerUnproven(5), "waits_for_other_processes", 5),
    ],
)
async def test_left_alone_for_a_while(
    redis: Redis, clock: ManualClock, failure: Exception, event: str, seconds: int
) -> None:
    """An order of a newer version waits for a newer process, one to be sent for the others."""

    async def handle(_: Thing) -> None:
        raise failure

    await enqueue(redis, FIRST, clock.now())
    with capture_logs() as logs:
        await Worker("engine", Queue.agenda(redis, KEYS), handle, clock).drain()
    assert [log["event"] for log in logs] == [event]
    due = milliseconds(clock.now() + timedelta(seconds=seconds))
    assert await scores(redis, AGENDA) == {member(FIRST): due}


async def test_it_cannot_be_given_back(clock: ManualClock, tmp_path: Path) -> None:
    """Redis is away by then: the lease ends by itself."""

    async def handle(_: Thing) -> None:
        raise ServerUnproven(5)

    async with connect(f"unix://{tmp_path}/nobody.sock") as redis:
        worker = Worker("engine", Queue.agenda(redis, KEYS), handle, clock)
        with capture_logs() as logs:
            worker.take(Claim(thing := Thing.order(FIRST), "1"), partial(handle, thing))
            await asyncio.wait(worker._work)
    assert [log["event"] for log in logs][-1] == "claim_not_released"
