"""An approval begins the first call itself, and an outcome the next one: when, and when not."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.clock import Deadline, Fence
from bot.domain.events import OrderState, Reason
from bot.domain.order import Order
from bot.domain.purchase.attempt import AttemptOutcome
from bot.domain.purchase.outcome import Outcome
from bot.errors import DuplicateDelivery, NotRecorded, ServerUnproven, StoreUnavailable
from bot.providers.base import PurchaseCall
from bot.store.connection import connect, milliseconds
from bot.store.orders import Change, OrderStore
from bot.store.queues import LEASE
from tests.integration.store.samples import commit, life, member, scores
from tests.support.clock import ManualClock
from tests.support.harness.parts import Parts
from tests.support.harness.providers import Between
from tests.support.harness.stores import StandInStore
from tests.support.machine.parts import CARLA, Process
from tests.support.machine.seller import Seller, Way
from tests.support.orders import KEYS, ORDER_ID

PLACED, APPROVED, *_ = life()
Working = Callable[[Parts], AbstractAsyncContextManager[Process]]


class Full(Between):
    """A provider without a free place, or one for which others wait."""

    is_full = True

    @property
    def has_place(self) -> bool:
        """Whether there is one."""
        return not self.is_full

    @property
    def is_waited_for(self) -> bool:
        """Others always wait."""
        return True


class Held(Between):
    """A provider that answers only when it is let go."""

    def __init__(self, provider: Seller) -> None:
        super().__init__(provider)
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Answer late."""
        outcome = await super().purchase(call, fence)
        self.asked.set()
        await self.may_answer.wait()
        return outcome


class Commits(StandInStore):
    """Notes the steps of each commit; some may wait for other processes, or be forgetful."""

    unproven = False
    remembers = True

    def __init__(self, *rest: object, **named: object) -> None:
        super().__init__(*rest, **named)  # type: ignore[arg-type]
        self.steps: list[list[str]] = []

    async def before(self, changes: Sequence[Change]) -> None:
        """Nothing may be sent while the server is not trusted."""
        if self.unproven and changes[0].sends:
            raise ServerUnproven(5)

    async def after(self, changes: Sequence[Change], *, remembers: bool) -> bool:
        """Note it."""
        del remembers
        (change,) = changes
        entries = change.order.history[change.version_before :]
        self.steps.append([str(entry.event) for entry in entries])
        return self.remembers


@pytest.fixture
def seller(clock: ManualClock) -> Seller:
    """A provider that does what it is told to."""
    return Seller(clock.now)


@pytest.fixture
async def working(redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller) -> Working:
    """Make bots whose agenda is worked on; an order waits for approval, in calls of two."""
    await commit(OrderStore(redis, KEYS), [PLACED])

    @asynccontextmanager
    async def make(parts: Parts) -> AsyncIterator[Process]:
        bot = Process.of(parts, redis, seller, clock, tmp_path)
        work = asyncio.create_task(bot.worker.run(bot.stopping, grace=1))
        await clock.until_asleep()
        yield bot
        bot.stopping.set()
        await work

    return make


async def approve(bot: Process, trigger: str = "click") -> Order:
    """Somebody approves, and what that began has come to its end."""
    order = await bot.orders.approve(ORDER_ID, by=CARLA, trigger=trigger)
    await idle(bot)
    return order


async def idle(bot: Process) -> None:
    """Wait until what was begun has come to its end."""
    while bot.worker.work:  # noqa: ASYNC110 - a worker sets no event
        await asyncio.sleep(0)


async def order_on(redis: Redis) -> Order:
    """The order as Redis has it."""
    order = await OrderStore(redis, KEYS).load(ORDER_ID)
    assert order is not None
    return order


async def test_approval_and_first_attempt_are_one_commit(
    redis: Redis, seller: Seller, working: Working
) -> None:
    """So are an outcome and the next attempt; the last outcome stands alone."""
    async with working(Parts(store=Commits)) as bot:
        begun = await approve(bot)
        assert isinstance(bot.store, Commits)
        assert bot.store.steps == [
            ["approved", "attempt_started"],
            ["attempt_bought", "attempt_started"],
            ["attempt_bought"],
        ]
    assert begun.attempt_is_open
    assert (await order_on(redis)).state is OrderState.PURCHASED
    assert [send.quantity for send in seller.sends] == [2, 1]


