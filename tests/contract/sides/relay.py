"""A relay between a provider's client and its far side: it sees every byte, and makes faults.

So every provider meets the same faults, and a far side need not know any.
"""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from tests.integration.providers.wire.rude_server import Behaviour

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_CONNECTION = re.compile(rb"\r\nconnection: [^\r]*", re.IGNORECASE)


@dataclass(frozen=True)
class Exchange:
    """One whole request, on its way to the far side."""

    head: bytes
    body: bytes
    writer: asyncio.StreamWriter
    """Where the answer goes."""
    _port: int

    @property
    def target(self) -> str:
        """Method and path: `POST /orders`."""
        method, path, *_ = self.head.split(b" ")
        return f"{method.decode()} {path.partition(b'?')[0].decode()}"

    def header(self, name: str) -> str:
        """The value of a header; "" for none."""
        found = re.search(rf"^{name}: (.*)\r$".encode(), self.head, re.IGNORECASE | re.MULTILINE)
        return found[1].decode() if found else ""

    async def carried_out(self) -> bytes:
        """The far side's whole answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        head = _CONNECTION.sub(b"", self.head)
        writer.write(head[:-2] + b"Connection: close\r\n\r\n" + self.body)
        answer = await reader.read()
        writer.close()
        return answer


Fault = Callable[[Exchange], Awaitable[None]]


async def no_fault(exchange: Exchange) -> None:
    """Pass the answer on."""
    exchange.writer.write(await exchange.carried_out())
    exchange.writer.close()


def after_all(behave: Behaviour) -> Fault:
    """Let the far side carry it out, drop its answer, and behave so."""

    async def fault(exchange: Exchange) -> None:
        await exchange.carried_out()
        await behave(exchange.writer)

    return fault


def instead(behave: Behaviour) -> Fault:
    """Behave so; the far side never sees the request."""

    async def fault(exchange: Exchange) -> None:
        await behave(exchange.writer)

    return fault


class Relay:
    """Listens on a loopback port, for a far side on another one."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.exchanges: list[Exchange] = []
        """Each whole request that it was sent, in their order."""
        self.heads = 0
        """Requests of which it has read at least the head."""
        self._next: dict[str, deque[Fault]] = {}
        self._standing: dict[str, Fault] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @classmethod
    async def start(cls, far_side: str) -> Self:
        """Stand before this address, which has a port and no path."""
        relay = cls(int(far_side.rpartition(":")[2]))
        relay._server = await asyncio.start_server(relay._serve, "127.0.0.1", 0)
        return relay

    @property
    def url(self) -> str:
        """Its own address."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def befall_next(self, target: str, fault: Fault) -> None:
        """Let this happen to the next request of this target (`POST /orders`)."""
        self._next.setdefault(target, deque()).append(fault)

    def befall_all(self, target: str, fault: Fault) -> None:
        """Let this happen to every request of this target from now on."""
        self._standing[target] = fault

    def mend(self) -> None:
        """End all faults."""
        self._next.clear()
        self._standing.clear()

    def sent(self, target: str) -> list[Exchange]:
        """The whole requests of this target."""
        return [exchange for exchange in self.exchanges if exchange.target == target]

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._pass_on(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads += 1
        length = _LENGTH.search(head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        exchange = Exchange(head, body, writer, self._port)
        self.exchanges.append(exchange)
        waiting = self._next.get(exchange.target)
        fault = waiting.popleft() if waiting else self._standing.get(exchange.target, no_fault)
        await fault(exchange)
        await writer.drain()
