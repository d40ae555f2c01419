"""One process of the bot that does only what a test tells it to, and may die at any effect."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from slack_bolt.authorization import AuthorizeResult

from bot.bootstrap import Bot, Surroundings, wire
from bot.clock import Clock
from bot.providers.base import Provider
from bot.settings import Settings
from handlers.web import web_app
from tests.support.lives.effects import Fuse, MortalProvider, MortalRedis, MortalSlack
from tests.support.orders import TEAM


@dataclass(frozen=True)
class Process:
    """A wired bot whose workers do not run by themselves; `url` is where it hears Slack."""

    bot: Bot
    fuse: Fuse
    url: str

    @classmethod
    @asynccontextmanager
    async def begin(
        cls, settings: Settings, redis_url: str, clock: Clock, provider: Provider, fuse: Fuse
    ) -> AsyncIterator["Process"]:
        """Start it; at the end it is gone as after a SIGKILL: it does nothing more."""
        async with AsyncExitStack() as stack:
            redis = MortalRedis.connected(redis_url, fuse)
            stack.push_async_callback(redis.aclose)
            await redis.load_scripts()
            session = await stack.enter_async_context(aiohttp.ClientSession())
            slack = mortal_slack(settings, session, fuse)
            around = Surroundings(
                redis, session, slack, _IDENTITY, MortalProvider(provider, fuse), clock
            )
            bot = wire(settings, around)
            stack.callback(bot.presence.close)
            yield cls(bot, fuse, await _served(bot, stack))
            fuse.burnt = True

    async def work(self) -> None:
        """Do what is due now, on both queues. Raises Crash."""
        await self.bot.agenda.drain()
        await self.bot.deliveries.drain()
        self.fuse.check()


_IDENTITY = AuthorizeResult(enterprise_id=None, team_id=TEAM, bot_user_id="U0BOT")
"""Who the bot is."""


def mortal_slack(settings: Settings, session: aiohttp.ClientSession, fuse: Fuse) -> MortalSlack:
    """Slack's client as the bot makes it, but mortal."""
    slack = MortalSlack(
        token=settings.slack_bot_token.get_secret_value(),
        session=session,
        base_url=settings.slack_api_url,
        retry_handlers=[],
    )
    slack.fuse = fuse
    return slack


async def _served(bot: Bot, stack: AsyncExitStack) -> str:
    runner = web.AppRunner(web_app(bot.readiness, bot.ears, bot.door), shutdown_timeout=1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"
