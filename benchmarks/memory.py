"""How much of Redis orders take: MEMORY USAGE over all keys of the workspace, before and after.

Keys that end by themselves (a click is remembered for an hour) are counted apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from redis.asyncio import Redis

from benchmarks.house import Desk, House, house
from benchmarks.table import Figure, Result
from bot.store.keys import Keys

_ESIMS = 500
_DESKS = 20
"""People who order, each in a channel of their own: what is kept of those is not an order's."""


@dataclass(frozen=True)
class Usage:
    """Bytes, and how many entries the audit has."""

    audit: int
    entries: int
    ending: int
    kept: int

    def since(self, before: "Usage") -> "Usage":
        """What came on top."""
        return Usage(
            self.audit - before.audit,
            self.entries - before.entries,
            self.ending - before.ending,
            self.kept - before.kept,
        )


class _Key(NamedTuple):
    name: str
    size: int
    ends: bool


async def usage(redis: Redis, keys: Keys) -> Usage:
    """What all keys of the workspace take now."""
    found = [key async for key in redis.scan_iter(f"esim:{{{keys.workspace}}}*", count=1000)]
    sizes = [key for page in _pages(found) for key in await _sizes(redis, page)]
    audit = sum(key.size for key in sizes if key.name == keys.audit)
    ending = sum(key.size for key in sizes if key.ends)
    kept = sum(key.size for key in sizes) - audit - ending
    return Usage(audit, int(await redis.xlen(keys.audit)), ending, kept)


def _pages(found: Sequence[str]) -> Sequence[Sequence[str]]:
    return [found[start : start + 500] for start in range(0, len(found), 500)]


async def _sizes(redis: Redis, page: Sequence[str]) -> list[_Key]:
    async with redis.pipeline(transaction=False) as pipe:
        for key in page:
            pipe.memory_usage(key, samples=0)
            pipe.pttl(key)
        answers = await pipe.execute()
    rows = zip(page, answers[::2], answers[1::2], strict=True)
    return [_Key(name, size or 0, ends > 0) for name, size, ends in rows]


async def memory(scale: float) -> dict[str, Result]:
    """The rows of memory, on the embedded server."""
    rounds, large = max(1, int(3 * scale)), max(1, int(4 * scale))
    orders = rounds * _DESKS
    async with house() as home:
        bot = await home.bot(ESIM_BATCH_SIZE="100", ESIM_NOTIFY_CHANNELS="")
        desks = await home.world.ask("seat", count=_DESKS)
        await _ordered(home, bot.url, [desks], 3)  # what is there once for all of them
        small = await _ordered(home, bot.url, [desks] * rounds, 3)
        each = await _stored(home)
        hundreds = await _ordered(home, bot.url, [desks[:large]], _ESIMS)
        await bot.stop()
        bot = await home.bot(ESIM_BATCH_SIZE="5", ESIM_NOTIFY_CHANNELS="")
        fives = await _ordered(home, bot.url, [desks[:large]], _ESIMS)
    hour = f"and {small.ending / orders:,.0f} for an hour; {small.entries / orders:g} entries"
    size = f"an order of {_ESIMS}, with all that belongs to it but its audit"
    note = f"{fives.entries / large:g} entries an order"
    return {
        "memory-order": Figure(small.kept / orders, None, f"{hour} in its audit; {each}"),
        "memory-entry": Figure(small.audit / small.entries),
        "memory-esim-100": Figure(hundreds.kept / large / _ESIMS, None, size),
        "memory-esim-5": Figure(fives.kept / large / _ESIMS, None, f"the same; {note}"),
    }


async def _ordered(home: House, url: str, rounds: Sequence[Sequence[Desk]], amount: int) -> Usage:
    """What an order of this size at each of these desks takes, from command to told."""
    before = await usage(home.redis, home.keys)
    for desks in rounds:
        cards = await home.cards_at(desks, url, f"/esim buy {amount} tags=bench")
        await home.world.ask("flow", urls=[url], cards=cards)
    await home.quiet()
    return (await usage(home.redis, home.keys)).since(before)


async def _stored(home: House) -> str:
    """The names of an order's own keys, with the length of each."""
    (order_id,) = map(str, await home.redis.zrange(home.keys.orders, -1, -1))
    found = sorted([key async for key in home.redis.scan_iter(f"*{order_id}*", count=1000)])
    sizes = await _sizes(home.redis, found)
    own = (f"{key.name.split(':')[2]} {key.size:,}" for key in sizes if not key.ends)
    return f"keys of its own: {', '.join(own)}"
