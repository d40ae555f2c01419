"""An order that has ended is looked at a minute, an hour and a day later, whatever was said."""

from datetime import timedelta

import pytest

from bot.domain.events import OrderState, Reason
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, NotSent, Unknown
from bot.domain.purchase.sim import Oddity
from bot.domain.terms import AFTERCARE
from bot.errors import WrongState
from tests.support.order_steps import NO_STOCK, answered, listed, looked, now_of, started
from tests.support.orders import BEN, an_order, some_sims, terms

LOOKS = [timedelta(seconds=seconds) for seconds in AFTERCARE]


def closed(found: int = 0) -> Order:
    """An order that a person closed, with its call still in doubt."""
    order = an_order(3, state=OrderState.NEEDS_ATTENTION, sims=some_sims(found))
    return order.close(BEN, now_of(order))


def all_looks(order: Order) -> list[timedelta]:
    """The times since the end at which it is looked at."""
    assert order.ended_at
    times, due = [], order.due_at
    while due:
        times.append(due - order.ended_at)
        due = order.next_look(due)
    return times


@pytest.mark.parametrize("state", ["purchased", "partly_purchased", "refused"])
def test_whatever_reached_the_provider_is_looked_at(state: str) -> None:
    """Three times, also when the answer was certain: it may not have been the whole truth."""
    assert all_looks(an_order(state=OrderState(state))) == LOOKS
    assert all_looks(closed()) == LOOKS


@pytest.mark.parametrize("state", ["declined", "cancelled", "expired"])
def test_what_was_never_approved_is_left_alone(state: str) -> None:
    """There is nothing to be found."""
    order = an_order(state=OrderState(state))
    assert (order.due_at, order.may_have_bought) == (None, False)


def test_what_never_reached_the_provider_is_left_alone() -> None:
    """A call that could not be sent bought nothing; one that was turned away may have."""
    order = an_order(state=OrderState.PURCHASING, under=terms(send_delays=()))
    assert answered(order, NotSent(why="no connection")).due_at is None
    assert all_looks(answered(order, NotSent(why="429", turned_away=True))) == LOOKS


def test_an_order_that_goes_on_has_no_looks_after_its_end() -> None:
    """They are counted from the end, and there is none."""
    order = an_order(state=OrderState.IN_DOUBT)
    assert (order.next_look(now_of(order)), order.next_try(now_of(order))) == (None, None)


def test_a_look_that_fails_is_tried_again_less_and_less_often_for_a_week() -> None:
    """The first one after five minutes, and none is dropped before the week is over."""
    order = closed()
    assert order.ended_at
    waits, now = [], order.ended_at + LOOKS[0]
    while following := order.next_try(now):
        waits.append(following - now)
        now = following
    assert waits[0] == timedelta(minutes=5)
    assert waits == sorted(waits)
    assert now - order.ended_at >= timedelta(days=7)
    assert len(waits) < 50


def test_sims_that_turn_up_after_the_end_are_kept() -> None:
    """They are bought and belong to the order, whatever it ended as; the next look follows."""
    order = closed()
    at = now_of(order) + LOOKS[0]
    after = order.found_late(listed(order, 1, some_sims(2)), at)
    assert (after.state, after.sims) == (OrderState.REFUSED, some_sims(2))
    assert (after.history[-1].event, after.due_at) == ("found_late", order.next_look(at))


def test_a_third_sim_that_an_error_denied_is_found() -> None:
    """Two of three and "not enough in stock", while all three were sold."""
    order = answered(
        an_order(3, state=OrderState.PURCHASING), Bought(sims=some_sims(2), errors=(NO_STOCK,))
    )
    assert order.state is OrderState.PARTLY_PURCHASED
    after = order.found_late(listed(order, 1, some_sims(3)), now_of(order))
    assert (after.state, after.remaining) == (OrderState.PARTLY_PURCHASED, 0)


def test_a_refused_call_that_was_sold_is_found() -> None:
    """What the provider lists was bought, whatever it had answered."""
    order = an_order(3, state=OrderState.REFUSED)
    for count in (2, 3):
        order = order.found_late(listed(order, 1, some_sims(count)), now_of(order))
        assert (len(order.sims), order.attempts[0].outcome) == (count, "bought")


@pytest.mark.parametrize("found", [0, 2])
def test_a_look_that_finds_nothing_new_changes_nothing(found: int) -> None:
    """Not even an entry is written; a status that changed by itself is nothing new."""
    order = closed(found=2)
    sims = [sim.model_copy(update={"status": "enabled"}) for sim in some_sims(found)]
    assert order.found_late(listed(order, 1, sims), now_of(order)) is order


