"""An embedded server that tests may maltreat in every way in which a Redis can fail."""

import asyncio
import os
import signal
from abc import ABC, abstractmethod
from pathlib import Path

from redis.asyncio import Redis

from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer


class Patient:
    """A server of one's own; `url` stays the same when it is started anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = EmbeddedServer.start(folder)
        self.url = self._server.url
        self.socket = folder / "redis.sock"

    async def process_id(self) -> int:
        """The number of its process."""
        async with connect(self.url) as redis:
            return int((await redis.info("server"))["process_id"])

    def stop(self) -> None:
        """End it, whether it still runs or not."""
        self._server.stop()

    def start(self) -> None:
        """Start it again on the same data."""
        self._server = EmbeddedServer.start(self._folder)


class Trouble(ABC):
    """One way to fail, from `begin` to `end`."""

    def __init__(self, patient: Patient) -> None:
        self.patient = patient

    @abstractmethod
    async def begin(self) -> None:
        """From now on it fails."""

    @abstractmethod
    async def end(self) -> None:
        """It is well again."""

    def client(self) -> Redis:
        """A client of the test's own."""
        return connect(self.patient.url)


class Killed(Trouble):
    """SIGKILL; then started anew on its data."""

    async def begin(self) -> None:
        """Kill it."""
        os.kill(await self.patient.process_id(), signal.SIGKILL)
        self.patient.stop()

    async def end(self) -> None:
        """Start it."""
        self.patient.start()


class Loading(Killed):
    """Killed, and started again, but not done with loading: every command is refused."""

    async def begin(self) -> None:
        """Answer in its place as a server does that is loading."""
        await super().begin()
        self.patient.socket.unlink(missing_ok=True)
        self._standin = await asyncio.start_unix_server(_refuse, self.patient.socket)

    async def end(self) -> None:
        """It has loaded."""
        self._standin.close()
        self.patient.socket.unlink(missing_ok=True)
        await super().end()


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(65_536):
        writer.write(b"-LOADING Redis is loading the dataset in memory\r\n")
    writer.close()


class Frozen(Trouble):
    """SIGSTOP: it takes connections and never answers."""

    async def begin(self) -> None:
        """Stop it."""
        self._process_id = await self.patient.process_id()
        os.kill(self._process_id, signal.SIGSTOP)

    async def end(self) -> None:
        """Let it go on."""
        os.kill(self._process_id, signal.SIGCONT)


class ReadOnly(Trouble):
    """Made a replica, as the old primary is after a fail-over."""

    async def begin(self) -> None:
        """Let it follow a server that is not there."""
        async with self.client() as redis:
            await redis.replicaof("127.0.0.1", "1")

    async def end(self) -> None:
        """Let it take writes again."""
        async with self.client() as redis:
            await redis.replicaof("NO", "ONE")


class Full(Trouble):
    """Out of memory: it takes nothing that needs more."""

    async def begin(self) -> None:
        """Give it no memory."""
        async with self.client() as redis:
            await redis.config_set("maxmemory", 1)

    async def end(self) -> None:
        """Give it all memory."""
        async with self.client() as redis:
            await redis.config_set("maxmemory", 0)


TROUBLES = {each.__name__.lower(): each for each in (Killed, Loading, Frozen, ReadOnly, Full)}
"""Every way to fail, by its name."""
