"""One life of the bot: from its first words with Slack until it has stopped, in ten seconds."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace

from bot.bootstrap import Bot, Surroundings, provider_of, wire
from bot.clock import SystemClock
from bot.network.outgoing import open_session
from bot.running.introduction import introduced
from bot.running.listening import hear
from bot.running.socket_mode import Connection
from bot.running.start import tell_what_is_not_well
from bot.running.waiting import unless
from bot.settings import Settings
from bot.slack.client import web_client
from bot.store.connection import connect

_WORK_GRACE = 5.0
"""Seconds that purchases and deliveries under way get when the bot is told to stop."""


async def serve(
    settings: Settings,
    redis_url: str,
    warnings: Sequence[str] = (),
    alive: Callable[[], bool] = lambda: True,
) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsError when a token or an address is no good.

    `warnings` of the settings stand in sentences; `alive` says whether the process can go on.
    """
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        connection = Connection(settings)
        around = await _surroundings(settings, redis_url, stopping, stack)
        if around is not None:
            around = replace(around, warnings=warnings, ears=connection.ears)
            await _run(settings, wire(settings, around), connection, alive, stopping)


async def _surroundings(
    settings: Settings, redis_url: str, stopping: asyncio.Event, stack: AsyncExitStack
) -> Surroundings | None:
    """Open what the bot lives among; None when told to stop before Slack could say who it is."""
    redis = connect(redis_url)
    stack.push_async_callback(redis.aclose)
    session = await stack.enter_async_context(open_session())
    token, clock = settings.slack_bot_token.get_secret_value(), SystemClock()
    provider = provider_of(settings, clock)
    stack.push_async_callback(provider.close)
    slack = web_client(token, session, settings.slack_api_url)
    identity = await introduced(settings, slack, stopping)
    if identity is None:
        return None
    return Surroundings(redis, session, slack, identity, provider, clock, stopping=stopping)


async def _run(
    settings: Settings,
    bot: Bot,
    connection: Connection,
    alive: Callable[[], bool],
    stopping: asyncio.Event,
) -> None:
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(bot.agenda.run(stopping, _WORK_GRACE))
            tasks.create_task(bot.deliveries.run(stopping, _WORK_GRACE))
            tasks.create_task(unless(stopping, bot.outcomes.recover()))
            tasks.create_task(unless(stopping, tell_what_is_not_well(bot.checks, stopping)))
            tasks.create_task(hear(settings, bot, connection, alive, stopping))
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures
