"""The rest of an order: once, by who may, for what is still missing when it is bought."""

import asyncio
from pathlib import Path
from typing import cast

import pytest
from redis.asyncio import Redis

from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.purchase.evidence import Found
from bot.errors import (
    Conflict,
    DuplicateDelivery,
    LookupFailed,
    NotAllowed,
    NothingMissing,
    Refusal,
    RestOrdered,
    UnknownOrder,
)
from bot.store.orders import OrderStore
from tests.integration.store.samples import commit
from tests.support.clock import ManualClock
from tests.support.harness.stores import FailingStore
from tests.support.machine.parts import ANA, BEN, CARLA, DAN, Parts, Process
from tests.support.machine.seller import Listing, Seller, Way
from tests.support.orders import KEYS, ORDER_ID, an_order

REFERENCE = f"esim-{ORDER_ID}-1"


@pytest.fixture
def seller(clock: ManualClock) -> Seller:
    """A provider that has sold two of the five that were ordered."""
    seller = Seller(clock.now)
    seller.sell_unasked(REFERENCE, 2)
    return seller


@pytest.fixture
async def bot(redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller) -> Process:
    """A bot, and an order for five that got two."""
    short = an_order(
        5, state=OrderState.PARTLY_PURCHASED, sims=seller.sold[REFERENCE], requester=ANA
    )
    await commit(OrderStore(redis, KEYS), [short])
    await clock.jump(60)
    return Process.of(Parts(), redis, seller, clock, tmp_path)


async def order_on(redis: Redis, order_id: str = ORDER_ID) -> Order:
    """The order as Redis has it."""
    order = await OrderStore(redis, KEYS).load(order_id)
    assert order is not None
    return order


async def checked(bot: Process, redis: Redis, by: str = ANA, trigger: str = "t") -> Order:
    """The rest, ordered and checked."""
    rest = await bot.orders.order_rest(ORDER_ID, by=by, trigger=trigger)
    await bot.engine.step(rest.id)
    return await order_on(redis, rest.id)


async def test_pressed_four_times_at_once(redis: Redis, bot: Process) -> None:
    """One order; whoever is not the first reads which one."""
    presses = [
        bot.orders.order_rest(ORDER_ID, by=who, trigger=f"t{number}")
        for number, who in enumerate([ANA, BEN, CARLA, ANA])
    ]
    done = await asyncio.gather(*presses, return_exceptions=True)
    (rest,) = [each for each in done if isinstance(each, Order)]
    told = [each for each in done if isinstance(each, RestOrdered)]
    assert [(each.order_id, each.rest_id) for each in told] == [(ORDER_ID, rest.id)] * 3
    assert (await order_on(redis)).rest == rest.id
    assert await order_on(redis, rest.id) == rest


async def test_delivered_twice(redis: Redis, bot: Process) -> None:
    """The same click again orders nothing, and is not told as a second one."""
    rest = await bot.orders.order_rest(ORDER_ID, by=ANA, trigger="t")
    with pytest.raises(DuplicateDelivery):
        await bot.orders.order_rest(ORDER_ID, by=ANA, trigger="t")
    assert (await order_on(redis)).rests == (rest.id,)


async def test_a_stranger_orders_nothing(redis: Redis, bot: Process) -> None:
    """Only who asked for the first order, and approvers."""
    with pytest.raises(NotAllowed) as caught:
        await bot.orders.order_rest(ORDER_ID, by=DAN, trigger="t")
    assert caught.value.reason is Refusal.NOT_INVOLVED
    assert (await order_on(redis)).rest is None
    with pytest.raises(UnknownOrder):
        await bot.orders.order_rest("00000000", by=ANA, trigger="t")


@pytest.mark.parametrize("presser", [ANA, BEN])
async def test_nobody_approves_their_own_rest(redis: Redis, bot: Process, presser: str) -> None:
    """It is the requester's order, and the presser's too."""
    rest = await checked(bot, redis, presser)
    assert (rest.requester, rest.placed_by) == (ANA, presser)
    with pytest.raises(NotAllowed):
        await bot.orders.approve(rest.id, by=presser, trigger="t2")
    approved = await bot.orders.approve(rest.id, by=CARLA, trigger="t3")
    assert approved.state is OrderState.APPROVED


async def test_the_rest_is_bought(redis: Redis, bot: Process, seller: Seller) -> None:
    """Five in all, and not one more."""
    rest = await checked(bot, redis)
    assert (rest.state, rest.request.amount) == (OrderState.AWAITING_APPROVAL, 3)
    await bot.orders.approve(rest.id, by=CARLA, trigger="t2")
    for _ in range(2):
        await bot.engine.step(rest.id)
    rest = await order_on(redis, rest.id)
    assert rest.state is OrderState.PURCHASED
    assert sum(map(len, seller.sold.values())) == 5
    with pytest.raises(RestOrdered):
        await bot.orders.order_rest(ORDER_ID, by=ANA, trigger="t3")


