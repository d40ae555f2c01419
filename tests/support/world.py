"""The real bot, in this process, between a Slack and a Telnyx on this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from bot.bootstrap import Bot
from bot.errors import StoreUnavailable
from bot.providers.base import Provider
from bot.settings import Settings
from bot.store.connection import connect
from sandbox.celitech import CelitechSandbox
from sandbox.slack import SlackSandbox
from sandbox.slack.workspace.message import Message
from sandbox.telnyx import TelnyxSandbox
from tests.support.clock import ManualClock
from tests.support.harness.running import served
from tests.support.harness.sandboxes import Sandboxes

_SECONDS = 30
"""Seconds of the clock that something may take at most."""
_GRACE = 0.5
"""Seconds that what is under way gets when the bot is stopped."""


@dataclass
class World:
    """Slack, Telnyx, Redis and a bot; `clock` is the time of all of them."""

    slack: SlackSandbox
    telnyx: TelnyxSandbox
    redis_url: str
    clock: ManualClock
    folder: Path
    """Where the bot keeps what Redis can't take."""
    changes: dict[str, Any] = field(default_factory=dict)
    others: dict[str, Provider] = field(default_factory=dict)
    """Providers beside the one of the settings."""
    celitech: CelitechSandbox | None = None
    """The far side of one of them, where a test opened it."""
    bot: Bot | None = None
    url: str = ""
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start_bot(self, **changes: Any) -> None:
        """Start it with these settings changed, and let Slack's commands go to it."""
        self.changes |= changes
        self.bot, self.url = await self._running.enter_async_context(self._a_bot())
        self.slack.connect(f"{self.url}/slack/events")

    async def stop_bot(self) -> None:
        """Stop it as SIGTERM does."""
        self.slack.connect(None)
        await self._running.aclose()
        self._running = AsyncExitStack()

    async def restart_bot(self, **changes: Any) -> None:
        """Stop it and start another one on the same Redis."""
        await self.stop_bot()
        await self.start_bot(**changes)

    def settings(self) -> Settings:
        """The bot's settings: ben and carla approve, #fleet is told."""
        return Sandboxes(self.slack, self.telnyx).settings(self.folder, **self.changes)

    def id(self, name: str) -> str:
        """A person's id."""
        return self.slack.person(name).id

    # What people do

    async def ask(self, line: str, *, who: str = "ana", channel: str = "ops") -> Message:
        """Type a command that makes an order; its card comes back."""
        before = len(self.slack.messages(channel))
        delivery = await self.slack.person(who).types(line, channel=channel)
        assert delivery.ok, delivery
        await self.until(lambda: len(self.slack.messages(channel)) > before, held=True)
        return self.slack.messages(channel)[before]

    async def told(self, line: str, *, who: str = "ana", channel: str = "ops") -> str:
        """Type a command that only this person gets an answer to; the answer comes back."""
        return await self._next_ephemeral(
            who, lambda: self.slack.person(who).types(line, channel=channel)
        )

    async def click(self, label: str, card: Message, who: str = "ben") -> None:
        """Click a button and be acknowledged."""
        delivery = await self.slack.person(who).clicks(label, card)
        assert delivery.ok, delivery

    async def click_told(self, label: str, card: Message, who: str, **how: Any) -> str:
        """Click a button that only brings this person an answer; the answer comes back."""
        return await self._next_ephemeral(
            who, lambda: self.slack.person(who).clicks(label, card, **how)
        )

    async def _next_ephemeral(self, who: str, act: Callable[[], Any]) -> str:
        before = len(self.slack.ephemerals(who))
        delivery = await act()
        assert delivery.ok, delivery
        await self.slack.until(lambda: len(self.slack.ephemerals(who)) > before)
        return self.slack.ephemerals(who)[before].plain()

    # What is seen

    async def until_state(self, card: Message, state: str) -> None:
        """Wait until the card shows this state."""
        await self.until(lambda: self.state(card) == state)

    async def until(self, condition: Callable[[], object], *, held: bool = False) -> None:
        """Wait until it is true; while it is not, let time go by, second by second.

        `held`: the provider holds a purchase, so the work on it does not end by itself.
        """
        assert self.bot is not None
        for _ in range(_SECONDS):
            with suppress(StoreUnavailable):  # a Redis that comes back may need a moment more
                await (self.bot.deliveries.drain() if held else self.up_to_date())
            if condition():
                return
            await self.clock.jump(1)
        raise TimeoutError(f"not within {_SECONDS} s; Slack shows:\n{self.slack.transcript(None)}")

    def state(self, card: Message) -> str:
        """The state that the card shows, by its metadata."""
        return str((card.metadata or {})["event_payload"]["state"])

    def order_id(self, card: Message) -> str:
        """The id of the order whose card this is."""
        return str((card.metadata or {})["event_payload"]["order_id"])

    async def up_to_date(self) -> None:
        """Work off what is due now, on both queues, until nothing is."""
        assert self.bot is not None
        await self.bot.agenda.drain()
        await self.bot.deliveries.drain()

    async def up_to_date_on_slack(self) -> None:
        """Wait until no message is behind, whatever the provider is doing."""
        assert self.bot is not None
        for _ in range(_SECONDS):
            await self.bot.deliveries.drain()
            if not (await self.bot.readiness())["deliveries_behind"]:
                return
            await self.clock.jump(1)

    async def behind(self) -> int:
        """How many orders' messages are behind."""
        assert self.bot is not None
        return await self.bot.behind.size()

    async def until_bought(self, count: int) -> None:
        """Wait until the provider has sold that many, and the bot has written it down."""
        await self.telnyx.until(lambda: len(self.sold()) >= count)
        assert self.bot is not None
        await self.bot.agenda.drain()

    async def pass_time(self, seconds: float) -> None:
        """Finish what is due now, let that much time go by, do what came due in it."""
        await self.up_to_date()
        await self.clock.jump(seconds)
        await self.up_to_date()

    async def until_kept(self, count: int = 1) -> None:
        """Wait until so many answers are kept for people."""
        assert self.bot is not None
        for _ in range(_SECONDS):
            await self.up_to_date()
            if await self.bot.answers.waiting() == count:
                return
            await self.clock.jump(1)
        raise TimeoutError(f"not within {_SECONDS} s: {count} kept answers")

    async def deliver_answers(self) -> None:
        """Let the time come at which kept answers are tried, and try them."""
        assert self.bot is not None
        await self.clock.jump(5)
        await self.bot.answers.deliver_due()

    def thread(self, card: Message) -> str:
        """Everything in the card's thread, as people read it."""
        return "\n\n".join(message.plain() for message in self.slack.thread(card))

    def sold(self) -> list[str]:
        """The ICCIDs that the provider has sold."""
        return [str(sim["iccid"]) for sim in self.telnyx.ledger.sims]

    # How it runs

    @asynccontextmanager
    async def _a_bot(self) -> AsyncIterator[tuple[Bot, str]]:
        async with AsyncExitStack() as stack:
            redis = connect(self.redis_url)
            stack.push_async_callback(redis.aclose)
            began = served(self.settings(), redis, self.clock, others=self.others)
            bot = (running := await stack.enter_async_context(began)).bot
            stack.push_async_callback(bot.presence.leave)
            await bot.delivery.resume()
            stack.push_async_callback(self._working(bot))
            yield bot, running.url
            await bot.hearing.finish(1)

    def _working(self, bot: Bot) -> Callable[[], Any]:
        """Start the workers; what comes back stops them."""
        stopping = asyncio.Event()
        workers = [
            asyncio.create_task(worker.run(stopping, _GRACE))
            for worker in (bot.agenda, bot.deliveries)
        ]

        async def stop() -> None:
            stopping.set()
            await asyncio.gather(*workers)

        return stop

    @classmethod
    @asynccontextmanager
    async def begin(cls, redis_url: str, clock: ManualClock, folder: Path) -> AsyncIterator[Self]:
        """Slack, with just the scopes of the manifest, and Telnyx; no bot yet."""
        async with Sandboxes.begin(clock) as around:
            world = cls(around.slack, around.telnyx, redis_url, clock, folder)
            try:
                yield world
            finally:
                await world.stop_bot()
