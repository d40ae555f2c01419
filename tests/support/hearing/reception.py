"""A bot on the real clock that people talk to, over a wire to its Redis that tests can spoil."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from bot.clock import SystemClock
from bot.store.connection import connect, lua
from bot.store.orders import OrderStore
from tests.support.harness.running import served
from tests.support.harness.sandboxes import Sandboxes
from tests.support.orders import KEYS
from tests.support.wire import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from bot.bootstrap import Bot
    from bot.domain.order import Order
    from sandbox.slack import SlackSandbox

WAYS = ("http", "socket mode")
"""How Slack reaches the bot."""


@dataclass
class Reception:
    """The bot hears, and does nothing else: its workers do not run."""

    slack: SlackSandbox
    bot: Bot
    wire: Wire
    redis: Redis
    """The bot's own client, through the wire."""
    direct: Redis
    """A client of the test's own."""

    @classmethod
    @asynccontextmanager
    async def open(cls, way: str, url: str, folder: Path, **changes: Any) -> AsyncIterator[Self]:
        """Listen in this way; `url` is that of an empty server which knows the scripts."""
        async with AsyncExitStack() as stack:
            around = await stack.enter_async_context(Sandboxes.begin())
            wire = await stack.enter_async_context(Wire.to(Path(url.removeprefix("unix://"))))
            redis = await stack.enter_async_context(connect(wire.url))
            direct = await stack.enter_async_context(connect(url))
            await direct.script_load(lua("commit"))
            await redis.ping()
            if way != "http":
                changes |= {"slack_app_token": around.slack.app_token}
            settings = around.settings(folder, **changes)
            begun = served(settings, redis, SystemClock(), identify=True)
            running = await stack.enter_async_context(begun)
            if running.bot.socket_mode is None:
                around.slack.connect(f"{running.url}/slack/events")
            else:
                await connected(running.bot, around.slack, stack)
            yield cls(around.slack, running.bot, wire, redis, direct)
            await running.bot.hearing.finish(0)

    async def orders(self) -> list[Order]:
        """What Redis has."""
        return await OrderStore(self.direct, KEYS).latest_of(self.slack.person("ana").id, 10)

    def told(self) -> list[str]:
        """What ana alone was told in the channel, in order."""
        return [message.plain() for message in self.slack.ephemerals("ana")]

    async def until_told(self, count: int) -> str:
        """Wait until she was told that often; what she was told last."""
        await self.slack.until(lambda: len(self.told()) >= count)
        return self.told()[-1]


async def connected(bot: Bot, slack: SlackSandbox, stack: AsyncExitStack) -> None:
    """Let a bot hear by Socket Mode, until the end of this stack."""
    assert bot.socket_mode is not None
    running = asyncio.create_task(bot.socket_mode.run())

    async def end() -> None:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    stack.push_async_callback(end)
    async with asyncio.timeout(10):
        while not slack.dispatcher.sockets.connections:  # noqa: ASYNC110 - nobody announces it
            await asyncio.sleep(0.01)