async def test_a_late_sim_before_the_card(redis: Redis, bot: Process, seller: Seller) -> None:
    """It is kept by the first order, and the card asks for one less."""
    seller.sell_unasked(REFERENCE, 1)
    rest = await checked(bot, redis)
    assert (rest.state, rest.request.amount) == (OrderState.AWAITING_APPROVAL, 2)
    assert len((await order_on(redis)).sims) == 3


async def test_all_late_before_the_card(redis: Redis, bot: Process, seller: Seller) -> None:
    """Nothing is missing any more: it ends, and then no rest can be ordered."""
    seller.sell_unasked(REFERENCE, 3)
    rest = await checked(bot, redis)
    assert (rest.state, rest.history[-1].event) == (OrderState.REFUSED, Event.NOTHING_MISSING)
    with pytest.raises(NothingMissing):
        await bot.orders.order_rest(ORDER_ID, by=ANA, trigger="t2")


@pytest.mark.parametrize(("late", "event"), [(1, Event.LOWERED), (3, Event.NOTHING_MISSING)])
async def test_late_sims_while_the_rest_awaits_approval(
    redis: Redis, bot: Process, seller: Seller, late: int, event: str
) -> None:
    """It is looked again before it is bought: five in all, and not one more."""
    rest = await checked(bot, redis)
    seller.sell_unasked(REFERENCE, late)
    await bot.orders.approve(rest.id, by=CARLA, trigger="t2")
    for _ in range(2):
        await bot.engine.step(rest.id)
    rest = await order_on(redis, rest.id)
    assert event in [entry.event for entry in rest.history]
    assert rest.state.is_final
    assert sum(map(len, seller.sold.values())) == 5


@pytest.mark.parametrize(("late", "sent"), [(1, [2]), (0, [2, 1])])
async def test_late_sims_between_two_calls_of_the_rest(
    redis: Redis, bot: Process, seller: Seller, late: int, sent: list[int]
) -> None:
    """It is looked before each call: five in all, and not one more."""
    rest = await checked(bot, redis)
    await bot.orders.approve(rest.id, by=CARLA, trigger="t2")
    await bot.engine.step(rest.id)
    seller.sell_unasked(REFERENCE, late)
    await bot.engine.step(rest.id)
    rest = await order_on(redis, rest.id)
    assert rest.state is OrderState.PURCHASED
    assert [send.quantity for send in seller.sends] == sent
    assert sum(map(len, seller.sold.values())) == 5