async def test_the_claim_is_kept_while_the_call_is_under_way(
    redis: Redis, clock: ManualClock, seller: Seller, working: Working
) -> None:
    """However slow the provider is, no other process takes the order for a lost one."""
    held = Held(seller)
    async with working(Parts(provider=lambda _: held)) as bot:
        begun = await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click")
        await held.asked.wait()
        assert begun.due_at is not None
        for _ in range(4):
            await clock.until_asleep(2)
            await clock.advance(LEASE / 3 + 0.01)
            await asyncio.sleep(0.05)
        lease = milliseconds(clock.now() + timedelta(seconds=LEASE / 2))
        assert (await scores(redis, KEYS.agenda))[member()] >= lease
        held.may_answer.set()
        await idle(bot)
    assert (await order_on(redis)).state is OrderState.PURCHASED


async def test_nobody_works(
    redis: Redis, seller: Seller, clock: ManualClock, tmp_path: Path
) -> None:
    """A process that makes no purchases only approves: whoever finds it in the queue goes on."""
    await commit(OrderStore(redis, KEYS), [PLACED])
    bot = Process.of(Parts(), redis, seller, clock, tmp_path)
    order = await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click")
    assert (order.state, order.attempts, seller.sends) == (OrderState.APPROVED, (), [])


async def test_no_place_is_free(redis: Redis, seller: Seller, working: Working) -> None:
    """Nobody who clicks waits for a place: the approval is recorded, and the engine waits."""
    full = Full(seller)
    async with working(Parts(provider=lambda _: full)) as bot:
        order = await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click")
        assert (order.state, order.attempts) == (OrderState.APPROVED, ())
    del redis


async def test_the_bot_stops(redis: Redis, seller: Seller, working: Working) -> None:
    """What is approved then is bought by others, or after the restart."""
    async with working(Parts()) as bot:
        bot.stopping.set()
        order = await approve(bot)
    assert (order.state, seller.sends) == (OrderState.APPROVED, [])
    assert await order_on(redis) == order


async def test_the_bot_stops_while_the_approval_is_recorded(
    redis: Redis, seller: Seller, working: Working
) -> None:
    """Nothing is sent then, and nobody has to doubt it: it is bought later, like any other."""

    class Stopping(StandInStore):
        async def after(self, changes: Sequence[Change], *, remembers: bool) -> bool:
            """Be told to stop before the answer is there."""
            if changes[0].sends:
                bot.stopping.set()
            return remembers

    async with working(Parts(store=Stopping)) as bot:
        await approve(bot)
    order = await order_on(redis)
    assert (order.state, seller.sends) == (OrderState.PURCHASING, [])
    assert [attempt.outcome for attempt in order.attempts] == [AttemptOutcome.NOT_SENT]


async def test_the_server_is_not_trusted_yet(
    redis: Redis, seller: Seller, working: Working
) -> None:
    """The approval does not wait for the other processes; the call does."""
    async with working(Parts(store=Commits)) as bot:
        assert isinstance(bot.store, Commits)
        bot.store.unproven = True
        order = await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click")
        assert (order.state, order.attempts) == (OrderState.APPROVED, ())
        assert bot.store.steps[0] == ["approved"]
    assert seller.sends == []
    assert (await order_on(redis)).attempts == ()


async def test_an_outcome_does_not_wait_for_the_next_call(
    redis: Redis, seller: Seller, working: Working
) -> None:
    """When the server is not trusted any more, what was bought is recorded alone, at once."""
    held = Held(seller)
    async with working(Parts(store=Commits, provider=lambda _: held)) as bot:
        assert isinstance(bot.store, Commits)
        await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click")
        await held.asked.wait()
        bot.store.unproven = True
        held.may_answer.set()
        while len(bot.store.steps) < 2:  # noqa: ASYNC110 - a store sets no event
            await asyncio.sleep(0)
        assert bot.store.steps[1] == ["attempt_bought"]
    assert len(seller.sends) == 1
    assert len((await order_on(redis)).sims) == 2


async def test_a_call_may_have_been_forgotten(
    redis: Redis, seller: Seller, working: Working
) -> None:
    """The attempt is recorded, and never sent: it is looked up."""
    async with working(Parts(store=Commits)) as bot:
        assert isinstance(bot.store, Commits)
        bot.store.remembers = False
        await approve(bot)
    order = await order_on(redis)
    assert (order.state, seller.sends) == (OrderState.IN_DOUBT, [])
    assert order.attempts[0].why == Reason.FORGETFUL


