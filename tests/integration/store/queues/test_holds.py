"""What Slack told one process, and how many processes live: it comes with each claim."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.thing import Thing
from bot.store.connection import milliseconds
from bot.store.queues import Queue
from bot.store.trust.presence import LEASE as PROCESS_LEASE
from bot.store.trust.presence import Presence
from tests.integration.store.samples import enqueue
from tests.support.clock import ManualClock
from tests.support.orders import KEYS, ORDER_ID, T0

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.store.queues import Claimed, Holds

POST, EDIT = "chat.postMessage", "chat.update"


async def claimed(redis: Redis, holds: Holds | None = None, after: float = 0.0) -> Claimed:
    """What a claim gives, so many seconds after T0, to a process that Slack told this."""
    queue = Queue.deliveries(redis, KEYS, lambda: holds or {})
    return await queue.claim(str(milliseconds(T0 + timedelta(seconds=after))), 10, 4)


async def test_what_one_is_told_the_others_know(redis: Redis) -> None:
    """One process was sent away: the next claim of any process says so, and for how long."""
    assert (await claimed(redis, {POST: 30.0})).held == {POST: 30.0}
    assert (await claimed(redis, after=10)).held == {POST: 20.0}
    assert (await claimed(redis, after=29.5)).held == {POST: 0.5}
    assert (await claimed(redis, after=30)).held == {}


async def test_the_later_time_stays(redis: Redis) -> None:
    """Two were told different times, in whichever order: the later one holds for all."""
    await claimed(redis, {POST: 30.0, EDIT: 5.0})
    assert (await claimed(redis, {POST: 10.0}, after=1)).held == {POST: 29.0, EDIT: 4.0}
    assert (await claimed(redis, {POST: 60.0}, after=1)).held == {POST: 60.0, EDIT: 4.0}


async def test_what_is_over_leaves(redis: Redis) -> None:
    """The hash does not grow: an old entry is deleted by the next claim."""
    await claimed(redis, {POST: 30.0, EDIT: 5.0})
    await claimed(redis, after=6)
    assert await redis.hkeys(KEYS.held) == [POST]
    await claimed(redis, after=31)
    assert not await redis.exists(KEYS.held)


@pytest.mark.parametrize("odd", ["", "soon", '{"until": 5}', "nan", "inf", "9" * 30, "1e300"])
async def test_a_value_of_another_version(redis: Redis, odd: str) -> None:
    """What this version never writes stays, holds nothing, and stops no claim."""
    await enqueue(redis, ORDER_ID, T0)
    await redis.hset(KEYS.held, EDIT, odd)
    await redis.zadd(KEYS.deliveries, {f"order:{ORDER_ID}": 0})
    found = await claimed(redis, {POST: 3.0})
    assert (found.held, found.things) == ({POST: 3.0}, [Thing.order(ORDER_ID)])
    assert await redis.hget(KEYS.held, EDIT) == odd
    assert (await claimed(redis, {EDIT: 4.0})).held == {POST: 3.0, EDIT: 4.0}


async def test_a_key_of_another_shape(redis: Redis) -> None:
    """Even then deliveries are claimed: nothing is held, and nothing breaks."""
    await redis.set(KEYS.held, "a string")
    await redis.zadd(KEYS.deliveries, {f"order:{ORDER_ID}": 0})
    found = await claimed(redis, {POST: 3.0})
    assert (found.held, found.things) == ({}, [Thing.order(ORDER_ID)])


async def test_the_servers_time_counts(redis: Redis) -> None:
    """A process whose clock is wrong is told the same seconds as the others: nobody's is asked."""
    queue = Queue.deliveries(redis, KEYS, lambda: {POST: 30.0})
    await queue.claim("", 10, 4)
    seconds, microseconds = await redis.time()
    until = float(str(await redis.hget(KEYS.held, POST))) / 1000
    assert 29 < until - (seconds + microseconds / 1e6) <= 30
    assert 29 < (await Queue.deliveries(redis, KEYS).claim("", 10, 4)).held[POST] <= 30


async def test_living_processes(redis: Redis) -> None:
    """Registered ones count until they leave, or their lease ends: then a share is free again."""
    clock = ManualClock(T0)
    one, other = (Presence(redis, KEYS, clock) for _ in range(2))
    assert (await claimed(redis)).processes == 0
    await one.beat()
    await other.beat()
    assert (await claimed(redis)).processes == 2
    await clock.advance(PROCESS_LEASE / 2)
    await one.beat()
    assert (await claimed(redis, after=PROCESS_LEASE + 1)).processes == 1
    await one.leave()
    assert (await claimed(redis, after=PROCESS_LEASE + 1)).processes == 0


async def test_the_agenda_has_nothing_to_do_with_slack(redis: Redis) -> None:
    """Its claims neither ask nor tell: they cost what they cost before."""
    await claimed(redis, {POST: 30.0})
    found = await Queue.agenda(redis, KEYS).claim(str(milliseconds(T0)), 10, 4)
    assert (found.held, found.processes) == ({}, 0)


async def test_no_trip_of_its_own(redis: Redis) -> None:
    """Telling and learning costs nothing: a claim is one command, whatever it carries."""
    await claimed(redis)
    before = (await redis.info("commandstats"))["cmdstat_evalsha"]["calls"]
    await claimed(redis, {POST: 30.0})
    assert (await redis.info("commandstats"))["cmdstat_evalsha"]["calls"] == before + 1
