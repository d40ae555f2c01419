"""A wire between the bot and its server that can be cut, go silent, or lead elsewhere."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@dataclass
class Wire:
    """A proxy on loopback. `socket` is where new links lead."""

    socket: Path
    port: int = 0
    links: int = 0
    """How many were made."""
    cut: bool = False
    """Whether a link is cut by the first answer on it: what was asked is done, and nobody hears."""
    refusing: bool = False
    """Whether new links are closed before anything was said on them."""
    asks: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether what the bot says is carried on now, or held."""
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """The same for what the server says."""
    _silent: set[int] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where the bot connects to."""
        return f"redis://127.0.0.1:{self.port}"

    def forget_links(self) -> None:
        """As balancers do: what is sent on the links of before goes nowhere, without a word."""
        self._silent = set(range(1, self.links + 1))

    @classmethod
    @asynccontextmanager
    async def to(cls, socket: Path) -> AsyncIterator[Wire]:
        """Stretch one."""
        wire = cls(socket)
        wire.asks.set()
        wire.answers.set()
        server = await asyncio.start_server(wire._link, "127.0.0.1", 0)
        wire.port = server.sockets[0].getsockname()[1]
        try:
            yield wire
        finally:
            server.close()
            for task in wire._tasks:
                task.cancel()
            await asyncio.gather(*wire._tasks, return_exceptions=True)

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.close()
            return
        self.links += 1
        number = self.links
        inner, outer = await asyncio.open_unix_connection(self.socket)
        ways = [(reader, outer, False), (inner, writer, True)]
        tasks = {asyncio.create_task(self._carry(number, *way)) for way in ways}
        self._tasks |= tasks
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for end in (outer, writer):
            end.close()

    async def _carry(
        self,
        number: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        answers: bool,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65_536):
                await (self.answers if answers else self.asks).wait()
                if answers and self.cut:
                    return
                if number not in self._silent:
                    writer.write(data)
                    await writer.drain()
