"""Orders in Redis: load, list, and commit one step at a time, or one step of several together."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple
from uuid import uuid4

import structlog
from redis.asyncio import Redis

from bot.clock import Stopwatch
from bot.domain.order import SCHEMA, Order
from bot.domain.order_id import order_id_of
from bot.errors import (
    Conflict,
    DuplicateDelivery,
    NewerOrder,
    ServerUnproven,
    StoreUnavailable,
    UnreadableOrder,
)
from bot.store.connection import lua, milliseconds, reaching_redis
from bot.store.keys import TRIGGER_SECONDS, Keys
from bot.store.trust.presence import BEAT, Presence
from bot.store.trust.witness import Seen

PATIENCE = 6.0
"""Seconds for which a call's commit is asked for again: after that its lease is nearly over."""
_AGAIN = 1.0
"""Seconds between two of these tries; the others compare every BEAT, which is less in all."""


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


class _Commit(NamedTuple):
    """A commit as it is asked for."""

    op: str
    changes: Sequence[Change]
    at: datetime
    trigger: str
    waited: float = 0.0
    """Seconds since `at`."""
    awaited: str = "{}"
    """How often the other processes had compared when it was first asked for, as JSON."""

    @property
    def now(self) -> datetime:
        """The time of this try, where it is told."""
        return self.at + timedelta(seconds=self.waited)

    def after(self, answer: Sequence[str] | None, seconds: float = 0.0) -> "_Commit":
        """The same once more, so many seconds after this answer."""
        awaited = answer[1] if answer else self.awaited
        return self._replace(waited=self.waited + seconds, awaited=awaited)


def _may_change(answer: Sequence[str] | None) -> bool:
    """Whether the answer was lost, or others are waited for whose comparison was seen missing."""
    return answer is None or (answer[0] == "unproven" and answer[1] != "{}")


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
        self._unreadable: set[str] = set()
        self._log = structlog.get_logger()

    def new_id(self) -> str:
        """A random id; that it is taken is found by the first `save`, as a Conflict."""
        return order_id_of(secrets.randbits(40))

    async def load(self, order_id: str) -> Order | None:
        """The order as it is now; None when there is none.

        Raises StoreUnavailable, NewerOrder, UnreadableOrder.
        """
        async with reaching_redis():
            text = await self._redis.hget(self._keys.order(order_id), "json")
        return self._read(order_id, text) if text else None

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
        written. The commit of a call takes up to PATIENCE before it says either.
        """
        sends = any(change.sends for change in changes)
        commit = _Commit(uuid4().hex, changes, at, trigger)
        match answer := await (self._insisted(commit) if sends else self._sent(commit)):
            case ["seen"]:
                raise DuplicateDelivery
            case ["conflict"]:
                raise Conflict
            case ["unproven", _]:
                raise ServerUnproven(BEAT)
        await self._acknowledged(commit.op, answer, sends=sends)
        self._changed()
        return bool(answer[0] == "ok")

    async def _insisted(self, commit: _Commit) -> list[str]:
        """Commit what a call follows: others are waited for, and a lost answer is asked for again.

        The same `op` gets the same answer. What the others had compared is known to this commit
        alone: what an earlier one knew says nothing about the server that there is now.
        """
        clock = self._presence.clock
        watch, answer = Stopwatch(clock), await self._unless_lost(commit)
        if answer and answer[0] == "unproven":
            await self._presence.beat()
            commit = commit.after(answer)
            answer = await self._unless_lost(commit)
        while _may_change(answer) and watch.passed < PATIENCE:
            await clock.sleep(_AGAIN)
            commit = commit.after(answer, _AGAIN)
            answer = await self._unless_lost(commit)
        if answer is None:
            raise StoreUnavailable
        return answer

    async def _unless_lost(self, commit: _Commit) -> list[str] | None:
        """The answer; None when it is not known whether the commit was written."""
        try:
            return await self._sent(commit)
        except StoreUnavailable:
            return None

    async def _sent(self, commit: _Commit) -> list[str]:
        facts: dict[str, object] = {
            "op": commit.op,
            "time": "" if self._by_server else str(milliseconds(commit.now)),
            "process": self._presence.witness.process,
            "witness": self._presence.evidence,
            "awaited": json.loads(commit.awaited),
        }
        keys, arguments = _commit_of(self._keys, commit.changes, commit.at, commit.trigger, facts)
        async with reaching_redis():
            answer: list[str] = await self._commit(keys=keys, args=arguments)
        return answer

    async def _acknowledged(self, op: str, answer: Sequence[Any], *, sends: bool) -> None:
        """Remember what was seen; before a call is sent, on disk."""
        _, number, epoch, forgot = answer
        self._presence.saw(Seen(int(number), op, epoch), forgot=bool(forgot))
        if sends or self._presence.witness.disk_is_empty:
            await self._presence.write()

    async def latest_of(self, requester: str, count: int) -> list[Order]:
        """This person's last orders, newest first, without those that can't be read.

        Raises StoreUnavailable.
        """
        return await self._latest(self._keys.requester(requester), count)

    async def latest_in(self, channel: str, count: int) -> list[Order]:
        """The last orders of this channel, newest first, without those that can't be read.

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
        return [order for order in map(self._readable, ids, texts) if order is not None]

    def _readable(self, order_id: str, text: str | bytes | None) -> Order | None:
        """An order for a list: one that is gone or can't be read keeps no other out."""
        try:
            return self._read(order_id, text) if text else None
        except (NewerOrder, UnreadableOrder):
            return None

    def _read(self, order_id: str, text: str | bytes) -> Order:
        """Read it, and tell once what can't be read. Raises NewerOrder, UnreadableOrder."""
        try:
            return _order_of(order_id, text)
        except (ValueError, TypeError, KeyError):
            if order_id not in self._unreadable:
                self._log.error("order_unreadable", order=order_id)
            self._unreadable.add(order_id)
            raise UnreadableOrder(order_id) from None  # the reason may repeat what people wrote


def _order_of(order_id: str, text: str | bytes) -> Order:
    """An order of this shape or an earlier one. Raises NewerOrder, ValueError and the like."""
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
