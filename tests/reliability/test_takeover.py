"""A worker that stalls past its lease, and two bots at once: one outcome, one message each."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.clock import Fence
from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Outcome
from bot.domain.purchase.sim import Sim
from bot.errors import Conflict
from bot.providers.base import Provider, PurchaseCall
from bot.store.embedded import EmbeddedServer
from bot.store.queues import LEASE
from tests.support.clock import ManualClock
from tests.support.harness.providers import Between
from tests.support.harness.stores import StandInStore
from tests.support.lives.balance import check, no_message_stands_twice
from tests.support.lives.effects import Fuse
from tests.support.lives.life import Life
from tests.support.lives.process import Process
from tests.support.machine import parts
from tests.support.machine.seller import Seller
from tests.support.orders import ANA, KEYS, OPS
from tests.support.requests import a_request

Start = Callable[..., AbstractAsyncContextManager[Process]]


class Stalling(Between):
    """A provider before which a process falls asleep, until it is woken."""

    def __init__(self, provider: Provider) -> None:
        super().__init__(provider)
        self.reached = asyncio.Event()
        self.woken = asyncio.Event()

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Sleep, then send."""
        await self._sleep()
        return await super().purchase(call, fence)

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Look, then sleep: what was seen is old by then."""
        found = await super().find(order_reference, urgent=urgent)
        await self._sleep()
        return found

    async def _sleep(self) -> None:
        self.reached.set()
        await self.woken.wait()


@pytest.fixture
async def life(redis: Redis, redis_server: EmbeddedServer, tmp_path: Path) -> AsyncIterator[Life]:
    """An order that was approved a moment ago, and no bot."""
    begun = Life.begin(redis, redis_server.url, tmp_path, "/esim buy 2", "Approve")
    async with begun as life:
        await life.begin_approved()
        await life.kill()
        yield life


@pytest.fixture
def another(life: Life, redis_server: EmbeddedServer) -> Start:
    """Start a process whose clock stands still: as for one that stalls, its lease runs out."""

    @asynccontextmanager
    async def start(provider: Provider | None = None) -> AsyncIterator[Process]:
        clock = ManualClock(life.clock.now())
        begun = Process.begin(
            life.settings, redis_server.url, clock, provider or life.provider, Fuse()
        )
        async with begun as process:
            yield process

    return start


@asynccontextmanager
async def stalled(process: Process, asleep: Awaitable[object]) -> AsyncIterator[None]:
    """Let it work until it is asleep, do something else, then let it come to its end."""
    work = asyncio.create_task(process.bot.agenda.drain())
    await asleep
    yield
    await work


async def order_of(life: Life) -> Order:
    """The order as Redis has it."""
    order = await life.order()
    assert order is not None
    return order


async def taken_over(life: Life) -> None:
    """The lease has run out, and another process does what it finds."""
    await life.restart(Fuse())
    await life.settle()


async def test_a_late_answer_tells_nothing_new(life: Life, another: Start) -> None:
    """The other process has looked up what was bought: the late answer changes nothing."""
    gate = life.telnyx.faults.hold()
    async with another() as first:
        async with stalled(first, gate.reached()):
            await taken_over(life)
            before = await order_of(life)
            assert before.state is OrderState.PURCHASED
            gate.release()
        assert await order_of(life) == before
    await check(life)


async def test_a_late_answer_is_kept(life: Life, another: Start) -> None:
    """The list hid everything and a person was asked: the SIM cards of the late answer are told."""
    life.telnyx.faults.hide_new_sims(listings=None)
    gate = life.telnyx.faults.hold()
    async with another() as first:
        async with stalled(first, gate.reached()):
            await taken_over(life)
            assert (await order_of(life)).state is OrderState.NEEDS_ATTENTION
            gate.release()
        assert (await order_of(life)).state is OrderState.PURCHASED
        await life.settle()
    await check(life)
    assert all(str(sim["iccid"]) in life.slack.transcript("ops") for sim in life.telnyx.ledger.sims)


async def test_a_late_answer_in_between(life: Life, another: Start) -> None:
    """Some were listed already, the late answer has all: merged, none twice."""
    gate = life.telnyx.faults.hold()
    async with another() as first:
        async with stalled(first, gate.reached()):
            life.telnyx.account.sims[0].hidden_listings = 9
            await taken_over(life)
            gate.release()
        await life.settle()
    iccids = [sim.iccid for sim in (await order_of(life)).sims]
    assert sorted(map(str, iccids)) == sorted(str(sim["iccid"]) for sim in life.telnyx.ledger.sims)
    await check(life)


async def test_a_call_that_is_sent_late(life: Life, another: Start) -> None:
    """It sleeps before it sends, longer than all looks: sent once, told, and bought once."""
    provider = Stalling(life.provider)
    async with another(provider) as first:
        async with stalled(first, provider.reached.wait()):
            await taken_over(life)
            assert (await order_of(life)).state is OrderState.NEEDS_ATTENTION
            assert life.telnyx.ledger.requests == []
            provider.woken.set()
        await life.settle()
    assert len(life.telnyx.ledger.requests) == 1
    await check(life)


async def test_an_old_look_changes_nothing(life: Life, another: Start) -> None:
    """Who slept over a look finds the order further on: nothing of it is written."""
    life.telnyx.faults.close(after_selling=True)
    life.telnyx.faults.hide_new_sims(listings=1)
    async with another() as first:
        await first.bot.agenda.drain()
    await life.clock.jump(5)
    provider = Stalling(life.provider)
    async with another(provider) as second:
        async with stalled(second, provider.reached.wait()):
            await taken_over(life)
            before = await order_of(life)
            assert before.state is OrderState.PURCHASED
            provider.woken.set()
        assert await order_of(life) == before
    await check(life)


async def test_a_message_begun_by_a_stalled_process(life: Life, another: Start) -> None:
    """Two processes deliver the same order at once: each message stands once."""
    async with another() as first, another() as second:
        await first.bot.agenda.drain()
        for _ in range(20):
            await asyncio.gather(first.bot.deliveries.drain(), second.bot.deliveries.drain())
    await life.clock.jump(LEASE)
    await taken_over(life)
    await check(life)


class BothLoaded(StandInStore):
    """The store of two processes, each of which goes on only when the other has read the same."""

    both: asyncio.Barrier

    async def read(self, order_id: str, order: Order | None) -> Order | None:
        """Wait for the other one."""
        del order_id
        await self.both.wait()
        return order


async def test_two_processes_at_once(redis: Redis, clock: ManualClock, tmp_path: Path) -> None:
    """Both have read the approved order before either commits a call: one of them sends it."""
    seller, usual, racing = Seller(clock.now), parts.Parts(), parts.Parts(store=BothLoaded)
    BothLoaded.both = asyncio.Barrier(2)
    asked = parts.Process.of(usual, redis, seller, clock, tmp_path)
    request = a_request(2)
    order = await asked.orders.place(request, requester=ANA, channel=OPS, trigger="")
    await asked.orders.approve(order.id, by=parts.CARLA, trigger="")
    racers = [parts.Process.of(racing, redis, seller, clock, tmp_path) for _ in range(2)]
    steps = [racer.engine.step(order.id) for racer in racers]
    ends = await asyncio.gather(*steps, return_exceptions=True)
    assert {type(end) for end in ends} == {type(None), Conflict}
    assert [send.reference for send in seller.sends] == [f"esim-{order.id}-1"]
    bought = await asked.store.load(order.id)
    assert bought is not None
    assert (bought.state, len(bought.sims)) == (OrderState.PURCHASED, 2)


async def test_two_bots_at_once(redis: Redis, redis_server: EmbeddedServer, tmp_path: Path) -> None:
    """Eight orders, some answers lost, two bots: bought once each, every message once."""
    async with Life.begin(redis, redis_server.url, tmp_path, "", "") as life:
        one = Process.begin(life.settings, redis_server.url, life.clock, life.provider, Fuse())
        two = Process.begin(life.settings, redis_server.url, life.clock, life.provider, Fuse())
        async with one as first, two as second:
            for number in range(8):
                life.slack.connect(f"{(first, second)[number % 2].url}/slack/events")
                await life.slack.person("ana").types(f"/esim buy {1 + number % 3}")
            await both(life, first, second)
            cards = life.slack.messages("ops")
            assert len(cards) == 8
            for _ in range(4):
                life.telnyx.faults.close(after_selling=True)
            for card in cards:
                await life.slack.person("ben").clicks("Approve", card)
            await both(life, first, second)
        assert {
            str(card.metadata["event_payload"]["state"]) for card in cards if card.metadata
        } == {"purchased"}
        tags = Counter(str(entry.body["tags"][-1]) for entry in life.telnyx.ledger.requests)
        assert set(tags.values()) == {1}
        assert len(tags) == 8
        assert len(life.telnyx.ledger.sims) == sum(1 + number % 3 for number in range(8))
        no_message_stands_twice(life.slack)


async def both(life: Life, *processes: Process) -> None:
    """Let them work side by side until nothing is due for a while."""
    for process in processes:
        await process.bot.hearing.finish(5)
    for _ in range(40):
        await asyncio.gather(*(process.work() for process in processes))
        await life.clock.jump(1)
    assert await behind(life) == 0


async def behind(life: Life) -> int:
    """How many orders' messages are behind."""
    return int(await life.redis.zcard(KEYS.deliveries))
