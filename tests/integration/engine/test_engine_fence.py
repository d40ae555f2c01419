"""Before a call goes out: a place, the commit, and time left; else nothing is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from redis.asyncio import Redis

from bot.clock import Fence
from bot.domain.events import OrderState, Reason
from bot.domain.order import Order
from bot.domain.purchase.attempt import AttemptOutcome
from bot.domain.purchase.outcome import Outcome
from bot.domain.thing import Thing
from bot.errors import Conflict, ServerUnproven, StoreUnavailable
from bot.providers.base import PurchaseCall
from bot.store.connection import connect, milliseconds
from bot.store.orders import Change, OrderStore
from bot.store.queues import LEASE
from tests.integration.store.samples import commit, life
from tests.support.clock import ManualClock
from tests.support.harness.providers import Between
from tests.support.harness.stores import StandInStore
from tests.support.machine.parts import CARLA, Parts, Process
from tests.support.machine.seller import Listing, Seller, Way
from tests.support.orders import KEYS, ORDER_ID
from tests.support.wire import Wire

PLACED, APPROVED, *_ = life()
Make = Callable[[Parts], Process]


class Crowded(Between):
    """A provider whose places are all taken until one is let go."""

    def __init__(self, seller: Seller) -> None:
        super().__init__(seller)
        self.free = asyncio.Event()
        self.waiting = asyncio.Event()
        self.held = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place."""
        self.waiting.set()
        await self.free.wait()
        self.held += 1
        try:
            yield
        finally:
            self.held -= 1


class Slow(StandInStore):
    """A store whose commits take longer than a lease, as for a process that is frozen."""

    clock: ManualClock

    async def after(self, changes: Sequence[Change], *, remembers: bool) -> bool:
        """When a call is committed, much time has passed."""
        if changes[0].sends:
            await self.clock.jump(LEASE)
        return remembers


class Cut(StandInStore):
    """A store on a wire that is cut as soon as a certain call is about to be committed."""

    wire: Wire
    call = 1
    """Its number."""

    async def before(self, changes: Sequence[Change]) -> None:
        """Let the answers to its commit get lost."""
        is_it = changes[0].sends and len(changes[0].order.attempts) == self.call
        self.wire.cut = self.wire.cut or is_it


