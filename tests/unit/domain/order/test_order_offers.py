"""The provider's own price: asked before people decide, and again before every call."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.catalogue.money import Money, Quote
from bot.domain.catalogue.offer import Alternative, Fact, Offer, Unavailable
from bot.domain.events import Event, OrderState
from bot.domain.order import BOT, Order
from bot.domain.policy import Requirement
from bot.domain.purchase.outcome import Bought, NotSent
from bot.errors import AlreadyDecided, ApprovalExpired, StillChecking, WrongState
from tests.support.order_steps import answered, now_of, started
from tests.support.orders import ANA, BEN, OPS, ORDER_ID, T0, TEAM, an_order, some_sims, terms
from tests.support.requests import a_request

CARLA = "U0CARLA"
ONE = Requirement(approvers=(BEN, CARLA))
DELAYS = terms().send_delays


def price(cents: int, *, currency: str = "USD", monthly: int | None = None) -> Quote:
    """The provider's own price of a whole order."""
    later = Money(cents=monthly, currency=currency) if monthly is not None else None
    return Quote(once=Money(cents=cents, currency=currency), monthly=later, firm=True)


def offer(cents: int = 900, **parts: Any) -> Offer:
    """What is offered at this price."""
    return Offer(quote=price(cents), **parts)


def checked(amount: int = 3, batch: int = 100) -> Order:
    """An order whose price is being asked."""
    return Order.place(
        ORDER_ID,
        a_request(amount),
        workspace=TEAM,
        requester=ANA,
        channel=OPS,
        terms=terms(batch_size=batch),
        quote=None,
        requirement=Requirement(),
        at=T0,
    )


def up(amount: int = 3, batch: int = 100, cents: int = 900) -> Order:
    """The same, when people may decide."""
    order = checked(amount, batch)
    return order.offered(offer(cents), ONE, now_of(order))


def approved(amount: int = 3, batch: int = 100, cents: int = 900) -> Order:
    """The same, approved."""
    order = up(amount, batch, cents)
    return order.approve(BEN, now_of(order))


def half_bought() -> Order:
    """An order for four, two a call, of which the first call has sold."""
    order = started(approved(4, batch=2))
    return answered(order, Bought(sims=some_sims(2)))


def test_without_a_price_nobody_can_approve() -> None:
    """It is due at once, so that the price is asked; the requester may take it back."""
    order = checked()
    assert (order.state, order.due_at, order.asks_price) == (OrderState.CHECKING, T0, True)
    with pytest.raises(StillChecking):
        order.approve(BEN, now_of(order))
    assert order.cancel(ANA, now_of(order)).state is OrderState.CANCELLED


def test_the_offer_is_what_people_decide_about() -> None:
    """Its price, what it refers to, its facts, who must agree; the time to decide begins now."""
    facts = (Fact(label="Validity", value="7 days"),)
    given = offer(
        options={"sim_card_group_id": "id"}, names={"sim_card_group_id": "x"}, facts=facts
    )
    at = T0 + timedelta(hours=3)
    order = checked().offered(given, ONE, at)
    assert (order.state, order.quote, order.facts) == (
        OrderState.AWAITING_APPROVAL,
        price(900),
        facts,
    )
    assert order.request.options["sim_card_group_id"] == "id"
    assert dict(order.names) == {"sim_card_group_id": "x"}
    assert order.requirement == ONE
    assert order.due_at == order.expires_at == at + order.terms.expiry()
    assert (order.history[-1].event, order.history[-1].by) == (Event.PRICED, BOT)
    assert Order.model_validate_json(order.model_dump_json()) == order


def test_an_offer_comes_once() -> None:
    """What people decide about never changes under their hands."""
    with pytest.raises(WrongState):
        up().offered(offer(1), ONE, now_of(up()))
    with pytest.raises(WrongState):
        up().repriced(offer(1), ONE, now_of(up()))


def test_what_is_not_sold_ends_the_order() -> None:
    """Nothing was sent; why, and what is sold instead, stays with the order."""
    near = Alternative(options={"data": "5GB"}, quote=price(700))
    why = Unavailable(field="data", why="no 4 GB", nearest=(near,))
    order = checked().not_offered(why, now_of(checked()))
    assert (order.state, order.unavailable, order.due_at) == (OrderState.REFUSED, why, None)
    assert (order.history[-1].event, order.history[-1].detail) == (Event.NOT_OFFERED, "no 4 GB")
    with pytest.raises(AlreadyDecided):
        order.approve(BEN, now_of(order))
    assert Order.model_validate_json(order.model_dump_json()) == order


@pytest.mark.parametrize("order", [checked(), approved(), half_bought()], ids=lambda o: o.state)
def test_a_price_that_cant_be_asked_is_asked_again(order: Order) -> None:
    """At growing intervals; at last the order ends with what it has bought, and says why."""
    state = order.state
    for delay in DELAYS:
        at = now_of(order)
        order = order.not_priced("HTTP 503", at)
        assert (order.state, order.due_at) == (state, at + timedelta(seconds=delay))
        assert order.history[-1].event is Event.PRICE_FAILED
    order = order.requeue("operator:root@bot-1", now_of(order))
    ended = order.not_priced("HTTP 503", now_of(order))
    assert ended.state is (OrderState.PARTLY_PURCHASED if ended.sims else OrderState.REFUSED)
    assert (ended.unavailable, ended.history[-1].detail) == (None, "HTTP 503")
    assert ended.history[-1].event is Event.NOT_OFFERED


