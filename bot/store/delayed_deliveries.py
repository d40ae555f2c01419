"""Orders whose messages are delayed, with the reason; and whose turn it is to check open cards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import BaseModel
from redis.asyncio import Redis

from bot.domain.events import OrderState
from bot.domain.thing import Thing
from bot.store.connection import milliseconds, reaching_redis
from bot.store.keys import Keys
from bot.store.queues import Queue


class Delay(BaseModel):
    """Why an order's messages are behind."""

    reason: str
    """Slack's own word, or `unreachable`."""
    since: datetime


class DelayedDeliveries:
    """One hash: order id to `Delay`, as the end of a round stores it.

    Every method raises StoreUnavailable.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._deliveries = Queue.deliveries(redis, keys)

    async def all(self) -> dict[str, Delay]:
        """Every delayed order with its reason, without those that were delivered since."""
        async with reaching_redis(), self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(self._keys.waiting)
            pipe.zrange(self._keys.deliveries, 0, -1)
            texts, behind = await pipe.execute()
        still = {Thing.read(member).id for member in behind}
        return {key: Delay.model_validate_json(one) for key, one in texts.items() if key in still}

    async def reasons(self) -> Mapping[str, int]:
        """How many orders are delayed, by reason."""
        return Counter(delay.reason for delay in (await self.all()).values())

    async def make_due_now(self, now: datetime) -> int:
        """Make all of them due now, except those that a worker has claimed; how many."""
        return await self._deliveries.make_due_now(now)

    async def open_orders(self) -> Sequence[str]:
        """Ids of the orders whose card waits for somebody's decision, oldest first."""
        async with reaching_redis():
            index = self._keys.state(OrderState.AWAITING_APPROVAL)
            return [str(one) for one in await self._redis.zrange(index, 0, -1)]

    async def take_turn(self, seconds: float) -> bool:
        """Whether this process is the one that checks the open cards for so many seconds."""
        async with reaching_redis():
            turn = await self._redis.set(self._keys.cards_looked_at, "1", nx=True, ex=int(seconds))
        return bool(turn)

    async def queue(self, order_id: str, now: datetime) -> None:
        """Make an order's delivery due now, unless it is queued already."""
        async with reaching_redis():
            score = {str(Thing.order(order_id)): milliseconds(now)}
            await self._redis.zadd(self._keys.deliveries, score, nx=True)
