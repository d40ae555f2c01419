"""Answers to people that could not be shown yet."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError
from redis.asyncio import Redis

from bot.store.connection import lua, milliseconds, reaching_redis
from bot.store.keys import Keys

MOST = 1000
"""Answers that are kept at most."""


class KeptAnswer(BaseModel):
    """One answer: whom it is for, what it says. Never an address, never a secret."""

    model_config = ConfigDict(frozen=True)

    id: str
    user: str
    channel: str
    """Where the person did what this answers; "" for nowhere."""
    text: str
    blocks: tuple[dict[str, Any], ...] = ()
    kept_at: datetime
    due: datetime
    """When it is tried next."""
    tries: int = 0
    in_doubt: bool = False
    """Whether an earlier try may have gone through."""


class AnswerStore:
    """A sorted set of ids by the time of the next try, and a hash of what they are."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = [keys.answers, keys.answer_texts]
        self._keep = redis.register_script(lua("keep_answer"))
        self._claim = redis.register_script(lua("claim_answers"))

    async def keep(self, answer: KeptAnswer) -> bool:
        """Write it down; False when too many are kept. Raises StoreUnavailable."""
        due, text = milliseconds(answer.due), answer.model_dump_json()
        async with reaching_redis():
            return bool(await self._keep(keys=self._keys, args=[answer.id, due, text, MOST]))

    async def claim(self, now: datetime, until: datetime, limit: int) -> list[KeptAnswer]:
        """Take what is due, for this process alone until then. Raises StoreUnavailable."""
        times = [milliseconds(now), milliseconds(until)]
        async with reaching_redis():
            texts = await self._claim(keys=self._keys, args=[*times, limit])
        return list(_readable(texts))

    async def drop(self, answer_id: str) -> None:
        """It was delivered, or never will be. Raises StoreUnavailable."""
        async with reaching_redis(), self._redis.pipeline(transaction=True) as pipe:
            pipe.zrem(self._keys[0], answer_id)
            pipe.hdel(self._keys[1], answer_id)
            await pipe.execute()

    async def size(self) -> int:
        """How many are kept. Raises StoreUnavailable."""
        async with reaching_redis():
            return int(await self._redis.zcard(self._keys[0]))


def _readable(texts: list[str]) -> Iterator[KeptAnswer]:
    """One that another version wrote and this one can't read waits for that version."""
    for text in texts:
        try:
            yield KeptAnswer.model_validate_json(text)
        except ValidationError:
            structlog.get_logger().warning("answer_unreadable")