class NeverAsked(Between):
    """A provider that is not even asked when it is too late."""

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Raises AssertionError."""
        raise AssertionError(call, fence)


class Unproven(StandInStore):
    """A server that is not vouched for yet."""

    async def before(self, changes: Sequence[Change]) -> None:
        """Take everything but calls."""
        if changes[0].sends:
            raise ServerUnproven(40)


class Forgetful(StandInStore):
    """A server that may have forgotten a call, until a look speaks for it."""

    believed = False

    async def after(self, changes: Sequence[Change], *, remembers: bool) -> bool:
        """A call is forgetful unless the server is believed."""
        del remembers
        self.believed = self.believed or changes[0].looked
        return self.believed


@pytest.fixture
def seller(clock: ManualClock) -> Seller:
    """A provider that does what it is told to."""
    return Seller(clock.now)


@pytest.fixture
async def make(redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller) -> Make:
    """Make bots; there is an order that was approved."""
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED])
    await clock.jump(60)
    return lambda parts: Process.of(parts, redis, seller, clock, tmp_path)


async def order_on(redis: Redis) -> Order:
    """The order as Redis has it."""
    order = await OrderStore(redis, KEYS).load(ORDER_ID)
    assert order is not None
    return order


async def test_a_place_is_got_before_the_attempt_is_committed(
    redis: Redis, seller: Seller, make: Make
) -> None:
    """However long it takes, nothing is written down that is not about to be sent."""
    crowd = Crowded(seller)
    step = asyncio.create_task(make(Parts(provider=lambda _: crowd)).engine.step(ORDER_ID))
    await crowd.waiting.wait()
    assert await order_on(redis) == APPROVED
    crowd.free.set()
    await step
    assert [send.quantity for send in seller.sends] == [2, 1]
    assert crowd.held == 0


async def test_nothing_begins_after_the_bot_was_told_to_stop(
    redis: Redis, seller: Seller, make: Make
) -> None:
    """Whoever waits for a place goes without, at once, and leaves the order as it was."""
    crowd = Crowded(seller)
    bot = make(Parts(provider=lambda _: crowd))
    step = asyncio.create_task(bot.engine.step(ORDER_ID))
    await crowd.waiting.wait()
    bot.stopping.set()
    await step
    crowd.free.set()
    await bot.engine.step(ORDER_ID)
    assert (await order_on(redis), seller.sends, crowd.held) == (APPROVED, [], 0)


async def test_cancelled_while_it_waits_for_a_place(
    redis: Redis, seller: Seller, make: Make
) -> None:
    """The place is not held by nobody afterwards."""
    crowd = Crowded(seller)
    step = asyncio.create_task(make(Parts(provider=lambda _: crowd)).engine.step(ORDER_ID))
    await crowd.waiting.wait()
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step
    crowd.free.set()
    assert (await order_on(redis), seller.sends, crowd.held) == (APPROVED, [], 0)


async def test_no_place_can_be_had(redis: Redis, seller: Seller, make: Make) -> None:
    """Whatever keeps it from getting one is told, and nothing has begun."""

    class Broken(Between):
        def place(self) -> AbstractAsyncContextManager[None]:
            raise OSError("no sockets")

    with pytest.raises(OSError, match="no sockets"):
        await make(Parts(provider=Broken)).engine.step(ORDER_ID)
    assert (await order_on(redis), seller.sends) == (APPROVED, [])


async def test_frozen_between_the_commit_and_the_call(
    redis: Redis, clock: ManualClock, seller: Seller, make: Make
) -> None:
    """Its lease may have run out: it is not sent, and tried again soon."""
    bot = make(Parts(store=Slow, provider=NeverAsked))
    cast("Slow", bot.store).clock = clock
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert seller.sends == []
    assert (order.state, order.attempts[0].why) == (OrderState.PURCHASING, Reason.FROZEN)
    assert (order.attempts[0].too_late, order.not_sent_in_a_row) == (True, 0)


async def test_frozen_until_others_have_decided(
    redis: Redis, clock: ManualClock, seller: Seller, make: Make
) -> None:
    """Doubted, looked at and closed by others meanwhile: it wakes, and nothing is sent."""
    bot, other = make(Parts()), make(Parts())
    held = asyncio.Event()
    save = bot.store.save

    async def frozen(*changes: object, **options: object) -> bool:
        saved = await save(*changes, **options)  # type: ignore[arg-type]
        await held.wait()
        return saved

    bot.store.save = frozen  # type: ignore[method-assign]
    step = asyncio.create_task(bot.engine.step(ORDER_ID))
    while not (await order_on(redis)).attempts:  # noqa: ASYNC110 - Redis sets no event
        await asyncio.sleep(0.005)
    bot.store.save = save  # type: ignore[method-assign]
    for _ in range(4):
        await clock.jump(95)
        await other.engine.step(ORDER_ID)
    await other.orders.close(ORDER_ID, by=CARLA, trigger="t")
    held.set()
    await step
    order = await order_on(redis)
    assert (order.state, seller.sends) == (OrderState.REFUSED, [])
    assert order.attempts[0].outcome is AttemptOutcome.NOT_SENT


@pytest.fixture
async def wire(redis: Redis) -> AsyncIterator[Wire]:
    """Stretch a wire to the server."""
    async with Wire.to(Path(redis.connection_pool.connection_kwargs["path"])) as wire:
        yield wire


@pytest.fixture
async def begun(clock: ManualClock, make: Make, wire: Wire) -> AsyncIterator[asyncio.Task[None]]:
    """Begin a step whose attempt Redis has, while its answer got lost."""
    async with connect(wire.url) as remote:
        bot = make(Parts(store=lambda _, *rest, **named: Cut(remote, *rest, **named)))
        cast("Cut", bot.store).wire = wire
        task = asyncio.create_task(bot.engine.step(ORDER_ID))
        await clock.until_asleep()
        yield task


async def test_the_answer_to_the_commit_is_lost(
    redis: Redis, clock: ManualClock, seller: Seller, wire: Wire, begun: asyncio.Task[None]
) -> None:
    """The same commit is asked for again while there is time: known to be written, it is sent."""
    assert (await order_on(redis)).attempt_is_open
    assert seller.sends == []
    wire.cut = False
    await clock.advance(1)
    await begun
    assert (await order_on(redis)).state is OrderState.PURCHASED
    assert [send.quantity for send in seller.sends] == [2, 1]


async def test_the_answer_to_the_commit_of_an_outcome_is_lost(
    redis: Redis, clock: ManualClock, seller: Seller, make: Make, wire: Wire
) -> None:
    """The next attempt was in it, and is withdrawn: never sent, it can be made anew at once."""
    async with connect(wire.url) as remote:
        bot = make(Parts(store=lambda _, *rest, **named: Cut(remote, *rest, **named)))
        cut = cast("Cut", bot.store)
        cut.wire, cut.call = wire, 2
        task = asyncio.create_task(bot.engine.step(ORDER_ID))
        await clock.until_asleep()
        assert (await order_on(redis)).attempt_is_open
        wire.cut, cut.call = False, 0
        await clock.advance(1)
        await task
        order = await order_on(redis)
        assert [attempt.outcome for attempt in order.attempts] == ["bought", "not_sent"]
        assert order.attempts[1].too_late
        assert len(seller.sends) == 1
        await clock.jump(60)
        await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.state, len(order.sims)) == (OrderState.PURCHASED, 3)
    assert [send.reference[-1] for send in seller.sends] == ["1", "3"]


async def test_the_answer_to_the_commit_stays_lost(
    redis: Redis, clock: ManualClock, seller: Seller, begun: asyncio.Task[None]
) -> None:
    """When the fence is about to close it is given up, and nothing was sent."""
    while not begun.done():
        await clock.advance(1)
        await asyncio.sleep(0.005)
    with pytest.raises(StoreUnavailable):
        begun.result()
    assert (await order_on(redis)).attempt_is_open
    assert seller.sends == []


async def test_somebody_decides_while_the_answer_is_lost(
    redis: Redis, clock: ManualClock, seller: Seller, wire: Wire, begun: asyncio.Task[None]
) -> None:
    """The commit that was written is not the last one any more: nothing is sent."""
    order = await order_on(redis)
    await OrderStore(redis, KEYS).save(order.doubt("frozen", clock.now()), order, clock.now())
    wire.cut = False
    await clock.advance(1)
    with pytest.raises(Conflict):
        await begun
    assert seller.sends == []


async def test_a_server_that_is_not_vouched_for(
    redis: Redis, clock: ManualClock, seller: Seller, make: Make
) -> None:
    """Nothing is written or sent; the order comes due when the server may be believed."""
    bot = make(Parts(store=Unproven))
    await bot.engine.step(ORDER_ID)
    assert (await order_on(redis), seller.sends) == (APPROVED, [])
    due = clock.now() + timedelta(seconds=40)
    before = str(milliseconds(due - timedelta(seconds=1)))
    assert (await bot.agenda.claim(before, LEASE, 1)).things == []
    assert (await bot.agenda.claim(str(milliseconds(due)), LEASE, 1)).things == [
        Thing.order(ORDER_ID)
    ]


async def test_a_forgetful_server_is_believed_after_a_look_and_a_decision(
    redis: Redis, clock: ManualClock, seller: Seller, make: Make
) -> None:
    """The call is looked up and not sent; *Buy again* sends it and those that follow."""
    bot = make(Parts(store=Forgetful))
    await bot.engine.step(ORDER_ID)
    assert (await order_on(redis)).attempts[0].why == Reason.FORGETFUL
    for _ in range(3):
        await clock.jump(95)
        await bot.engine.step(ORDER_ID)
    assert (await order_on(redis)).state is OrderState.NEEDS_ATTENTION
    await bot.orders.buy_again(ORDER_ID, by=CARLA, trigger="t")
    for _ in range(2):
        await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.state, len(seller.sends)) == (OrderState.PURCHASED, 2)


async def test_a_look_that_finds_a_forgotten_call_speaks_for_no_other(
    redis: Redis, clock: ManualClock, seller: Seller, make: Make
) -> None:
    """One forgotten call is found; the next may be forgotten too, so it is looked up again."""
    bot = make(Parts(store=Forgetful))
    await bot.engine.step(ORDER_ID)
    seller.sell_unasked(f"esim-{ORDER_ID}-1", 2)
    await clock.jump(11)
    await bot.engine.step(ORDER_ID)
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.state, seller.sends) == (OrderState.IN_DOUBT, [])
    assert [attempt.outcome for attempt in order.attempts] == ["bought", "unknown"]


@pytest.mark.parametrize("way", [Way.TURNED_AWAY, Way.SOLD_ALL_THE_SAME])
async def test_a_call_that_was_turned_away_is_looked_up_before_the_repeat(
    redis: Redis, clock: ManualClock, seller: Seller, make: Make, way: Way
) -> None:
    """What shows ends the repeat; else the look and the new call are one commit."""
    bot = make(Parts())
    seller.ways.append(way)
    await bot.engine.step(ORDER_ID)
    await clock.jump(60)
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    again = [2, 1] if way is Way.TURNED_AWAY else [1]
    assert [send.quantity for send in seller.sends] == [2, *again]
    if way is Way.TURNED_AWAY:
        assert [each.event for each in order.history[-5:-3]] == ["looked_up", "attempt_started"]


async def test_a_call_that_was_turned_away_is_not_repeated_without_a_look(
    redis: Redis, clock: ManualClock, seller: Seller, make: Make
) -> None:
    """A list that can't be had is no evidence: first a later look, then a person."""
    bot = make(Parts())
    seller.ways.append(Way.TURNED_AWAY)
    seller.listing = Listing.FAILS
    for _ in range(4):
        await bot.engine.step(ORDER_ID)
        await clock.jump(95)
    order = await order_on(redis)
    assert (order.state, len(seller.sends)) == (OrderState.NEEDS_ATTENTION, 1)


async def test_a_look_that_has_grown_old_is_made_anew(
    redis: Redis, clock: ManualClock, seller: Seller, make: Make
) -> None:
    """A place that comes long after the look gets no call: the SIM cards may be listed by now."""
    crowd = Crowded(seller)
    crowd.free.set()
    bot = make(Parts(provider=lambda _: crowd))
    seller.ways.append(Way.SOLD_ALL_THE_SAME)
    seller.listing = Listing.NONE
    await bot.engine.step(ORDER_ID)
    await clock.jump(60)
    crowd.free.clear()
    crowd.waiting.clear()
    step = asyncio.create_task(bot.engine.step(ORDER_ID))
    await crowd.waiting.wait()
    await clock.jump(121)
    seller.listing = Listing.ALL
    crowd.free.set()
    await step
    assert len(seller.sends) == 1
    await bot.engine.step(ORDER_ID)
    assert [send.quantity for send in seller.sends] == [2, 1]
    assert (await order_on(redis)).state is OrderState.PURCHASED
