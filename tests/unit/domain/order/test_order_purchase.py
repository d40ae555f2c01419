"""An approved order is bought, in as many calls as it takes and not one more."""

from datetime import timedelta

import pytest

from bot.domain.events import OrderState, Reason
from bot.domain.order import BOT, Order
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Unknown
from bot.domain.purchase.sim import ProviderError
from bot.errors import NoCallToMake, TransitionError
from tests.support.order_steps import NO_STOCK, answered, listed, looked, now_of, started
from tests.support.orders import T0, an_order, some_sims, terms

BUSY = NotSent(why="the provider was busy")


def quantities(order: Order) -> list[int]:
    """How many eSIMs each call asked for."""
    return [attempt.quantity for attempt in order.attempts]


def wait_of(order: Order) -> float | None:
    """Seconds from the last step until the order is due."""
    return (order.due_at - order.history[-1].at).total_seconds() if order.due_at else None


def test_a_call_is_recorded_before_it_is_made() -> None:
    """Who finds it without an outcome when the lease has run out knows that it may be sent."""
    order = an_order(3, state=OrderState.APPROVED)
    lease = T0 + timedelta(minutes=5)
    begun = order.start_attempt(T0, lease)
    (attempt,) = begun.attempts
    assert (attempt.number, attempt.quantity, attempt.started_at) == (1, 3, T0)
    assert (attempt.outcome, attempt.reference) == (None, f"esim-{order.id}-1")
    assert (begun.state, begun.due_at, begun.attempt_is_open) == (
        OrderState.PURCHASING,
        lease,
        True,
    )
    assert (begun.history[-1].event, begun.history[-1].by) == ("attempt_started", BOT)


def test_there_is_never_a_second_call_while_one_may_be_under_way() -> None:
    """Two workers that both hold the order do not both buy."""
    with pytest.raises(NoCallToMake):
        started(an_order(state=OrderState.PURCHASING))


def test_a_whole_order_in_one_call_is_purchased() -> None:
    """Everything ordered was bought: nothing remains, nothing is due."""
    order = answered(an_order(3, state=OrderState.PURCHASING), Bought(sims=some_sims(3)))
    assert (order.state, order.remaining) == (OrderState.PURCHASED, 0)
    assert order.sims == some_sims(3)
    assert order.history[-1].event == "attempt_bought"


@pytest.mark.parametrize(
    ("amount", "batch_size", "calls"),
    [
        (1, 100, [1]),
        (100, 100, [100]),
        (101, 100, [100, 1]),
        (250, 100, [100, 100, 50]),
        (3, 1, [1, 1, 1]),
        (1000, 1000, [1000]),
    ],
)
def test_a_large_order_is_bought_in_several_calls(
    amount: int, batch_size: int, calls: list[int]
) -> None:
    """Each call is full but the last, and together they ask for exactly the amount."""
    order = an_order(amount, state=OrderState.PURCHASED, under=terms(batch_size=batch_size))
    assert quantities(order) == calls
    assert len({attempt.reference for attempt in order.attempts}) == len(calls)
    assert len(order.sims) == amount


def test_between_calls_the_order_is_due_at_once() -> None:
    """A full call is followed by the next without waiting."""
    order = an_order(250, state=OrderState.PURCHASING)
    order = answered(order, Bought(sims=some_sims(100)))
    assert (order.state, order.remaining, wait_of(order)) == (OrderState.PURCHASING, 150, 0)
    assert not order.attempt_is_open


def test_a_call_that_is_sold_more_makes_the_rest_smaller() -> None:
    """Never more than ordered in all, also when the provider counts wrong."""
    order = an_order(250, state=OrderState.PURCHASING)
    order = started(answered(order, Bought(sims=some_sims(220))))
    assert quantities(order) == [100, 30]
    order = an_order(250, state=OrderState.PURCHASING)
    order = answered(order, Bought(sims=some_sims(251)))
    assert (order.state, order.remaining) == (OrderState.PURCHASED, 0)


def test_a_call_filled_in_part_ends_the_order() -> None:
    """Nothing is topped up unasked: the shortage and its reason are told instead."""
    order = an_order(250, state=OrderState.PARTLY_PURCHASED, sims=some_sims(130))
    assert quantities(order) == [100, 100]
    assert (order.remaining, order.errors) == (120, (NO_STOCK,))


def test_a_refusal_of_the_first_call_is_a_refusal_of_the_order() -> None:
    """Nothing was bought, and the provider's errors say why."""
    funds = ProviderError(code="20100", title="Insufficient funds")
    order = an_order(3, state=OrderState.REFUSED, errors=(funds,))
    assert (order.sims, order.errors, order.remaining) == ((), (funds,), 3)
    assert order.history[-1].event == "attempt_refused"


