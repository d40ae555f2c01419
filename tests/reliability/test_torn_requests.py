"""The bot dies while a command is heard: what was acknowledged is recorded, and nothing is twice.

Before and after the commit, before and after the acknowledgement; over HTTP and Socket Mode.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

import handlers.door.bolt
import handlers.door.endpoint
from bot.providers.registry import providers_of
from bot.store.orders import OrderStore
from sandbox.demo.bot_process import BotProcess
from sandbox.demo.stage import environment
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.support.clock import ManualClock
from tests.support.harness.sandboxes import Sandboxes
from tests.support.hearing.reception import WAYS, connected
from tests.support.lives.effects import Crash, Fuse
from tests.support.lives.process import Process
from tests.support.orders import KEYS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from redis.asyncio import Redis

    from bot.store.embedded import EmbeddedServer

_TELLS = (
    (handlers.door.endpoint, "_has_left"),
    (handlers.door.bolt, "send_async_response"),
)
"""What sends the acknowledgement, over HTTP and over Socket Mode."""


@dataclass(frozen=True)
class Moment:
    """When the process dies, and what is known by then."""

    recorded: bool
    at_commit: bool = True
    """Whether it dies there, and not at the acknowledgement."""
    acknowledged: bool = False

    def fuse(self, way: str) -> Fuse:
        """What burns; before the commit, Socket Mode asks Slack for an address."""
        at = 1 if way == "http" else 2
        return Fuse(at, after=self.recorded) if self.at_commit else Fuse()


MOMENTS = {
    "before the commit": Moment(recorded=False),
    "after the commit": Moment(recorded=True),
    "before the acknowledgement": Moment(recorded=True, at_commit=False),
    "after the acknowledgement": Moment(recorded=True, at_commit=False, acknowledged=True),
}


def tear(monkeypatch: pytest.MonkeyPatch, fuse: Fuse, *, after: bool) -> None:
    """Let the process die right before the acknowledgement leaves, or right after."""

    def torn(tell: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def die(*arguments: Any) -> None:
            if after:
                await tell(*arguments)
            fuse.burnt = True
            raise Crash

        return die

    for place, name in _TELLS:
        monkeypatch.setattr(place, name, torn(getattr(place, name)))


@dataclass
class Lives:
    """One process after the other, heard in one way, on one Redis."""

    way: str
    around: Sandboxes
    redis_url: str
    folder: Path
    clock: ManualClock

    @asynccontextmanager
    async def begin(self, fuse: Fuse) -> AsyncIterator[Process]:
        """Start the next one; at the end it is gone."""
        slack = self.around.slack
        token = {} if self.way == "http" else {"slack_app_token": slack.app_token}
        settings = self.around.settings(self.folder, **token)
        async with AsyncExitStack() as stack:
            (provider,) = providers_of(settings, self.clock).providers.values()
            stack.push_async_callback(provider.close)
            begun = Process.begin(settings, self.redis_url, self.clock, provider, fuse)
            process = await stack.enter_async_context(begun)
            if process.bot.socket_mode is None:
                slack.connect(f"{process.url}/slack/events")
            else:
                await connected(process.bot, slack, stack)
            yield process


@pytest.fixture(params=WAYS)
async def lives(
    request: pytest.FixtureRequest, redis: Redis, redis_server: EmbeddedServer, tmp_path: Path
) -> AsyncIterator[Lives]:
    """Be ready to start processes on an empty server."""
    assert await redis.dbsize() == 0
    clock = ManualClock()
    async with Sandboxes.begin(clock) as around:
        around.slack.dispatcher.answer_seconds = 1.0
        yield Lives(request.param, around, redis_server.url, tmp_path, clock)


@pytest.mark.parametrize("name", MOMENTS)
async def test_the_process_dies(
    lives: Lives, redis: Redis, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What was acknowledged is in Redis; delivered again to the next process it is one order."""
    moment, store, slack = MOMENTS[name], OrderStore(redis, KEYS), lives.around.slack
    ana, fuse = slack.person("ana"), moment.fuse(lives.way)
    async with lives.begin(fuse):
        with monkeypatch.context() as patch:
            if not moment.at_commit:
                tear(patch, fuse, after=moment.acknowledged)
            delivery = await ana.types("/esim buy 1")
        assert delivery.ok is moment.acknowledged
        assert fuse.burnt
        assert len(await store.latest_of(ana.person.id, 10)) == moment.recorded
    async with lives.begin(Fuse()) as process:
        again = await slack.again(delivery)
        assert (again.ok, again.body) == (True, "")
        assert len(await store.latest_of(ana.person.id, 10)) == 1
        await process.work()
        assert len(slack.messages("ops")) == 1


@pytest.mark.parametrize("way", WAYS)
async def test_killed_for_real(
    redis: Redis, redis_server: EmbeddedServer, tmp_path: Path, way: str
) -> None:
    """SIGKILL at the acknowledgement, and at moments before it: nothing acknowledged is lost."""
    slack, telnyx = await SlackSandbox.start(), await TelnyxSandbox.start()
    settings = environment(slack, telnyx, tmp_path) | {"REDIS_URL": redis_server.url}
    settings |= {} if way == "http" else {"SLACK_APP_TOKEN": slack.app_token}
    store, ana = OrderStore(redis, KEYS), slack.person("ana")
    slack.dispatcher.answer_seconds = 1.0
    bot = await BotProcess.start(settings)
    slack.connect(f"{bot.url}/slack/events")
    try:
        for placed, turns in enumerate((None, 1, 40), 1):
            typing = asyncio.create_task(ana.types("/esim buy 1"))
            if turns is None:
                await typing
            for _ in range(turns or 0):
                await asyncio.sleep(0)
            bot.process.kill()
            await bot.process.wait()
            delivery = await typing
            assert turns is not None or delivery.ok
            if delivery.ok:
                assert len(await store.latest_of(ana.person.id, 10)) == placed
            bot = await BotProcess.start(settings)
            slack.connect(f"{bot.url}/slack/events")
            assert (await slack.again(delivery)).ok
            assert len(await store.latest_of(ana.person.id, 10)) == placed
        # Whoever died held a delivery for ten seconds.
        await slack.until(lambda: len(slack.messages("ops")) >= 3, seconds=30)
        assert len(slack.messages("ops")) == 3
    finally:
        await bot.stop()
        await slack.stop()
        await telnyx.stop()
