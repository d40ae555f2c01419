"""A proxy on loopback that opens tunnels (HTTP CONNECT), as companies put one before the net."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class Tunnel:
    """Joins whoever asks with the host that they name. `asked` holds what they asked for."""

    def __init__(self) -> None:
        self.asked: list[bytes] = []
        self.before_opening: Callable[[], Awaitable[None]] = _nothing
        """Awaited before a tunnel is said to be open."""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def start(cls) -> Self:
        """Listen on any free port."""
        tunnel = cls()
        tunnel._server = await asyncio.start_server(tunnel._serve, "127.0.0.1", 0)
        return tunnel

    @property
    def url(self) -> str:
        """The address, as a proxy variable takes it."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """Close everything."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(head)
            host, port = head.split()[1].decode().split(":")
            there, back = await asyncio.open_connection(host, int(port))
            await self.before_opening()
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pass(reader, back), _pass(there, writer))
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()
            self._tasks.discard(task)


async def _nothing() -> None:
    """Open it at once."""


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes until it ends."""
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