def test_a_refusal_of_a_later_call_keeps_what_was_bought() -> None:
    """The order ends with what there is."""
    order = an_order(250, state=OrderState.PARTLY_PURCHASED, sims=some_sims(100))
    assert quantities(order) == [100, 100]
    assert (len(order.sims), order.attempts[1].outcome) == (100, "refused")


def test_an_answer_without_sims_but_with_errors_is_a_refusal() -> None:
    """A purchase that sold nothing is told as such."""
    order = answered(an_order(state=OrderState.PURCHASING), Bought(sims=(), errors=(NO_STOCK,)))
    assert (order.state, order.errors) == (OrderState.REFUSED, (NO_STOCK,))


def test_errors_beside_a_whole_purchase_are_kept() -> None:
    """Everything is there, and what the provider said about it too."""
    order = an_order(3, state=OrderState.PURCHASED, errors=(NO_STOCK,))
    assert (order.remaining, order.errors) == (0, (NO_STOCK,))


def test_a_call_that_was_not_sent_is_made_again_after_a_while() -> None:
    """The provider never took it: a new call, with its own reference, asks for the same."""
    order = answered(an_order(3, state=OrderState.PURCHASING), BUSY)
    assert (order.state, wait_of(order), order.remaining) == (OrderState.PURCHASING, 5, 3)
    assert (order.history[-1].event, order.history[-1].detail) == ("attempt_not_sent", BUSY.why)
    order = started(order)
    assert quantities(order) == [3, 3]
    assert order.attempts[1].reference.endswith("-2")


@pytest.mark.parametrize(
    ("asked", "wait"),
    [(None, 5), (0, 5), (3, 5), (60, 60), (-1, 5), (float("nan"), 5), (1e18, 3600)],
)
def test_the_provider_may_ask_for_a_longer_wait(asked: float | None, wait: float) -> None:
    """At least our own delay; at most an hour, whatever number the provider sends."""
    busy = NotSent(why="busy", retry_after=asked)
    assert wait_of(answered(an_order(state=OrderState.PURCHASING), busy)) == wait


def test_a_new_try_may_follow_at_once() -> None:
    """Terms without a delay wait only for as long as the provider asks."""
    order = an_order(state=OrderState.PURCHASING, under=terms(send_delays=(0,)))
    assert wait_of(answered(order, BUSY)) == 0


def test_new_tries_end() -> None:
    """After the last delay the order ends, with nothing bought and the reason told."""
    order, waits = an_order(state=OrderState.APPROVED), []
    while not order.state.is_final:
        order = answered(started(order), BUSY)
        waits.append(wait_of(order))
    assert waits == [5, 20, None]
    assert (order.state, order.history[-1].detail) == (OrderState.REFUSED, BUSY.why)
    assert order.not_sent_in_a_row == len(order.attempts) == 3


def test_new_tries_end_with_what_was_bought_before() -> None:
    """A provider that goes away in the middle leaves a part of the order."""
    order = an_order(250, state=OrderState.PURCHASING, sims=some_sims(100))
    for _ in range(3):
        order = answered(order, BUSY)
        order = order if order.state.is_final else started(order)
    assert (order.state, len(order.sims)) == (OrderState.PARTLY_PURCHASED, 100)
    assert quantities(order) == [100, 100, 100, 100]


def test_without_delays_there_is_no_new_try() -> None:
    """Terms without new tries mean one call."""
    order = an_order(state=OrderState.PURCHASING, under=terms(send_delays=()))
    assert answered(order, BUSY).state is OrderState.REFUSED


def test_a_call_that_was_too_late_is_no_try() -> None:
    """Our own queue or a freeze was the cause: it is tried again soon, and ever less often."""
    order, waits = an_order(state=OrderState.APPROVED), []
    for _ in range(5):
        order = answered(started(order), NotSent(why="frozen", too_late=True))
        waits.append(wait_of(order))
    assert (waits, order.not_sent_in_a_row) == ([5, 10, 20, 40, 80], 0)
    order = answered(started(order), BUSY)
    assert (order.state, wait_of(order)) == (OrderState.PURCHASING, 5)
    for _ in range(30):
        order = answered(started(order), NotSent(why="frozen", too_late=True))
    assert (order.state, wait_of(order), order.not_sent_in_a_row) == (order.state, 3600, 1)


def test_a_call_that_was_too_late_does_not_race_without_delays() -> None:
    """Terms without new tries end no order because of a freeze, and let no machine run hot."""
    order = an_order(state=OrderState.PURCHASING, under=terms(send_delays=()))
    order = answered(order, NotSent(why="frozen", too_late=True))
    assert (order.state, wait_of(order)) == (OrderState.PURCHASING, 1)
    order = an_order(state=OrderState.PURCHASING, under=terms(send_delays=(0,)))
    assert wait_of(answered(order, NotSent(why="frozen", too_late=True))) == 1


def test_only_tries_in_a_row_are_counted() -> None:
    """A call that went through starts the count anew."""
    order = an_order(250, state=OrderState.PURCHASING)
    order = started(answered(started(answered(order, BUSY)), Bought(sims=some_sims(100))))
    assert order.not_sent_in_a_row == 0
    assert wait_of(answered(order, BUSY)) == 5
    assert answered(order, BUSY).not_sent_in_a_row == 1


def test_a_new_try_may_succeed() -> None:
    """What was not sent twice and then bought is bought once."""
    order = an_order(3, state=OrderState.PURCHASING)
    order = started(answered(started(answered(order, BUSY)), BUSY))
    order = answered(order, Bought(sims=some_sims(3)))
    assert (order.state, order.sims) == (OrderState.PURCHASED, some_sims(3))


@pytest.mark.parametrize(
    "outcome", [Unknown(why="silence"), Bought(sims=()), Bought(sims=some_sims(2))]
)
def test_an_uncertain_answer_stops_the_purchase(outcome: Outcome) -> None:
    """Whatever may have been bought is looked up before anything else is."""
    order = answered(an_order(250, state=OrderState.PURCHASING), outcome)
    assert (order.state, wait_of(order)) == (OrderState.IN_DOUBT, 10)
    with pytest.raises(TransitionError):
        started(order)
    with pytest.raises(TransitionError):
        order.doubt("again", now_of(order))


TURNED_AWAY = NotSent(why="too many calls", retry_after=7, turned_away=True)
"""The provider said no, and may have sold all the same."""


def turned_away(amount: int = 3) -> Order:
    """An order whose first call was turned away."""
    return answered(an_order(amount, state=OrderState.PURCHASING), TURNED_AWAY)


def test_a_call_that_was_turned_away_is_looked_up_before_it_is_repeated() -> None:
    """At the end of the wait; without a look that worked, nothing is sent."""
    order = turned_away()
    assert (order.state, wait_of(order), order.must_look) == (OrderState.PURCHASING, 7, True)
    with pytest.raises(NoCallToMake):
        started(order)
    order = looked(order, ())
    assert (order.must_look, wait_of(order)) == (False, 0)
    assert quantities(started(order)) == [3, 3]


def test_what_was_sold_all_the_same_ends_the_repeat() -> None:
    """All of it is there: bought, and nothing is sent again."""
    order = looked(turned_away(), some_sims(3))
    assert (order.state, order.sims) == (OrderState.PURCHASED, some_sims(3))
    order = looked(turned_away(250), some_sims(100))
    assert (order.state, wait_of(order)) == (OrderState.PURCHASING, 0)
    assert quantities(started(order)) == [100, 100]


def test_a_part_of_what_was_sold_all_the_same_is_in_doubt() -> None:
    """The rest may follow: it is looked up as any lost answer is."""
    order = looked(turned_away(), some_sims(2))
    assert (order.state, order.attempts[0].why) == (OrderState.IN_DOUBT, Reason.SOLD_ALL_THE_SAME)
    assert looked(order, some_sims(3)).state is OrderState.PURCHASED
    assert looked(order, some_sims(2), some_sims(2)).state is OrderState.PARTLY_PURCHASED


def test_all_of_an_earlier_call_found_before_a_repeat_ends_the_order() -> None:
    """Nothing remains to be bought, whichever call bought it."""
    order = started(looked(turned_away(), ()))
    order = answered(order, TURNED_AWAY)
    order = order.looked_up(listed(order, 1, some_sims(3)), now_of(order))
    assert (order.state, order.sims) == (OrderState.PURCHASED, some_sims(3))


def test_looks_before_a_repeat_that_fail_come_again_and_then_a_person_decides() -> None:
    """As many failed looks as there are new tries: nothing was sent meanwhile."""
    order = looked(turned_away(), None)
    assert (order.state, wait_of(order), order.must_look) == (OrderState.PURCHASING, 20, True)
    assert (order.history[-1].detail, order.attempts[0].lookups[0].why) == ("HTTP 503",) * 2
    assert looked(order, some_sims(3)).state is OrderState.PURCHASED
    order = looked(order, None)
    assert (order.state, order.attempts[0].why) == (OrderState.NEEDS_ATTENTION, Reason.UNASKABLE)
    assert not order.may_buy_again
    assert looked(order, ()).may_buy_again


def test_a_call_turned_away_the_last_time_is_looked_for_after_the_end() -> None:
    """It may have sold all the same, so the order is not let out of sight."""
    order = an_order(state=OrderState.PURCHASING, under=terms(send_delays=()))
    order = answered(order, TURNED_AWAY)
    assert (order.state, wait_of(order)) == (OrderState.REFUSED, 60)
