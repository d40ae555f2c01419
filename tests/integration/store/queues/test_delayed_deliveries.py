"""Why orders wait for Slack is kept, counted, and forgotten when they are delivered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.store.delayed_deliveries import Delay, DelayedDeliveries
from tests.integration.store.samples import member
from tests.support.orders import KEYS, T0

if TYPE_CHECKING:
    from redis.asyncio import Redis


async def behind(redis: Redis, **seconds: float) -> None:
    """Let these orders' messages be due in so many seconds."""
    scores = {member(name): (T0.timestamp() + each) * 1000 for name, each in seconds.items()}
    await redis.zadd(KEYS.deliveries, scores)


async def delay(redis: Redis, name: str, reason: str) -> None:
    """Let this order's messages be delayed, as the end of a round stores it."""
    text = Delay(reason=reason, since=T0).model_dump_json()
    await redis.hset(KEYS.waiting, name, text)


async def test_reasons(redis: Redis) -> None:
    """How many orders, by Slack's word; what was delivered meanwhile does not count."""
    waiting = DelayedDeliveries(redis, KEYS)
    assert await waiting.reasons() == {}
    await behind(redis, one=5, two=5, three=5)
    for name, reason in [("one", "a"), ("two", "a"), ("three", "b"), ("gone", "b")]:
        await delay(redis, name, reason)
    assert await waiting.reasons() == {"a": 2, "b": 1}
    assert (await waiting.all())["one"].since == T0
    await redis.hdel(KEYS.waiting, "one")
    assert await waiting.reasons() == {"a": 1, "b": 1}


async def test_a_start_hurries_what_waits(redis: Redis) -> None:
    """What waits for Slack is due at once; what somebody works on keeps its claim."""
    waiting = DelayedDeliveries(redis, KEYS)
    await behind(redis, far=3600, claimed=9, paced=30)
    for name in ("far", "claimed", "delivered"):
        await delay(redis, name, "a")
    assert await waiting.make_due_now(T0) == 1
    due = [
        await redis.zscore(KEYS.deliveries, member(name)) for name in ("far", "claimed", "paced")
    ]
    now = T0.timestamp() * 1000
    assert due == [now, now + 9000, now + 30000]


async def test_one_process_looks_after_the_cards(redis: Redis) -> None:
    """Of all processes one does, for so many seconds."""
    waiting = DelayedDeliveries(redis, KEYS)
    assert [await waiting.take_turn(60), await waiting.take_turn(60)] == [True, False]
    assert 0 < await redis.ttl(KEYS.cards_looked_at) <= 60


async def test_an_order_is_queued_once(redis: Redis) -> None:
    """An order that somebody is about to deliver keeps its time."""
    waiting = DelayedDeliveries(redis, KEYS)
    await waiting.queue("one", T0)
    await waiting.queue("one", T0 + timedelta(seconds=5))
    assert await redis.zscore(KEYS.deliveries, member("one")) == T0.timestamp() * 1000
