"""Runs a wired bot: hear, work, and stop within ten seconds when told to."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.bootstrap import Bot, Surroundings, provider_of, wire
from bot.clock import SystemClock
from bot.errors import SettingsError, SlackError, SlackRefused
from bot.settings import HOW_TO_GET, Settings
from bot.slack.client import TIMEOUT, reaching_slack_within, web_client
from bot.store.connection import connect
from bot.store.durability import warn_of_durability
from handlers.web import web_app

_WORK_GRACE = 5.0
"""Seconds that purchases and deliveries under way get when the bot is told to stop."""
_HEAR_GRACE = 2.0
"""Seconds that requests and commands under way get."""
_PATIENCE = 15.0
"""Longest wait in seconds between tries to reach Slack at the start."""
_BAD_TOKEN = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked"})


async def serve(settings: Settings, redis_url: str) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsError when a token or the port is no good."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        redis = connect(redis_url)
        stack.push_async_callback(redis.aclose)
        session = await stack.enter_async_context(aiohttp.ClientSession())
        token = settings.slack_bot_token.get_secret_value()
        slack = web_client(token, session, settings.slack_api_url)
        identity = await _identity(settings, slack, stopping)
        if identity is not None:
            clock = SystemClock()
            provider = provider_of(settings, clock)
            stack.push_async_callback(provider.close)
            await warn_of_durability(redis)
            around = Surroundings(redis, session, slack, identity, provider, clock)
            await _run(settings, wire(settings, around), stopping)


async def _run(settings: Settings, bot: Bot, stopping: asyncio.Event) -> None:
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(bot.agenda.run(stopping, _WORK_GRACE))
            tasks.create_task(bot.deliveries.run(stopping, _WORK_GRACE))
            tasks.create_task(_unless(stopping, bot.outcomes.recover()))
            tasks.create_task(_unless(stopping, bot.delivery.resume()))
            tasks.create_task(_unless(stopping, bot.cards.watch()))
            tasks.create_task(_hear(settings, bot, stopping))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures


async def _unless(stopping: asyncio.Event, work: Coroutine[None, None, None]) -> None:
    """Do the work, but not when the bot is told to stop."""
    tasks = [asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _hear(settings: Settings, bot: Bot, stopping: asyncio.Event) -> None:
    """Listen until told to stop; then let what people asked for come to its end."""
    try:
        async with _listening(settings, bot):
            await stopping.wait()
        await bot.hearing.finish(_HEAR_GRACE)
    finally:
        stopping.set()


@asynccontextmanager
async def _listening(settings: Settings, bot: Bot) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        if settings.slack_app_token is not None:
            await stack.enter_async_context(_socket_mode(settings, bot))
        runner = web.AppRunner(
            web_app(bot.app, bot.readiness, hears_slack=settings.slack_app_token is None),
            access_log=None,
            shutdown_timeout=_HEAR_GRACE,
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, settings.esim_host, settings.port)
        await _opened(site, settings)
        structlog.get_logger().info("listening", address=runner.addresses[0][:2])
        yield


async def _opened(site: web.TCPSite, settings: Settings) -> None:
    try:
        await site.start()
    except OSError as failure:
        raise SettingsError(
            f"PORT {settings.port} can't be listened on ({failure.strerror or failure}): "
            "stop whoever uses it, or set another PORT."
        ) from failure


@asynccontextmanager
async def _socket_mode(settings: Settings, bot: Bot) -> AsyncIterator[None]:
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token else ""
    handler = AsyncSocketModeHandler(bot.app, token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


async def _identity(
    settings: Settings, slack: AsyncWebClient, stopping: asyncio.Event
) -> AuthorizeResult | None:
    """Who the bot is in this workspace; None when told to stop before Slack could say.

    The official client retries a bad app token for ever without a word: it is asked for, too.
    """
    answer = await _asked(slack.auth_test, "slack_bot_token", stopping)
    token = settings.slack_app_token
    if token is not None and not stopping.is_set():
        secret = token.get_secret_value()
        await _asked(
            lambda: slack.apps_connections_open(app_token=secret), "slack_app_token", stopping
        )
    if answer is None or stopping.is_set():
        return None
    return AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=slack.token)


async def _asked(
    call: Callable[[], Awaitable[AsyncSlackResponse]], setting: str, stopping: asyncio.Event
) -> AsyncSlackResponse | None:
    """Ask until Slack answers. Raises SettingsError when it does not know the token."""
    wait = 1.0
    while not stopping.is_set():
        try:
            async with reaching_slack_within(TIMEOUT):
                return await call()
        except SlackError as failure:
            _raise_if_refused(failure, setting)
        structlog.get_logger().warning("slack_not_reached_yet", retry_in=wait)
        await _wait(stopping, wait)
        wait = min(wait * 2, _PATIENCE)
    return None


def _raise_if_refused(failure: SlackError, setting: str) -> None:
    """A token that Slack does not know will not become better by waiting."""
    cause = failure.__cause__
    error = str(cause.response.get("error")) if isinstance(cause, SlackApiError) else ""
    if error in _BAD_TOKEN or isinstance(failure, SlackRefused):
        raise _refused_token(setting, error) from failure


def _refused_token(name: str, error: str) -> SettingsError:
    return SettingsError(
        f"{name.upper()} is not accepted by Slack ({error}).\n      {HOW_TO_GET[name]}"
    )


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
