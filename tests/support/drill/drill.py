"""Orders flow through bots that are killed, and the balance is drawn at the end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bot.store.connection import connect
from sandbox.demo.stage import environment
from sandbox.page.manifest import read_manifest
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.support.drill.balance import Accounts, Balance
from tests.support.drill.board import Board
from tests.support.drill.crowd import Desk, seat
from tests.support.drill.fleet import Fleet
from tests.support.drill.mishaps import Mishaps, Rates
from tests.support.drill.people import Errand, People

_PLENTY = 10**9
_AMOUNTS = (1, 1, 2, 3, 5, 7, 12)
"""ESIMs of an order: in one call or in several, in the text or in a file."""
_QUICK = {
    "ESIM_BATCH_SIZE": "5",
    "ESIM_LOOKUP_DELAYS": "0.5,1,2",
    "ESIM_SEND_DELAYS": "0.5,1,2,4",
    "ESIM_NOTIFY_CHANNELS": "",
    "LOG_LEVEL": "ERROR",
}
_FORGOTTEN = 5000
"""Calls after which the workspace's record of them is emptied: nobody reads it here."""


@dataclass(frozen=True)
class Plan:
    """What is to be done; the same seed draws the same amounts, mishaps and victims."""

    orders: int
    seed: int
    rates: Rates
    kill_every: tuple[float, float]
    """Shortest and longest time in seconds from one kill to the next."""
    at_once: int
    """Orders under way at a time."""
    desks: int
    provider_seconds: float = 0.3
    """How long each call to the provider takes: long enough that many a kill hits one."""
    kills: int | None = None
    """How many at most; None: for as long as orders flow."""

    def random(self) -> Random:
        """A generator that draws from the beginning."""
        return Random(self.seed)  # noqa: S311 - nothing secret is drawn


@dataclass
class Drill:
    """The stage of a run."""

    plan: Plan
    redis_url: str
    slack: SlackSandbox
    telnyx: TelnyxSandbox
    fleet: Fleet
    people: People
    mishaps: Mishaps
    desks: list[Desk]

    @classmethod
    @asynccontextmanager
    async def set_up(cls, plan: Plan, redis_url: str, folder: Path) -> AsyncIterator["Drill"]:
        """Start Slack, the provider and the bots; stop them at the end."""
        slack = await SlackSandbox.start(scopes=read_manifest().content)
        telnyx = await TelnyxSandbox.start()
        telnyx.account.balance_cents = telnyx.account.stock = _PLENTY
        telnyx.faults.slow(plan.provider_seconds)
        desks = seat(slack.workspace, plan.desks)
        settings = _settings(slack, telnyx, redis_url, folder)
        fleet = await Fleet.start(slack, settings, folder)
        people = People(slack, fleet, Board(slack.workspace), plan.random())
        mishaps = Mishaps(slack, telnyx, plan.rates, plan.random())
        try:
            yield cls(plan, redis_url, slack, telnyx, fleet, people, mishaps, desks)
        finally:
            await fleet.stop()
            await slack.stop()
            await telnyx.stop()

    async def run(self, done: Callable[[], None] = lambda: None) -> Balance:
        """Run all errands while bots are killed; the balance. `done` is called after each."""
        killing = asyncio.create_task(self._kill())
        try:
            await self._errands(done)
        finally:
            killing.cancel()
            with suppress(asyncio.CancelledError):
                await killing
        return await self._settled()

    async def _errands(self, done: Callable[[], None]) -> None:
        places, random = asyncio.Semaphore(self.plan.at_once), self.plan.random()

        async def run(errand: Errand) -> None:
            async with places:
                self.mishaps.befall_next()
                await self.people.run(errand)
                self._forget_calls()
                done()

        async with asyncio.TaskGroup() as errands:
            for errand in self._all_errands(random):
                errands.create_task(run(errand))

    def _all_errands(self, random: Random) -> list[Errand]:
        return [
            Errand(number, self.desks[number % len(self.desks)], random.choice(_AMOUNTS))
            for number in range(self.plan.orders)
        ]

    async def _kill(self) -> None:
        random = self.plan.random()
        while self.plan.kills is None or self.fleet.kills < self.plan.kills:
            await asyncio.sleep(random.uniform(*self.plan.kill_every))
            kill = asyncio.ensure_future(self.fleet.kill_one(random))
            try:
                await asyncio.shield(kill)
            finally:
                await kill  # whoever looks at the bots afterwards must not meet a dead one

    async def _settled(self) -> Balance:
        """Let everything come to rest, and compare."""
        self.slack.faults.clear()
        for errand in self._all_errands(self.plan.random()):
            await self.people.tidy(errand)
        await self.fleet.until_up_to_date()
        redis = connect(self.redis_url)
        accounts = await Accounts.drawn_up(redis, self.slack, self.telnyx, self.people.board)
        await redis.aclose()
        return accounts.balance()

    def _forget_calls(self) -> None:
        if len(self.slack.calls) > _FORGOTTEN:
            self.slack.calls.clear()


def _settings(
    slack: SlackSandbox, telnyx: TelnyxSandbox, redis_url: str, folder: Path
) -> Mapping[str, str]:
    return environment(slack, telnyx, folder) | _QUICK | {"REDIS_URL": redis_url}
