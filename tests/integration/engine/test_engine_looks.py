"""One look asks for a whole order: while in doubt, before buying again, and after the end."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.clock import Fence
from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.policy import Member
from bot.domain.purchase.outcome import Bought, Outcome, Unknown
from bot.domain.purchase.sim import Oddity, Sim
from bot.errors import LookFirst, LookupPostponed
from bot.providers.base import PurchaseCall
from bot.store.connection import milliseconds
from bot.store.orders import OrderStore
from bot.store.queues import LEASE
from tests.integration.store.samples import commit
from tests.support.clock import ManualClock
from tests.support.harness.providers import Between
from tests.support.lives.effects import Crash
from tests.support.machine.parts import CARLA, Parts, Process
from tests.support.machine.seller import Listing, Seller, Way
from tests.support.order_steps import started
from tests.support.orders import KEYS, ORDER_ID, an_order, some_sims, terms

OTHER_ID = "8N5T7WZB"


class Watched(Between):
    """A provider that remembers how it was asked; it may be out of calls that can wait."""

    def __init__(self, seller: Seller) -> None:
        super().__init__(seller)
        self.asked: list[tuple[str, bool]] = []
        self.postponed: float | None = None

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Pass it on, unless it can wait and must."""
        self.asked.append((order_reference, urgent))
        if self.postponed and not urgent:
            raise LookupPostponed(self.postponed)
        return await super().find(order_reference, urgent=urgent)


@pytest.fixture
def seller(clock: ManualClock) -> Seller:
    """A provider that does what it is told to."""
    return Seller(clock.now)


@pytest.fixture
def watched(seller: Seller) -> Watched:
    """The same, watched."""
    return Watched(seller)


@pytest.fixture
async def bot(
    redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller, watched: Watched
) -> Process:
    """A bot, and an order for three in one call that was approved."""
    approved = an_order(3, state=OrderState.APPROVED, under=terms(lookup_delays=(10.0, 30.0)))
    await commit(OrderStore(redis, KEYS), [approved])
    await clock.jump(60)
    parts = Parts(provider=lambda _: watched)
    return Process.of(parts, redis, seller, clock, tmp_path)


async def order_on(redis: Redis, order_id: str = ORDER_ID) -> Order:
    """The order as Redis has it."""
    order = await OrderStore(redis, KEYS).load(order_id)
    assert order is not None
    return order


async def due(bot: Process, clock: ManualClock) -> datetime | None:
    """When the engine will look; None: never."""
    long_ago = clock.now() - timedelta(days=99)
    claimed = await bot.agenda.claim(str(milliseconds(long_ago)), LEASE, 0)
    return None if claimed.next_in is None else long_ago + timedelta(seconds=claimed.next_in)


async def asked_for_a_decision(bot: Process, clock: ManualClock, seller: Seller) -> None:
    """The answer is lost, and the looks list nothing."""
    seller.ways.append(Way.LOST)
    seller.listing = Listing.NONE
    for _ in range(3):
        await bot.engine.step(ORDER_ID)
        await clock.jump(31)


async def test_one_look_asks_for_every_call(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller, watched: Watched
) -> None:
    """Earlier calls in doubt are looked for while a later one is, in the same query."""
    await asked_for_a_decision(bot, clock, seller)
    await bot.orders.buy_again(ORDER_ID, by=CARLA, trigger="t")
    seller.ways.append(Way.LOST_NONE)
    await bot.engine.step(ORDER_ID)
    watched.asked.clear()
    seller.listing = Listing.ALL
    await clock.jump(11)
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert watched.asked == [(f"esim-{ORDER_ID}", True)]
    assert [len(attempt.sims) for attempt in order.attempts] == [3, 0]


