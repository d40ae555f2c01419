"""Stands between one bot and its Redis, and can keep one answer back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_PIECE = 65_536


class Tap:
    """Passes everything on, but for the answer to the first command with these bytes in it."""

    def __init__(self, server: str, held: bytes) -> None:
        self.kept = asyncio.Event()
        """Set when the server has carried the command out; its answer is kept back."""
        self._server = server
        self._held = held
        self._release = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def at(cls, socket: Path, server_url: str, held: bytes) -> AsyncIterator["Tap"]:
        """Listen there for a bot whose server is this one."""
        tap = cls(server_url.removeprefix("unix://"), held)
        listening = await asyncio.start_unix_server(tap._serve, socket)
        try:
            yield tap
        finally:
            listening.close()

    def release(self) -> None:
        """Let the answer through, and everything after it."""
        self._release.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(self._server)
        holding = asyncio.Event()
        answers = asyncio.create_task(self._answers(from_server, writer, holding))
        while piece := await reader.read(_PIECE):
            if self._held in piece and not self.kept.is_set():
                holding.set()
            to_server.write(piece)
            await to_server.drain()
        to_server.close()
        await answers

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, holding: asyncio.Event
    ) -> None:
        while piece := await reader.read(_PIECE):
            if holding.is_set():
                self.kept.set()
                await self._release.wait()
            writer.write(piece)
        writer.close()
