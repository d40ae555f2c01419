"""Answers that come late or twice: what is known only grows, and nothing is bought for it."""

import pytest

from bot.domain.events import Event, OrderState, Reason
from bot.domain.order import Order
from bot.domain.purchase.attempt import AttemptOutcome
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.errors import TransitionError
from tests.support.order_steps import NO_STOCK, answered, looked, now_of, started, unsettled
from tests.support.orders import BEN, an_order, some_sims

BUSY = NotSent(why="busy")
SILENCE = Unknown(why="silence")
ALL = Bought(sims=some_sims(3))
SOME = Bought(sims=some_sims(2), errors=(NO_STOCK,))
NONE = Refused(errors=(NO_STOCK,))
SECOND = some_sims(100, first=101)


def late(order: Order, outcome: Outcome, number: int = 1) -> Order:
    """The order after this answer to its call with this number."""
    return order.record(number, outcome, now_of(order))


def in_its_second_call() -> Order:
    """250 eSIMs: the first hundred bought, the second call under way."""
    return an_order(250, state=OrderState.PURCHASING, sims=some_sims(100))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (ALL, OrderState.PURCHASED),
        (SOME, OrderState.PARTLY_PURCHASED),
        (NONE, OrderState.REFUSED),
        (BUSY, OrderState.PURCHASING),
        (SILENCE, OrderState.IN_DOUBT),
    ],
)
def test_an_answer_in_doubt_settles_it(outcome: Outcome, state: OrderState) -> None:
    """The worker that was thought dead comes back with the answer: it counts."""
    order = late(an_order(state=OrderState.IN_DOUBT), outcome)
    assert order.state is state
    assert order.due_at is not None


def test_an_answer_in_doubt_goes_on_with_the_order() -> None:
    """The rest is bought as if the answer had come in time."""
    order = late(an_order(250, state=OrderState.IN_DOUBT), Bought(sims=some_sims(100)))
    assert [attempt.quantity for attempt in started(order).attempts] == [100, 100]


def test_an_answer_to_an_order_in_doubt_adds_to_what_was_found() -> None:
    """Two found by a look and one more told by the answer make three."""
    order = an_order(3, state=OrderState.IN_DOUBT, sims=some_sims(2))
    order = late(order, Bought(sims=some_sims(1, first=3)))
    assert (order.state, order.sims) == (OrderState.PURCHASED, some_sims(3))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (ALL, OrderState.PURCHASED),
        (SOME, OrderState.PARTLY_PURCHASED),
        (NONE, OrderState.REFUSED),
        (BUSY, OrderState.REFUSED),
        (SILENCE, OrderState.NEEDS_ATTENTION),
        (Bought(sims=some_sims(1)), OrderState.NEEDS_ATTENTION),
    ],
)
def test_an_answer_after_a_person_was_asked_only_ends_the_order(
    outcome: Outcome, state: OrderState
) -> None:
    """They were told that nothing more is bought: no call is made behind their back."""
    order = late(an_order(state=OrderState.NEEDS_ATTENTION), outcome)
    assert (order.state, order.history[-1].detail) == (state, Reason.LATE)
    with pytest.raises(TransitionError):
        started(order)


def test_the_reminder_is_not_put_off_by_an_uncertain_answer() -> None:
    """Who must decide is reminded when they would have been anyway."""
    asked = an_order(state=OrderState.NEEDS_ATTENTION)
    assert late(asked, SILENCE).due_at == asked.due_at is not None


def test_the_rest_is_not_bought_after_a_person_was_asked() -> None:
    """The first call of three is explained; who was asked orders the rest, or not."""
    order = an_order(250, state=OrderState.NEEDS_ATTENTION)
    order = late(order, Bought(sims=some_sims(100)))
    assert (order.state, len(order.sims)) == (OrderState.PARTLY_PURCHASED, 100)


@pytest.mark.parametrize("state", [state for state in OrderState if state.is_final])
@pytest.mark.parametrize("outcome", [ALL, SOME, NONE, BUSY, SILENCE])
def test_what_is_final_stays_final(state: OrderState, outcome: Outcome) -> None:
    """Whatever is told of an order that has ended, it does not come back to life."""
    order = an_order(state=state)
    if not order.attempts:
        with pytest.raises(TransitionError):
            late(order, outcome)
        return
    after = late(order, outcome)
    assert (after.state, after.due_at) == (state, after.next_look(now_of(order)))
    assert len(after.sims) >= len(order.sims)


def test_sims_that_come_after_the_end_are_kept() -> None:
    """Settled with two by the looks; the answer names the third: it is bought, and shown."""
    order = an_order(3, state=OrderState.IN_DOUBT)
    for _ in range(3):
        order = looked(order, some_sims(2))
    assert order.state is OrderState.PARTLY_PURCHASED
    order = late(order, ALL)
    assert (order.state, order.sims) == (OrderState.PARTLY_PURCHASED, some_sims(3))
    assert (order.history[-1].event, order.history[-1].detail) == ("attempt_bought", Reason.LATE)


def test_an_answer_to_an_earlier_call_does_not_disturb_the_next() -> None:
    """Its cards are kept, and the call under way stays under way."""
    order = in_its_second_call()
    after = late(order, Bought(sims=some_sims(101)))
    assert (after.state, after.due_at, after.attempt_is_open) == (
        OrderState.PURCHASING,
        order.due_at,
        True,
    )
    assert (len(after.sims), after.remaining) == (101, 149)
    assert (after.history[-1].event, after.history[-1].detail) == ("attempt_bought", Reason.LATE)


