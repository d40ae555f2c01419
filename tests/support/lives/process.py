"""One process of the bot that does only what a test tells it to, and may die at any effect."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from bot.bootstrap import Bot
from bot.clock import Clock
from bot.providers.base import Provider
from bot.settings import Settings
from tests.support.harness.running import served
from tests.support.lives.effects import Fuse, MortalProvider, MortalRedis, mortal_slack


@dataclass(frozen=True)
class Process:
    """A wired bot whose workers do not run by themselves; `url` is where it hears Slack."""

    bot: Bot
    fuse: Fuse
    url: str

    @classmethod
    @asynccontextmanager
    async def begin(
        cls,
        settings: Settings,
        redis_url: str,
        clock: Clock,
        provider: Provider,
        fuse: Fuse,
        *others: Provider,
    ) -> AsyncIterator["Process"]:
        """Start it; at the end it is gone as after a SIGKILL: it does nothing more.

        `others` are providers beside that one.
        """
        async with AsyncExitStack() as stack:
            redis = MortalRedis.connected(redis_url, fuse)
            stack.push_async_callback(redis.aclose)
            await redis.load_scripts()
            mortal = MortalProvider(provider, fuse)
            beside = {each.name: MortalProvider(each, fuse) for each in others}
            client = partial(mortal_slack, fuse)
            begun = served(settings, redis, clock, mortal, client, identify=True, others=beside)
            bot = await stack.enter_async_context(begun)
            yield cls(bot.bot, fuse, bot.url)
            fuse.burnt = True

    async def work(self) -> None:
        """Do what is due now, on both queues. Raises Crash."""
        await self.bot.agenda.drain()
        await self.bot.deliveries.drain()
        self.fuse.check()
