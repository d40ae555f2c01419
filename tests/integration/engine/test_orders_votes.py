"""What people and the operator do to orders: each is asked for by the one policy, and counted."""

from collections.abc import Callable

import pytest
from redis.asyncio import Redis

from bot.domain.catalogue.money import Quote
from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.policy import Member, Policy, Requirement
from bot.domain.request import PurchaseRequest
from bot.domain.terms import Terms
from bot.domain.thing import Thing
from bot.engine.orders import Orders
from bot.errors import (
    AlreadyDecided,
    AlreadyVoted,
    AmountOverLimit,
    DuplicateDelivery,
    LookupFailed,
    NotAllowed,
    OutdatedCard,
    StoreUnavailable,
    UnknownOrder,
)
from bot.store.orders import OrderStore
from tests.integration.store.samples import commit
from tests.support.clock import ManualClock
from tests.support.harness.corner_shop import CornerShop
from tests.support.machine.seller import Seller
from tests.support.orders import ANA, BEN, KEYS, OPS, ORDER_ID, TEAM, an_order
from tests.support.requests import a_request

CAM, DAN = "U0CAM", "U0DAN"
OPERATOR = Member.operator("root", "bot-1")
OrdersOf = Callable[[Policy], Orders]
SOLD = {"telnyx": Seller(ManualClock().now)}
TERMS = Terms(
    approval_expires=3600,
    batch_size=100,
    lookup_delays=(10,),
    send_delays=(5,),
    reminder=900,
)


@pytest.fixture
def orders_of(redis: Redis, clock: ManualClock) -> OrdersOf:
    """The orders of this Redis under these rules."""
    store = OrderStore(redis, KEYS)
    return lambda policy: Orders(store, policy, TERMS, SOLD, clock, TEAM)


async def stored(redis: Redis, order: Order) -> Order:
    """An order that is in this Redis."""
    await commit(OrderStore(redis, KEYS), [order])
    return order


def request(amount: int) -> PurchaseRequest:
    """What somebody asks for."""
    return a_request(amount)


async def test_an_order_keeps_what_was_asked_and_who_must_agree(orders_of: OrdersOf) -> None:
    """Its workspace, and the approvers of that moment."""
    orders = orders_of(Policy(approvers=(BEN, CAM)))
    order = await orders.place(request(3), requester=ANA, channel=OPS, trigger="t")
    assert (order.workspace, order.requirement) == (TEAM, Requirement(approvers=(BEN, CAM)))


async def test_a_call_is_no_larger_than_its_provider_sells(
    redis: Redis, clock: ManualClock
) -> None:
    """What the operator has set is a wish; the form says what one call may buy."""
    shop = CornerShop()
    terms = TERMS.model_copy(update={"batch_size": 10 * shop.form.most_per_call})
    store = OrderStore(redis, KEYS)
    orders = Orders(store, Policy(), terms, {shop.name: shop}, clock, TEAM)
    asked = request(3).model_copy(update={"provider": shop.name})
    order = await orders.place(asked, requester=ANA, channel=OPS, trigger="t")
    assert order.terms.batch_size == shop.form.most_per_call


async def test_only_who_may_ask_and_only_so_many(redis: Redis, orders_of: OrdersOf) -> None:
    """A refused request leaves nothing behind."""
    orders = orders_of(Policy(requesters=(ANA,), largest_amount=5))
    with pytest.raises(NotAllowed):
        await orders.place(request(1), requester=BEN, channel=OPS, trigger="t1")
    with pytest.raises(AmountOverLimit):
        await orders.place(request(6), requester=ANA, channel=OPS, trigger="t2")
    assert await redis.exists(KEYS.orders) == 0
    assert await orders.place(request(5), requester=ANA, channel=OPS, trigger="t3")


