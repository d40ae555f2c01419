"""A provider's own price: asked while the order is checked, and right before each call."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.domain.catalogue.money import Money, Quote
from bot.domain.catalogue.offer import Offer
from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.policy import Policy
from bot.domain.request import PurchaseRequest
from bot.domain.thing import Thing
from bot.engine.offers import Offers
from bot.errors import LookupPostponed, StoreUnavailable
from bot.providers.base import Prepared, PurchaseCall
from bot.store.connection import milliseconds
from bot.store.orders import Change, OrderStore
from tests.support.clock import ManualClock
from tests.support.harness.stores import StandInStore
from tests.support.lives.effects import Crash
from tests.support.machine.parts import ANA, BEN, CARLA, Parts, Process
from tests.support.machine.priced import Priced, not_sold, nothing, unasked
from tests.support.machine.seller import Listing, Seller, Way
from tests.support.orders import KEYS, OPS
from tests.support.requests import a_request

Make = Callable[[], Process]
ESTIMATE = Quote(once=Money(cents=300, currency="USD"))
"""Of one eSIM, as a setting might name it."""


@pytest.fixture
def seller(clock: ManualClock) -> Seller:
    """A provider that does what it is told to."""
    return Seller(clock.now)


@pytest.fixture
def shop(seller: Seller) -> Priced:
    """The same, with prices of its own and a key."""
    return Priced(seller)


@pytest.fixture
def bot(redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller, shop: Priced) -> Process:
    """A bot that buys there, two a call."""
    return Process.of(Parts(provider=lambda _: shop), redis, seller, clock, tmp_path)


async def placed(bot: Process, amount: int = 3) -> Order:
    """An order, as it is when the command is acknowledged."""
    return await bot.orders.place(a_request(amount), requester=ANA, channel=OPS, trigger="t1")


async def order_on(redis: Redis, order: Order) -> Order:
    """The order as Redis has it."""
    found = await OrderStore(redis, KEYS).load(order.id)
    assert found is not None
    return found


async def approved(bot: Process, redis: Redis, amount: int = 3) -> Order:
    """An order that was checked and approved; nothing is sent yet."""
    order = await placed(bot, amount)
    await bot.engine.step(order.id)
    await bot.orders.approve(order.id, by=CARLA, trigger="t2")
    return await order_on(redis, order)


async def stepped(bot: Process, redis: Redis, clock: ManualClock, order: Order) -> Order:
    """The order after what is due next, at its time."""
    order = await order_on(redis, order)
    assert order.due_at is not None
    await clock.jump(max(0.0, (order.due_at - clock.now()).total_seconds()))
    await bot.engine.step(order.id)
    return await order_on(redis, order)


async def test_nothing_remote_is_asked_before_the_acknowledgement(
    bot: Process, shop: Priced, redis: Redis
) -> None:
    """The order is recorded first; then its price is asked, and people may decide."""
    order = await placed(bot)
    assert (order.state, order.quote, shop.asked) == (OrderState.CHECKING, None, 0)
    await bot.engine.step(order.id)
    up = await order_on(redis, order)
    assert up.state is OrderState.AWAITING_APPROVAL
    assert up.quote is not None
    assert up.quote.once.cents == 900
    assert up.requirement.approvers == (BEN, CARLA)


async def test_the_price_is_asked_before_each_call(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """Also before the second one, which never follows at once; the approval sends nothing."""
    order = await approved(bot, redis)
    assert (order.state, shop.asked, seller.sends) == (OrderState.APPROVED, 1, [])
    order = await stepped(bot, redis, clock, order)
    assert (shop.asked, [send.quantity for send in seller.sends]) == (2, [2])
    order = await stepped(bot, redis, clock, order)
    assert (shop.asked, [send.quantity for send in seller.sends]) == (3, [2, 1])
    assert (order.state, order.bought) == (OrderState.PURCHASED, 3)


async def test_a_price_that_rose_is_not_paid(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """It is approved anew; then it is bought at what stands on the card."""
    order = await approved(bot, redis)
    shop.cents = 301
    risen = await stepped(bot, redis, clock, order)
    assert (risen.state, risen.revision, seller.sends) == (OrderState.AWAITING_APPROVAL, 2, [])
    assert risen.quote is not None
    assert risen.quote.once.cents == 903
    await bot.orders.approve(order.id, by=CARLA, trigger="t3", revision=2)
    order = await stepped(bot, redis, clock, order)
    assert [send.quantity for send in seller.sends] == [2]


async def test_a_price_that_rises_in_the_middle_ends_the_order(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """What is bought is told; the second call is never sent."""
    order = await stepped(bot, redis, clock, await approved(bot, redis))
    shop.cents = 400
    ended = await stepped(bot, redis, clock, order)
    assert (ended.state, ended.bought) == (OrderState.PARTLY_PURCHASED, 2)
    assert len(seller.sends) == 1


async def test_a_price_that_fell_is_taken_with_the_attempt(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """Both are one commit, so the card never says more than is paid."""
    order = await approved(bot, redis)
    shop.cents = 200
    order = await stepped(bot, redis, clock, order)
    events = [entry.event for entry in order.history[-3:]]
    assert events == [Event.PRICE_FELL, Event.ATTEMPT_STARTED, Event.ATTEMPT_BOUGHT]
    assert order.quote is not None
    assert (order.quote.once.cents, len(seller.sends)) == (600, 1)


@pytest.mark.parametrize("bought", [0, 2])
async def test_what_is_not_sold_any_more_is_not_sent(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, bought: int
) -> None:
    """Before the first call the order is refused, later it ends with what it has."""
    order = await approved(bot, redis)
    if bought:
        order = await stepped(bot, redis, clock, order)
    shop.answers.append(not_sold())
    ended = await stepped(bot, redis, clock, order)
    expected = OrderState.PARTLY_PURCHASED if bought else OrderState.REFUSED
    assert (ended.state, ended.bought) == (expected, bought)
    assert ended.unavailable is not None
    assert ended.unavailable.why == "sold out"
    assert sum(send.quantity for send in shop.seller.sends) == bought


async def test_what_is_not_sold_is_never_put_up(
    bot: Process, shop: Priced, redis: Redis, seller: Seller
) -> None:
    """Nobody is asked to approve what can't be bought."""
    order = await placed(bot)
    shop.answers.append(not_sold())
    await bot.engine.step(order.id)
    assert (await order_on(redis, order)).state is OrderState.REFUSED
    assert seller.sends == []


