"""What stands on Slack for each order, so that delivery knows what is missing or old."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from redis.asyncio import Redis

from bot.errors import Conflict
from bot.store.connection import lua, reaching_redis
from bot.store.keys import Keys


class Posted(BaseModel):
    """What is known of one message."""

    model_config = ConfigDict(frozen=True)

    channel: str = ""
    """Id of the conversation it stands in."""
    ts: str = ""
    """Slack's id of it there; "" while it is not known to stand."""
    digest: str = ""
    """Of what it shows; "" while that is not known."""
    begun_at: datetime | None = None
    """When its first post was begun, for as long as that may or may not have gone through."""
    refused: str = ""
    """Slack's reason for never taking it; it is not tried again."""


class PostedStore:
    """One hash an order: message key to `Posted`."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._begin = redis.register_script(lua("begin"))

    async def load(self, order_id: str) -> dict[str, Posted]:
        """All that is known to stand, or to have been begun. Raises StoreUnavailable."""
        async with reaching_redis():
            texts = await self._redis.hgetall(self._keys.posted(order_id))
        return {str(key): Posted.model_validate_json(text) for key, text in texts.items()}

    async def save(self, order_id: str, posted: Mapping[str, Posted]) -> None:
        """Write these messages down. Raises StoreUnavailable."""
        pairs = [part for key, one in posted.items() for part in (key, one.model_dump_json())]
        async with reaching_redis():
            await self._redis.hset(self._keys.posted(order_id), items=pairs)

    async def forget(self, order_id: str, key: str) -> None:
        """This message is to be posted anew. Raises StoreUnavailable."""
        async with reaching_redis():
            await self._redis.hdel(Keys.of(order_id).posted(order_id), key)

    async def begin(self, order_id: str, key: str, known: Posted, at: datetime) -> Posted:
        """Write down that this message is about to be posted; `known` is what was read of it.

        Raises Conflict when somebody else has begun or posted it since, StoreUnavailable.
        """
        begun = Posted(begun_at=at)
        before = known.model_dump(mode="json")["begun_at"] or ""
        async with reaching_redis():
            mine = await self._begin(
                keys=[self._keys.posted(order_id)],
                args=[key, before, begun.model_dump_json()],
            )
        if not mine:
            raise Conflict
        return begun
