"""A server on a loopback port that answers as no server should, and counts what it was sent."""

import asyncio
import re
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from typing import Self

Behaviour = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""What it does once it has read a whole request."""
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_RESET = struct.pack("ii", 1, 0)
"""A linger time of zero makes the kernel send RST instead of FIN."""


def sends(raw: bytes) -> Behaviour:
    """Send exactly these bytes; the connection stays open when they end an answer."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return behave


def answers(status: str, body: bytes = b"", *headers: str) -> Behaviour:
    """Answer with this status line ("429 Too Many Requests"), body and headers."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return sends("\r\n".join([*lines, "", ""]).encode() + body)


async def closes(writer: asyncio.StreamWriter) -> None:
    """Close the connection without a byte."""
    writer.close()


def breaks_off(raw: bytes) -> Behaviour:
    """Send these bytes, then close the connection."""

    async def behave(writer: asyncio.StreamWriter) -> None:
        await sends(raw)(writer)
        writer.close()

    return behave


async def resets(writer: asyncio.StreamWriter) -> None:
    """End the connection with a TCP reset."""
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


async def says_nothing(_writer: asyncio.StreamWriter) -> None:
    """Never answer, and keep the connection."""
    await asyncio.Event().wait()


def one_after_another(*behaviours: Behaviour) -> Behaviour:
    """Behave so in turn, a request each; after the last one, stay with it."""
    left = list(behaviours)

    async def behave(writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(writer)

    return behave


async def trickles(writer: asyncio.StreamWriter) -> None:
    """Begin an answer that goes on, byte by byte, for longer than anybody waits."""
    await sends(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000000\r\n\r\n")(writer)
    while True:
        await sends(b" ")(writer)
        await asyncio.sleep(0.01)


class RudeServer:
    """Behaves the same to every request. `requests` holds each whole one that it has read.

    `heads` holds what came before their bodies, also of those that never became whole.
    """

    def __init__(self, behave: Behaviour, greeting: bytes) -> None:
        self.requests: list[bytes] = []
        self.heads: list[bytes] = []
        self.connections = 0
        self._changed = asyncio.Event()
        self._behave = behave
        self._greeting = greeting
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    @classmethod
    async def start(
        cls,
        behave: Behaviour,
        greeting: bytes = b"",
        tls: ssl.SSLContext | None = None,
        listening: socket.socket | None = None,
    ) -> Self:
        """Listen on any free port, or on a socket that listens already.

        The greeting is sent before anything is read.
        """
        rude = cls(behave, greeting)
        listener = listening or socket.create_server(("127.0.0.1", 0))
        rude._server = await asyncio.start_server(rude._serve, sock=listener, ssl=tls)
        rude.port = rude._server.sockets[0].getsockname()[1]
        return rude

    @property
    def url(self) -> str:
        """The address, without TLS."""
        return f"http://127.0.0.1:{self.port}"

    async def until_sent(self, requests: int) -> None:
        """Wait until it was sent so many whole requests."""
        while len(self.requests) < requests:
            self._changed.clear()
            await self._changed.wait()

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            await self._read_and_behave(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _read_and_behave(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await sends(self._greeting)(writer)
        while not writer.is_closing():
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            self.requests.append(head + body)
            self._changed.set()
            await self._behave(writer)
