"""What a person decides that the look-up could not settle, and what turns up afterwards."""

from collections.abc import Callable

import pytest

from bot.domain.order import AFTERCARE, BOT, Order
from bot.domain.outcome import Bought, Sim, Unknown
from bot.domain.request import PurchaseRequest
from bot.domain.state import OrderState
from bot.errors import NothingToDecide, TransitionError
from tests.support.order_steps import answered, now_of, started, unsettled
from tests.support.orders import BEN, an_order, some_sims, terms

Step = Callable[[Order], object]

DECISIONS: dict[str, Step] = {
    "look_again": lambda order: order.look_again(BEN, now_of(order)),
    "close": lambda order: order.close(BEN, now_of(order)),
    "buy_again": lambda order: order.buy_again(BEN, now_of(order)),
}


def asked(amount: int = 3, found: int = 0, reminder: float = 60) -> Order:
    """An order whose looks found this many, and which a person must decide about."""
    under = terms(reminder=reminder)
    sims = some_sims(found)
    return an_order(amount, state=OrderState.NEEDS_ATTENTION, sims=sims, under=under)


def wait_of(order: Order) -> float | None:
    """Seconds from the last step until the order is due."""
    return (order.due_at - order.history[-1].at).total_seconds() if order.due_at else None


def closed(found: int = 0) -> Order:
    """An order that a person closed, with its call still in doubt."""
    order = asked(found=found)
    return order.close(BEN, now_of(order))


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize("state", [state for state in OrderState if state != "needs_attention"])
def test_nothing_is_decided_that_needs_no_decision(state: OrderState, decision: str) -> None:
    """A button of an old message changes nothing, and says where the order is."""
    with pytest.raises(NothingToDecide) as caught:
        DECISIONS[decision](an_order(state=state))
    assert str(caught.value) == (
        f"Order `7K2M9QXA` needs no decision now: it is {state.replace('_', ' ')}. "
        "I changed nothing."
    )


def test_a_person_is_reminded_until_they_decide() -> None:
    """Each reminder is a look too, and the next one follows."""
    order = asked(reminder=60)
    for _ in range(3):
        assert (order.state, wait_of(order)) == (OrderState.NEEDS_ATTENTION, 60)
        order = order.looked_up((), now_of(order))
        assert (order.history[-1].event, order.history[-1].by) == ("reminded", BOT)
    assert len(order.attempts[0].lookups) == 6


def test_a_reminder_that_finds_everything_needs_no_decision() -> None:
    """What turned up at last settles the order."""
    order = asked()
    order = order.looked_up(some_sims(3), now_of(order))
    assert (order.state, order.history[-1].event) == (OrderState.PURCHASED, "looked_up")
    assert order.due_at is None


def test_a_reminder_that_finds_a_whole_call_does_not_buy_the_rest() -> None:
    """Who was asked may have bought the rest by hand: nothing more is bought unasked."""
    order = asked(250)
    order = order.looked_up(some_sims(100), now_of(order))
    assert (order.state, order.remaining) == (OrderState.PARTLY_PURCHASED, 150)
    with pytest.raises(TransitionError):
        started(order)


def test_reminders_that_find_the_same_part_twice_settle_it() -> None:
    """The rule of the looks holds for reminders too."""
    order = asked()
    order = order.looked_up(some_sims(2), now_of(order))
    assert order.state is OrderState.NEEDS_ATTENTION
    order = order.looked_up(some_sims(2), now_of(order))
    assert (order.state, len(order.sims)) == (OrderState.PARTLY_PURCHASED, 2)


def test_look_again_looks_at_once() -> None:
    """The person who asked for it is in the history; what is found settles the order."""
    order = asked(250)
    order = order.look_again(BEN, now_of(order))
    assert (order.state, wait_of(order)) == (OrderState.IN_DOUBT, 0)
    assert (order.history[-1].event, order.history[-1].by) == ("look_again", BEN)
    order = order.looked_up(some_sims(100), now_of(order))
    assert (order.state, wait_of(order)) == (OrderState.PURCHASING, 0)


def test_look_again_that_finds_nothing_asks_again() -> None:
    """The decision is still to be taken, and it is no reminder that says so."""
    order = asked()
    order = order.look_again(BEN, now_of(order))
    order = order.looked_up((), now_of(order))
    assert (order.state, order.history[-1].event) == (OrderState.NEEDS_ATTENTION, "looked_up")
    assert wait_of(order) == 60


@pytest.mark.parametrize(
    ("found", "state"), [(0, OrderState.REFUSED), (2, OrderState.PARTLY_PURCHASED)]
)
def test_close_ends_with_what_is_known(found: int, state: OrderState) -> None:
    """The person says that no more was bought; their name stays with it."""
    order = closed(found)
    assert (order.state, len(order.sims)) == (state, found)
    assert (order.history[-1].event, order.history[-1].by) == ("closed", BEN)


def test_buy_again_buys_what_is_missing() -> None:
    """A new call, with its own reference, asks only for what is not known to be bought."""
    order = asked(found=2)
    order = order.buy_again(BEN, now_of(order))
    assert (order.state, wait_of(order)) == (OrderState.APPROVED, 0)
    assert (order.history[-1].event, order.history[-1].by) == ("buy_again", BEN)
    order = started(order)
    assert [attempt.quantity for attempt in order.attempts] == [3, 1]
    assert order.attempts[1].reference.endswith("-2")
    order = answered(order, Bought(sims=some_sims(1, first=9)))
    assert (order.state, len(order.sims)) == (OrderState.PURCHASED, 3)