def test_an_iccid_that_becomes_known_is_news() -> None:
    """A SIM card that a person closed the order with has its number at last."""
    lacking = some_sims(1)[0].model_copy(update={"iccid": None})
    order = answered(an_order(1, state=OrderState.PURCHASING), Bought(sims=(lacking,)))
    order = looked(order, (), (), ())
    order = order.close(BEN, now_of(order))
    assert (order.state, order.sims[0].iccid) == (OrderState.PURCHASED, None)
    after = order.found_late({order.reference: some_sims(1)}, now_of(order))
    assert after.sims == some_sims(1)


def test_that_a_sim_belongs_to_another_order_is_news() -> None:
    """Two orders were told of it at the same moment: whoever looks later lets it go."""
    order = an_order(1, state=OrderState.PURCHASED)
    theirs = [sim.belonging_to("8N5T7WZB") for sim in some_sims(1)]
    after = order.found_late(listed(order, 1, theirs), now_of(order))
    assert (after.sims, after.odd_sims[0].odd) == ((), (Oddity.ELSEWHERE,))


def test_sims_of_an_earlier_call_are_found_after_the_end() -> None:
    """One look asks for all calls of the order."""
    order = an_order(5, state=OrderState.PARTLY_PURCHASED, under=terms(batch_size=2))
    sims = some_sims(1, first=9)
    after = order.found_late(listed(order, 1, sims), now_of(order))
    assert (after.attempts[0].sims[-1:], after.remaining) == (sims, 0)


def test_an_answer_after_the_end_keeps_the_looks() -> None:
    """What it tells is kept, and the looks go on at their times."""
    order = closed()
    at = now_of(order) + LOOKS[1]
    after = order.record(1, Bought(sims=some_sims(3)), at)
    assert (after.history[-1].detail, after.due_at) == (Reason.LATE, order.next_look(at))


@pytest.mark.parametrize("state", [state for state in OrderState if not state.is_final])
def test_an_order_is_looked_after_only_when_it_has_ended(state: OrderState) -> None:
    """Looks after the end do not disturb an order that is going on."""
    order = an_order(state=state)
    with pytest.raises(WrongState):
        order.found_late({}, now_of(order))


def test_a_look_of_all_that_is_odd_settles_what_the_answer_left_open() -> None:
    """A physical SIM card is counted and told; once the looks agree, the order has ended."""
    (sim,) = some_sims(1)
    strange = sim.model_copy(update={"odd": (Oddity.PHYSICAL, Oddity.UNTAGGED)})
    order = answered(an_order(1, state=OrderState.PURCHASING), Bought(sims=(strange,)))
    assert order.state is OrderState.IN_DOUBT
    order = looked(order, (sim,), (sim,), (sim,))
    assert (order.state, order.odd_sims[0].odd) == (OrderState.PURCHASED, (Oddity.PHYSICAL,))


def test_a_sim_that_another_order_has_is_kept_and_not_counted() -> None:
    """The looks find the others and no third: it ends with what counts, and tells of the odd."""
    theirs = some_sims(1)[0].belonging_to("8N5T7WZB")
    ours = some_sims(2, first=2)
    order = answered(an_order(3, state=OrderState.PURCHASING), Bought(sims=(theirs, *ours)))
    assert (order.state, order.remaining) == (OrderState.IN_DOUBT, 1)
    order = looked(order, ours, ours, ours)
    assert (order.state, order.sims) == (OrderState.PARTLY_PURCHASED, ours)
    assert [sim.elsewhere for sim in order.odd_sims] == ["8N5T7WZB"]


def test_a_sim_that_another_call_has_is_not_counted_twice() -> None:
    """The answer to the second call names one of the first again."""
    order = an_order(4, state=OrderState.PURCHASING, sims=some_sims(2), under=terms(batch_size=2))
    order = answered(order, Bought(sims=some_sims(2, first=2)))
    assert (order.state, len(order.sims)) == (OrderState.IN_DOUBT, 3)
    assert order.odd_sims[0].elsewhere == order.id
    order = looked(order, some_sims(2, first=3))
    assert (order.state, len(order.sims)) == (OrderState.PURCHASED, 4)


def test_a_lost_answer_and_all_found_is_clear() -> None:
    """A look that shows everything by its tag leaves nothing odd."""
    (sim,) = some_sims(1)
    strange = sim.model_copy(update={"odd": (Oddity.UNTAGGED,)})
    order = answered(
        started(an_order(1, state=OrderState.APPROVED)), Unknown(why="cut off", sims=(strange,))
    )
    assert order.state is OrderState.IN_DOUBT
    order = looked(order, (sim,))
    assert (order.state, order.odd_sims) == (OrderState.PURCHASED, ())
