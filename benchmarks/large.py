"""What an order of 10,000 eSIMs costs, and whether the cost grows with what was bought before."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.house import House, WorldFailed, cpu_seconds, house, resident_bytes
from benchmarks.table import Figure, Missing, Result
from sandbox.demo.bot_process import BotProcess

_SMALL, _LARGE = 1000, 10_000
_PATIENCE = {_SMALL: 120.0, _LARGE: 400.0}
"""Seconds that an order may take before its rows are given up."""
_EVERY = 0.01
"""Seconds between two questions to the loop."""
_GET = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass
class Pulse:
    """Asks a server for a word, over and over; how long it kept us waiting at most.

    While its loop does one thing without a pause it answers nobody, so that is what this sees.
    """

    url: str
    longest: float = 0.0

    @asynccontextmanager
    async def beating(self) -> AsyncIterator["Pulse"]:
        """Ask until the block ends."""
        asking = asyncio.create_task(self._ask())
        try:
            yield self
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def _ask(self) -> None:
        address = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        try:
            while True:
                began = time.monotonic()
                writer.write(_GET)
                head = await reader.readuntil(b"\r\n\r\n")
                length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                await reader.readexactly(int(length))
                self.longest = max(self.longest, time.monotonic() - began)
                await asyncio.sleep(_EVERY)
        finally:
            writer.close()


@dataclass
class Memory:
    """How much of a process was resident: at the beginning, and at most."""

    pid: int
    before: int = 0
    most: int = field(default=0)

    @asynccontextmanager
    async def watched(self) -> AsyncIterator["Memory"]:
        """Look until the block ends."""
        self.before = self.most = resident_bytes(self.pid)
        looking = asyncio.create_task(self._look())
        try:
            yield self
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            self.most = max(self.most, resident_bytes(self.pid))
            await asyncio.sleep(0.05)

    @property
    def growth(self) -> float:
        """Megabytes."""
        return (self.most - self.before) / 1e6


@dataclass(frozen=True)
class _Cost:
    """Of one order: seconds, bytes, and megabytes; `idle` is the longest pause elsewhere."""

    amount: int
    seconds: float
    cpu: float
    written: float
    pause: float
    idle: float
    growth: float


async def large_orders(scale: float, batch: int) -> dict[str, Result]:
    """The rows of an order of 10,000 eSIMs in calls of `batch`, beside one of 1,000."""
    small, large = (max(batch * 4, int(amount * scale)) for amount in (_SMALL, _LARGE))
    settings = {"ESIM_MAX_AMOUNT": str(_LARGE), "ESIM_BATCH_SIZE": str(batch)}
    async with house() as home:
        await home.redis.config_set("auto-aof-rewrite-percentage", 0)  # its growth is what counts
        bot, bare = await home.bot(**settings), await home.bare_bolt()
        (card,) = await home.cards(bot.url, 1)
        await home.world.ask("approve", url=bot.url, card=card)
        few = await _bought(home, bot, bare, small, _PATIENCE[_SMALL])
        try:
            many = await _bought(home, bot, bare, large, _PATIENCE[_LARGE])
        except WorldFailed as failure:
            why = f"{failure}; {small:,}: {_told(few)}"
            return {name: Missing(why) for name in names(batch)}
    figures = (_by_esim(few, many), _absolute(few, many))
    return dict(zip(names(batch), (*figures[0], *figures[1]), strict=True))


def names(batch: int) -> Sequence[str]:
    """The rows of these calls."""
    parts = ("time", "cpu", "bytes", "pause", "growth")
    return [f"large-{batch}-{part}" for part in parts]


async def _bought(home: House, bot: BotProcess, bare: str, amount: int, seconds: float) -> _Cost:
    """Buy so many with one order. Raises WorldFailed, with how far it came."""
    (card,) = await home.cards(bot.url, 1, f"/esim buy {amount} tags=bench")
    await home.quiet()
    pid = bot.process.pid
    cpu, written = cpu_seconds(pid), await _written(home)
    async with (
        Pulse(bot.url).beating() as pulse,
        Pulse(bare).beating() as idle,
        Memory(pid).watched() as memory,
    ):
        ask = home.world.ask("large", url=bot.url, card=card, amount=amount, seconds=seconds)
        took = await ask
        await home.world.ask("filed", card=card)
        await home.quiet()
    cpu, written = cpu_seconds(pid) - cpu, await _written(home) - written
    return _Cost(amount, took, cpu, written, pulse.longest, idle.longest, memory.growth)


async def _written(home: House) -> float:
    """Bytes in the append-only file."""
    return float((await home.redis.info("persistence"))["aof_current_size"])


def _by_esim(few: _Cost, many: _Cost) -> Sequence[Figure]:
    """What should not grow: each of an eSIM, and in all as a remark."""
    return (
        Figure(
            many.seconds / many.amount * 1000,
            few.seconds / few.amount * 1000,
            f"in all {many.seconds:.1f} s ({few.seconds:.1f})",
        ),
        Figure(
            many.cpu / many.amount * 1000,
            few.cpu / few.amount * 1000,
            f"in all {many.cpu:.1f} s ({few.cpu:.1f})",
        ),
        Figure(
            many.written / many.amount,
            few.written / few.amount,
            f"in all {many.written / 1e6:.1f} MB ({few.written / 1e6:.1f})",
        ),
    )


def _absolute(few: _Cost, many: _Cost) -> Sequence[Figure]:
    note = f"{few.pause * 1000:.0f} ms in the order of {few.amount:,}"
    return (
        Figure(many.pause * 1000, many.idle * 1000, note),
        Figure(many.growth, few.growth),
    )


def _told(cost: _Cost) -> str:
    return (
        f"{cost.seconds:.1f} s, CPU {cost.cpu:.1f} s, {cost.written / 1e6:.1f} MB written, "
        f"pause {cost.pause * 1000:.0f} ms, growth {cost.growth:.0f} MB"
    )
