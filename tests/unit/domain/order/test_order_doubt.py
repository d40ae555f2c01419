"""An order in doubt: looked up, settled, or handed to a person; never bought again unasked."""

import pytest

from bot.domain.events import Event, OrderState, Reason
from bot.domain.order import Order
from bot.domain.purchase.attempt import AttemptOutcome
from bot.domain.purchase.outcome import Bought, NotSent, Unknown
from bot.errors import NoCallToMake, NoCallUnderWay, TransitionError
from tests.support.order_steps import LOST, NO_STOCK, answered, listed, looked, now_of, started
from tests.support.orders import BEN, T0, an_order, some_sims, terms


def in_doubt(amount: int = 3) -> Order:
    """An order whose first call was sent and never answered."""
    return an_order(amount, state=OrderState.IN_DOUBT)


def wait_of(order: Order) -> float | None:
    """Seconds from the last step until the order is due."""
    return (order.due_at - order.history[-1].at).total_seconds() if order.due_at else None


def test_a_lost_answer_puts_the_order_in_doubt() -> None:
    """It is looked up after a first delay, and the reason is in the history."""
    order = in_doubt()
    assert (order.state, wait_of(order)) == (OrderState.IN_DOUBT, 10)
    assert (order.history[-1].event, order.history[-1].detail) == ("attempt_unknown", LOST)


def test_a_call_found_without_an_outcome_puts_the_order_in_doubt() -> None:
    """After a crash nobody knows whether it was sent: it is never sent again."""
    order = an_order(state=OrderState.PURCHASING).doubt("the bot was stopped", T0)
    assert (order.state, order.attempts[0].why) == (OrderState.IN_DOUBT, "the bot was stopped")
    assert (order.attempts[0].outcome, order.attempts[0].ended_at) == (AttemptOutcome.UNKNOWN, T0)
    assert order.history[-1].event == "attempt_unknown"
    with pytest.raises(TransitionError):
        started(order)


def test_a_call_that_was_answered_is_not_doubted() -> None:
    """A worker that is late with its doubt changes nothing of what is known."""
    order = answered(an_order(250, state=OrderState.PURCHASING), Bought(sims=some_sims(100)))
    for known in (order, an_order(state=OrderState.PURCHASED), in_doubt()):
        with pytest.raises(NoCallUnderWay):
            known.doubt("late", T0)


def test_looks_come_at_growing_intervals() -> None:
    """One after each delay of the terms, then a person."""
    order, waits = in_doubt(), []
    while order.state is OrderState.IN_DOUBT:
        waits.append(wait_of(order))
        order = looked(order, ())
    assert waits == [10, 30, 90]
    assert (order.state, wait_of(order)) == (OrderState.NEEDS_ATTENTION, order.terms.reminder)


def test_all_found_is_purchased() -> None:
    """The first look that finds everything settles the order."""
    order = looked(in_doubt(), (), some_sims(3))
    assert (order.state, order.sims) == (OrderState.PURCHASED, some_sims(3))
    assert order.history[-1].event == "looked_up"


def test_more_found_than_ordered_is_purchased() -> None:
    """What the provider sold too many is kept and shown, not argued with."""
    order = looked(in_doubt(), some_sims(5))
    assert (order.state, len(order.sims), order.remaining) == (OrderState.PURCHASED, 5, 0)


def test_all_of_one_call_found_goes_on_with_the_next() -> None:
    """Once the doubt is settled, the rest of the order is bought."""
    order = looked(in_doubt(250), some_sims(100))
    assert (order.state, wait_of(order)) == (OrderState.PURCHASING, 0)
    order = started(order)
    assert [attempt.quantity for attempt in order.attempts] == [100, 100]


def test_a_settled_doubt_leaves_no_reason_behind() -> None:
    """A card that goes on buying does not say that the call was lost."""
    assert looked(in_doubt(250), some_sims(100)).attempts[0].why == ""


@pytest.mark.parametrize(
    ("looks", "state"),
    [
        ([2, 2, 2], OrderState.PARTLY_PURCHASED),
        ([0, 2, 2], OrderState.PARTLY_PURCHASED),
        ([1, 2, 2], OrderState.PARTLY_PURCHASED),
        ([None, 2, 2], OrderState.PARTLY_PURCHASED),
        ([2, 2, 1], OrderState.NEEDS_ATTENTION),
        ([0, 1, 2], OrderState.NEEDS_ATTENTION),
        ([2, 0, 0], OrderState.NEEDS_ATTENTION),
        ([2, 2, None], OrderState.NEEDS_ATTENTION),
        ([2, None, 2], OrderState.NEEDS_ATTENTION),
        ([0, 0, 0], OrderState.NEEDS_ATTENTION),
        ([None, None, None], OrderState.NEEDS_ATTENTION),
        ([0, 2, 3], OrderState.PURCHASED),
    ],
)
def test_what_the_looks_make_of_an_order(looks: list[int | None], state: OrderState) -> None:
    """Some, and the same twice at the end: that is all. None, or unsteady: a person decides."""
    order = looked(in_doubt(), *(None if n is None else some_sims(n) for n in looks))
    assert order.state is state
    assert len(order.sims) == max(n or 0 for n in looks)


def test_a_stable_part_is_not_settled_before_the_last_look() -> None:
    """The missing ones have until the last look to show up."""
    order = looked(in_doubt(), some_sims(2), some_sims(2))
    assert order.state is OrderState.IN_DOUBT
    assert looked(order, some_sims(3)).state is OrderState.PURCHASED


def test_none_listed_is_never_taken_for_not_bought() -> None:
    """A list may lag behind: an empty one ends neither as refused nor as a new call."""
    order = looked(in_doubt(), (), (), ())
    assert order.state is OrderState.NEEDS_ATTENTION
    assert order.attempts[0].outcome is AttemptOutcome.UNKNOWN
    with pytest.raises(TransitionError):
        started(order)


def test_a_provider_that_could_not_be_asked_is_asked_again() -> None:
    """A look that failed is counted, and says nothing."""
    order = looked(in_doubt(), None, None)
    assert [look.found for look in order.attempts[0].lookups] == [None, None]
    assert looked(order, some_sims(3)).state is OrderState.PURCHASED


def test_without_looks_a_doubt_goes_straight_to_a_person() -> None:
    """Terms without look-ups mean that a person looks."""
    order = an_order(state=OrderState.PURCHASING, under=terms(lookup_delays=()))
    assert answered(order, Unknown(why="silence")).state is OrderState.NEEDS_ATTENTION


def test_an_unexplained_shortage_is_looked_up() -> None:
    """The answer named two of three: the third is looked for, and the two are kept."""
    order = answered(an_order(3, state=OrderState.PURCHASING), Bought(sims=some_sims(2)))
    assert (order.state, order.history[-1].detail) == (OrderState.IN_DOUBT, Reason.UNEXPLAINED)
    assert order.sims == some_sims(2)
    assert looked(order, some_sims(3)).state is OrderState.PURCHASED
    assert looked(order, *[some_sims(2)] * 3).state is OrderState.PARTLY_PURCHASED


def test_a_list_that_lacks_the_answers_own_sims_settles_nothing() -> None:
    """As long as not even the known ones are listed, the missing one may have been bought."""
    order = answered(an_order(3, state=OrderState.PURCHASING), Bought(sims=some_sims(2)))
    order = looked(order, (), (), ())
    assert (order.state, order.sims) == (OrderState.NEEDS_ATTENTION, some_sims(2))


def test_errors_of_a_lost_answer_are_kept() -> None:
    """What the provider said about a call is told, whatever the looks find."""
    order = an_order(3, state=OrderState.IN_DOUBT, errors=(NO_STOCK,))
    assert looked(order, some_sims(3)).errors == (NO_STOCK,)


def test_a_part_of_a_later_call_ends_the_order_with_all_that_is_known() -> None:
    """What earlier calls bought counts too."""
    order = an_order(250, state=OrderState.IN_DOUBT, sims=some_sims(100))
    order = looked(order, *[some_sims(30, first=101)] * 3)
    assert (order.state, len(order.sims)) == (OrderState.PARTLY_PURCHASED, 130)


GONE = NotSent(why="unreachable", retry_after=3600)
LATE_TO_SEND = NotSent(why="frozen", too_late=True)
AWAY = NotSent(why="HTTP 429", turned_away=True)
"""The provider said no, and may have sold all the same."""


def bought_again(amount: int = 3) -> Order:
    """A call is in doubt; somebody wished to buy again, a look showed nothing: a second call."""
    order = an_order(amount, state=OrderState.NEEDS_ATTENTION)
    return started(looked(order.buy_again(BEN, now_of(order)), ()))


def must_look_first(order: Order) -> bool:
    """Whether the next call is refused until a look has worked."""
    assert order.state is OrderState.PURCHASING
    with pytest.raises(NoCallToMake):
        started(order)
    return order.must_look


@pytest.mark.parametrize("outcome", [GONE, LATE_TO_SEND, AWAY])
def test_a_repeat_while_an_earlier_call_is_in_doubt_waits_for_a_look(outcome: NotSent) -> None:
    """The look before the wish is old by then; each repeat has one of its own."""
    order = bought_again()
    for number in (2, 3):
        order = answered(order, outcome)
        assert must_look_first(order)
        order = looked(order, ())
        assert (order.state, order.due_at) == (OrderState.PURCHASING, order.history[-1].at)
        order = started(order)
        assert (len(order.attempts), order.attempts[-1].quantity) == (number + 1, 3)


