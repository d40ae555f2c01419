"""The Redis that all bots share: it can be restarted under them without losing anything."""

import asyncio
import os
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Self

from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer

_AWAY = (0.0, 3.0)
"""Shortest and longest time in seconds that it is away."""
_SIGNALS = (signal.SIGKILL, signal.SIGTERM)


@dataclass
class Server:
    """An embedded server of its own. Every write is on its disk before it is answered."""

    folder: Path
    _running: EmbeddedServer
    restarts: Counter[str] = field(default_factory=Counter)
    """How often it was ended by which signal."""

    @classmethod
    def start(cls, folder: Path) -> Self:
        """Start it on this folder, whose path is short; outside of a running loop."""
        return cls(folder, EmbeddedServer.start(folder))

    @property
    def url(self) -> str:
        """Where it is reached, also after a restart."""
        return self._running.url

    async def restart(self, random: Random) -> None:
        """End it in the middle of its work, and start it again on its folder."""
        url, how = self.url, random.choice(_SIGNALS)
        client = connect(url)
        number = int((await client.info("server"))["process_id"])
        await client.aclose()
        os.kill(number, how)
        self.restarts[how.name] += 1
        await asyncio.sleep(random.uniform(*_AWAY))
        self._running.stop()
        self._running = EmbeddedServer.start(self.folder)
        assert self.url == url, "the folder's path is too long for a socket"

    def stop(self) -> None:
        """End it for good."""
        self._running.stop()
