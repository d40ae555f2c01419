"""A real process that is frozen after it wrote a call down: it thaws, and sends nothing."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer
from sandbox.demo.bot_process import BotProcess
from sandbox.demo.stage import environment
from sandbox.slack import SlackSandbox
from sandbox.slack.workspace.message import Message
from sandbox.telnyx import TelnyxSandbox
from tests.support.harness.sandboxes import Sandboxes

_QUICK = {"ESIM_LOOKUP_DELAYS": "0.1,0.1,0.1"}
_LONG = 90.0
"""Seconds; it takes about 15, most of it the lease of the call (10 s)."""
_SLOW_DISK = (
    "import os, pathlib, time; sync = os.fdatasync\n"
    "def slow(file): pathlib.Path(os.environ['SLOW']).touch(); time.sleep(1); sync(file)\n"
    "os.fdatasync = slow"
)
"""Between commit and call the bot writes down what it saw: time enough to stop it there."""
CLOSE = "Close as not bought"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """A Redis that no other test uses."""
    server = EmbeddedServer.start(tmp_path / "redis")
    yield server
    server.stop()


@pytest.fixture
async def stage(server: EmbeddedServer, tmp_path: Path) -> AsyncIterator["Stage"]:
    """Slack, Telnyx and Redis; no bot yet."""
    async with AsyncExitStack() as stack:
        around = await stack.enter_async_context(Sandboxes.begin())
        redis = connect(server.url)
        stack.push_async_callback(redis.aclose)
        yield Stage(around.slack, around.telnyx, redis, tmp_path, server.url)


class Stage:
    """Everything but the bots."""

    def __init__(
        self,
        slack: SlackSandbox,
        telnyx: TelnyxSandbox,
        redis: Redis,
        folder: Path,
        redis_url: str,
    ) -> None:
        self.slack, self.telnyx, self.redis = slack, telnyx, redis
        self._folder, self._redis_url = folder, redis_url

    @asynccontextmanager
    async def bot(self, name: str, **more: str) -> AsyncIterator[BotProcess]:
        """A bot that hears Slack from now on; `more`: what else is in its environment."""
        usual = environment(self.slack, self.telnyx, self._folder / name)
        bot = await BotProcess.start(usual | _QUICK | {"REDIS_URL": self._redis_url} | more)
        self.slack.connect(f"{bot.url}/slack/events")
        try:
            yield bot
        finally:
            await bot.stop()

    @asynccontextmanager
    async def being_approved(self) -> AsyncIterator[Message]:
        """The card of an order while somebody waits for the answer to their approval."""
        await self.slack.person("ana").types("/esim buy 2")
        await self.slack.until(lambda: self.slack.messages("ops"), seconds=_LONG)
        (card,) = self.slack.messages("ops")
        clicking = asyncio.create_task(self.slack.person("ben").clicks("Approve", card))
        yield card
        await clicking

    async def closed_by_a_person(self, card: Message) -> None:
        """Wait until a person is asked; they close it as not bought."""
        await self.slack.until(lambda: self._with_button(card, CLOSE), seconds=_LONG)
        await self.slack.person("ben").clicks(CLOSE, self._with_button(card, CLOSE)[-1])
        await self.until(lambda events: "closed" in events)

    async def until(self, condition: Callable[[list[str]], bool]) -> None:
        """Wait until the steps of the order are like that."""
        async with asyncio.timeout(_LONG):
            while not condition(await self.events()):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.02)

    async def until_there_is(self, sign: Path) -> None:
        """Wait until a bot has the answer to its commit, and writes down what it saw."""
        async with asyncio.timeout(_LONG):
            while not sign.exists():  # noqa: ASYNC110, ASYNC240 - another process
                await asyncio.sleep(0.02)

    async def events(self) -> list[str]:
        """All steps of the one order, oldest first."""
        keys = [str(key) async for key in self.redis.scan_iter(match="esim:*:audit")]
        lines: Any = [await self.redis.xrange(key) for key in keys]
        texts = [fields["entry"] for each in lines for _, fields in each]
        return [text.split('"event":"')[1].split('"')[0] for text in texts]

    def _with_button(self, card: Message, label: str) -> list[Message]:
        return [each for each in (card, *self.slack.thread(card)) if label in each.buttons()]


@pytest.mark.timeout(180)  # usually 15 s, on the real clock
async def test_a_process_frozen_between_commit_and_call(stage: Stage, tmp_path: Path) -> None:
    """The other one looks, a person closes the order; the frozen one thaws and sends nothing."""
    (tmp_path / "sitecustomize.py").write_text(_SLOW_DISK)
    sign = tmp_path / "writing"
    more = {"PYTHONPATH": str(tmp_path), "SLOW": str(sign)}
    async with stage.bot("first", **more) as first, stage.being_approved() as card:
        await stage.until(lambda events: "attempt_started" in events)
        await stage.until_there_is(sign)
        first.process.send_signal(signal.SIGSTOP)
        try:
            async with stage.bot("second"):
                await stage.closed_by_a_person(card)
                first.process.send_signal(signal.SIGCONT)
                await stage.until(lambda events: events[-1] != "closed")
        finally:
            first.process.send_signal(signal.SIGCONT)
    assert stage.telnyx.ledger.requests == []
    assert (await stage.events()).count("attempt_started") == 1