def test_looks_before_a_call_was_turned_away_say_nothing_of_it() -> None:
    """A late 429 takes its call out of doubt, but what was looked at before it came is old."""
    order = looked(an_order(3, state=OrderState.IN_DOUBT), ())
    order = answered(order, AWAY)
    assert must_look_first(order)
    assert not started(looked(order, ())).must_look


def test_failed_looks_before_a_call_was_turned_away_do_not_count() -> None:
    """A person is asked after as many failed looks as there are tries, since the answer came."""
    order = answered(looked(an_order(3, state=OrderState.IN_DOUBT), None, None), AWAY)
    order = looked(order, None)
    assert (order.state, order.must_look) == (OrderState.PURCHASING, True)
    assert looked(order, None).state is OrderState.NEEDS_ATTENTION


def test_a_call_turned_away_is_looked_up_again_after_a_repeat_that_was_not_sent() -> None:
    """The look before the repeat is as old as the repeat: another one comes first."""
    order = started(looked(answered(an_order(3, state=OrderState.PURCHASING), AWAY), ()))
    assert must_look_first(answered(order, GONE))


def test_a_repeat_with_nothing_in_doubt_needs_no_look() -> None:
    """No call so far can have sold anything that is not known."""
    order = answered(an_order(3, state=OrderState.PURCHASING), GONE)
    assert (order.must_look, len(started(order).attempts)) == (False, 2)


def test_more_of_an_earlier_call_before_a_repeat_asks_a_person() -> None:
    """The wish was made without knowing of it, and the rest may follow: nothing is sent."""
    order = answered(bought_again(), GONE)
    order = order.looked_up(listed(order, 1, some_sims(1)), now_of(order))
    assert (order.state, order.history[-1].event) == (
        OrderState.NEEDS_ATTENTION,
        Event.BUY_AGAIN_NEEDLESS,
    )
    assert (order.attempts[-1].why, len(order.sims)) == (Reason.MORE_SHOWN, 1)
    reminded = order.looked_up(listed(order, 1, some_sims(1)), now_of(order))
    assert (reminded.state, reminded.history[-1].event) == ("needs_attention", Event.REMINDED)
    order = order.look_again(BEN, now_of(order))
    assert looked(order, (), (), ()).state is OrderState.NEEDS_ATTENTION
    order = answered(bought_again(), GONE)
    order = order.looked_up(listed(order, 1, some_sims(3)), now_of(order))
    assert order.state is OrderState.PURCHASED


def test_more_of_a_call_turned_away_before_a_repeat_asks_a_person() -> None:
    """The same where nobody wished for anything: no wish is named."""
    order = started(looked(answered(an_order(3, state=OrderState.PURCHASING), AWAY), ()))
    order = answered(order, GONE)
    order = order.looked_up(listed(order, 1, some_sims(1)), now_of(order))
    assert (order.state, order.history[-1].event) == (OrderState.NEEDS_ATTENTION, "looked_up")


def test_an_earlier_call_found_whole_before_a_repeat_leaves_the_rest_to_be_bought() -> None:
    """Nothing is in doubt any more: what remains was never asked for."""
    order = answered(bought_again(250), GONE)
    order = order.looked_up(listed(order, 1, some_sims(100)), now_of(order))
    assert [each.quantity for each in started(order).attempts] == [100, 100, 100]


def test_a_repeat_whose_looks_fail_is_put_in_words_that_fit() -> None:
    """It was not turned away: the doubt is about the earlier call."""
    order = looked(answered(bought_again(), GONE), None, None)
    assert (order.state, order.attempts[-1].why) == (OrderState.NEEDS_ATTENTION, Reason.UNSHOWN)


def test_an_answer_that_repeats_a_sim_of_an_earlier_call_is_settled() -> None:
    """It is listed for the call for which it counts, so looks agree with what is known."""
    sims = some_sims(5)
    order = an_order(6, state=OrderState.APPROVED, under=terms(batch_size=3))
    order = started(answered(started(order), Bought(sims=sims[:3])))
    order = answered(order, Bought(sims=(sims[0], *sims[3:]), errors=(NO_STOCK,)))
    assert order.state is OrderState.IN_DOUBT
    found = listed(order, 1, sims[:3]) | listed(order, 2, sims[3:])
    for _ in range(3):
        order = order.looked_up(found, now_of(order))
    assert (order.state, len(order.sims)) == (OrderState.PARTLY_PURCHASED, 5)
    assert [look.found for look in order.attempts[1].lookups] == [2, 2, 2]
