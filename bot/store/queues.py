"""The two queues of orders: the engine's agenda, and the deliveries to Slack.

A claim puts the order to the end of a lease. A worker that dies so gives its orders back by
itself; nothing is ever taken out and kept in memory only.
"""

from datetime import datetime
from typing import NamedTuple

from redis.asyncio import Redis

from bot.domain.order import Order
from bot.store.connection import lua, milliseconds, reaching_redis
from bot.store.keys import Keys

LEASE = 10.0
"""Seconds that a claim holds unless it is renewed: so long do a dead worker's orders wait."""


class Claimed(NamedTuple):
    """What a claim gives."""

    ids: list[str]
    next_due: float | None
    """Seconds since the epoch at which the next order comes due, as far as is known."""


class Queue:
    """Orders by the time at which somebody must look at them."""

    def __init__(self, redis: Redis, keys: Keys, key: str) -> None:
        self._redis = redis
        self._keys = keys
        self._key = key
        self._claim = redis.register_script(lua("claim"))
        self._delivered = redis.register_script(lua("delivered"))

    @classmethod
    def agenda(cls, redis: Redis, keys: Keys) -> "Queue":
        """Orders that the engine must look at."""
        return cls(redis, keys, keys.agenda)

    @classmethod
    def deliveries(cls, redis: Redis, keys: Keys) -> "Queue":
        """Orders whose Slack messages are behind."""
        return cls(redis, keys, keys.deliveries)

    async def claim(self, now: datetime, until: datetime, limit: int) -> Claimed:
        """Take up to `limit` due orders until the lease ends. Raises StoreUnavailable."""
        async with reaching_redis():
            *ids, next_due = await self._claim(
                keys=[self._key], args=[milliseconds(now), milliseconds(until), limit]
            )
        return Claimed(ids, float(next_due) / 1000 if next_due else None)

    async def postpone(self, order_id: str, until: datetime) -> None:
        """Let a claimed order come due at `until`, if that is later. Raises StoreUnavailable."""
        async with reaching_redis():
            score = {order_id: milliseconds(until)}
            await self._redis.zadd(self._key, score, xx=True, gt=True)

    async def put(self, order_id: str, due: datetime | None, version: int = 0) -> None:
        """Let a claimed order come due at `due`, or never. Raises StoreUnavailable."""
        del version
        async with reaching_redis():
            if due is None:
                await self._redis.zrem(self._key, order_id)
            else:
                await self._redis.zadd(self._key, {order_id: milliseconds(due)}, xx=True)

    async def delivered(self, order: Order, now: datetime) -> None:
        """Slack shows this version; if the order has moved on, it is due at once again.

        Raises StoreUnavailable.
        """
        async with reaching_redis():
            await self._delivered(
                keys=[self._key, self._keys.order(order.id)],
                args=[order.id, order.version, milliseconds(now)],
            )

    async def check(self) -> None:
        """Make sure that it can be changed, by a write that changes nothing.

        Raises StoreUnavailable, also when Redis answers but takes no writes (read-only, full).
        """
        async with reaching_redis():
            await self._redis.zadd(self._key, {"nothing": 0}, xx=True)

    async def size(self) -> int:
        """How many orders are in it at all. Raises StoreUnavailable."""
        async with reaching_redis():
            return int(await self._redis.zcard(self._key))
