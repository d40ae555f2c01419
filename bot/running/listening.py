"""Listens to Slack, by HTTP or Socket Mode, and serves the health pages."""

import asyncio
import errno
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from aiohttp import web

from bot.bootstrap import Bot
from bot.errors import SettingsError
from bot.settings import AdminAddress, Settings
from handlers.web import admin_app, web_app

_HEAR_GRACE = 2.0
"""Seconds that requests and commands under way get."""
_WHY = {
    errno.EADDRINUSE: "it is taken",
    errno.EACCES: "the system does not let this user listen there",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}
_NOT_THE_PORT = (errno.EADDRNOTAVAIL, None)


async def listen(
    settings: Settings,
    bot: Bot,
    alive: Callable[[], bool],
    stopping: asyncio.Event,
) -> None:
    """Listen until told to stop; then wait for what people have asked for.

    Raises SettingsError for an address that can't be listened on.
    """
    try:
        async with _listening(settings, bot, alive):
            await stopping.wait()
        await bot.hearing.finish(_HEAR_GRACE)
    finally:
        stopping.set()


@asynccontextmanager
async def _listening(
    settings: Settings, bot: Bot, alive: Callable[[], bool]
) -> AsyncIterator[None]:
    public = web_app(bot.health.now, bot.inbound, bot.door, alive)
    async with AsyncExitStack() as stack:
        if settings.esim_admin_addr is not None:
            own = admin_app(bot.health.now, bot.metrics.text, alive)
            await stack.enter_async_context(_site(own, settings.esim_admin_addr, _admin_refused))
        address = AdminAddress(settings.esim_host, settings.port)
        listening = await stack.enter_async_context(_site(public, address, _refused))
        structlog.get_logger().info("listening", address=listening)
        yield


@asynccontextmanager
async def _site(
    app: web.Application,
    address: AdminAddress,
    refused: Callable[[AdminAddress, OSError], SettingsError],
) -> AsyncIterator[tuple[str, int]]:
    """Serve the app; yields the host and port that it listens on. Raises SettingsError."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_HEAR_GRACE)
    await runner.setup()
    try:
        await web.TCPSite(runner, address.host, address.port).start()
        yield runner.addresses[0][:2]
    except OSError as failure:
        raise refused(address, failure) from failure
    finally:
        await runner.cleanup()


def _refused(address: AdminAddress, failure: OSError) -> SettingsError:
    if failure.errno in _NOT_THE_PORT or not isinstance(failure.errno, int) or failure.errno < 0:
        return SettingsError(
            f"ESIM_HOST {address.host} can't be listened on ({_why(failure)}): set it to an "
            "address of this machine, or leave it out for every one."
        )
    return SettingsError(
        f"PORT {address.port} can't be listened on ({_why(failure)}): stop whoever uses it, or "
        "set another PORT."
    )


def _admin_refused(address: AdminAddress, failure: OSError) -> SettingsError:
    return SettingsError(
        f"ESIM_ADMIN_ADDR {address} can't be listened on ({_why(failure)}): stop whoever uses it, "
        "set another host and port, or off."
    )


def _why(failure: OSError) -> str:
    return _WHY.get(failure.errno or 0) or failure.strerror or str(failure)
