"""Orders whose messages wait for Slack, with the reason; and the look for deleted cards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel
from redis.asyncio import Redis

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.thing import Thing
from bot.store.connection import milliseconds, reaching_redis
from bot.store.keys import Keys
from bot.store.queues import Queue


class Wait(BaseModel):
    """Why an order's messages are behind."""

    reason: str
    """Slack's own word, or `unreachable`."""
    since: datetime


class Waiting:
    """One hash: order id to `Wait`. Every method raises StoreUnavailable."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._deliveries = Queue.deliveries(redis, keys)

    async def later(self, order: Order, due: datetime, now: datetime) -> None:
        """Let a claimed order come due at `due`; if it has moved on, it is due at once."""
        await self._deliveries.later(order, due, now)

    async def note(self, order_id: str, wait: Wait) -> None:
        """Keep why this order waits."""
        async with reaching_redis():
            await self._redis.hset(self._keys.waiting, order_id, wait.model_dump_json())

    async def clear(self, order_id: str) -> None:
        """This order waits no longer."""
        async with reaching_redis():
            await self._redis.hdel(self._keys.waiting, order_id)

    async def all(self) -> dict[str, Wait]:
        """Every order that waits, with its reason; what has been delivered since is left out."""
        async with reaching_redis(), self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(self._keys.waiting)
            pipe.zrange(self._keys.deliveries, 0, -1)
            texts, behind = await pipe.execute()
        still = {Thing.read(member).id for member in behind}
        return {key: Wait.model_validate_json(one) for key, one in texts.items() if key in still}

    async def reasons(self) -> Mapping[str, int]:
        """How many orders wait, by reason."""
        return Counter(wait.reason for wait in (await self.all()).values())

    async def hurry(self, now: datetime) -> int:
        """Let all of them come due now, but for those that somebody works on; how many."""
        return await self._deliveries.hurry(now)

    async def open_orders(self) -> Sequence[str]:
        """Ids of the orders whose card waits for somebody's decision, oldest first."""
        async with reaching_redis():
            index = self._keys.state(OrderState.AWAITING_APPROVAL)
            return [str(one) for one in await self._redis.zrange(index, 0, -1)]

    async def take_turn(self, seconds: float) -> bool:
        """Whether it is this process that looks after the open cards for so long."""
        async with reaching_redis():
            turn = await self._redis.set(self._keys.cards_looked_at, "1", nx=True, ex=int(seconds))
        return bool(turn)

    async def queue(self, order_id: str, now: datetime) -> None:
        """Let an order's messages be looked at now, if nobody is about to."""
        async with reaching_redis():
            score = {str(Thing.order(order_id)): milliseconds(now)}
            await self._redis.zadd(self._keys.deliveries, score, nx=True)