async def test_a_look_before_its_time_puts_off_no_other(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """The operator's look at an order that has ended fails: the usual one comes all the same."""
    seller.ways.append(Way.WHOLE)
    await bot.engine.step(ORDER_ID)
    ended = (await order_on(redis)).ended_at
    assert ended is not None
    await clock.jump(5)
    await bot.orders.requeue(ORDER_ID, Member.operator("root", "bot-1"))
    seller.listing = Listing.FAILS
    await bot.engine.step(ORDER_ID)
    assert await due(bot, clock) == ended + timedelta(seconds=60)


async def test_buy_again_looks_first(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """The list has begun to show the SIM cards: nothing is sent, and the history says so."""
    await asked_for_a_decision(bot, clock, seller)
    await bot.orders.buy_again(ORDER_ID, by=CARLA, trigger="t")
    assert len(seller.sends) == 1
    seller.listing = Listing.ALL
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.state, order.history[-1].event) == (
        OrderState.PURCHASED,
        Event.BUY_AGAIN_NEEDLESS,
    )
    assert len(seller.sends) == 1


async def test_buy_again_is_sent_with_the_look_in_one_commit(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """A crash between the look and the call means to look anew, not to send on old knowledge."""
    await asked_for_a_decision(bot, clock, seller)
    await bot.orders.buy_again(ORDER_ID, by=CARLA, trigger="t")
    bot.death.killed = (0, False)
    with pytest.raises(Crash):
        await bot.engine.step(ORDER_ID)
    assert (await order_on(redis)).history[-1].event == "buy_again"
    bot.death.killed = None
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.state, len(seller.sends)) == (OrderState.PURCHASED, 2)
    events = [entry.event for entry in order.history[-4:]]
    assert events == ["buy_again", "looked_up", "attempt_started", "attempt_bought"]


@pytest.mark.parametrize("way", [Way.NOT_SENT, Way.TOO_LATE])
async def test_a_wish_that_could_not_be_sent_is_looked_up_anew(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller, way: Way
) -> None:
    """All of the first call shows while the repeat waits: it is found, and nothing is sent."""
    await asked_for_a_decision(bot, clock, seller)
    await bot.orders.buy_again(ORDER_ID, by=CARLA, trigger="t")
    seller.ways.append(way)
    await bot.engine.step(ORDER_ID)
    seller.listing = Listing.ALL
    await clock.jump(3600)
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.state, len(order.attempts)) == (OrderState.PURCHASED, 2)
    assert sum(map(len, seller.sold.values())) == 3


async def test_buy_again_without_a_look_that_works(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """The provider is down: nothing is sent, and a person decides again."""
    await asked_for_a_decision(bot, clock, seller)
    await bot.orders.buy_again(ORDER_ID, by=CARLA, trigger="t")
    seller.listing = Listing.FAILS
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.state, order.history[-1].event) == (
        OrderState.NEEDS_ATTENTION,
        Event.BUY_AGAIN_UNPROVEN,
    )
    assert (order.history[-1].detail, len(seller.sends)) == ("the list fails", 1)


