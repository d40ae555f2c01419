"""Bots between their neighbours: the only place of the tests that opens and wires one."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from unittest.mock import patch
from uuid import uuid4

import aiohttp
from aiohttp import web
from redis.asyncio import Redis
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.bootstrap import Bot, Resources
from bot.clock import Clock
from bot.providers.base import Provider, Providers
from bot.providers.registry import providers_of
from bot.settings import Settings
from bot.slack.web.client import web_client
from bot.store.trust.witness import Witness
from handlers.web import web_app
from tests.support.harness.parts import Parts, Wired, wired
from tests.support.orders import TEAM

SlackClient = Callable[[str, aiohttp.ClientSession, str], AsyncWebClient]
"""Makes a client of Slack: from a token, a session, and the address of its Web API."""
USUAL = Parts()
IDENTITY = AuthorizeResult(
    enterprise_id=None, team_id=TEAM, bot_user_id="U0BOT", url="https://esim-team.slack.com/"
)
"""Who a bot is that need not ask."""


@dataclass(frozen=True)
class Served:
    """A wired bot whose workers do not run by themselves; `url` is where it hears Slack."""

    bot: Bot
    url: str


@asynccontextmanager
async def served(  # noqa: PLR0913 - what a bot lives among
    settings: Settings,
    redis: Redis,
    clock: Clock,
    provider: Provider | None = None,
    client: SlackClient = web_client,
    *,
    identify: bool = False,
    others: Providers | None = None,
) -> AsyncIterator[Served]:
    """A bot that hears Slack over HTTP. Whoever wants it to leave its Redis in order says so.

    `provider`: None opens the one of the settings. `identify`: it knows who it is, unasked.
    `others` are providers beside that one.
    """
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        slack = client(settings.slack_bot_token.get_secret_value(), session, settings.slack_api_url)
        if provider is None:
            (provider,) = providers_of(settings, clock).providers.values()
            stack.push_async_callback(provider.close)
        providers = {provider.name: provider, **(others or {})}
        identity = IDENTITY if identify else await _identity(slack)
        resources = Resources(redis, slack, identity, providers, clock)
        bot = wired(settings, resources, USUAL).bot
        stack.callback(bot.presence.close)
        yield Served(bot, await _address(bot, stack))


def unheard(  # noqa: PLR0913, PLR0917 - what a bot lives among
    settings: Settings,
    redis: Redis,
    clock: Clock,
    provider: Provider,
    parts: Parts = USUAL,
    others: Providers | None = None,
) -> tuple[Wired, Resources]:
    """A bot of these parts that reaches no Slack, nor Slack it; and what it lives among.

    `others` are providers beside that one.

    What it sees of Redis it keeps in memory, as a process that was never there before.
    """
    seller = parts.provider(provider)
    providers = {seller.name: seller, **(others or {})}
    resources = Resources(redis, AsyncWebClient(), IDENTITY, providers, clock)
    with patch.object(Witness, "of", lambda *_: Witness(uuid4().hex)):
        return wired(settings, resources, parts), resources


async def _identity(slack: AsyncWebClient) -> AuthorizeResult:
    answer = await slack.auth_test()
    return AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=slack.token)


async def _address(bot: Bot, stack: AsyncExitStack) -> str:
    """Serve the bot's HTTP side on a free port."""
    runner = web.AppRunner(web_app(bot.readiness, bot.inbound, bot.door), shutdown_timeout=1)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    return f"http://{host}:{port}"
