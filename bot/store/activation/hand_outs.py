"""Hand-outs: recorded before a code is fetched, kept without codes until their messages are gone.

A hand-out is a thing of the agenda. While it is given, whoever gives it holds it there, by leases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError
from redis.asyncio import Redis

from bot.domain.activation.hand_out import HandOut
from bot.domain.activation.trail import EsimEntry, Reveal, read_entry
from bot.domain.thing import Thing, ThingKind
from bot.errors import Conflict, StoreUnavailable, UnreadableOrder
from bot.store.activation.writing import check_written, entries_of, keys_of, new_op
from bot.store.connection import Script, lua, milliseconds, reaching_redis
from bot.store.keys import TRIGGER_SECONDS, Keys

GIVING: Final = 30.0
"""Seconds after which a hand-out is taken from whoever gives it and was not heard of."""


@dataclass(frozen=True)
class StoredHandOut:
    """A hand-out, and the version at which it was read or written."""

    hand_out: HandOut
    version: int


class HandOutStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._script = Script(redis, lua("esims"))

    async def reveal(self, hand_out: HandOut, reveal: Reveal, now: str) -> StoredHandOut:
        """Record that these codes are given; only then may one be fetched.

        `now`: see `bot.store.connection.dictated`. Raises DuplicateDelivery when this hand-out was
        recorded before.
        """
        keys = keys_of(
            self._keys,
            trigger=hand_out.id,
            hand_out_id=hand_out.id,
            order_id=hand_out.order_id,
        )
        call: dict[str, object] = {
            "operation": "reveal",
            "op": new_op(),
            "not_after": "",
            "entries": entries_of([reveal]),
            "json": hand_out.model_dump_json(),
            "thing": _thing(hand_out),
            "lease": int(GIVING * 1000),
            "seconds": TRIGGER_SECONDS,
        }
        check_written(await self._twice(keys, call, now))
        return StoredHandOut(hand_out, 1)

    async def save(
        self,
        stored: StoredHandOut,
        hand_out: HandOut | None,
        now: str,
        due: datetime | None = None,
        entries: Sequence[EsimEntry] = (),
    ) -> StoredHandOut | None:
        """Write down what it is now; None: nothing of it stands any more, so it is forgotten.

        `due`: when something must be done about it; None: whoever gives it goes on. Raises
        Conflict when it has moved on since it was read.
        """
        call: dict[str, object] = {
            "operation": "save",
            "op": new_op(),
            "version": str(stored.version),
            "entries": entries_of(entries),
            "json": hand_out.model_dump_json() if hand_out else "",
            "thing": _thing(stored.hand_out),
            "due": str(milliseconds(due)) if due else "",
            "lease": int(GIVING * 1000),
        }
        if not await self._twice(self._keys_of(stored.hand_out), call, now):
            raise Conflict
        return StoredHandOut(hand_out, stored.version + 1) if hand_out else None

    async def hold(self, stored: StoredHandOut, now: str) -> None:
        """Go on giving it: nobody else takes it for GIVING seconds. Raises Conflict."""
        call = {
            "operation": "hold",
            "op": "",
            "version": str(stored.version),
            "thing": _thing(stored.hand_out),
            "lease": int(GIVING * 1000),
        }
        if not await self._script(self._keys_of(stored.hand_out), call, now):
            raise Conflict

    async def load(self, hand_out_id: str) -> StoredHandOut | None:
        """The hand-out as it is now; None when nothing of it stands any more.

        Raises UnreadableOrder.
        """
        async with reaching_redis():
            found: Any = await self._redis.hmget(
                self._keys.hand_out(hand_out_id), ["json", "version"]
            )
        text, version = found
        if not text or not version:
            return None
        try:
            return StoredHandOut(HandOut.model_validate_json(text), int(version))
        except ValidationError:
            raise UnreadableOrder(hand_out_id) from None  # a newer version wrote it

    async def entries_of(self, order_id: str) -> tuple[EsimEntry, ...]:
        """What the audit says of this order's eSIMs, oldest first."""
        async with reaching_redis():
            found: Any = await self._redis.lrange(self._keys.esim_entries(order_id), 0, -1)
        return tuple(read_entry(text) for text in found)

    async def _twice(self, keys: list[str], call: dict[str, object], now: str) -> Any:
        """Run it; once more when its answer was lost: the same op gets the same answer."""
        try:
            return await self._script(keys, call, now)
        except StoreUnavailable:
            return await self._script(keys, call, now)

    def _keys_of(self, hand_out: HandOut) -> list[str]:
        return keys_of(self._keys, trigger="", hand_out_id=hand_out.id, order_id=hand_out.order_id)


def _thing(hand_out: HandOut) -> str:
    return str(Thing(ThingKind.HAND_OUT, hand_out.id))
