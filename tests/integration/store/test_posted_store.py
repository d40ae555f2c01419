"""What is known to stand on Slack is kept, message by message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.posted import Posted, PostedStore
from tests.support.orders import KEYS, ORDER_ID, T0

if TYPE_CHECKING:
    from redis.asyncio import Redis

CARD = Posted(channel="C0OPS", ts="1767268800.000100", digest="a1b2")


async def test_nothing_posted(redis: Redis) -> None:
    """Of an order that nobody posted, nothing is known to stand."""
    assert await PostedStore(redis, KEYS).load(ORDER_ID) == {}


async def test_messages_are_kept_one_by_one(redis: Redis) -> None:
    """What is saved is loaded, and saving one message leaves the others as they are."""
    store = PostedStore(redis, KEYS)
    await store.save(ORDER_ID, {"card": CARD, "csv": Posted(begun_at=T0)})
    await store.save(ORDER_ID, {"csv": Posted(refused="not_in_channel")})
    assert await store.load(ORDER_ID) == {"card": CARD, "csv": Posted(refused="not_in_channel")}
    assert await store.load("00000000") == {}