async def test_buy_again_before_any_look_has_worked(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """Every look failed: the button of an old message buys nothing and says to look first."""
    seller.ways.append(Way.LOST)
    seller.listing = Listing.FAILS
    for _ in range(3):
        await bot.engine.step(ORDER_ID)
        await clock.jump(31)
    order = await order_on(redis)
    assert [look.why for look in order.attempts[0].lookups] == ["the list fails"] * 2
    with pytest.raises(LookFirst):
        await bot.orders.buy_again(ORDER_ID, by=CARLA, trigger="t")
    assert await order_on(redis) == order


async def test_an_ended_order_is_looked_at_three_times_and_nothing_is_written(
    redis: Redis, clock: ManualClock, bot: Process, watched: Watched
) -> None:
    """A minute, an hour and a day later, at low urgency; then it leaves the agenda."""
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert order.state is OrderState.PURCHASED
    assert order.ended_at
    times = []
    while at := await due(bot, clock):
        times.append((at - order.ended_at).total_seconds())
        await clock.jump((at - clock.now()).total_seconds())
        await bot.engine.step(ORDER_ID)
    assert times == [60, 3600, 86_400]
    assert watched.asked == [(f"esim-{ORDER_ID}", False)] * 3
    assert await order_on(redis) == order


async def test_sims_that_were_denied_are_found_after_the_end(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """Refused, while all three were sold: a minute later they are there."""
    seller.ways.append(Way.REFUSED)
    await bot.engine.step(ORDER_ID)
    seller.sell_unasked(f"esim-{ORDER_ID}-1", 3)
    await clock.jump(60)
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.state, len(order.sims)) == (OrderState.REFUSED, 3)
    assert await due(bot, clock) == order.next_look(clock.now())


async def test_a_look_after_the_end_that_must_wait(
    redis: Redis, clock: ManualClock, bot: Process, watched: Watched
) -> None:
    """The budget of calls is used up: it is postponed, and not dropped."""
    await bot.engine.step(ORDER_ID)
    watched.postponed = 42
    await clock.jump(60)
    await bot.engine.step(ORDER_ID)
    assert await due(bot, clock) == clock.now() + timedelta(seconds=42)
    watched.postponed = None
    await clock.jump(42)
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert await due(bot, clock) == order.next_look(clock.now())


async def test_a_look_after_the_end_that_fails_comes_again(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """Sooner than the next one; a week after the end it is given up."""
    await bot.engine.step(ORDER_ID)
    seller.listing = Listing.FAILS
    await clock.jump(60)
    await bot.engine.step(ORDER_ID)
    assert await due(bot, clock) == clock.now() + timedelta(minutes=5)
    await clock.jump(8 * 86_400)
    await bot.engine.step(ORDER_ID)
    assert await due(bot, clock) is None
    assert (await order_on(redis)).version == 4


async def test_calls_of_an_earlier_version_are_found_by_their_own_tags(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller, watched: Watched
) -> None:
    """They did not carry the order's tag, so that of every call is asked for in its place."""
    old = started(an_order(3, state=OrderState.APPROVED, order_id=OTHER_ID))
    last = old.attempts[0].model_copy(update={"shares_tag": False})
    first = last.ended(Unknown(why="lost"), clock.now())
    again = {"number": 2, "reference": f"esim-{OTHER_ID}-2"}
    attempts = (first, last.model_copy(update=again))
    await commit(OrderStore(redis, KEYS), [old.model_copy(update={"attempts": attempts})])
    seller.sell_unasked(f"esim-{OTHER_ID}-1-x", 1)
    for _ in range(2):
        await clock.jump(61)
        await bot.engine.step(OTHER_ID)
    assert len((await order_on(redis, OTHER_ID)).sims) == 1
    names = (f"esim-{OTHER_ID}-1", f"esim-{OTHER_ID}-2")
    assert [reference for reference, _ in watched.asked] == list(names)
    assert seller.sends == []


class Confused(Between):
    """A provider whose answers name a SIM card that it sold before."""

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Sell, and name one of somebody else's among them."""
        outcome = await super().purchase(call, fence)
        assert isinstance(outcome, Bought)
        return Bought(sims=(*some_sims(1), *outcome.sims[1:]))


async def test_a_sim_that_another_order_has(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller, tmp_path: Path
) -> None:
    """UnsavedOutcome and told, not counted; looked up, and what is ours is found."""
    theirs = an_order(1, state=OrderState.PURCHASED, order_id=OTHER_ID, sims=some_sims(1))
    await commit(OrderStore(redis, KEYS), [theirs])
    confused = Process.of(Parts(provider=Confused), redis, seller, clock, tmp_path)
    await confused.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.state, len(order.sims)) == (OrderState.IN_DOUBT, 2)
    (odd,) = order.odd_sims
    assert (odd.elsewhere, odd.odd) == (OTHER_ID, (Oddity.ELSEWHERE,))
    await clock.jump(11)
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.state, len(order.sims)) == (OrderState.PURCHASED, 3)
    assert await OrderStore(redis, KEYS).owners([str(odd.iccid)]) == {odd.iccid: OTHER_ID}


async def test_a_listed_sim_that_another_order_has(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """A list that shows it under our tag does not make it ours."""
    seller.ways.append(Way.LOST_NONE)
    await bot.engine.step(ORDER_ID)
    (sim,) = seller.sell_unasked(f"esim-{ORDER_ID}-1", 1)
    theirs = an_order(1, state=OrderState.PURCHASED, order_id=OTHER_ID, sims=[sim])
    await commit(OrderStore(redis, KEYS), [theirs])
    await clock.jump(11)
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert (order.sims, order.odd_sims[0].elsewhere) == ((), OTHER_ID)


async def test_sims_without_iccids_are_looked_up_until_they_have_them(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """The answer names them by their ids alone: not purchased before the numbers are known."""
    seller.ways.append(Way.UNNUMBERED)
    await bot.engine.step(ORDER_ID)
    assert (await order_on(redis)).state is OrderState.IN_DOUBT
    await clock.jump(11)
    await bot.engine.step(ORDER_ID)
    order = await order_on(redis)
    assert order.state is OrderState.PURCHASED
    assert all(sim.iccid for sim in order.sims)
    assert len(order.sims) == 3
