"""From the command to the decision, and which steps are possible in which state."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.events import Event, OrderState
from bot.domain.order import BOT, SCHEMA, Order
from bot.domain.purchase.outcome import Refused
from bot.errors import AlreadyDecided, ApprovalExpired, NoSuchCall, TransitionError
from tests.support.order_steps import bought, looked, now_of, started
from tests.support.orders import ANA, BEN, ORDER_ID, T0, an_order, some_sims, terms

Step = Callable[[Order], Order]

DECISIONS: dict[str, Step] = {
    "approve": lambda order: order.approve(BEN, now_of(order)),
    "decline": lambda order: order.decline(BEN, now_of(order)),
    "cancel": lambda order: order.cancel(ANA, now_of(order)),
    "expire": lambda order: order.expire(now_of(order)),
}
PURCHASE: dict[str, tuple[Step, set[OrderState]]] = {
    "start_attempt": (started, {OrderState.APPROVED}),
    "doubt": (lambda order: order.doubt("stopped", now_of(order)), {OrderState.PURCHASING}),
    "looked_up": (
        lambda order: looked(order, ()),
        {OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION},
    ),
}
FINAL = {state for state in OrderState if state.is_final}


def test_a_new_order_waits_for_approval() -> None:
    """It is due when its approval expires, and its history says who asked."""
    order = an_order(channel="C1", provider="telnyx", under=terms(approval_expires=60))
    assert (order.state, order.version) == (OrderState.AWAITING_APPROVAL, 1)
    assert order.due_at == order.expires_at == T0 + timedelta(minutes=1)
    assert (order.requester, order.channel, order.provider) == (ANA, "C1", "telnyx")
    (entry,) = order.history
    assert (entry.event, entry.by, entry.at) == ("placed", ANA, T0)


def test_a_new_order_has_bought_nothing() -> None:
    """All of it remains, and there is no decision yet."""
    order = an_order(4)
    assert (order.remaining, order.sims, order.errors, order.attempts) == (4, (), (), ())
    assert order.last_attempt is None
    assert order.decision is None
    assert not order.attempt_is_open


@pytest.mark.parametrize(
    ("decision", "state", "by"),
    [
        ("approve", OrderState.APPROVED, BEN),
        ("decline", OrderState.DECLINED, BEN),
        ("cancel", OrderState.CANCELLED, ANA),
        ("expire", OrderState.EXPIRED, BOT),
    ],
)
def test_a_decision_is_taken(decision: str, state: OrderState, by: str) -> None:
    """The state, and who brought it about, are in the history."""
    order = DECISIONS[decision](an_order())
    assert (order.state, order.version) == (state, 2)
    assert order.decision == order.history[-1]
    assert (order.history[-1].by, order.history[-1].state) == (by, state)


def test_an_approved_order_is_due_at_once() -> None:
    """The engine starts buying as soon as somebody said yes."""
    order = an_order().approve(BEN, T0 + timedelta(seconds=9))
    assert order.due_at == T0 + timedelta(seconds=9)


@pytest.mark.parametrize("decision", ["decline", "cancel", "expire"])
def test_an_order_that_ends_before_approval_is_never_due(decision: str) -> None:
    """Nothing is left to be done, and nothing was or will be bought."""
    order = DECISIONS[decision](an_order())
    assert order.due_at is None
    with pytest.raises(TransitionError):
        started(order)


def test_the_bot_says_why_it_cancels() -> None:
    """A cancellation that nobody clicked explains itself."""
    order = an_order().cancel(BOT, T0, "the card could not be posted")
    assert (order.history[-1].by, order.history[-1].detail) == (BOT, "the card could not be posted")


@pytest.mark.parametrize("seconds", [0, 59.999])
def test_approval_is_possible_until_it_expires(seconds: float) -> None:
    """The whole window is there to be used."""
    order = an_order(under=terms(approval_expires=60))
    assert order.approve(BEN, T0 + timedelta(seconds=seconds)).state is OrderState.APPROVED


@pytest.mark.parametrize("seconds", [60, 61, 86400])
def test_approval_after_the_expiry_buys_nothing(seconds: float) -> None:
    """A click on a card that outlived its order is told as that, also before the bot noticed."""
    order = an_order(under=terms(approval_expires=60))
    with pytest.raises(ApprovalExpired) as caught:
        order.approve(BEN, T0 + timedelta(seconds=seconds))
    assert caught.value.order_id == ORDER_ID


def test_an_order_that_waited_too_long_may_still_be_declined() -> None:
    """Until the bot has noticed, a no is still a no."""
    late = T0 + timedelta(days=9)
    assert an_order().decline(BEN, late).state is OrderState.DECLINED
    assert an_order().cancel(ANA, late).state is OrderState.CANCELLED


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize(
    "state",
    [
        state
        for state in OrderState
        if state not in {OrderState.CHECKING, OrderState.AWAITING_APPROVAL}
    ],
)
def test_a_decision_is_taken_only_once(state: OrderState, decision: str) -> None:
    """Whoever is second changes nothing, in any state, and reads what was first."""
    order = an_order(state=state)
    expected = ApprovalExpired if state is OrderState.EXPIRED else AlreadyDecided
    with pytest.raises(expected):
        DECISIONS[decision](order)


@pytest.mark.parametrize(
    ("state", "event", "by"),
    [
        (OrderState.APPROVED, Event.APPROVED, BEN),
        (OrderState.PURCHASED, Event.APPROVED, BEN),
        (OrderState.NEEDS_ATTENTION, Event.APPROVED, BEN),
        (OrderState.DECLINED, Event.DECLINED, BEN),
        (OrderState.CANCELLED, Event.CANCELLED, ANA),
    ],
)
def test_who_is_second_learns_who_was_first(state: OrderState, event: Event, by: str) -> None:
    """The error names the decision and the person, whatever has happened since."""
    with pytest.raises(AlreadyDecided) as caught:
        an_order(state=state).approve("U0CAM", T0)
    assert (caught.value.order_id, caught.value.event, caught.value.by) == (ORDER_ID, event, by)


@pytest.mark.parametrize("step", PURCHASE)
@pytest.mark.parametrize("state", list(OrderState))
def test_a_step_of_the_purchase_is_possible_only_in_its_state(state: OrderState, step: str) -> None:
    """Everything else is refused: nothing is bought before approval, nor twice."""
    take, states = PURCHASE[step]
    order = an_order(state=state)
    if state in states:
        assert take(order).version == order.version + 1
    else:
        with pytest.raises(TransitionError):
            take(order)


@pytest.mark.parametrize("state", list(OrderState))
@pytest.mark.parametrize("number", [-1, 0, 2, 99])
def test_an_answer_to_a_call_that_was_never_made_is_refused(state: OrderState, number: int) -> None:
    """An answer is never put down to another call."""
    with pytest.raises(NoSuchCall) as caught:
        an_order(state=state).record(number, Refused(errors=()), T0)
    assert caught.value.number == number


@pytest.mark.parametrize("state", list(OrderState))
def test_what_is_not_final_is_due_at_some_time(state: OrderState) -> None:
    """No order is forgotten before its end; after it, only what sent no call is left alone."""
    order = an_order(state=state)
    assert (order.due_at is None) == (state in FINAL and not order.attempts)


def test_these_states_are_final() -> None:
    """All but these six: an order that is not final is waiting for somebody or something."""
    waiting = {"checking", "awaiting_approval", "approved"}
    assert set(OrderState) - FINAL == waiting | {"purchasing", "in_doubt", "needs_attention"}


@pytest.mark.parametrize("state", list(OrderState))
def test_an_order_in_any_state_survives_storage(state: OrderState) -> None:
    """A restart goes on exactly where the order was."""
    order = an_order(5, state=state, tags=('a "b"\\',), note="日本語")
    assert Order.model_validate_json(order.model_dump_json()) == order


def test_a_stored_order_says_its_shape() -> None:
    """A release can tell whether it can read it."""
    assert json.loads(an_order().model_dump_json())["schema_number"] == SCHEMA


def test_an_order_of_the_first_release_is_read_and_goes_on() -> None:
    """It had no reminders; its next step is written in today's shape."""
    old = json.loads(an_order(state=OrderState.IN_DOUBT).model_dump_json())
    old["schema_number"] = 1
    del old["terms"]["reminder"]
    order = Order.model_validate_json(json.dumps(old))
    assert order.schema_number == 1
    for _ in range(3):
        order = looked(order, ())
    assert (order.state, order.schema_number) == (OrderState.NEEDS_ATTENTION, SCHEMA)
    assert order.due_at


def test_a_transition_leaves_the_old_order_alone() -> None:
    """Who lost a race still holds what was, and can decide again."""
    order = an_order()
    before = order.model_dump_json()
    bought(order.approve(BEN, T0), some_sims(3))
    assert order.model_dump_json() == before