async def test_a_check_that_fails_between_two_calls(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """Nothing more is sent before a look that worked; then it goes on."""
    rest = await checked(bot, redis)
    await bot.orders.approve(rest.id, by=CARLA, trigger="t2")
    await bot.engine.step(rest.id)
    seller.listing = Listing.FAILS
    await bot.engine.step(rest.id)
    waiting = await order_on(redis, rest.id)
    assert (waiting.state, waiting.history[-1].event) == (OrderState.PURCHASING, Event.CHECK_FAILED)
    seller.listing = Listing.ALL
    await clock.jump(31)
    await bot.engine.step(rest.id)
    assert (await order_on(redis, rest.id)).state is OrderState.PURCHASED


async def test_late_sims_before_a_call_of_the_rest_is_repeated(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """A call that was turned away is made again for what is missing by then."""
    rest = await checked(bot, redis)
    seller.ways.append(Way.TURNED_AWAY)
    await bot.orders.approve(rest.id, by=CARLA, trigger="t2")
    await bot.engine.step(rest.id)
    seller.sell_unasked(REFERENCE, 2)
    await clock.jump(60)
    await bot.engine.step(rest.id)
    assert (await order_on(redis, rest.id)).state is OrderState.PURCHASED
    assert [send.quantity for send in seller.sends] == [2, 1]
    assert sum(map(len, seller.sold.values())) == 5


async def test_no_repeat_of_a_rest_without_a_check_that_works(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own look worked, the one at the first order did not: that counts as no look."""
    rest = await checked(bot, redis)
    seller.ways.append(Way.TURNED_AWAY)
    await bot.orders.approve(rest.id, by=CARLA, trigger="t2")
    await bot.engine.step(rest.id)
    await clock.jump(60)
    find = seller.find

    async def fails_for_the_first(reference: str, *, urgent: bool = True) -> Found:
        if reference == f"esim-{ORDER_ID}":
            raise LookupFailed("HTTP 503")
        return await find(reference, urgent=urgent)

    monkeypatch.setattr(seller, "find", fails_for_the_first)
    await bot.engine.step(rest.id)
    waiting = await order_on(redis, rest.id)
    assert (waiting.attempts[-1].looks_that_worked, len(seller.sends)) == (0, 1)
    assert waiting.attempts[-1].lookups[-1].why == "HTTP 503"


async def test_a_chain_of_slow_looks_still_leads_to_a_call(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes as long as it may: what counts is the time since the last of them began."""
    rest = await checked(bot, redis)
    seller.ways.append(Way.TURNED_AWAY)
    await bot.orders.approve(rest.id, by=CARLA, trigger="t2")
    await bot.engine.step(rest.id)
    await clock.jump(60)
    find, seconds = seller.find, 61.0

    async def slow(reference: str, *, urgent: bool = True) -> Found:
        found = await find(reference, urgent=urgent)
        await clock.jump(seconds)
        return found

    monkeypatch.setattr(seller, "find", slow)
    seconds = 121.0
    await bot.engine.step(rest.id)
    assert len(seller.sends) == 1
    seconds = 61.0
    await bot.engine.step(rest.id)
    assert [send.quantity for send in seller.sends] == [2, 2]


async def test_a_check_that_fails(
    redis: Redis, clock: ManualClock, bot: Process, seller: Seller
) -> None:
    """Before the card and before the purchase: nothing goes on without a look that worked."""
    seller.listing = Listing.FAILS
    rest = await checked(bot, redis)
    assert (rest.state, rest.history[-1].event) == (OrderState.CHECKING, Event.CHECK_FAILED)
    seller.listing = Listing.ALL
    await clock.jump(31)
    await bot.engine.step(rest.id)
    await bot.orders.approve(rest.id, by=CARLA, trigger="t2")
    seller.listing = Listing.FAILS
    await bot.engine.step(rest.id)
    rest = await order_on(redis, rest.id)
    assert (rest.state, rest.history[-1].event) == (OrderState.APPROVED, Event.CHECK_FAILED)
    assert seller.sends == []
    seller.listing = Listing.ALL
    await clock.jump(31)
    for _ in range(2):
        await bot.engine.step(rest.id)
    assert (await order_on(redis, rest.id)).state is OrderState.PURCHASED


async def test_cancelled_while_it_is_checked(redis: Redis, bot: Process) -> None:
    """The requester takes it back, and may order it again."""
    rest = await bot.orders.order_rest(ORDER_ID, by=BEN, trigger="t")
    cancelled = await bot.orders.cancel(rest.id, by=ANA, trigger="t2")
    assert cancelled.state is OrderState.CANCELLED
    again = await checked(bot, redis, trigger="t3")
    assert (again.state, again.id != rest.id) == (OrderState.AWAITING_APPROVAL, True)
    assert (await order_on(redis)).rests == (rest.id, again.id)


async def test_an_earlier_rest_that_was_sold_after_all(
    redis: Redis, bot: Process, seller: Seller
) -> None:
    """It was refused, and is looked at too before another one goes up."""
    earlier = await checked(bot, redis)
    await bot.orders.approve(earlier.id, by=CARLA, trigger="t2")
    seller.ways.append(Way.REFUSED)
    await bot.engine.step(earlier.id)
    seller.sell_unasked(f"esim-{earlier.id}-1", 2)
    rest = await checked(bot, redis, trigger="t3")
    assert rest.request.amount == 1
    assert len((await order_on(redis, earlier.id)).sims) == 2


async def test_the_rest_of_a_rest(redis: Redis, bot: Process, seller: Seller) -> None:
    """What the first order finds late counts for the rest of its rest, too."""
    rest = await checked(bot, redis)
    await bot.orders.approve(rest.id, by=CARLA, trigger="t2")
    seller.ways.append(Way.SHORT)
    await bot.engine.step(rest.id)
    assert (await order_on(redis, rest.id)).state is OrderState.PARTLY_PURCHASED
    seller.sell_unasked(REFERENCE, 1)
    last = await bot.orders.order_rest(rest.id, by=ANA, trigger="t3")
    assert last.request.amount == 2
    await bot.engine.step(last.id)
    assert (await order_on(redis, last.id)).request.amount == 1


async def test_a_first_order_that_redis_has_forgotten(redis: Redis, bot: Process) -> None:
    """Nothing can be said of what is missing: it waits, and says so."""
    rest = await bot.orders.order_rest(ORDER_ID, by=ANA, trigger="t")
    await redis.delete(*[key async for key in redis.scan_iter(f"*:order:{ORDER_ID}")])
    await bot.engine.step(rest.id)
    entry = (await order_on(redis, rest.id)).history[-1]
    assert (entry.event, entry.state) == (Event.CHECK_FAILED, OrderState.CHECKING)
    assert ORDER_ID in entry.detail


@pytest.mark.usefixtures("bot")
async def test_five_tries_when_others_are_quicker(
    redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller
) -> None:
    """A busy order is decided at the fifth try; after that the person is told."""
    bot = Process.of(Parts(store=FailingStore), redis, seller, clock, tmp_path)
    busy, orders = cast("FailingStore", bot.store), bot.orders
    busy.fail_commits(Conflict(), times=4)
    rest = await orders.order_rest(ORDER_ID, by=ANA, trigger="t")
    busy.fail_commits(Conflict(), times=5)
    with pytest.raises(Conflict):
        await orders.cancel(rest.id, by=ANA, trigger="t2")
    busy.fail_commits(Conflict(), times=4)
    cancelled = await orders.cancel(rest.id, by=ANA, trigger="t3")
    assert cancelled.state is OrderState.CANCELLED
