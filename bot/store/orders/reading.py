"""Orders as Redis has them: one by its id, the last ones, and all of them in pages."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import structlog
from redis.asyncio import Redis
from redis.client import NEVER_DECODE

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.sim import Sim
from bot.errors import NewerOrder, UnreadableOrder
from bot.store.connection import milliseconds, reaching_redis
from bot.store.keys import Keys
from bot.store.orders.iccids import Iccids
from bot.store.orders.shape import pieces_of

PAGE = 100
"""Orders that are read at once."""
_BYTES = {NEVER_DECODE: True}
"""Option of a call whose answer holds compressed bytes, not text."""


class _Place(NamedTuple):
    """How far a listing has come: to this creation time, with so many orders of that time read."""

    score: float | str
    passed: int = 0


def _ignore(order_id: str) -> None:
    del order_id


class OrderReader:
    """Reads orders; changes nothing. Every method raises StoreUnavailable."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._iccids = Iccids(redis, keys)
        self._unreadable: set[str] = set()
        self._log = structlog.get_logger()

    async def load(self, order_id: str) -> Order | None:
        """The order as it is now; None when there is none.

        Raises NewerOrder and UnreadableOrder, too.
        """
        (answer,) = await self._answers([order_id])
        return await self._read(order_id, *answer)

    async def was_seen(self, trigger: str) -> bool:
        """Whether this command or click was carried out before."""
        return await self.carried_out(trigger) is not None

    async def carried_out(self, trigger: str) -> str | None:
        """The id of the order that this command or click changed; None: it was not carried out.

        "" where it changed no order.
        """
        async with reaching_redis():
            changed = await self._redis.get(self._keys.trigger(trigger))
        return None if changed is None else str(changed).partition("|")[0]

    async def owners(self, iccids: Sequence[str]) -> dict[str, str]:
        """The orders that bought these SIM cards, as far as it is known.

        The first order that had a SIM card stays its owner.
        """
        return await self._iccids.owners(iccids)

    async def others_with(self, order: Order, sims: Sequence[Sim]) -> dict[str, str]:
        """Which of these SIM cards other orders have got, by ICCID."""
        owners = await self.owners([sim.iccid for sim in sims if sim.iccid])
        return {iccid: owner for iccid, owner in owners.items() if owner != order.id}

    async def find_by_last_digits(self, digits: str) -> dict[str, str]:
        """ICCID to order of the SIM cards that end in these 4 to 22 digits. Raises ValueError."""
        return await self._iccids.ending_in(digits)

    async def latest_of(self, requester: str, count: int) -> list[Order]:
        """This person's last orders, newest first, without those that can't be read."""
        return await self._latest(self._keys.requester(requester), count)

    async def latest_in(self, channel: str, count: int) -> list[Order]:
        """The last orders of this channel, newest first, without those that can't be read."""
        return await self._latest(self._keys.channel(channel), count)

    async def listed(
        self,
        state: OrderState | None = None,
        since: datetime | None = None,
        requester: str | None = None,
        left_out: Callable[[str], None] = _ignore,
    ) -> AsyncIterator[Order]:
        """Orders newest first, as each is when its page is read: only a page is in memory.

        `since`: placed then or later. `left_out` is told the id of each that can't be read.
        """
        oldest = milliseconds(since) if since else "-inf"
        place: _Place | None = _Place("+inf")
        while place:
            ids, place = await self._page(self._index(state, requester), place, oldest)
            for order_id, answer in zip(ids, await self._answers(ids), strict=True):
                order = await self._readable(order_id, *answer, left_out=left_out)
                if order and state in {None, order.state}:
                    yield order

    def _index(self, state: OrderState | None, requester: str | None) -> str:
        """The smallest index that has all of the wanted orders."""
        if requester:
            return self._keys.requester(requester)
        return self._keys.state(state) if state else self._keys.orders

    async def _page(
        self, index: str, place: _Place, oldest: float | str
    ) -> tuple[list[str], _Place | None]:
        """The ids of the next page, and where it ends; None: there are no more."""
        async with reaching_redis():
            found: Any = await self._redis.zrange(
                index,
                place.score,
                oldest,
                desc=True,
                byscore=True,
                offset=place.passed,
                num=PAGE,
                withscores=True,
            )
        ids = [str(order_id) for order_id, _ in found]
        if len(ids) < PAGE:
            return ids, None
        last = found[-1][1]
        same = sum(score == last for _, score in found)
        passed = place.passed if last == place.score else 0
        return ids, _Place(last, passed + same)

    async def _latest(self, index: str, count: int) -> list[Order]:
        async with reaching_redis():
            ids = [str(one) for one in await self._redis.zrange(index, 0, count - 1, desc=True)]
        answers = zip(ids, await self._answers(ids), strict=True)
        found = [await self._readable(order_id, *answer) for order_id, answer in answers]
        return [order for order in found if order is not None]

    async def _answers(self, ids: Sequence[str]) -> list[tuple[dict[bytes, bytes], list[bytes]]]:
        """Hash and history of each, in one round trip.

        The hash comes first: the list has at least what it knows of.
        """
        if not ids:
            return []
        async with reaching_redis(), self._redis.pipeline(transaction=False) as pipe:
            for order_id in ids:
                pipe.execute_command("HGETALL", self._keys.order(order_id), **_BYTES)
                pipe.execute_command("LRANGE", self._keys.history(order_id), 0, -1, **_BYTES)
            answers = await pipe.execute()
        return list(zip(answers[::2], answers[1::2], strict=True))

    async def _readable(
        self,
        order_id: str,
        fields: dict[bytes, bytes],
        history: list[bytes],
        left_out: Callable[[str], None] = _ignore,
    ) -> Order | None:
        """An order for a list; None for one that is gone or can't be read."""
        try:
            return await self._read(order_id, fields, history)
        except (NewerOrder, UnreadableOrder):
            left_out(order_id)
            return None

    async def _read(
        self, order_id: str, fields: dict[bytes, bytes], history: list[bytes]
    ) -> Order | None:
        """Read it; log once that it can't be read. Raises NewerOrder, UnreadableOrder.

        While a large order is read, others go on: no thread could read it beside them.
        """
        pieces = pieces_of(order_id, fields, history)
        try:
            while True:
                next(pieces)
                await asyncio.sleep(0)
        except StopIteration as end:
            order: Order | None = end.value
            return order
        except (ValueError, TypeError, KeyError, zlib.error):
            if order_id not in self._unreadable:
                self._log.error("order_unreadable", order=order_id)
            self._unreadable.add(order_id)
            raise UnreadableOrder(order_id) from None  # the reason may repeat what people wrote
