"""Orders in Redis: load, list, and commit one step at a time, or one step of several together."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis

from bot.domain.order import SCHEMA, Order
from bot.domain.order_id import order_id_of
from bot.errors import Conflict, DuplicateDelivery, NewerOrder, ServerUnproven
from bot.store.connection import lua, milliseconds, reaching_redis
from bot.store.keys import TRIGGER_SECONDS, Keys
from bot.store.trust.presence import BEAT, Presence
from bot.store.trust.witness import Seen


@dataclass(frozen=True)
class Change:
    """A step of one order."""

    order: Order
    """As it is after the step."""
    previous: Order | None
    """As it was before; None: a new order."""
    looked: bool = False
    """Whether a successful, complete look at the provider showed what it bought."""

    @property
    def sends(self) -> bool:
        """Whether a new attempt is recorded, which is sent once this is committed."""
        before = self.previous.attempts if self.previous else ()
        return len(self.order.attempts) > len(before)


class OrderStore:
    """The orders. `changed` is called after each commit, to wake whoever has work now."""

    def __init__(
        self,
        redis: Redis,
        keys: Keys,
        changed: Callable[[], None] = lambda: None,
        presence: Presence | None = None,
    ) -> None:
        """`presence`: this process among the others; without one, it is one that keeps nothing.

        Without one, attempts have their lease by the times that are told, too.
        """
        self._redis = redis
        self._keys = keys
        self._commit = redis.register_script(lua("commit"))
        self._changed = changed
        self._by_server = presence is not None and not presence.dictates
        self._presence = presence or Presence(redis, keys)
        self._awaited: dict[str, str] = {}

    def new_id(self) -> str:
        """A random id; that it is taken is found by the first `save`, as a Conflict."""
        return order_id_of(secrets.randbits(40))

    async def load(self, order_id: str) -> Order | None:
        """The order as it is now; None when there is none. Raises StoreUnavailable, NewerOrder."""
        async with reaching_redis():
            text = await self._redis.hget(self._keys.order(order_id), "json")
        return _read(order_id, text) if text else None

    async def was_seen(self, trigger: str) -> bool:
        """Whether this click was carried out before. Raises StoreUnavailable."""
        async with reaching_redis():
            return bool(await self._redis.exists(self._keys.trigger(trigger)))

    async def owners(self, iccids: Sequence[str]) -> dict[str, str]:
        """The orders that bought these SIM cards, as far as it is known. Raises StoreUnavailable.

        The first order that had a SIM card stays its owner.
        """
        if not iccids:
            return {}
        async with reaching_redis():
            owners = await self._redis.hmget(self._keys.sims, list(iccids))
        return {iccid: str(owner) for iccid, owner in zip(iccids, owners, strict=True) if owner}

    async def save(
        self,
        order: Order,
        previous: Order | None,
        at: datetime,
        trigger: str = "",
        *,
        looked: bool = False,
    ) -> bool:
        """Commit a step from `previous` (None: a new order) to `order`, all or nothing.

        `looked`: a successful, complete look showed what the order bought. For the rest see
        `save_together`.
        """
        return await self.save_together([Change(order, previous, looked)], at, trigger)

    async def save_together(
        self, changes: Sequence[Change], at: datetime, trigger: str = ""
    ) -> bool:
        """Commit a step of each of these orders: all of them or none.

        False when a new attempt was committed for an order of which the server may have forgotten
        calls (it was restored, emptied, or promoted behind its primary) since it was placed or
        looked up. Raises Conflict when an order is not at its `previous` any more,
        DuplicateDelivery when the trigger was carried out before, ServerUnproven when a call
        can't be sent yet (nothing was written), StoreUnavailable when it is not known to be
        written.
        """
        op, first = uuid4().hex, changes[0].order.id
        answer = await self._sent(op, changes, at, trigger)
        if answer[0] == "unproven":
            await self._presence.beat()
            answer = await self._sent(op, changes, at, trigger)
        match answer:
            case ["seen"]:
                raise DuplicateDelivery
            case ["conflict"]:
                raise Conflict
            case ["unproven", _]:
                raise ServerUnproven(BEAT)
        self._awaited.pop(first, None)
        await self._acknowledged(op, answer, sends=any(change.sends for change in changes))
        self._changed()
        return bool(answer[0] == "ok")

    async def _sent(
        self, op: str, changes: Sequence[Change], at: datetime, trigger: str
    ) -> list[str]:
        first = changes[0].order.id
        commit: dict[str, object] = {
            "op": op,
            "time": "" if self._by_server else str(milliseconds(at)),
            "process": self._presence.witness.process,
            "witness": self._presence.evidence,
            "awaited": json.loads(self._awaited.get(first, "{}")),
        }
        keys, arguments = _commit_of(self._keys, changes, at, trigger, commit)
        async with reaching_redis():
            answer: list[str] = await self._commit(keys=keys, args=arguments)
        if answer[0] == "unproven":
            self._awaited[first] = answer[1]
        return answer

    async def _acknowledged(self, op: str, answer: Sequence[Any], *, sends: bool) -> None:
        """Remember what was seen; before a call is sent, on disk."""
        _, number, epoch, forgot = answer
        self._presence.saw(Seen(int(number), op, epoch), forgot=bool(forgot))
        if sends or self._presence.witness.disk_is_empty:
            await self._presence.write()

    async def latest_of(self, requester: str, count: int) -> list[Order]:
        """This person's last orders, newest first, without those of a newer version of the bot.

        Raises StoreUnavailable.
        """
        return await self._latest(self._keys.requester(requester), count)

    async def latest_in(self, channel: str, count: int) -> list[Order]:
        """The last orders of this channel, newest first, without those of a newer version.

        Raises StoreUnavailable.
        """
        return await self._latest(self._keys.channel(channel), count)

    async def _latest(self, index: str, count: int) -> list[Order]:
        async with reaching_redis():
            ids = [str(one) for one in await self._redis.zrange(index, 0, count - 1, desc=True)]
            async with self._redis.pipeline(transaction=False) as pipe:
                for order_id in ids:
                    pipe.hget(self._keys.order(order_id), "json")
                texts = await pipe.execute()
        return [order for order in map(_readable, ids, texts) if order is not None]


def _readable(order_id: str, text: str | bytes | None) -> Order | None:
    """An order for a list: one that is gone, or that a newer version wrote, keeps no other out."""
    try:
        return _read(order_id, text) if text else None
    except NewerOrder:
        return None


def _read(order_id: str, text: str | bytes) -> Order:
    """An order of this shape or an earlier one. Raises NewerOrder."""
    if json.loads(text)["schema_number"] > SCHEMA:
        raise NewerOrder(order_id)
    return Order.model_validate_json(text)


def _commit_of(
    keys: Keys,
    changes: Sequence[Change],
    at: datetime,
    trigger: str,
    commit: Mapping[str, object],
) -> tuple[list[str], list[str]]:
    """Keys and arguments of commit.lua; `commit` has what is not known from the changes."""
    facts = {
        "at": str(milliseconds(at)),
        "trigger_seconds": str(TRIGGER_SECONDS) if trigger else "",
        "changes": [_facts(change) for change in changes],
    }
    texts = [change.order.model_dump_json() for change in changes]
    indexes = chain.from_iterable(_keys_of(keys, change) for change in changes)
    arguments = [json.dumps({**facts, **commit}, ensure_ascii=False), *texts]
    return [*_fixed_keys(keys, trigger), *indexes], arguments


def _facts(change: Change) -> dict[str, object]:
    order, previous = change.order, change.previous
    before = previous.version if previous else 0
    known = {sim.iccid for sim in previous.sims} if previous else set()
    return {
        "id": order.id,
        "expected": str(before),
        "version": str(order.version),
        "due": str(milliseconds(order.due_at)) if order.due_at else "",
        "created": str(milliseconds(order.created_at)),
        "sends": change.sends,
        "looked": change.looked,
        "entries": [entry.model_dump_json() for entry in order.history[before:]],
        "iccids": [sim.iccid for sim in order.sims if sim.iccid and sim.iccid not in known],
    }


def _fixed_keys(keys: Keys, trigger: str) -> list[str]:
    return [
        keys.audit,
        keys.agenda,
        keys.deliveries,
        keys.sims,
        keys.orders,
        keys.trigger(trigger),
        keys.server,
        keys.epochs,
        keys.processes,
        keys.beats,
    ]


def _keys_of(keys: Keys, change: Change) -> list[str]:
    order, left = change.order, change.previous or change.order
    return [
        keys.order(order.id),
        keys.state(left.state),
        keys.state(order.state),
        keys.requester(order.requester),
        keys.channel(order.channel),
    ]
