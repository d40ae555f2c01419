"""Several `esim-bot run` on one Redis, any of which may be killed or frozen at any moment."""

import asyncio
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Self

from sandbox.demo.bot_process import BotProcess
from sandbox.slack import SlackSandbox

_READY_WITHIN = 120.0
"""Seconds that a bot gets to be ready: Slack may be turning it away, and Redis be away."""


@dataclass
class Fleet:
    """The bots; what people do goes to one after the other, dead, frozen or alive."""

    slack: SlackSandbox
    settings: list[Mapping[str, str]]
    logs: list[Path]
    """What each of them logs."""
    bots: list[BotProcess]
    kills: int = 0
    freezes: int = 0
    _turn: Iterator[int] = field(default_factory=count)
    _befallen: set[int] = field(default_factory=set)
    """Places whose bot is being killed, or is frozen."""

    @classmethod
    async def start(
        cls, slack: SlackSandbox, settings: Mapping[str, str], folder: Path, size: int = 2
    ) -> Self:
        """Start `size` of them, each with a data folder of its own below `folder`."""
        each = [{**settings, "ESIM_DATA_DIR": str(folder / f"bot-{n}")} for n in range(size)]
        logs = [folder / f"bot-{n}.log" for n in range(size)]
        begun = (BotProcess.start(one, log=log) for one, log in zip(each, logs, strict=True))
        return cls(slack, list(each), logs, await asyncio.gather(*begun))

    async def stop(self) -> None:
        """Stop all of them as a supervisor does."""
        await asyncio.gather(*(bot.stop() for bot in self.bots))

    def turn(self) -> None:
        """Let what a person does next go to the next bot."""
        bot = self.bots[next(self._turn) % len(self.bots)]
        self.slack.connect(f"{bot.url}/slack/events")

    async def kill_one(self, random: Random) -> None:
        """SIGKILL one of them, and start another in its place."""
        place = self._befall(random)
        if place is None:
            return
        try:
            self.bots[place].process.kill()
            await self.bots[place].process.wait()
            self.kills += 1
            self.bots[place] = await BotProcess.start(
                self.settings[place], ready_within=_READY_WITHIN, log=self.logs[place]
            )
        finally:
            self._befallen.discard(place)

    async def freeze_one(self, random: Random, seconds: float) -> None:
        """SIGSTOP one of them, and let it go on after so many seconds."""
        place = self._befall(random)
        if place is None:
            return
        process = self.bots[place].process
        process.send_signal(signal.SIGSTOP)
        self.freezes += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            process.send_signal(signal.SIGCONT)
            self._befallen.discard(place)

    def _befall(self, random: Random) -> int | None:
        """A place to which nothing else is happening; None when there is no such."""
        free = [place for place in range(len(self.bots)) if place not in self._befallen]
        if not free:
            return None
        place = random.choice(free)
        self._befallen.add(place)
        return place

    async def until_up_to_date(self) -> None:
        """Wait until Slack shows everything that they have to say."""
        await self.bots[0].until_up_to_date()