async def test_two_must_agree(redis: Redis, orders_of: OrdersOf) -> None:
    """The first vote is committed and told; the second one lets it be bought."""
    orders = orders_of(Policy(approvers=(BEN, CAM)))
    await stored(redis, an_order(quorum=2))
    voted = await orders.approve(ORDER_ID, by=BEN, trigger="t1")
    assert (voted.state, voted.history[-1].event) == ("awaiting_approval", Event.VOTED)
    with pytest.raises(AlreadyVoted):
        await orders.approve(ORDER_ID, by=BEN, trigger="t2")
    with pytest.raises(NotAllowed):
        await orders.approve(ORDER_ID, by=DAN, trigger="t3")
    approved = await orders.approve(ORDER_ID, by=CAM, trigger="t4")
    assert (approved.state, approved.approved_by) == (OrderState.APPROVED, (BEN, CAM))


async def test_who_is_no_approver_any_more_has_not_agreed(
    redis: Redis, orders_of: OrdersOf
) -> None:
    """The list was changed between two votes: the rules in force count."""
    await stored(redis, an_order(quorum=2))
    await orders_of(Policy(approvers=(BEN,))).approve(ORDER_ID, by=BEN, trigger="t1")
    later = orders_of(Policy(approvers=(CAM, DAN)))
    voted = await later.approve(ORDER_ID, by=CAM, trigger="t2")
    assert voted.state is OrderState.AWAITING_APPROVAL
    approved = await later.approve(ORDER_ID, by=DAN, trigger="t3")
    assert (approved.state, approved.approved_by) == (OrderState.APPROVED, (CAM, DAN))


@pytest.mark.parametrize(
    "action", ["approve", "cancel", "look_again", "close", "buy_again", "order_rest"]
)
async def test_a_button_of_another_question_decides_nothing(
    redis: Redis, orders_of: OrdersOf, action: str
) -> None:
    """Whoever may decide is told to look at the card; who may not is told that."""
    order, orders = await stored(redis, an_order()), orders_of(Policy(approvers=(BEN,)))
    act = getattr(orders, action)
    for revision in (0, 2):
        with pytest.raises(OutdatedCard):
            await act(ORDER_ID, by=BEN, trigger="t1", revision=revision)
    with pytest.raises(NotAllowed):
        await act(ORDER_ID, by=DAN, trigger="t2", revision=2)
    assert await OrderStore(redis, KEYS).load(ORDER_ID) == order


async def test_a_button_of_this_question_decides(redis: Redis, orders_of: OrdersOf) -> None:
    """The revision that stands there is the one that was seen."""
    await stored(redis, an_order())
    orders = orders_of(Policy(approvers=(BEN,)))
    approved = await orders.approve(ORDER_ID, by=BEN, trigger="t", revision=1)
    assert approved.state is OrderState.APPROVED


@pytest.mark.parametrize(
    ("action", "state", "quorum"),
    [
        ("approve", OrderState.AWAITING_APPROVAL, 1),
        ("approve", OrderState.AWAITING_APPROVAL, 2),
        ("cancel", OrderState.AWAITING_APPROVAL, 1),
        ("look_again", OrderState.NEEDS_ATTENTION, 1),
        ("close", OrderState.NEEDS_ATTENTION, 1),
        ("buy_again", OrderState.NEEDS_ATTENTION, 1),
        ("order_rest", OrderState.PARTLY_PURCHASED, 1),
    ],
)
async def test_a_click_that_is_delivered_twice(
    redis: Redis, orders_of: OrdersOf, action: str, state: OrderState, quorum: int
) -> None:
    """It is carried out once, and the second time there is nothing to tell."""
    act = getattr(orders_of(Policy(approvers=(BEN,))), action)
    await stored(redis, an_order(state=state, quorum=quorum))
    await act(ORDER_ID, by=BEN, trigger="t", revision=1)
    before = await OrderStore(redis, KEYS).load(ORDER_ID)
    with pytest.raises(DuplicateDelivery):
        await act(ORDER_ID, by=BEN, trigger="t", revision=1)
    assert await OrderStore(redis, KEYS).load(ORDER_ID) == before


