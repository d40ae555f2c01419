"""The bot's process over several lives: killed and started again with the same memory."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.demo.bot_process import BotProcess


@dataclass
class BotLife:
    """Kills `process` and starts another with the same `settings` on the same port.

    `announce` is called whenever what the properties say has changed.
    """

    process: BotProcess
    settings: Mapping[str, str]
    announce: Callable[[], None]
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _born: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self.process.process.returncode is None

    @property
    def is_changing(self) -> bool:
        """Whether it is being killed or started right now."""
        return self._changing.locked()

    async def kill(self) -> None:
        """End the process at once; a dead one stays dead."""
        async with self._changing:
            if self.is_running:
                self.process.process.kill()
                await self.process.process.wait()
        self.announce()

    async def start(self) -> None:
        """Start it again and wait until it is ready; a running one goes on.

        Raises BotDiedError or TimeoutError when it does not become ready.
        """
        async with self._changing:
            self.announce()
            if not self.is_running:
                self.process = await BotProcess.start(self.settings, self.process.port)
                self._born.set()
        self.announce()

    async def watch(self) -> None:
        """Announce every death, until cancelled."""
        while True:
            self._born.clear()
            await self.process.process.wait()
            self.announce()
            await self._born.wait()

    async def stop(self) -> None:
        """Ask the process to stop, as a supervisor would."""
        async with self._changing:
            await self.process.stop()
