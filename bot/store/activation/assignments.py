"""Who has which eSIM: a hash, by ICCID."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from redis.asyncio import Redis

from bot.domain.activation.assignment import Assignment
from bot.domain.activation.trail import EsimEntry
from bot.errors import NotRecorded, StoreUnavailable
from bot.store.activation.writing import check_written, entries_of, keys_of, new_op
from bot.store.connection import Script, lua, milliseconds, reaching_redis
from bot.store.keys import TRIGGER_SECONDS, Keys

_AT_ONCE: Final = 500
"""Assignments that are read in one go."""


class AssignmentStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._script = Script(redis, lua("esims"))

    async def write(
        self,
        changes: Mapping[str, Assignment | None],
        entry: EsimEntry,
        trigger: str,
        now: str,
        *,
        not_after: datetime | None = None,
    ) -> None:
        """Write who has these eSIMs, None: nobody that is known; all of them or none.

        `not_after`: nothing is written later than that. Raises DuplicateDelivery when the trigger
        was carried out before, NotRecorded when it came too late.
        """
        holders = [
            {"iccid": iccid, "text": each.model_dump_json() if each else ""}
            for iccid, each in changes.items()
        ]
        call = {
            "operation": "assign",
            "op": new_op(),
            "not_after": str(milliseconds(not_after)) if not_after else "",
            "entries": entries_of([entry]),
            "holders": holders,
            "about": entry.order_id,
            "seconds": TRIGGER_SECONDS,
        }
        keys = keys_of(self._keys, trigger=trigger, order_id=entry.order_id)
        try:
            answer = await self._script(keys, call, now)
        except StoreUnavailable as failure:
            if not_after is not None and failure.untouched:
                raise NotRecorded from failure
            raise
        check_written(answer)

    async def about(self, iccids: Sequence[str]) -> dict[str, Assignment]:
        """Who has these eSIMs, as far as somebody has told."""
        if not iccids:
            return {}
        async with reaching_redis():
            found: Any = await self._redis.hmget(self._keys.assignments, list(iccids))
        told = zip(iccids, found, strict=True)
        return {iccid: Assignment.model_validate_json(text) for iccid, text in told if text}

    async def all(self) -> AsyncIterator[Assignment]:
        """All of them, in no order."""
        async with reaching_redis():
            pairs = self._redis.hscan_iter(self._keys.assignments, count=_AT_ONCE)
            found = {str(iccid): str(text) async for iccid, text in pairs}
        for text in found.values():
            yield Assignment.model_validate_json(text)
