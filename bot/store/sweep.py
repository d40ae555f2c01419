"""Finds orders that should be in a queue and are not, and puts them back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4

import structlog
from redis.asyncio import Redis

from bot.clock import Clock
from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.thing import Thing
from bot.errors import NewerOrder, StoreUnavailable, UnreadableOrder
from bot.store.connection import milliseconds, reaching_redis
from bot.store.keys import Keys
from bot.store.orders import OrderStore
from bot.store.queues import Queue

EVERY = 600.0
"""Seconds between two sweeps, of all processes together."""
RECENT = timedelta(days=8)
"""Ended orders are searched for this long after their last step."""
_CREATED = timedelta(days=40)
"""Age up to which orders are searched: longer than a card, or a decision, may take."""
_PAGE = 100
_RETRY = 60.0
"""Seconds after which a process asks again whether it is its turn."""


class _Gaps(NamedTuple):
    """The queues in which an order may be missing."""

    order_id: str
    agenda: bool
    deliveries: bool
    version: str


def _missing(scores: Sequence[float | None]) -> bool:
    """Whether it stands in the queue under none of its names."""
    return all(score is None for score in scores)


class Sweep:
    """Finds orders that are missing from a queue: a fault, as a commit changes both. Logs each."""

    def __init__(self, store: OrderStore, redis: Redis, keys: Keys, clock: Clock) -> None:
        self.found = 0
        """How many orders this process has put back."""
        self._store = store
        self._redis = redis
        self._keys = keys
        self._clock = clock
        self._agenda = Queue.agenda(redis, keys)
        self._deliveries = Queue.deliveries(redis, keys)
        self._settled: dict[str, str] = {}
        self._settled_before: dict[str, str] = {}
        self._log = structlog.get_logger()

    async def run(self) -> None:
        """Sweep at the start and then at intervals, until cancelled, by turns with the others."""
        while True:
            try:
                await self.once()
            except StoreUnavailable:
                self._log.warning("sweep_postponed")
            except Exception:  # noqa: BLE001 - a fault in it must not end the bot
                self._log.exception("sweep_failed")
            await self._clock.sleep(_RETRY)

    async def once(self) -> None:
        """Sweep, unless some process did so a short while ago. Raises StoreUnavailable."""
        async with reaching_redis():
            mine = await self._redis.set(
                self._keys.sweep, uuid4().hex, nx=True, px=int(EVERY * 1000)
            )
        if mine:
            self._settled_before, self._settled = self._settled, {}
            for state in OrderState:
                await self._sweep(state)

    async def _sweep(self, state: OrderState) -> None:
        oldest = milliseconds(self._clock.now() - _CREATED) if state.is_final else "-inf"
        start = 0
        while ids := await self._page(state, oldest, start):
            start += _PAGE
            for gaps in await self._missing(ids):
                await self._put_back(gaps)

    async def _page(self, state: OrderState, oldest: int | str, start: int) -> list[str]:
        index = self._keys.state(state)
        async with reaching_redis():
            ids = await self._redis.zrangebyscore(index, oldest, "+inf", start=start, num=_PAGE)
        return [str(order_id) for order_id in ids]

    async def _missing(self, ids: Sequence[str]) -> list[_Gaps]:
        """The orders that a queue may lack, found without reading the orders, which may be large.

        An order that is queued by its bare id, as earlier versions wrote it, is not missing.
        """
        async with reaching_redis(), self._redis.pipeline(transaction=False) as pipe:
            for order_id in ids:
                members = [str(Thing.order(order_id)), order_id]
                pipe.zmscore(self._keys.agenda, members)
                pipe.zmscore(self._keys.deliveries, members)
                pipe.hmget(self._keys.order(order_id), "version", "shown")
            answers = await pipe.execute()
        rows = zip(ids, answers[::3], answers[1::3], answers[2::3], strict=True)
        found = [
            _Gaps(order_id, _missing(due), _missing(behind) and version != shown, version or "")
            for order_id, due, behind, (version, shown) in rows
        ]
        return [gaps for gaps in found if gaps.agenda or gaps.deliveries]

    async def _put_back(self, gaps: _Gaps) -> None:
        if self._is_settled(gaps):
            return
        try:
            order = await self._store.load(gaps.order_id)
        except (NewerOrder, UnreadableOrder):
            return  # the newer version sweeps it; the store logs one that can't be read
        if order is None:
            return
        if self._nothing_comes(order):
            self._settled[gaps.order_id] = gaps.version
        else:
            await self._add_where_missing(order, gaps)

    def _is_settled(self, gaps: _Gaps) -> bool:
        """Whether an earlier sweep saw, at this version, that nothing is due any more."""
        settled = self._settled_before.get(gaps.order_id) == gaps.version
        if settled:
            self._settled[gaps.order_id] = gaps.version
        return settled

    def _nothing_comes(self, order: Order) -> bool:
        return order.state.is_final and order.history[-1].at < self._clock.now() - RECENT

    async def _add_where_missing(self, order: Order, gaps: _Gaps) -> None:
        # Looks at an ended order change the agenda only; after the last one it leaves the agenda.
        due = order.next_look(self._clock.now()) if order.state.is_final else order.due_at
        if gaps.agenda and due is not None:
            await self._add(self._agenda, order, due, "agenda")
        if gaps.deliveries:
            await self._add(self._deliveries, order, self._clock.now(), "deliveries")

    async def _add(self, queue: Queue, order: Order, due: datetime, name: str) -> None:
        if await queue.add(Thing.order(order.id), due, order.version):
            self.found += 1
            self._log.error("order_put_back", order=order.id, queue=name, state=order.state)