def test_an_answer_to_an_earlier_call_leaves_the_doubt() -> None:
    """What is known of the first call says nothing about the second."""
    order = answered(in_its_second_call(), SILENCE)
    after = late(order, Bought(sims=some_sims(101)))
    assert (after.state, after.due_at) == (OrderState.IN_DOUBT, order.due_at)


def test_an_earlier_call_that_sold_everything_after_all_ends_the_order() -> None:
    """While the next try is awaited, all turns out to be there: there is no next try."""
    order = answered(started(answered(an_order(state=OrderState.PURCHASING), BUSY)), BUSY)
    order = late(order, ALL)
    assert order.state is OrderState.PURCHASED
    assert (order.history[-1].event, order.history[-1].detail) == ("attempt_bought", Reason.LATE)


def test_a_second_purchase_that_turns_out_to_be_needless_is_not_made() -> None:
    """An approver said to buy again, and before it was done, all turned up."""
    order = an_order(state=OrderState.NEEDS_ATTENTION)
    order = late(order.buy_again(BEN, now_of(order)), ALL)
    assert order.state is OrderState.PURCHASED
    order = an_order(state=OrderState.NEEDS_ATTENTION)
    twice = unsettled(answered(started(looked(order.buy_again(BEN, now_of(order)), ())), SILENCE))
    order = late(twice.buy_again(BEN, now_of(twice)), ALL)
    assert (order.state, order.wish, len(order.attempts)) == (OrderState.IN_DOUBT, None, 2)
    assert order.history[-1].event == Event.BUY_AGAIN_NEEDLESS


@pytest.mark.parametrize(
    ("outcome", "wish"), [(SILENCE, True), (Unknown(why="?", sims=some_sims(1)), False)]
)
def test_a_late_answer_that_shows_sims_drops_the_wish(outcome: Outcome, wish: bool) -> None:
    """Whoever wished to buy again did not know of them; the look is made all the same."""
    order = an_order(state=OrderState.NEEDS_ATTENTION)
    wished = order.buy_again(BEN, now_of(order))
    after = late(wished, outcome)
    assert (after.state, after.due_at) == (OrderState.IN_DOUBT, wished.due_at)
    assert bool(after.wish) == wish


def test_an_earlier_call_that_sold_some_after_all_leaves_the_next_try_to_come() -> None:
    """What remains is still to be bought, at the time that was set."""
    waiting = answered(started(answered(an_order(state=OrderState.PURCHASING), BUSY)), BUSY)
    order = late(waiting, SOME)
    assert (order.state, order.due_at) == (OrderState.PURCHASING, waiting.due_at)
    assert started(order).attempts[-1].quantity == 1


def test_a_try_that_was_not_sent_is_not_made_again_when_all_is_there() -> None:
    """The same, when the next try was already under way: its answer ends the order."""
    order = late(started(answered(an_order(state=OrderState.PURCHASING), BUSY)), ALL)
    assert (order.state, order.attempt_is_open) == (OrderState.PURCHASING, True)
    order = answered(order, BUSY)
    assert order.state is OrderState.PURCHASED


@pytest.mark.parametrize("outcome", [ALL, SOME, NONE, BUSY, SILENCE, Bought(sims=some_sims(1))])
def test_an_answer_that_is_recorded_twice_is_there_once(outcome: Outcome) -> None:
    """When Redis took it but its reply was lost, the second time changes nothing at all."""
    order = answered(an_order(state=OrderState.PURCHASING), outcome)
    assert late(order, outcome) is order


def test_a_lost_answer_that_is_recorded_again_after_a_look_is_there_once() -> None:
    """The looks that were made since are not made again."""
    order = an_order(state=OrderState.IN_DOUBT)
    order = looked(order, ())
    assert late(order, Unknown(why=order.attempts[0].why)) is order


def test_a_call_that_was_not_sent_is_recorded_once_also_after_the_next_try() -> None:
    """The next try stays under way."""
    order = started(answered(an_order(state=OrderState.PURCHASING), BUSY))
    assert late(order, BUSY) is order


def test_an_unknown_that_comes_after_the_looks_does_not_raise_the_doubt_again() -> None:
    """All was found: the stopped worker's last word is that it does not know."""
    order = an_order(250, state=OrderState.IN_DOUBT)
    order = looked(order, some_sims(100))
    assert late(order, Unknown(why="stopped")) is order


def test_a_call_in_doubt_whose_sims_were_found_is_not_sent_again() -> None:
    """Two of three are listed, so it was sent, whatever the late answer says."""
    order = an_order(3, state=OrderState.IN_DOUBT, sims=some_sims(2))
    assert late(order, BUSY) is order


def test_a_refusal_does_not_undo_what_was_found() -> None:
    """Found is bought: the order ends with it, and with the provider's reason."""
    order = late(an_order(3, state=OrderState.IN_DOUBT, sims=some_sims(2)), NONE)
    assert (order.state, order.sims) == (OrderState.PARTLY_PURCHASED, some_sims(2))
    assert order.errors == (NO_STOCK,)


def test_a_better_reason_replaces_a_worse_one() -> None:
    """The look-up goes on, and the card tells what really happened."""
    doubted = an_order(state=OrderState.PURCHASING)
    doubted = doubted.doubt("the bot was stopped", now_of(doubted))
    order = late(doubted, Unknown(why="the answer was cut off"))
    assert (order.state, order.attempts[0].why) == (OrderState.IN_DOUBT, "the answer was cut off")
    assert order.attempts[0].outcome is AttemptOutcome.UNKNOWN