def test_buy_again_is_one_decision_for_one_call() -> None:
    """When the second call is lost too, a person is asked again."""
    order = asked()
    order = started(order.buy_again(BEN, now_of(order)))
    order = answered(order, Unknown(why="silence"))
    assert order.state is OrderState.IN_DOUBT
    order = unsettled(order)
    assert (order.state, len(order.attempts)) == (OrderState.NEEDS_ATTENTION, 2)


def test_buy_again_with_nothing_missing_buys_nothing() -> None:
    """The first call's cards turned up while the second was in doubt: there is no third."""
    order = asked()
    order = answered(started(order.buy_again(BEN, now_of(order))), Unknown(why="silence"))
    order = unsettled(order)
    order = order.found_late(1, some_sims(3), now_of(order))
    assert (order.state, order.remaining) == (OrderState.NEEDS_ATTENTION, 0)
    with pytest.raises(NothingToDecide, match="Nothing is missing of order `7K2M9QXA`"):
        order.buy_again(BEN, now_of(order))
    assert order.close(BEN, now_of(order)).state is OrderState.PURCHASED


def test_the_rest_of_a_short_order_can_be_ordered() -> None:
    """All of the request but the amount is the same."""
    order = an_order(
        5, state=OrderState.PARTLY_PURCHASED, sims=some_sims(2), tags=("a",), note="for Berlin"
    )
    assert order.rest() == PurchaseRequest(
        amount=3, status=order.request.status, tags=("a",), note="for Berlin"
    )


@pytest.mark.parametrize("state", [state for state in OrderState if state != "partly_purchased"])
def test_only_a_short_order_has_a_rest(state: OrderState) -> None:
    """Nothing is ordered for an order that is whole, going on, or never began."""
    with pytest.raises(NothingToDecide, match="Nothing is missing"):
        an_order(state=state).rest()


def test_what_turned_up_late_is_no_rest() -> None:
    """Once all is there, the button for the rest orders nothing."""
    order = closed(found=2)
    assert order.rest().amount == 1
    order = order.found_late(1, some_sims(3), now_of(order))
    with pytest.raises(NothingToDecide):
        order.rest()


def test_what_ended_in_doubt_is_looked_after() -> None:
    """Two more looks, an hour and a day later, and then no more."""
    order, waits = closed(), []
    while order.due_at:
        waits.append(wait_of(order))
        order = order.looked_after(now_of(order))
    assert waits == list(AFTERCARE)
    assert (order.history[-1].event, order.state) == ("looked_after", OrderState.REFUSED)


@pytest.mark.parametrize(
    ("state", "watched"),
    [
        (OrderState.PURCHASED, 0),
        (OrderState.PARTLY_PURCHASED, 0),
        (OrderState.REFUSED, 0),
        (OrderState.DECLINED, 0),
        (OrderState.IN_DOUBT, 1),
        (OrderState.NEEDS_ATTENTION, 1),
    ],
)
def test_only_what_was_in_doubt_is_watched(state: OrderState, watched: int) -> None:
    """A shortage with a certain reason is not looked for."""
    assert len(an_order(state=state).watched) == watched


def test_a_part_that_was_settled_by_looks_is_watched() -> None:
    """The missing ones may still turn up."""
    order = an_order(3, state=OrderState.IN_DOUBT)
    for _ in range(3):
        order = order.looked_up(some_sims(2), now_of(order))
    assert (order.state, len(order.watched)) == (OrderState.PARTLY_PURCHASED, 1)
    assert wait_of(order) == AFTERCARE[0]


def test_sims_that_turn_up_after_the_end_are_kept() -> None:
    """They are bought and belong to the order, whatever it ended as."""
    order = closed()
    after = order.found_late(1, some_sims(2), now_of(order))
    assert (after.state, after.sims) == (OrderState.REFUSED, some_sims(2))
    assert (after.history[-1].event, after.due_at) == ("found_late", order.due_at)


@pytest.mark.parametrize("found", [None, (), some_sims(2)])
def test_a_late_look_that_finds_nothing_new_changes_nothing(found: tuple[Sim, ...] | None) -> None:
    """No entry is written for a look that told nothing."""
    order = closed(found=2)
    assert order.found_late(1, found, now_of(order)) is order


def test_all_found_after_the_end_needs_no_more_looks() -> None:
    """Nothing is watched any more, so the last look is the last."""
    order = closed()
    order = order.found_late(1, some_sims(3), now_of(order))
    assert order.looked_after(now_of(order)).due_at is None


@pytest.mark.parametrize("state", [state for state in OrderState if not state.is_final])
def test_an_order_is_looked_after_only_when_it_has_ended(state: OrderState) -> None:
    """Looks after the end do not disturb an order that is going on."""
    with pytest.raises(TransitionError, match="it has not ended"):
        an_order(state=state).looked_after(now_of(an_order(state=state)))


def test_sims_of_an_earlier_call_are_found_while_a_later_one_is_in_doubt() -> None:
    """They count, and the doubt about the later call stays."""
    order = asked()
    order = answered(started(order.buy_again(BEN, now_of(order))), Unknown(why="silence"))
    after = order.found_late(1, some_sims(1), now_of(order))
    assert (after.state, len(after.sims), after.due_at) == (OrderState.IN_DOUBT, 1, order.due_at)
    assert after.attempts[1] == order.attempts[1]


def test_a_look_for_an_earlier_call_is_held_against_that_call() -> None:
    """Whether it tells anything new is asked of the call that was looked for, not of another."""
    order = asked(found=1)
    order = answered(started(order.buy_again(BEN, now_of(order))), Unknown(why="silence"))
    assert order.found_late(1, some_sims(1), now_of(order)) is order
    assert len(order.found_late(1, some_sims(2), now_of(order)).sims) == 2
