"""How often the bot asks Redis, counted on the wire: a proxy stands between them.

What is sent before an answer comes (a pipeline) is one round trip. Everything counts that begins in
the time, also a look for other work: `INFO commandstats` would count commands, not round trips,
and MONITOR shows no answers.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from importlib.resources import files
from statistics import median_low
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from benchmarks.acknowledging import Client, Recorder
from benchmarks.house import House, house
from benchmarks.table import Figure, Result
from bot.store.connection import lua

_COMMAND = re.compile(rb"\*\d+\r\n\$\d+\r\n(\w+)\r\n(?:\$\d+\r\n(\w+)\r\n)?")
_CHUNK = 1 << 20


class Trip(NamedTuple):
    """One round trip: the Unix time when it began, and its first command or script."""

    at: float
    name: str


def _scripts() -> dict[str, str]:
    """The names of the bot's scripts by the digest under which they are called."""
    names = [
        each.name.removesuffix(".lua") for each in files("bot.store").joinpath("lua").iterdir()
    ]
    return {sha1(lua(name).encode(), usedforsecurity=False).hexdigest(): name for name in names}


@dataclass
class Proxy:
    """Passes everything on, and notes each round trip of the bot, oldest first."""

    target: str
    trips: list[Trip] = field(default_factory=list)
    _names: Mapping[str, str] = field(default_factory=_scripts)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of the bot until it ends."""
        from_redis, to_redis = await asyncio.open_unix_connection(self.target)
        waiting = asyncio.Event()
        answers = asyncio.create_task(_pass(from_redis, writer, waiting))
        while request := await reader.read(_CHUNK):
            if not waiting.is_set():
                self.trips.append(Trip(time.time(), self._name(request)))
            waiting.set()
            to_redis.write(request)
        to_redis.close()
        await answers

    def _name(self, request: bytes) -> str:
        match = _COMMAND.match(request)
        command, first = (each.decode().lower() for each in match.groups(b"")) if match else "??"
        return self._names.get(first, "a script") if command.startswith("eval") else command

    def between(self, begin: float, end: float) -> list[str]:
        """What began in this time."""
        return [trip.name for trip in self.trips if begin <= trip.at < end]


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waiting: asyncio.Event
) -> None:
    while answer := await reader.read(_CHUNK):
        waiting.clear()
        writer.write(answer)
    writer.close()


@dataclass(frozen=True)
class _Ground:
    home: House
    url: str
    proxy: Proxy
    recorder: Recorder

    async def order(self) -> Sequence[Sequence[str]]:
        """One order from the command to the ICCIDs: the round trips of its three spans."""
        (desk,) = await self.home.world.ask("seat", count=1)
        sent = await self.recorder.send(desk)
        (card,) = await self.home.world.ask("cards", desks=[desk])
        await self.home.quiet()
        clicked = await self.home.world.ask("approve", url=self.url, card=card)
        await self.home.quiet()
        return (
            self.proxy.between(sent.at, max(sent.answered, sent.recorded)),
            self.proxy.between(clicked["clicked"], clicked["asked"]),
            self.proxy.between(clicked["asked"], clicked["told"]),
        )


async def trips(scale: float) -> dict[str, Result]:
    """The rows of the round trips: the middle of some orders, so that a beat does not count."""
    times = max(3, int(15 * scale))
    async with house() as home:
        proxy, socket = Proxy(unquote(urlsplit(home.server.url).path)), home.folder / "proxy.sock"
        server = await asyncio.start_unix_server(proxy.handle, socket)
        home.stack.push_async_callback(_closed, server)
        bot = await home.bot(f"unix://{socket}")
        async with Client.of(home, bot.url) as client:
            ground = _Ground(home, bot.url, proxy, Recorder(client, home.redis))
            await ground.order()  # loads the scripts
            spans = [await ground.order() for _ in range(times)]
        await bot.stop()
    names = ("trips-command", "trips-click", "trips-told")
    return {name: _middle(each) for name, each in zip(names, zip(*spans, strict=True), strict=True)}


async def _closed(server: asyncio.Server) -> None:
    server.close()


def _middle(orders: Sequence[Sequence[str]]) -> Figure:
    number = median_low([len(order) for order in orders])
    example = next(order for order in orders if len(order) == number)
    told = ", ".join(f"{count} {name}" for name, count in Counter(example).most_common())
    return Figure(number, None, told)
