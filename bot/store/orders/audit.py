"""The audit trail: every step of every order, and who got codes of its eSIMs; oldest first."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from heapq import merge
from typing import Any, NamedTuple

from redis.asyncio import Redis

from bot.domain.activation.trail import EsimEntry, read_entry
from bot.domain.events import Entry
from bot.store.activation import HandOutStore
from bot.store.connection import reaching_redis
from bot.store.keys import Keys
from bot.store.orders.reading import OrderReader

_PAGE = 500
_BLOCK = 1000
"""Milliseconds that Redis may wait for new entries: less than the time limit of a link."""
_MARGIN = timedelta(minutes=5)
"""How far the clocks of processes may differ: a search by time covers this much more."""


class AuditLine(NamedTuple):
    """One step of one order, or something that was done with eSIMs."""

    order_id: str
    """"" for eSIMs that no order bought."""
    version: int
    """Steps that the order had made with it; 0 for what was done with eSIMs."""
    entry: Entry | EsimEntry


class Audit:
    """Reads the trail, a page at a time. Every method raises StoreUnavailable."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._orders = OrderReader(redis, keys)
        self._hand_outs = HandOutStore(redis, keys)

    async def lines(
        self, order_id: str | None = None, since: datetime | None = None, *, follow: bool = False
    ) -> AsyncIterator[AuditLine]:
        """The steps of one order, or of all; from `since` on; and with `follow` those to come.

        Those of one order come from its own history. Raises NewerOrder and UnreadableOrder for
        one that can't be read.
        """
        last, seen = await self._newest(), 0
        source = self._of(order_id) if order_id else self._all(since, last)
        async for line in source:
            seen = max(seen, line.version)
            if since is None or line.entry.at >= since:
                yield line
        while follow:
            for number, line in await self._after(last):
                last = number
                is_new = line.version > seen or not line.version
                if order_id is None or (line.order_id == order_id and is_new):
                    yield line

    async def _of(self, order_id: str) -> AsyncIterator[AuditLine]:
        order = await self._orders.load(order_id)
        entries = await self._hand_outs.entries_of(order_id)
        steps = enumerate(order.history if order else (), 1)
        of_order = (AuditLine(order_id, version, entry) for version, entry in steps)
        of_esims = (AuditLine(order_id, 0, entry) for entry in entries)
        for line in merge(of_order, of_esims, key=lambda line: line.entry.at):
            yield line

    async def _all(self, since: datetime | None, last: str) -> AsyncIterator[AuditLine]:
        """Those up to the id `last`."""
        first = await self._number_at(since - _MARGIN, last) if since else 0
        start = f"{first}-0"
        while page := await self._range(start, last):
            for _, line in page:
                yield line
            start = f"({page[-1][0]}"

    async def _number_at(self, time: datetime, last: str) -> int:
        """The number of a commit before which every entry is older, by binary search."""
        low, high = 0, int(last.split("-", maxsplit=1)[0])
        while low < high:
            middle = (low + high) // 2
            found = await self._range(f"{middle}-0", last, 1)
            if found and found[0][1].entry.at < time:
                low = middle + 1
            else:
                high = middle
        return low

    async def _newest(self) -> str:
        async with reaching_redis():
            found: Any = await self._redis.xrevrange(self._keys.audit, count=1)
        return str(found[0][0]) if found else "0-0"

    async def _range(
        self, start: str, last: str, count: int = _PAGE
    ) -> list[tuple[str, AuditLine]]:
        async with reaching_redis():
            found: Any = await self._redis.xrange(self._keys.audit, start, last, count)
        return [(str(number), _line(fields)) for number, fields in found]

    async def _after(self, last: str) -> list[tuple[str, AuditLine]]:
        """The new entries; empty when none came within a second."""
        streams: Any = {self._keys.audit: last}
        async with reaching_redis():
            found: Any = await self._redis.xread(streams, count=_PAGE, block=_BLOCK)
        # The answer has another shape where REDIS_URL asks for protocol 3.
        several = found.values() if isinstance(found, dict) else [[each] for _, each in found]
        answers = [each for (each,) in several]
        return [(str(number), _line(fields)) for each in answers for number, fields in each]


def _line(fields: dict[str, str]) -> AuditLine:
    version, text = int(fields["version"]), fields["entry"]
    entry = Entry.model_validate_json(text) if version else read_entry(text)
    return AuditLine(fields["order"], version, entry)
