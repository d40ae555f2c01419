"""The whole life of one order, through crashes and restarts, with the people who act in it."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.providers.base import Provider
from bot.providers.registry import providers_of
from bot.settings import Settings
from bot.store.orders import OrderStore
from bot.store.queues import LEASE
from esim_kiosk import kiosk
from far_side.kiosk_server import KioskServer
from sandbox.slack import SlackSandbox
from sandbox.slack.dispatch.delivery import Delivery
from sandbox.slack.workspace.message import Message
from sandbox.telnyx import TelnyxSandbox
from tests.support.clock import ManualClock
from tests.support.harness.sandboxes import Sandboxes
from tests.support.lives.effects import Crash, Fuse
from tests.support.lives.process import Process
from tests.support.orders import KEYS

RESTARTS = 3
"""Times that the bot is started anew after the crash."""
_ROUNDS = 300
"""Times that work may come due before the order counts as going round in circles."""
_MOVING = {
    OrderState.CHECKING,
    OrderState.APPROVED,
    OrderState.PURCHASING,
    OrderState.IN_DOUBT,
}
"""States that an order must leave by itself."""


@dataclass
class Life:
    """Slack, Telnyx and one order; `redis` is a client of the test's own.

    `answers` are the buttons that an approver clicks, each as soon as it shows.
    """

    slack: SlackSandbox
    telnyx: TelnyxSandbox
    redis: Redis
    redis_url: str
    clock: ManualClock
    settings: Settings
    provider: Provider
    """One client for all processes: it keeps no state, and is slow to make."""
    kiosk: KioskServer
    """Whoever asks `from=kiosk` buys there; at firm prices, and with keys."""
    till: Provider
    """The client of the kiosk."""
    line: str
    answers: list[str]
    _running: AsyncExitStack = field(default_factory=AsyncExitStack)
    _process: Process | None = None

    @classmethod
    @asynccontextmanager
    async def begin(
        cls, redis: Redis, redis_url: str, folder: Path, line: str, *answers: str, **changes: Any
    ) -> AsyncIterator["Life"]:
        """An empty Redis, a new Slack, a new Telnyx; no bot yet."""
        await redis.flushall()
        clock = ManualClock()
        async with Sandboxes.begin(clock) as around, AsyncExitStack() as stack:
            around.telnyx.account.spills = True
            settings = _settings(around, folder, changes)
            (provider,) = providers_of(settings, clock).providers.values()
            stack.push_async_callback(provider.close)
            server = await KioskServer.start()
            stack.push_async_callback(server.stop)
            till = kiosk({"KIOSK_KEY": server.key, "KIOSK_URL": server.url}, clock)
            assert till is not None
            life = cls(
                around.slack,
                around.telnyx,
                redis,
                redis_url,
                clock,
                settings,
                provider,
                server,
                till,
                line,
                list(answers),
            )
            stack.push_async_callback(life.kill)
            yield life

    async def run(self, *fuses: Fuse) -> None:
        """Live it to its end: a process for each fuse, each killed by it or at the end; and more.

        There are three restarts at least.
        """
        more = max(0, RESTARTS + 1 - len(fuses))
        for fuse in (*fuses, *(Fuse() for _ in range(more))):
            await self.restart(fuse)
            with suppress(Crash):
                await self.live()

    async def begin_approved(self) -> None:
        """Start the bot, ask, approve; nothing of the purchase has been done yet."""
        await self.restart(Fuse())
        await self.act()
        await self.settle()
        await self.act()

    async def live(self) -> None:
        """Let bot and people act until nobody has anything to do. Raises Crash."""
        await self.settle()
        while await self.act():
            await self.settle()

    async def restart(self, fuse: Fuse) -> None:
        """Start a process; the lease of the one before has run out. Slack's commands go to it."""
        await self.kill()
        await self.clock.jump(LEASE + 1)
        begun = Process.begin(
            self.settings, self.redis_url, self.clock, self.provider, fuse, self.till
        )
        self._process = await self._running.enter_async_context(begun)
        self.slack.connect(f"{self._process.url}/slack/events")
        await self._process.bot.outcomes.recover()

    async def kill(self) -> None:
        """End the bot as SIGKILL does."""
        self.slack.connect(None)
        await self._running.aclose()
        self._running = AsyncExitStack()

    async def settle(self) -> None:
        """Do what is due and let time go by, until only people can go on. Raises Crash."""
        for _ in range(_ROUNDS):
            await self.process.work()
            due = await self.next_due()
            if due is None:
                return
            await self.clock.jump(max(0.0, due - self.clock.time()))
        raise AssertionError(f"it never comes to rest; Slack shows:\n{self.slack.transcript(None)}")

    @property
    def calls(self) -> list[str]:
        """The reference of each call that reached a provider."""
        tags = [str(entry.body["tags"][-1]) for entry in self.telnyx.ledger.requests]
        return [*tags, *(str(order["reference"]) for order in self.kiosk.received)]

    @property
    def sold(self) -> list[str]:
        """The ICCID of each SIM card that a provider sold."""
        sims = [*self.telnyx.ledger.sims, *self.kiosk.sims]
        return [str(sim["iccid"]) for sim in sims]

    @property
    def process(self) -> Process:
        """The bot that was started last."""
        assert self._process is not None
        return self._process

    async def next_due(self) -> float | None:
        """When the bot must go on, in Unix seconds; None: only people can."""
        order = await self.order()
        moving = order is not None and order.state in _MOVING
        async with self.redis.pipeline(transaction=False) as pipe:
            pipe.zrange(KEYS.deliveries, 0, 0, withscores=True)
            if moving:
                pipe.zrange(KEYS.agenda, 0, 0, withscores=True)
            times = [score / 1000 for pairs in await pipe.execute() for _, score in pairs]
        return min(times, default=None)

    async def order(self) -> Order | None:
        """The one order, as Redis has it."""
        ids = [str(one) for one in await self.redis.zrange(KEYS.orders, 0, -1)]
        assert len(ids) <= 1, "one command made several orders"
        return await self._read(ids[0]) if ids else None

    # What people see and do

    @property
    def card(self) -> Message | None:
        """The order's card, once it is up."""
        return next(iter(self.slack.messages("ops")), None)

    def thread(self) -> list[Message]:
        """What stands under the card."""
        return self.slack.thread(self.card) if self.card else []

    async def act(self) -> bool:
        """Type the command as long as there is no card; then click the next button, if it shows."""
        if self.card is None:
            await self._heard(self.slack.person("ana").types(self.line))
            return True
        answer = await self._next_answer()
        shown = [each for each in (self.card, *self.thread()) if answer in each.buttons()]
        if not shown:
            return False
        await self._heard(self.slack.person("ben").clicks(answer, shown[-1]))
        return True

    async def _next_answer(self) -> str:
        """The button for the decision that has not been taken yet; "" after the last."""
        order = await self.order()
        ben = self.slack.person("ben").id
        taken = sum(entry.by == ben for entry in order.history) if order else 0
        return [*self.answers, ""][min(taken, len(self.answers))]

    async def _heard(self, deed: Awaitable[Delivery]) -> None:
        """Do it, and wait until the bot has carried it out. Raises Crash."""
        fuse = self.process.fuse
        before = fuse.names.count("commit")
        await deed
        await fuse.until(lambda: fuse.names.count("commit") > before)
        await self.process.bot.hearing.finish(5)
        fuse.check()

    async def _read(self, order_id: str) -> Order:
        order = await OrderStore(self.redis, KEYS).load(order_id)
        assert order is not None
        return order


def _settings(around: Sandboxes, folder: Path, changes: dict[str, Any]) -> Settings:
    """The bot's settings: ben approves, #fleet is told."""
    usual: dict[str, Any] = {
        "esim_lookup_delays": (5, 15, 45),
        "esim_approvers": (around.slack.person("ben").id,),
    }
    return around.settings(folder, **(usual | changes))
