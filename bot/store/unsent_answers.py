"""Answers that could not be shown to people yet."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError
from redis.asyncio import Redis

from bot.store.connection import Script, lua, milliseconds, reaching_redis
from bot.store.keys import Keys

MOST = 1000
"""The most answers that are stored."""


class UnsentAnswer(BaseModel):
    """One answer: whom it is for, what it says. Never an address, never a secret."""

    model_config = ConfigDict(frozen=True)

    id: str
    user: str
    channel: str
    """Slack id of the conversation in which the person acted; "" for none."""
    text: str
    blocks: tuple[dict[str, Any], ...] = ()
    kept_at: datetime
    due: datetime
    """When it is tried next."""
    tries: int = 0
    in_doubt: bool = False
    """Whether an earlier try may have gone through."""


class UnsentAnswerStore:
    """A sorted set of ids by the time of the next try, and a hash of what they are."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = [keys.answers, keys.answer_texts]
        self._script = Script(redis, lua("answers"))

    async def keep(self, answer: UnsentAnswer) -> bool:
        """Store an answer; False when too many are stored. Raises StoreUnavailable."""
        facts = {"due": str(milliseconds(answer.due)), "text": answer.model_dump_json()}
        call = {"operation": "keep", "id": answer.id, "most": MOST, **facts}
        return bool(await self._script(self._keys, call, ""))

    async def claim(self, now: datetime, until: datetime, limit: int) -> list[UnsentAnswer]:
        """Take due answers for this process, until then at most. Raises StoreUnavailable."""
        lease = milliseconds(until) - milliseconds(now)
        call = {"operation": "claim", "lease": lease, "limit": limit}
        texts = await self._script(self._keys, call, str(milliseconds(now)))
        return list(_readable(texts))

    async def drop(self, answer_id: str) -> None:
        """Delete an answer: it was delivered, or never will be. Raises StoreUnavailable."""
        async with reaching_redis(), self._redis.pipeline(transaction=True) as pipe:
            pipe.zrem(self._keys[0], answer_id)
            pipe.hdel(self._keys[1], answer_id)
            await pipe.execute()

    async def size(self) -> int:
        """How many answers are stored. Raises StoreUnavailable."""
        async with reaching_redis():
            return int(await self._redis.zcard(self._keys[0]))


def _readable(texts: list[str]) -> Iterator[UnsentAnswer]:
    """The answers that this version can read; others are left for the version that wrote them."""
    for text in texts:
        try:
            yield UnsentAnswer.model_validate_json(text)
        except ValidationError:
            structlog.get_logger().warning("answer_unreadable")