async def test_without_a_price_nothing_is_sent(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """It is asked again, while the order is checked and before a call; at last the order ends."""
    order = await placed(bot)
    shop.answers.append(unasked())
    order = await stepped(bot, redis, clock, order)
    assert (order.state, order.history[-1].detail) == (OrderState.CHECKING, "HTTP 503")
    order = await stepped(bot, redis, clock, order)
    await bot.orders.approve(order.id, by=CARLA, trigger="t2")
    shop.answers.extend([unasked(), unasked()])
    order = await stepped(bot, redis, clock, order)
    assert order.state is OrderState.APPROVED
    order = await stepped(bot, redis, clock, order)
    assert (order.state, order.unavailable) == (OrderState.REFUSED, None)
    assert seller.sends == []


async def test_an_answer_that_never_comes_is_given_up(
    bot: Process, shop: Priced, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A provider that hangs holds no order for ever."""

    async def hangs(request: object) -> None:
        del request
        await asyncio.Event().wait()

    monkeypatch.setattr(shop, "offer", hangs)
    monkeypatch.setattr("bot.engine.offers._LONGEST", 0.01)
    order = await placed(bot)
    await bot.engine.step(order.id)
    order = await order_on(redis, order)
    assert order.history[-1].event is Event.PRICE_FAILED
    assert "did not answer" in order.history[-1].detail


async def test_an_offer_with_a_fault_of_the_provider_is_asked_again_at_last_no_more(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock
) -> None:
    """A fault in the code of a provider holds no order for ever; its words, of secrets, stay."""
    order = await placed(bot)
    shop.answers.extend([KeyError("SECRET0123")] * 10)
    while not order.state.is_final:
        order = await stepped(bot, redis, clock, order)
    assert (order.state, order.history[-1].event) == (OrderState.REFUSED, Event.NOT_OFFERED)
    assert "KeyError" in order.history[-1].detail
    assert "SECRET0123" not in order.model_dump_json()


async def test_a_question_that_must_wait_changes_nothing(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """The provider's budget of calls is used up: the order comes due later, as it is."""
    order = await approved(bot, redis)
    shop.answers.append(LookupPostponed(30))
    await bot.engine.step(order.id)
    assert await order_on(redis, order) == order
    due = await redis.zscore(KEYS.agenda, str(Thing.order(order.id)))
    assert due == milliseconds(clock.now() + timedelta(seconds=30))
    await clock.jump(31)
    await bot.engine.step(order.id)
    assert len(seller.sends) == 1


@pytest.mark.parametrize(
    "times",
    [(0, 130), (0, 86_400), (43_195, 10)],
    ids=["minutes", "a day", "over midnight"],
)
async def test_a_price_is_not_relied_on_for_long(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, times: tuple[float, float]
) -> None:
    """A process that was frozen after its question asks anew; so it does on another day."""
    order = await approved(bot, redis)
    since, frozen = times
    await clock.jump(since)
    shop.answered = partial(clock.jump, frozen)
    await bot.engine.step(order.id)
    assert (await order_on(redis, order), shop.seller.sends) == (order, [])
    shop.answered, shop.cents = nothing, 500
    risen = await stepped(bot, redis, clock, order)
    assert (risen.state, shop.seller.sends) == (OrderState.AWAITING_APPROVAL, [])


class Lost(StandInStore):
    """A store whose answer to the commit of a call is lost."""

    async def before(self, changes: Sequence[Change]) -> None:
        """Fail before anything is written."""
        if changes[0].sends:
            raise StoreUnavailable


async def test_a_crash_between_price_and_commit_asks_again(
    redis: Redis, clock: ManualClock, tmp_path: Path, shop: Priced, bot: Process
) -> None:
    """Nothing was written, so nothing was sent; the price is asked anew, and may have risen."""
    order = await approved(bot, redis)
    parts = Parts(provider=lambda _: shop, store=Lost)
    dying = Process.of(parts, redis, shop.seller, clock, tmp_path / "other")
    with pytest.raises(StoreUnavailable):
        await dying.engine.step(order.id)
    assert (await order_on(redis, order), shop.seller.sends) == (order, [])
    shop.cents = 500
    risen = await stepped(bot, redis, clock, order)
    assert (risen.state, shop.seller.sends) == (OrderState.AWAITING_APPROVAL, [])


async def test_nothing_begins_when_the_bot_is_stopped_while_it_asks(
    bot: Process, shop: Priced, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order stays as it was: the next start asks anew."""
    order = await approved(bot, redis)
    usual = shop.offer

    async def stopped(request: PurchaseRequest) -> Offer:
        bot.stopping.set()
        return await usual(request)

    monkeypatch.setattr(shop, "offer", stopped)
    await bot.engine.step(order.id)
    assert (await order_on(redis, order), shop.seller.sends) == (order, [])


@pytest.mark.parametrize("firm", [True, False])
async def test_a_provider_that_can_not_write_its_call(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, firm: bool
) -> None:
    """Its fault counts as a question that failed: nothing is sent, and at last people are told."""

    class Broken(Priced):
        def estimate(self, request: PurchaseRequest) -> Quote | None:  # type: ignore[override]
            return None if firm else Quote(once=Money(cents=request.amount, currency="USD"))

        def prepare(self, call: PurchaseCall, at: datetime) -> Prepared:
            raise ValueError(call, at)

    shop.__class__ = Broken
    order = await placed(bot)
    if firm:
        await bot.engine.step(order.id)
    await bot.orders.approve(order.id, by=CARLA, trigger="t2")
    for _ in range(2):
        order = await stepped(bot, redis, clock, order)
    assert (order.state, shop.seller.sends) == (OrderState.REFUSED, [])
    assert "the code of this provider failed (ValueError" in order.history[-1].detail


async def test_a_fault_between_two_calls_loses_no_outcome(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first call sold is written down, though the next one can't be written."""
    monkeypatch.setattr(shop, "estimate", lambda request: ESTIMATE.scaled(request.amount, 1))
    order = await placed(bot)
    usual, calls = shop.prepare, count(1)

    def prepare(call: PurchaseCall, at: datetime) -> Prepared:
        if next(calls) > 1:
            raise ValueError(call)
        return usual(call, at)

    monkeypatch.setattr(shop, "prepare", prepare)
    await bot.orders.approve(order.id, by=CARLA, trigger="t2")
    for _ in range(3):
        order = await stepped(bot, redis, clock, order)
        if order.state.is_final:
            break
    assert (order.state, order.bought) == (OrderState.PARTLY_PURCHASED, 2)


async def test_a_limit_that_was_lowered_since_stops_no_order(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock
) -> None:
    """It was allowed when it was placed; who must agree stays as it was."""
    order = await placed(bot)
    offers = Offers({shop.name: shop}, Policy(largest_amount=1, approvers=(BEN,)), clock)
    up = await offers.compared(await order_on(redis, order))
    assert (up.state, up.requirement) == (OrderState.AWAITING_APPROVAL, order.requirement)


async def in_need(bot: Process, redis: Redis, clock: ManualClock, seller: Seller) -> Order:
    """An order whose first call was lost, and that waits for a person."""
    order = await approved(bot, redis, 2)
    seller.ways.append(Way.LOST)
    seller.listing = Listing.NONE
    order = await stepped(bot, redis, clock, order)
    while order.state is OrderState.IN_DOUBT:
        order = await stepped(bot, redis, clock, order)
    assert order.state is OrderState.NEEDS_ATTENTION
    return order


async def test_buying_again_sends_the_same_bytes_under_the_same_key(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """After the look: the provider, which has sold, sells nothing more and tells what it sold."""
    order = await in_need(bot, redis, clock, seller)
    await bot.orders.buy_again(order.id, by=CARLA, trigger="t3")
    order = await stepped(bot, redis, clock, order)
    assert (order.state, order.bought) == (OrderState.PURCHASED, 2)
    assert len(shop.bodies) == 2
    assert len(set(shop.bodies)) == 1
    assert sum(map(len, seller.sold.values())) == 2


async def test_a_repeat_is_not_sent_when_the_look_shows_it(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """The look comes first, as for any other call."""
    order = await in_need(bot, redis, clock, seller)
    seller.listing = Listing.ALL
    await bot.orders.buy_again(order.id, by=CARLA, trigger="t3")
    order = await stepped(bot, redis, clock, order)
    assert order.bought == 2
    assert len(shop.bodies) == 1


async def test_a_repeat_without_a_price_waits_for_the_next_decision(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """A wish holds for one look; when the price can't be asked right after it, nothing is sent."""
    order = await in_need(bot, redis, clock, seller)
    await bot.orders.buy_again(order.id, by=CARLA, trigger="t3")
    shop.answers.append(unasked())
    order = await stepped(bot, redis, clock, order)
    assert (order.state, order.history[-1].event) == (
        OrderState.NEEDS_ATTENTION,
        Event.BUY_AGAIN_UNPROVEN,
    )
    assert len(shop.bodies) == 1


async def test_a_repeat_at_a_higher_price_is_not_sent(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """The order ends; what the lost call sold is still looked for."""
    order = await in_need(bot, redis, clock, seller)
    await bot.orders.buy_again(order.id, by=CARLA, trigger="t3")
    shop.cents = 999
    order = await stepped(bot, redis, clock, order)
    assert (order.state, order.history[-1].event) == (OrderState.REFUSED, Event.PRICE_ROSE)
    assert order.due_at == order.next_look(clock.now())
    seller.listing = Listing.ALL
    assert (await stepped(bot, redis, clock, order)).bought == 2


async def test_a_repeat_that_a_dead_process_began_is_never_sent_by_another(
    redis: Redis, clock: ManualClock, tmp_path: Path, shop: Priced, bot: Process
) -> None:
    """It is in doubt, as every call that may be under way."""
    order = await in_need(bot, redis, clock, seller := shop.seller)
    await bot.orders.buy_again(order.id, by=CARLA, trigger="t3")
    seller.keeps_keys = False
    seller.ways.append(Way.KILLED_BEFORE)
    with pytest.raises(Crash):
        await bot.engine.step(order.id)
    sent = len(seller.sends)
    other = Process.of(Parts(provider=lambda _: shop), redis, seller, clock, tmp_path / "other")
    order = await stepped(other, redis, clock, order)
    assert (order.state, len(seller.sends)) == (OrderState.IN_DOUBT, sent)


async def test_a_key_that_is_too_old_is_not_used(
    bot: Process, shop: Priced, redis: Redis, clock: ManualClock, seller: Seller
) -> None:
    """After it has expired the provider would sell anew: the call gets a reference of its own."""
    order = await in_need(bot, redis, clock, seller)
    await clock.jump(90_000)
    await bot.orders.buy_again(order.id, by=CARLA, trigger="t3")
    order = await stepped(bot, redis, clock, order)
    assert len({reference for reference, _ in shop.bodies}) == 2
