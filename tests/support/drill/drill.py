"""Orders flow through bots that are killed, and the balance is drawn at the end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

from bot.domain.terms import AFTERCARE
from bot.store.connection import connect
from sandbox.celitech import CelitechSandbox
from sandbox.demo.stage import at_celitech, environment
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.support.drill.accounts import Accounts
from tests.support.drill.balance import Balance
from tests.support.drill.board import Board
from tests.support.drill.books import Books
from tests.support.drill.decisions import LOOKUP_DELAYS
from tests.support.drill.fleet import Fleet
from tests.support.drill.mishaps import Mishaps, Rates
from tests.support.drill.people import Desk, Errand, Habits, People, seat
from tests.support.drill.server import Server
from tests.support.harness.sandboxes import Sandboxes
from tests.support.leaks.given import given, still_standing, unrevealed
from tests.support.leaks.issued import audit_of, secrets_of
from tests.support.leaks.whole import Run, search

_PLENTY = 10**9
_AMOUNTS = (1, 1, 2, 3, 5, 7, 12)
"""ESIMs of an order: in one call or in several, in the text or in a file."""
_PROVIDERS = ("telnyx", "celitech")
_TOKEN_SECONDS = 90.0
"""How long a token of Celitech's lasts: many end while orders flow."""
_QUICK = {
    "ESIM_BATCH_SIZE": "5",
    "ESIM_LOOKUP_DELAYS": ",".join(map(str, LOOKUP_DELAYS)),
    "ESIM_LOOKUPS_PER_MINUTE": "6000",
    "ESIM_SEND_DELAYS": "0.5,1,2,4",
    "ESIM_NOTIFY_CHANNELS": "",
    "ESIM_CODES_SHOWN_FOR": "20",
    "LOG_LEVEL": "DEBUG",
}
_CODES_STAND = 20.0
"""Seconds for which messages with codes stand."""
_CODES_GONE = _CODES_STAND + 100.0
"""Seconds after which they must be gone: a deletion that Slack refuses is tried each minute."""
_LOOKED_AFTER = AFTERCARE[0] + 30
"""Seconds within which the first look after an order's end tells what it had missed."""
_UP_TO_DATE = 300.0
"""Seconds that the bots get at the end to say everything."""
_LOOK_EVERY = 3.0
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

    freeze_every: tuple[float, float] | None = None
    """The same from one freeze to the next; None: never."""
    freeze_seconds: float = 15
    """How long a bot is frozen: longer than its lease on an order."""
    restart_every: tuple[float, float] | None = None
    """The same from one restart of Redis to the next; None: never."""
    habits: Habits = field(default_factory=Habits)

    def told(self) -> str:
        """One line."""
        often = (
            ("a bot is killed", self.kill_every),
            (f"a bot is frozen for {self.freeze_seconds:g} s", self.freeze_every),
            ("Redis is restarted", self.restart_every),
        )
        times = [f"{what} every {every[0]:g}-{every[1]:g} s" for what, every in often if every]
        return "; ".join([*times, self.rates.told(), self.habits.told()])

    def random(self) -> Random:
        """A generator that draws from the beginning."""
        return Random(self.seed)  # noqa: S311 - nothing secret is drawn


