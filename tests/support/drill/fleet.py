"""Several `esim-bot run` on one Redis, any of which may be killed at any moment."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import Self

from sandbox.demo.bot_process import BotProcess
from sandbox.slack import SlackSandbox


@dataclass
class Fleet:
    """The bots; what people do goes to one after the other, dead or alive."""

    slack: SlackSandbox
    settings: list[Mapping[str, str]]
    bots: list[BotProcess]
    kills: int = 0
    _turn: Iterator[int] = field(default_factory=count)

    @classmethod
    async def start(
        cls, slack: SlackSandbox, settings: Mapping[str, str], folder: Path, size: int = 2
    ) -> Self:
        """Start `size` of them, each with a data folder of its own below `folder`."""
        each = [{**settings, "ESIM_DATA_DIR": str(folder / f"bot-{n}")} for n in range(size)]
        return cls(slack, list(each), await asyncio.gather(*map(BotProcess.start, each)))

    async def stop(self) -> None:
        """Stop all of them as a supervisor does."""
        await asyncio.gather(*(bot.stop() for bot in self.bots))

    def turn(self) -> None:
        """Let what a person does next go to the next bot."""
        bot = self.bots[next(self._turn) % len(self.bots)]
        self.slack.connect(f"{bot.url}/slack/events")

    async def kill_one(self, random: Random) -> None:
        """SIGKILL one of them, and start another in its place."""
        place = random.randrange(len(self.bots))
        self.bots[place].process.kill()
        await self.bots[place].process.wait()
        self.kills += 1
        self.bots[place] = await BotProcess.start(self.settings[place])

    async def until_up_to_date(self) -> None:
        """Wait until Slack shows everything that they have to say."""
        await self.bots[0].until_up_to_date()
