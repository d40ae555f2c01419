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
    next_in: float | None
    """Seconds until the next order comes due, as far as is known."""
    claim: str = ""
    """Names this claim to `release`."""


class Queue:
    """Orders by the time at which somebody must look at them.

    Leases go by the server's time, unless a test's clock dictates it.
    """

    def __init__(self, redis: Redis, keys: Keys, key: str) -> None:
        self._redis = redis
        self._keys = keys
        self._key = key
        self._claim = redis.register_script(lua("claim"))
        self._renew = redis.register_script(lua("renew"))
        self._release = redis.register_script(lua("release"))
        self._put = redis.register_script(lua("put"))
        self._delivered = redis.register_script(lua("delivered"))

    @classmethod
    def agenda(cls, redis: Redis, keys: Keys) -> "Queue":
        """Orders that the engine must look at."""
        return cls(redis, keys, keys.agenda)

    @classmethod
    def deliveries(cls, redis: Redis, keys: Keys) -> "Queue":
        """Orders whose Slack messages are behind."""
        return cls(redis, keys, keys.deliveries)

    async def claim(self, time: str, lease: float, limit: int) -> Claimed:
        """Take up to `limit` due orders for `lease` seconds. Raises StoreUnavailable.

        `time`: see `bot.store.connection.dictated`.
        """
        async with reaching_redis():
            claim, wait, *ids = await self._claim(
                keys=[self._key], args=[time, int(lease * 1000), limit]
            )
        return Claimed(ids, float(wait) / 1000 if wait else None, claim)

    async def renew(self, order_id: str, time: str, lease: float) -> str:
        """Let a claim hold for `lease` seconds from now; its new name. Raises StoreUnavailable.

        An order that was put to a later time meanwhile, or taken out, stays so.
        """
        async with reaching_redis():
            return str(
                await self._renew(keys=[self._key], args=[time, int(lease * 1000), order_id])
            )

    async def release(self, order_id: str, time: str, claim: str, wait: float = 0) -> None:
        """Give a claim back: the order comes due in `wait` seconds. Raises StoreUnavailable.

        An order that has got another time meanwhile keeps it.
        """
        async with reaching_redis():
            await self._release(keys=[self._key], args=[time, int(wait * 1000), order_id, claim])

    async def put(self, order_id: str, due: datetime | None, version: int) -> None:
        """Let an order come due at `due`, or never, if it is still at this version (0: unknown).

        Raises StoreUnavailable.
        """
        await self._change(order_id, due, version, stays=False)

    async def add(self, order_id: str, due: datetime, version: int) -> bool:
        """Put an order in that is not there, if it is still at this version; whether it was.

        Raises StoreUnavailable.
        """
        return await self._change(order_id, due, version, stays=True)

    async def _change(
        self, order_id: str, due: datetime | None, version: int, *, stays: bool
    ) -> bool:
        score = milliseconds(due) if due else ""
        async with reaching_redis():
            return bool(
                await self._put(
                    keys=[self._key, self._keys.order(order_id)],
                    args=[order_id, version, score, int(stays)],
                )
            )

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