@dataclass
class Drill:
    """The stage of a run."""

    plan: Plan
    server: Server
    slack: SlackSandbox
    books: Books
    fleet: Fleet
    people: People
    mishaps: Mishaps
    desks: list[Desk]
    accounts: Accounts = field(init=False)
    """As they were at the last look."""
    searched: str = ""
    """How often secrets were searched where, and found, in one line."""

    @classmethod
    @asynccontextmanager
    async def set_up(cls, plan: Plan, server: Server, folder: Path) -> AsyncIterator["Drill"]:
        """Start Slack, the providers and the bots; stop them at the end."""
        async with Sandboxes.begin() as around, _celitech(plan) as celitech:
            slack, telnyx = around.slack, around.telnyx
            telnyx.account.balance_cents = telnyx.account.stock = _PLENTY
            telnyx.faults.slow(plan.provider_seconds)
            telnyx.account.spills = True
            desks = seat(slack.workspace, plan.desks)
            settings = _settings(slack, telnyx, server.url, folder) | at_celitech(celitech)
            fleet = await Fleet.start(slack, settings, folder)
            board = Board(slack.workspace)
            people = People(slack, fleet, board, plan.random(), plan.habits)
            mishaps = Mishaps(slack, telnyx, celitech, board, plan.rates, plan.random())
            books = Books(telnyx, celitech)
            try:
                yield cls(plan, server, slack, books, fleet, people, mishaps, desks)
            finally:
                await fleet.stop()

    async def run(self, done: Callable[[], None] = lambda: None) -> Balance:
        """Run all errands while bots are killed; the balance. `done` is called after each."""
        mishaps = [asyncio.create_task(each) for each in self._befalling()]
        try:
            await self._errands(done)
        finally:
            for task in mishaps:
                task.cancel()
            await asyncio.gather(*mishaps, return_exceptions=True)
        return await self._settled()

    async def _errands(self, done: Callable[[], None]) -> None:
        places, random = asyncio.Semaphore(self.plan.at_once), self.plan.random()

        async def run(errand: Errand) -> None:
            async with places:
                self.mishaps.befall_next(errand.provider)
                await self.people.run(errand)
                self._forget_calls()
                done()

        async with asyncio.TaskGroup() as errands:
            for errand in self._all_errands(random):
                errands.create_task(run(errand))

    def _all_errands(self, random: Random) -> list[Errand]:
        return [
            Errand(
                number,
                self.desks[number % len(self.desks)],
                random.choice(_AMOUNTS),
                random.choice(_PROVIDERS),
            )
            for number in range(self.plan.orders)
        ]

    def _befalling(self) -> Iterator[Coroutine[Any, Any, None]]:
        """What befalls the processes, each with dice of its own."""
        plan, fleet = self.plan, self.fleet
        yield self._every(plan.kill_every, fleet.kill_one, lambda: fleet.kills == plan.kills)
        if plan.freeze_every:
            yield self._every(
                plan.freeze_every, lambda random: fleet.freeze_one(random, plan.freeze_seconds)
            )
        if plan.restart_every:
            yield self._every(plan.restart_every, self.server.restart)

    async def _every(
        self,
        seconds: tuple[float, float],
        befall: Callable[[Random], Awaitable[None]],
        enough: Callable[[], bool] = lambda: False,
    ) -> None:
        """Let it happen again and again; what has begun is brought to its end."""
        random = self.plan.random()
        while not enough():
            await asyncio.sleep(random.uniform(*seconds))
            happening = asyncio.create_task(_all_of(befall(random)))
            try:
                await asyncio.shield(happening)
            finally:
                await happening

    async def _settled(self) -> Balance:
        """Let everything come to rest, and compare."""
        self.mishaps.end()
        for errand in self._all_errands(self.plan.random()):
            await self.people.tidy(errand)
        stuck = list(self.people.stuck)
        with suppress(TimeoutError):
            async with asyncio.timeout(_UP_TO_DATE):
                await self.fleet.until_up_to_date()
        end = asyncio.get_running_loop().time() + _LOOKED_AFTER
        while True:
            balance = await self._balance(stuck)
            if balance.holds or asyncio.get_running_loop().time() > end:
                return replace(balance, other=[*balance.other, *await self._leaks()])
            await asyncio.sleep(_LOOK_EVERY)

    async def _leaks(self) -> list[str]:
        """Secrets that stand anywhere but before whom they were given to, and for too long."""
        sellers = (self.books.telnyx, self.books.celitech)
        with suppress(TimeoutError):
            async with asyncio.timeout(_CODES_GONE):
                while still_standing(self.slack):  # noqa: ASYNC110 - other processes delete them
                    await asyncio.sleep(_LOOK_EVERY)
        logs = "".join(each.read_text() for each in self.fleet.logs)
        folders = [Path(each["ESIM_DATA_DIR"]) for each in self.fleet.settings]
        async with connect(self.server.url) as redis:
            run = Run(self.slack, sellers, redis, [*folders, self.server.folder], logs)
            findings, audit = await search(run), await audit_of(redis)
        self.searched = findings.line()
        early = unrevealed(list(given(self.slack, secrets_of(*sellers))), audit)
        stand = [f"{one} still stands" for one in still_standing(self.slack)]
        return [*findings.found, *early, *stand]

    async def _balance(self, stuck: list[str]) -> Balance:
        redis = connect(self.server.url)
        drawn_up = Accounts.drawn_up(redis, self.slack, self.books, self.people.board)
        self.accounts = await drawn_up
        await redis.aclose()
        return self.accounts.balance(stuck)

    def _forget_calls(self) -> None:
        if len(self.slack.calls) > _FORGOTTEN:
            self.slack.calls.clear()


async def _all_of(happening: Awaitable[None]) -> None:
    await happening


@asynccontextmanager
async def _celitech(plan: Plan) -> AsyncIterator[CelitechSandbox]:
    """An account at Celitech with plenty of money, whose tokens end soon."""
    celitech = await CelitechSandbox.start()
    celitech.account.balance_cents = _PLENTY
    celitech.access.lifetime_seconds = _TOKEN_SECONDS
    celitech.faults.slow(plan.provider_seconds)
    yield celitech
    await celitech.stop()


def _settings(
    slack: SlackSandbox, telnyx: TelnyxSandbox, redis_url: str, folder: Path
) -> dict[str, str]:
    return environment(slack, telnyx, folder) | _QUICK | {"REDIS_URL": redis_url}
