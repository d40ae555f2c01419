"""One life of the bot: from the first call to Slack until it has stopped, within ten seconds."""

import asyncio
import gc
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from functools import partial

from bot.bootstrap import Bot, Resources, wire
from bot.clock import SystemClock
from bot.errors import StoreUnavailable
from bot.network.outgoing import open_session
from bot.providers.base import Providers
from bot.providers.registry import providers_of
from bot.running.identity import identify
from bot.running.listening import listen
from bot.running.start import log_failed_checks
from bot.running.stopping import supervised, unless_stopped
from bot.settings import Settings
from bot.slack.web.client import web_client
from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer

_WORK_GRACE = 5.0
"""Seconds that purchases and deliveries under way get when the bot is told to stop."""
_FIRST_BEAT = 0.5
"""Seconds that the first comparison with Redis may hold up the start."""


async def serve(
    settings: Settings,
    redis_url: str,
    embedded: EmbeddedServer | None = None,
    warnings: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsError when a token or an address can't be used.

    `embedded`: the server of `redis_url`, where the bot started it; `warnings` of the settings
    stand in sentences; `environment`: for the settings of installed providers.
    """
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        registered = providers_of(settings, SystemClock(), environment)
        resources = await _resources(settings, redis_url, registered.providers, stopping, stack)
        if resources is not None:
            told = (*warnings, *registered.warnings)
            bot = wire(settings, replace(resources, warnings=told))
            gc.freeze()  # what lives as long as the bot is not looked through again and again
            await _run(settings, bot, embedded, stopping)


async def _resources(
    settings: Settings,
    redis_url: str,
    providers: Providers,
    stopping: asyncio.Event,
    stack: AsyncExitStack,
) -> Resources | None:
    """Open what the bot works with; None when told to stop before Slack answered."""
    redis = connect(redis_url)
    stack.push_async_callback(redis.aclose)
    session = await stack.enter_async_context(open_session())
    token, clock = settings.slack_bot_token.get_secret_value(), SystemClock()
    for provider in providers.values():
        stack.push_async_callback(provider.close)
    slack = web_client(token, session, settings.slack_api_url)
    identity = await identify(settings, slack, stopping)
    if identity is None:
        return None
    return Resources(redis, slack, identity, providers, clock, stopping=stopping)


async def _run(
    settings: Settings, bot: Bot, embedded: EmbeddedServer | None, stopping: asyncio.Event
) -> None:
    with suppress(StoreUnavailable, TimeoutError):
        async with asyncio.timeout(_FIRST_BEAT):  # compare before anything new is written
            await bot.presence.beat()
    try:
        async with asyncio.TaskGroup() as tasks:
            for work in _works(bot, embedded, stopping):
                tasks.create_task(work)
            alive = partial(getattr, embedded, "alive", True)
            tasks.create_task(listen(settings, bot, alive, stopping))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures
    finally:
        await bot.presence.leave()


def _works(
    bot: Bot, embedded: EmbeddedServer | None, stopping: asyncio.Event
) -> Iterator[Coroutine[None, None, None]]:
    """All work besides listening to Slack; each part ends when the bot is told to stop.

    A fault in one part does not end the bot.
    """
    yield supervised(stopping, "agenda", partial(bot.agenda.run, stopping, _WORK_GRACE))
    yield supervised(stopping, "deliveries", partial(bot.deliveries.run, stopping, _WORK_GRACE))
    yield supervised(stopping, "presence", partial(bot.presence.run, stopping))
    if embedded is not None:
        yield supervised(stopping, "embedded_server", partial(embedded.keep_running, stopping))
    endless: dict[str, Callable[[], Coroutine[None, None, None]]] = {
        "outcomes": bot.outcomes.run,
        "sweep": bot.sweep.run,
        "resume": bot.delivery.resume,
        "cards": bot.cards.watch,
        "answers": bot.answers.run,
        "channels": bot.channels.run,
        "token_watch": bot.token_watch.run,
        "start_checks": partial(log_failed_checks, bot.checks, stopping),
    }
    if bot.socket_mode is not None:
        endless["socket_mode"] = bot.socket_mode.run
    for name, work in endless.items():
        yield unless_stopped(stopping, supervised(stopping, name, work))
