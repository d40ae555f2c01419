"""Orders in Redis: load, list, and commit one step at a time."""

import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from redis.asyncio import Redis

from bot.domain.order import SCHEMA, Order
from bot.domain.order_id import order_id_of
from bot.errors import Conflict, DuplicateDelivery, NewerOrder
from bot.store.connection import lua, milliseconds, reaching_redis
from bot.store.keys import TRIGGER_SECONDS, Keys


class Change(NamedTuple):
    """One step of one order."""

    order: Order
    previous: Order | None


class OrderStore:
    """The orders. `changed` is called after each commit, to wake whoever has work now."""

    def __init__(
        self, redis: Redis, keys: Keys, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._commit = redis.register_script(lua("commit"))
        self._changed = changed

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

        False when a new attempt was committed on a server that may have forgotten steps since
        the approval (restarted, restored, or promoted behind its primary), an attempt among them.
        Raises Conflict when the order is not at `previous` any more, DuplicateDelivery when the
        trigger was carried out before, StoreUnavailable when it is not known to be written.
        `looked`: a look that worked showed what this server may have forgotten; it is believed.
        """
        keys, arguments = _commit_of(self._keys, order, previous, at, trigger, looked=looked)
        async with reaching_redis():
            (answer,) = await self._commit(keys=keys, args=arguments)
        if answer == "seen":
            raise DuplicateDelivery
        if answer == "conflict":
            raise Conflict
        self._changed()
        return bool(answer == "ok")

    async def save_together(
        self, changes: Sequence[Change], at: datetime, trigger: str = ""
    ) -> None:
        """Commit steps of several orders; the trigger is remembered with the first. As `save`."""
        for place, change in enumerate(changes):
            await self.save(change.order, change.previous, at, "" if place else trigger)

    async def owners(self, iccids: Sequence[str]) -> dict[str, str]:
        """The orders that have got these SIM cards, by ICCID. Raises StoreUnavailable."""
        if not iccids:
            return {}
        async with reaching_redis():
            owners = await self._redis.hmget(self._keys.sims, list(iccids))
        return {iccid: str(owner) for iccid, owner in zip(iccids, owners, strict=True) if owner}

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


def _commit_of(  # noqa: PLR0913 - the parts of one commit
    keys: Keys,
    order: Order,
    previous: Order | None,
    at: datetime,
    trigger: str,
    *,
    looked: bool = False,
) -> tuple[list[str], list[str | int]]:
    """Keys and arguments of commit.lua."""
    before = previous.version if previous else 0
    known = {sim.iccid for sim in previous.sims} if previous else set()
    entries = [entry.model_dump_json() for entry in order.history[before:]]
    arguments: list[str | int] = [
        uuid4().hex,
        before,
        order.version,
        order.model_dump_json(),
        order.id,
        milliseconds(order.due_at) if order.due_at else "",
        milliseconds(at),
        milliseconds(order.created_at),
        TRIGGER_SECONDS if trigger else "",
        _server_check(order, previous, looked=looked),
        len(entries),
        *entries,
        *(sim.iccid for sim in order.sims if sim.iccid and sim.iccid not in known),
    ]
    return [*_fixed_keys(keys, order, previous, trigger), *_indexes(keys, order)], arguments


def _server_check(order: Order, previous: Order | None, *, looked: bool) -> str:
    """Whether the commit remembers the server, compares it, or neither."""
    new = order.history[previous.version if previous else 0 :]
    if looked or any(entry.event == "approved" for entry in new):
        return "approval"
    sends = previous is not None and len(order.attempts) > len(previous.attempts)
    return "send" if sends else ""


def _fixed_keys(keys: Keys, order: Order, previous: Order | None, trigger: str) -> list[str]:
    left = previous.state if previous else order.state
    return [
        keys.order(order.id),
        keys.agenda,
        keys.deliveries,
        keys.audit,
        keys.sims,
        keys.trigger(trigger),
        keys.state(left),
    ]


def _indexes(keys: Keys, order: Order) -> list[str]:
    return [
        keys.state(order.state),
        keys.orders,
        keys.requester(order.requester),
        keys.channel(order.channel),
    ]