async def test_a_click_delivered_again_when_the_question_has_changed(
    redis: Redis, orders_of: OrdersOf
) -> None:
    """That its card is outdated by now is nothing that whoever was heard must know."""
    orders, store = orders_of(Policy(approvers=(BEN,))), OrderStore(redis, KEYS)
    voted = an_order(quorum=2)
    await stored(redis, voted)
    voted = await orders.approve(ORDER_ID, by=BEN, trigger="t", revision=1)
    changed = voted.requeue(OPERATOR.id, voted.created_at).model_copy(update={"revision": 2})
    await store.save(changed, voted, voted.created_at)
    with pytest.raises(DuplicateDelivery):
        await orders.approve(ORDER_ID, by=BEN, trigger="t", revision=1)
    with pytest.raises(OutdatedCard):
        await orders.approve(ORDER_ID, by=BEN, trigger="another", revision=1)


class Unpriced(CornerShop):
    """A shop that names no price any more."""

    def estimate(self, request: PurchaseRequest) -> Quote:
        """Raises LookupFailed."""
        raise LookupFailed(f"no price for {request.amount}")


def at_shop(redis: Redis, clock: ManualClock, shop: CornerShop, policy: Policy) -> Orders:
    """The orders of this Redis, where this shop sells."""
    return Orders(OrderStore(redis, KEYS), policy, TERMS, {shop.name: shop}, clock, TEAM)


async def test_without_a_price_nothing_is_half_done(redis: Redis, clock: ManualClock) -> None:
    """Neither a new order nor the rest of one: nothing is written."""
    policy, shop = Policy(approvers=(BEN,)), Unpriced()
    short = an_order(state=OrderState.PARTLY_PURCHASED, provider=shop.name)
    await stored(redis, short)
    orders = at_shop(redis, clock, shop, policy)
    with pytest.raises(LookupFailed):
        await orders.place(short.request, requester=ANA, channel=OPS, trigger="t1")
    with pytest.raises(LookupFailed):
        await orders.order_rest(ORDER_ID, by=BEN, trigger="t2")
    assert await OrderStore(redis, KEYS).load(ORDER_ID) == short
    assert await redis.zcard(KEYS.orders) == 1


async def test_a_command_delivered_again_when_it_could_not_be_ordered_now(
    redis: Redis, clock: ManualClock
) -> None:
    """It stands: nobody is told that it can't be ordered, or that they may not."""
    asked = request(3).model_copy(update={"provider": CornerShop().name})
    first = at_shop(redis, clock, CornerShop(), Policy())
    await first.place(asked, requester=ANA, channel=OPS, trigger="t")
    for shop, policy in (
        (Unpriced(), Policy()),
        (CornerShop(), Policy(requesters=(BEN,))),
        (CornerShop(), Policy(largest_amount=2)),
    ):
        later = at_shop(redis, clock, shop, policy)
        with pytest.raises(DuplicateDelivery):
            await later.place(asked, requester=ANA, channel=OPS, trigger="t")
    assert await redis.zcard(KEYS.orders) == 1


async def test_a_click_delivered_again_when_it_is_not_allowed_any_more(
    redis: Redis, orders_of: OrdersOf
) -> None:
    """It was carried out while it was: there is nothing to add."""
    await stored(redis, an_order())
    await orders_of(Policy(approvers=(BEN,))).approve(ORDER_ID, by=BEN, trigger="t")
    with pytest.raises(DuplicateDelivery):
        await orders_of(Policy()).approve(ORDER_ID, by=BEN, trigger="t")


async def test_why_not_is_told_without_redis_too(redis: Redis, clock: ManualClock) -> None:
    """Whether the click was heard before can't be told then; that it is not allowed, can."""
    await stored(redis, an_order())
    orders = Orders(Forgetful(redis, KEYS), Policy(), TERMS, SOLD, clock, TEAM)
    with pytest.raises(NotAllowed):
        await orders.approve(ORDER_ID, by=BEN, trigger="t")