def test_a_price_that_was_told_meanwhile_begins_anew() -> None:
    """Only failures in a row end an order."""
    order = approved()
    for _ in DELAYS:
        order = order.not_priced("HTTP 503", now_of(order))
    order = order.repriced(offer(800), ONE, now_of(order))
    order = order.not_priced("HTTP 503", now_of(order))
    assert order.state is OrderState.APPROVED


def test_the_same_price_changes_nothing() -> None:
    """The order is the very same, so nothing is written but the attempt."""
    order = approved()
    assert order.repriced(offer(900), ONE, now_of(order)) is order


def test_a_lower_price_is_taken_before_the_first_call() -> None:
    """Nobody is asked again to pay less; the order says what it costs now."""
    order = approved()
    cheaper = order.repriced(offer(800), ONE, now_of(order))
    assert (cheaper.state, cheaper.quote, cheaper.revision) == (
        OrderState.APPROVED,
        price(800),
        order.revision,
    )
    assert cheaper.history[-1].event is Event.PRICE_FELL
    assert cheaper.approved_by == (BEN,)
    assert started(cheaper).state is OrderState.PURCHASING


@pytest.mark.parametrize(
    "dearer",
    [price(901), price(900, currency="EUR"), price(900, monthly=1)],
    ids=["more", "other money", "each month"],
)
def test_a_higher_price_must_be_approved_anew(dearer: Quote) -> None:
    """Votes are void, both prices stay, buttons of the old card are outdated, the time is new."""
    order = approved()
    at = now_of(order) + timedelta(hours=2)
    risen = order.repriced(Offer(quote=dearer), ONE, at)
    assert (risen.state, risen.quote, risen.earlier_quote) == (
        OrderState.AWAITING_APPROVAL,
        dearer,
        price(900),
    )
    assert (risen.revision, risen.agreed_by) == (order.revision + 1, ())
    assert (risen.decision, risen.approved_by, risen.attempts) == (None, (), ())
    assert risen.due_at == risen.expires_at == at + order.terms.expiry()
    assert risen.history[-1].event is Event.PRICE_ROSE
    again = risen.approve(BEN, now_of(risen))
    assert (again.state, again.approved_by) == (OrderState.APPROVED, (BEN,))
    assert again.decision == again.history[-1]


def test_a_risen_price_can_be_declined_and_expires() -> None:
    """It is as undecided as a new order."""
    order = approved()
    risen = order.repriced(offer(1000), ONE, now_of(order))
    assert risen.decline(CARLA, now_of(risen)).state is OrderState.DECLINED
    assert risen.cancel(ANA, now_of(risen)).state is OrderState.CANCELLED
    assert risen.expire(risen.expires_at).state is OrderState.EXPIRED
    with pytest.raises(ApprovalExpired):
        risen.approve(BEN, risen.expires_at)


def test_a_price_may_rise_twice() -> None:
    """What was approved last is what counts."""
    order = approved()
    order = order.repriced(offer(1000), ONE, now_of(order))
    order = order.approve(BEN, now_of(order))
    order = order.repriced(offer(1100), ONE, now_of(order))
    assert (order.decision, order.revision, order.earlier_quote) == (None, 3, price(1000))
    order = order.approve(CARLA, now_of(order))
    assert order.approved_by == (CARLA,)


def test_a_rise_after_the_first_call_ends_the_order() -> None:
    """What was bought was bought at the price that was approved; no more is bought."""
    order = half_bought()
    ended = order.repriced(offer(1000), ONE, now_of(order))
    assert (ended.state, ended.quote, ended.risen_quote) == (
        OrderState.PARTLY_PURCHASED,
        price(900),
        price(1000),
    )
    assert ended.history[-1].event is Event.PRICE_ROSE
    assert ended.approved_by == (BEN,)
    assert ended.due_at == ended.next_look(ended.history[-1].at)


def test_a_fall_after_the_first_call_changes_nothing() -> None:
    """What stands on the card is the most that it costs."""
    order = half_bought()
    assert order.repriced(offer(800), ONE, now_of(order)) is order


def test_a_call_that_was_not_sent_counts_as_a_call() -> None:
    """From then on nobody is asked anew: the order ends, with nothing bought."""
    order = answered(started(approved()), NotSent(why="no connection"))
    ended = order.repriced(offer(1000), ONE, now_of(order))
    assert (ended.state, ended.sims) == (OrderState.REFUSED, ())


def test_a_rest_is_compared_with_its_first_order_after_its_price() -> None:
    """It has both questions: the price comes first, then what is still missing."""
    first = an_order(5, state=OrderState.PARTLY_PURCHASED, sims=some_sims(2))
    rest = Order.place_rest(
        "8N5T7WZB",
        first,
        terms=first.terms,
        quote=None,
        requirement=Requirement(),
        by=BEN,
        at=now_of(first),
    )
    priced = rest.offered(offer(900), ONE, now_of(rest))
    assert (priced.state, priced.quote) == (OrderState.CHECKING, price(900))
    assert priced.due_at == priced.history[-1].at
    fitting = priced.checked(2, now_of(priced))
    assert (fitting.state, fitting.quote) == (OrderState.AWAITING_APPROVAL, price(600))


def test_an_estimate_is_not_asked_again() -> None:
    """It is no price of the provider's, so nothing can have changed."""
    assert not an_order().asks_price
    assert up().asks_price
