"""The bot as a process of its own, started as an operator would start it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import aiohttp

_READY_WITHIN = 20.0
"""Seconds that the bot gets to be ready."""
_STOPS_WITHIN = 12.0
"""Seconds that it gets to stop; it promises ten."""
_LOOK_EVERY = 0.05
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV")
"""Variables that the bot gets from the surroundings; none of them is a setting of its own."""


class BotDiedError(RuntimeError):
    """The bot ended before it was ready; its own words stand above, on standard error."""


@dataclass(frozen=True)
class BotProcess:
    """A running `esim-bot run`; `url` is where it listens, `admin` where its operator looks."""

    process: asyncio.subprocess.Process
    url: str
    admin: str

    @classmethod
    async def start(
        cls,
        settings: Mapping[str, str],
        port: int | None = None,
        ready_within: float = _READY_WITHIN,
        log: Path | None = None,
    ) -> Self:
        """Start it on `port` (None: a free one) and wait until it is ready.

        What it logs is added to the file `log`; None: it goes to standard error. Raises
        BotDiedError, or TimeoutError when that takes longer than `ready_within` seconds.
        """
        port, admin = port or _free_port(), _free_port()
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        env = {**kept, "ESIM_ADMIN_ADDR": f"127.0.0.1:{admin}", **settings, "PORT": str(port)}
        with ExitStack() as stack:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "bot", "run", "--env-file", os.devnull),
                env=env,
                stderr=stack.enter_context(log.open("ab")) if log else None,
                start_new_session=True,  # Ctrl-C is for the demo, which then stops the bot
            )
        bot = cls(process, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{admin}")
        try:
            async with asyncio.timeout(ready_within):
                await bot.until_ready()
        except BaseException:
            await bot.stop()
            raise
        return bot

    @property
    def port(self) -> int:
        """Where it listens on this machine."""
        return int(self.url.rpartition(":")[2])

    async def until_ready(self) -> None:
        """Wait until it can work. Raises BotDiedError when it ended instead."""
        while not (await self.readiness()).get("ready"):
            if self.process.returncode is not None:
                raise BotDiedError(f"the bot ended with exit code {self.process.returncode}")
            await asyncio.sleep(_LOOK_EVERY)

    async def until_up_to_date(self) -> None:
        """Wait until Slack shows everything that the bot has to say."""
        while (await self.readiness()).get("deliveries_behind") != 0:  # noqa: ASYNC110 - another process
            await asyncio.sleep(_LOOK_EVERY)

    async def readiness(self) -> Mapping[str, Any]:
        """What it says of itself to its operator; nothing while it does not listen."""
        async with aiohttp.ClientSession() as session:
            try:
                async with session.get(f"{self.admin}/readyz?verbose") as answer:
                    facts: Mapping[str, Any] = await answer.json()
                    return facts
            except aiohttp.ClientError:
                return {}

    async def stop(self) -> None:
        """Ask it to stop, as a supervisor would; kill it when it does not."""
        if self.process.returncode is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), _STOPS_WITHIN)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