class Forgetful(OrderStore):
    """Redis goes away after the order was read."""

    async def was_seen(self, trigger: str) -> bool:
        """Raises StoreUnavailable."""
        del trigger
        raise StoreUnavailable


async def test_an_approval_asked_for_again_by_another_click(
    redis: Redis, orders_of: OrdersOf
) -> None:
    """Somebody who was slower is told who was quicker: silence is for the same click alone."""
    orders = orders_of(Policy(approvers=(BEN, CAM)))
    await stored(redis, an_order())
    await orders.approve(ORDER_ID, by=BEN, trigger="t")
    with pytest.raises(AlreadyDecided) as caught:
        await orders.approve(ORDER_ID, by=CAM, trigger="another")
    assert caught.value.by == BEN


async def test_orders_are_shown_where_they_belong(redis: Redis, orders_of: OrdersOf) -> None:
    """A list is for everybody, an order with its ICCIDs for its channel and its people."""
    order, orders = await stored(redis, an_order(channel=OPS)), orders_of(Policy(approvers=(BEN,)))
    assert await orders.latest_of(ANA) == await orders.latest_in(OPS, to=DAN) == [order]
    for user, channel in ((DAN, OPS), (ANA, "C0OTHER"), (BEN, "C0OTHER")):
        assert await orders.show(ORDER_ID, to=user, channel=channel) == order
    with pytest.raises(NotAllowed):
        await orders.show(ORDER_ID, to=DAN, channel="C0OTHER")


async def test_who_asked_cancels_and_an_approver_declines(
    redis: Redis, orders_of: OrdersOf
) -> None:
    """One button: whose it is says what it means; a stranger ends nothing."""
    await stored(redis, an_order())
    await stored(redis, an_order(order_id="8N5T7WZB"))
    orders = orders_of(Policy(approvers=(BEN,)))
    with pytest.raises(NotAllowed):
        await orders.cancel(ORDER_ID, by=DAN, trigger="t1")
    assert (await orders.cancel(ORDER_ID, by=ANA, trigger="t2")).state == "cancelled"
    assert (await orders.cancel("8N5T7WZB", by=BEN, trigger="t3")).state == "declined"


# The operator


async def test_the_operator_has_an_order_looked_at_now(
    redis: Redis, orders_of: OrdersOf, clock: ManualClock
) -> None:
    """It is due in the agenda, and the trail says who wanted it."""
    await stored(redis, an_order(state=OrderState.NEEDS_ATTENTION))
    await clock.jump(1)
    after = await orders_of(Policy()).requeue(ORDER_ID, OPERATOR)
    assert (after.history[-1].event, after.history[-1].by) == (Event.REQUEUED, OPERATOR.id)
    due = await redis.zscore(KEYS.agenda, str(Thing.order(ORDER_ID)))
    assert due == clock.now().timestamp() * 1000
    again = await orders_of(Policy()).requeue(ORDER_ID, OPERATOR)
    assert again.version == after.version + 1


async def test_nobody_else_requeues(redis: Redis, orders_of: OrdersOf) -> None:
    """An approver in Slack has buttons for what they may; and nothing is made of nothing."""
    await stored(redis, an_order(state=OrderState.IN_DOUBT))
    orders = orders_of(Policy(approvers=(BEN,)))
    with pytest.raises(NotAllowed):
        await orders.requeue(ORDER_ID, Member(BEN))
    with pytest.raises(UnknownOrder):
        await orders.requeue("00000000", OPERATOR)


async def test_the_operator_never_votes(redis: Redis, orders_of: OrdersOf) -> None:
    """Not by their name either, whatever the settings say."""
    await stored(redis, an_order())
    with pytest.raises(NotAllowed):
        await orders_of(Policy(approvers=(BEN,))).approve(ORDER_ID, by=OPERATOR.id, trigger="t")
