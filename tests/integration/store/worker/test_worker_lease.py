"""A worker's claims: renewed while the work goes on, also over an outage of Redis."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.clock import SystemClock
from bot.domain.thing import Thing
from bot.store import queues
from bot.store.connection import connect, dictated, milliseconds
from bot.store.embedded import EmbeddedServer
from bot.store.queues import Claim, Queue
from bot.worker import Worker
from tests.integration.store.samples import enqueue, member, scores, until
from tests.integration.store.worker.work import Work, running
from tests.support.clock import ManualClock
from tests.support.orders import KEYS, ORDER_ID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from redis.asyncio import Redis


LEASE = timedelta(seconds=queues.LEASE)
AGENDA = KEYS.agenda


class Outages:
    """A server of the test's own, that goes away and comes back with its data."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.server = EmbeddedServer.start(data)

    def begin(self) -> None:
        """Stop it."""
        self.server.stop()

    def end(self) -> None:
        """Start it again, where it was."""
        self.server = EmbeddedServer.start(self._data)


@pytest.fixture
def outages(tmp_path: Path) -> Outages:
    """Start the server."""
    return Outages(tmp_path)


@pytest.fixture
async def own(outages: Outages) -> AsyncIterator[Redis]:
    """Connect to it; it is stopped at the end."""
    redis = connect(outages.server.url)
    yield redis
    await redis.aclose()
    outages.server.stop()


@pytest.fixture
def work() -> Work:
    """Make work that ends when the test lets it."""
    return Work()


def leased_until_now_plus_a_lease(
    redis: Redis, clock: ManualClock
) -> Callable[[], Awaitable[bool]]:
    """Whether the claim was renewed at this very time."""

    async def is_leased() -> bool:
        due = milliseconds(clock.now() + LEASE)
        return await scores(redis, AGENDA) == {member(ORDER_ID): due}

    return is_leased


async def test_claim_is_renewed_while_the_work_goes_on(
    redis: Redis, clock: ManualClock, work: Work
) -> None:
    """Work that takes longer than a lease stays with its worker: nobody else gets the order."""
    agenda = Queue.agenda(redis, KEYS)
    await enqueue(redis, ORDER_ID, clock.now())
    async with running(Worker("engine", agenda, work, clock)):
        await work.begun.get()
        for _ in range(4):
            await clock.until_asleep(2)
            await clock.advance(queues.LEASE / 3)
            await until(leased_until_now_plus_a_lease(redis, clock))
            assert (await agenda.claim(dictated(clock), queues.LEASE, 4)).things == []
        work.may_end.set()


async def test_claim_is_not_renewed_after_the_work(
    redis: Redis, clock: ManualClock, work: Work
) -> None:
    """Work that ends without putting the order anywhere leaves it to come due by itself."""
    work.may_end.set()
    await enqueue(redis, ORDER_ID, clock.now())
    await Worker("engine", Queue.agenda(redis, KEYS), work, clock).drain()
    assert clock.sleepers == 0
    assert await leased_until_now_plus_a_lease(redis, clock)()


class Alarm(SystemClock):
    """A clock that stands still; who sleeps on it wakes, turn by turn, when it rings."""

    dictates = True

    def __init__(self) -> None:
        self.ring = asyncio.Event()

    def now(self) -> datetime:
        """A time in UTC."""
        return datetime(2026, 1, 1, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait for the alarm, however long it takes."""
        del seconds
        await self.ring.wait()
        self.ring.clear()


@pytest.mark.parametrize("turns", range(12))
async def test_renewal_ends_with_the_work(redis: Redis, work: Work, turns: int) -> None:
    """Work may end at any moment of a renewal: the worker lets go of the order all the same.

    Before Python 3.12 a cancellation can be lost while a command is being sent.
    """
    alarm = Alarm()
    await enqueue(redis, ORDER_ID, alarm.now())
    drained = asyncio.create_task(Worker("engine", Queue.agenda(redis, KEYS), work, alarm).drain())
    await work.begun.get()
    await asyncio.sleep(0)
    alarm.ring.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    work.may_end.set()
    done, _ = await asyncio.wait([drained], timeout=2)
    drained.cancel()
    assert done


async def test_work_that_ended_before_its_first_renewal(redis: Redis, work: Work) -> None:
    """Nothing is renewed for it."""
    ended = asyncio.Event()
    ended.set()
    worker = Worker("engine", Queue.agenda(redis, KEYS), work, Alarm())
    await worker._renew_until(Claim(Thing.order(ORDER_ID), "1"), ended)
    assert await scores(redis, AGENDA) == {}


async def test_redis_away_and_back(
    own: Redis, outages: Outages, clock: ManualClock, work: Work
) -> None:
    """A Redis that is away is waited for, and the work goes on when it is back."""
    work.may_end.set()
    with capture_logs() as logs:
        async with running(Worker("engine", Queue.agenda(own, KEYS), work, clock)):
            await clock.until_asleep()
            outages.begin()
            for _ in range(2):
                await clock.advance(1)
                await clock.until_asleep()
            outages.end()
            await enqueue(own, ORDER_ID, clock.now())
            await clock.advance(1)
            assert await work.begun.get() == ORDER_ID
    assert [log["event"] for log in logs] == ["redis_unavailable"] * 2


async def test_claim_is_renewed_when_redis_is_back(
    own: Redis, outages: Outages, clock: ManualClock, work: Work
) -> None:
    """A renewal that fails is logged, does not end the work, and is tried again."""
    await enqueue(own, ORDER_ID, clock.now())
    with capture_logs() as logs:
        async with running(Worker("engine", Queue.agenda(own, KEYS), work, clock)):
            await work.begun.get()
            await clock.until_asleep(2)
            outages.begin()
            await clock.advance(queues.LEASE / 3)
            await clock.until_asleep(2)
            outages.end()
            await clock.advance(queues.LEASE / 3)
            await until(leased_until_now_plus_a_lease(own, clock))
            work.may_end.set()
    assert ("claim_not_renewed", ORDER_ID) in [(log["event"], log.get("order")) for log in logs]
    assert work.ended == [ORDER_ID]


class AheadClock(ManualClock):
    """A machine whose clock is wrong; servers go by their own."""

    dictates = False


@pytest.mark.parametrize("seconds", [12, -12])
async def test_a_wrong_clock_takes_no_live_lease(redis: Redis, work: Work, seconds: int) -> None:
    """Leases go by the server's time: a process that is ahead or behind takes nobody's order."""
    agenda = Queue.agenda(redis, KEYS)
    await redis.zadd(AGENDA, {member(): 0})
    assert (await agenda.claim("", queues.LEASE, 1)).things == [Thing.order(ORDER_ID)]
    wrong = AheadClock(datetime.now(UTC) + timedelta(seconds=seconds))
    work.may_end.set()
    await Worker("engine", agenda, work, wrong).drain()
    assert work.begun.empty()


@pytest.mark.parametrize("seconds", [12, -12])
async def test_a_wrong_clock_gives_a_whole_lease(redis: Redis, work: Work, seconds: int) -> None:
    """What such a process claims is its own for a lease, and no longer."""
    await redis.zadd(AGENDA, {member(): 0})
    wrong = AheadClock(datetime.now(UTC) + timedelta(seconds=seconds))
    work.may_end.set()
    await Worker("engine", Queue.agenda(redis, KEYS), work, wrong).drain()
    seconds_there, _ = await redis.time()
    left = (await scores(redis, AGENDA))[member()] / 1000 - seconds_there
    assert queues.LEASE - 5 < left < queues.LEASE + 2