async def test_a_click_is_delivered_twice(seller: Seller, working: Working) -> None:
    """The second one changes nothing, and nothing is sent by it."""
    async with working(Parts()) as bot:
        await approve(bot)
        with pytest.raises(DuplicateDelivery):
            await approve(bot)
    assert len(seller.sends) == 2


async def test_others_wait_for_a_place(redis: Redis, seller: Seller, working: Working) -> None:
    """A large order gives its place up between two calls when somebody waits for one."""
    full = Full(seller)
    full.is_full = False
    async with working(Parts(store=Commits, provider=lambda _: full)) as bot:
        await approve(bot)
        assert isinstance(bot.store, Commits)
        assert bot.store.steps[:2] == [["approved", "attempt_started"], ["attempt_bought"]]
    assert len((await order_on(redis)).attempts) >= 1


async def test_the_bot_stops_between_two_calls(
    redis: Redis, seller: Seller, working: Working
) -> None:
    """The call that is under way comes to its end; no other one begins."""
    held = Held(seller)
    async with working(Parts(provider=lambda _: held)) as bot:
        await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click")
        await held.asked.wait()
        bot.stopping.set()
        held.may_answer.set()
    order = await order_on(redis)
    assert (order.state, len(order.sims)) == (OrderState.PURCHASING, 2)
    assert (len(order.attempts), len(seller.sends)) == (1, 1)


@pytest.mark.parametrize("way", [Way.TURNED_AWAY, Way.NOT_SENT])
async def test_a_call_that_was_not_taken(
    redis: Redis, seller: Seller, working: Working, way: Way
) -> None:
    """Its repeat has its time, and a look before it where it needs one: it does not follow."""
    seller.ways.append(way)
    async with working(Parts()) as bot:
        await approve(bot)
    order = await order_on(redis)
    assert [attempt.outcome for attempt in order.attempts] == [AttemptOutcome.NOT_SENT]


class Counted(Between):
    """A provider that notes how many places are held while it is asked."""

    held = 0

    def __init__(self, provider: Seller) -> None:
        super().__init__(provider)
        self.during: list[int] = []

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Count it."""
        self.held += 1
        try:
            yield
        finally:
            self.held -= 1

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Note it."""
        self.during.append(self.held)
        return await super().purchase(call, fence)


async def test_a_place_is_held_for_every_call(seller: Seller, working: Working) -> None:
    """One for all calls that follow each other, and it is given back at the end."""
    counted = Counted(seller)
    async with working(Parts(provider=lambda _: counted)) as bot:
        await approve(bot)
    assert (counted.during, counted.held) == ([1, 1], 0)


async def test_the_bot_stops_while_its_worker_still_works(
    redis: Redis, clock: ManualClock, seller: Seller, tmp_path: Path
) -> None:
    """Nothing begins any more, though there would be room for it."""
    await commit(OrderStore(redis, KEYS), [PLACED])
    bot, never = Process.of(Parts(), redis, seller, clock, tmp_path), asyncio.Event()
    work = asyncio.create_task(bot.worker.run(never, grace=1))
    await clock.until_asleep()
    bot.stopping.set()
    order = await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click")
    never.set()
    await work
    assert (order.state, order.attempts, seller.sends) == (OrderState.APPROVED, (), [])


async def test_a_server_that_nobody_has_compared(
    redis: Redis, clock: ManualClock, seller: Seller, working: Working
) -> None:
    """Whoever clicks does not wait for the other processes: the approval is recorded alone."""
    async with working(Parts(store=Commits)) as bot:
        await redis.hset(KEYS.server, "trusted", "another")
        within = Deadline(clock, 2)
        order = await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click", within=within)
        assert isinstance(bot.store, Commits)
        assert (order.state, bot.store.steps[0]) == (OrderState.APPROVED, ["approved"])
    assert seller.sends == []


async def test_an_order_that_cannot_be_read_in_time(
    clock: ManualClock, seller: Seller, tmp_path: Path
) -> None:
    """Whoever waits is told for certain that nothing was recorded; nobody else is told that."""
    async with connect(f"unix://{tmp_path}/nobody.sock") as nowhere:
        bot = Process.of(Parts(), nowhere, seller, clock, tmp_path)
        with pytest.raises(NotRecorded):
            await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click", within=Deadline(clock, 2))
        with pytest.raises(StoreUnavailable):
            await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click")
