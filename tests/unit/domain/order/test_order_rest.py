"""The rest of an order: ordered once, checked before its card goes up and before it is bought."""

from collections.abc import Callable

import pytest

from bot.domain.events import Event, OrderState
from bot.domain.order import BOT, Order
from bot.domain.purchase.outcome import Bought, NotSent, Refused
from bot.errors import (
    AlreadyDecided,
    NothingMissing,
    RestOrdered,
    StillChecking,
    TransitionError,
    WrongState,
)
from bot.providers.telnyx.form import Prices
from tests.support.order_steps import NO_STOCK, answered, listed, now_of, started
from tests.support.orders import ANA, BEN, an_order, some_sims, terms
from tests.support.requests import a_request

Step = Callable[[], object]
REST_ID = "8N5T7WZB"


def short(amount: int = 5, got: int = 2) -> Order:
    """An order that fell short."""
    state = OrderState.PARTLY_PURCHASED
    return an_order(amount, state=state, sims=some_sims(got), tags=("a",), note="for Berlin")


def rest_of(first: Order, by: str = BEN, batch: int = 100) -> Order:
    """The order for its rest, as it is placed."""
    return Order.place_rest(
        REST_ID,
        first,
        terms=terms(batch_size=batch),
        quote=Prices().quote(first.rest_request()),
        requirement=first.requirement,
        by=by,
        at=now_of(first),
    )


def approved(rest: Order, missing: int) -> Order:
    """The rest, checked and approved."""
    return rest.checked(missing, now_of(rest)).approve("U0CARLA", now_of(rest))


def test_the_rest_of_a_short_order_can_be_ordered() -> None:
    """All of the request but the amount is the same."""
    first = short()
    assert first.rest_request() == a_request(3, tags=("a",), note="for Berlin")


@pytest.mark.parametrize("state", [state for state in OrderState if state != "partly_purchased"])
def test_only_a_short_order_has_a_rest(state: OrderState) -> None:
    """Nothing is ordered for an order that is whole, going on, or never began."""
    order = an_order(state=state)
    with pytest.raises(NothingMissing):
        order.order_rest(REST_ID, BEN, now_of(order))


def test_what_turned_up_late_is_no_rest() -> None:
    """Once all is there, the button for the rest orders nothing."""
    order = short()
    order = order.found_late(listed(order, 1, some_sims(5)), now_of(order))
    with pytest.raises(NothingMissing):
        rest_of(order)


def test_a_part_that_turned_up_late_leaves_a_rest() -> None:
    """An order that was refused, and of which two of three were found, is short of one."""
    closed = an_order(3, state=OrderState.NEEDS_ATTENTION)
    closed = closed.close(BEN, now_of(closed))
    late = closed.found_late(listed(closed, 1, some_sims(2)), now_of(closed))
    assert (late.state, closed.fell_short, late.fell_short) == (OrderState.REFUSED, False, True)
    assert late.rest_request().amount == 1
    marked = late.order_rest(REST_ID, BEN, now_of(late))
    assert (marked.rest, rest_of(late).request.amount) == (REST_ID, 1)


def test_the_first_order_is_marked() -> None:
    """With the id of the new one, by whoever pressed; its state and its looks stay."""
    first = short()
    marked = first.order_rest(REST_ID, BEN, now_of(first))
    assert (marked.rest, marked.rests, marked.state) == (REST_ID, (REST_ID,), first.state)
    assert (marked.history[-1].event, marked.history[-1].by) == (Event.REST_ORDERED, BEN)
    assert marked.due_at == first.due_at


def test_a_rest_is_ordered_once() -> None:
    """A second press is told which order is there already."""
    first = short()
    marked = first.order_rest(REST_ID, BEN, now_of(first))
    rest = rest_of(first)
    going_on = [rest, approved(rest, 3), started(approved(rest, 3))]
    bought = answered(going_on[-1], Bought(sims=some_sims(3, first=7)))
    for there in (None, *going_on, bought):
        with pytest.raises(RestOrdered) as caught:
            marked.order_rest("another", ANA, now_of(marked), there)
        assert (caught.value.order_id, caught.value.rest_id) == (first.id, REST_ID)


def test_a_rest_that_came_to_nothing_can_be_ordered_again() -> None:
    """Declined, cancelled, expired, refused: the mark goes to the new one."""
    first = short()
    marked, rest = first.order_rest(REST_ID, BEN, now_of(first)), rest_of(first)
    up = rest.checked(3, now_of(rest))
    refused = answered(started(approved(rest, 3)), Refused(errors=(NO_STOCK,)))
    at = now_of(rest)
    for ended in (rest.decline(BEN, at), up.cancel(ANA, at), up.expire(up.expires_at), refused):
        again = marked.order_rest("another", ANA, now_of(marked), ended)
        assert (again.rest, again.rests) == ("another", (REST_ID, "another"))
    late = refused.found_late(listed(refused, 1, some_sims(1, first=9)), now_of(refused))
    with pytest.raises(RestOrdered):
        marked.order_rest("another", ANA, now_of(marked), late)


def test_the_new_order_is_for_the_first_ones_requester() -> None:
    """It says whose rest it is and who pressed, and is checked at once."""
    first = short()
    rest = rest_of(first)
    assert (rest.id, rest.rest_of, rest.requester, rest.placed_by) == (REST_ID, first.id, ANA, BEN)
    assert (rest.channel, rest.provider, rest.request.amount) == (first.channel, "telnyx", 3)
    assert (rest.state, rest.due_at) == (OrderState.CHECKING, rest.created_at)
    assert (sorted(rest.askers), rest.reference) == ([ANA, BEN], f"esim-{REST_ID}")
    assert rest.decision is None


def test_a_rest_that_is_being_checked_can_be_taken_back_but_not_approved() -> None:
    """Its card is not up: nobody says yes to an amount that is not known yet."""
    rest = rest_of(short())
    at = now_of(rest)
    steps: list[Step] = [lambda: rest.approve(BEN, at), lambda: rest.expire(at)]
    for step in steps:
        with pytest.raises(StillChecking) as caught:
            step()
        assert caught.value.order_id == REST_ID
    assert rest.cancel(ANA, at).state is OrderState.CANCELLED
    declined = rest.decline("U0CARLA", at)
    assert (declined.state, declined.due_at) == (OrderState.DECLINED, None)
    with pytest.raises(AlreadyDecided):
        declined.cancel(ANA, at)


def test_the_card_goes_up_with_what_is_missing() -> None:
    """Late SIM cards make it smaller, and its price; it expires counted from then."""
    rest = rest_of(short()).model_copy(update={"terms": terms(approval_expires=60)})
    at = now_of(rest) + (now_of(rest) - rest.created_at) * 100
    up = rest.checked(2, at)
    assert (up.state, up.request.amount, up.history[-1].by) == (
        OrderState.AWAITING_APPROVAL,
        2,
        BOT,
    )
    assert rest.quote is not None
    assert up.quote == rest.quote.scaled(2, 3)
    assert up.due_at == up.expires_at
    assert (up.expires_at - at).total_seconds() == 60
    assert rest.checked(99, at).request.amount == 3


@pytest.mark.parametrize("approve", [False, True])
def test_nothing_missing_any_more_ends_it(*, approve: bool) -> None:
    """All has turned up: nothing is bought, and the history says why."""
    rest = rest_of(short())
    rest = approved(rest, 3) if approve else rest
    ended = rest.checked(0, now_of(rest))
    assert (ended.state, ended.due_at) == (OrderState.REFUSED, None)
    assert ended.history[-1].event == Event.NOTHING_MISSING
    assert ended.came_to_nothing


def test_sims_that_turned_up_since_the_approval_lower_it() -> None:
    """Fewer are bought than were approved, never more."""
    rest = approved(rest_of(short()), 3)
    assert rest.must_check
    assert rest.checked(3, now_of(rest)) is rest
    assert rest.checked(4, now_of(rest)) is rest
    lower = rest.checked(1, now_of(rest))
    assert (lower.state, lower.request.amount) == (OrderState.APPROVED, 1)
    assert (lower.history[-1].event, lower.due_at) == (Event.LOWERED, lower.history[-1].at)
    begun = started(lower)
    assert begun.attempts[0].quantity == 1


@pytest.mark.parametrize(
    ("missing", "amount", "state"),
    [(3, 3, OrderState.PURCHASING), (2, 2, OrderState.PURCHASED), (0, 2, OrderState.PURCHASED)],
)
def test_sims_that_turned_up_between_two_calls(
    missing: int, amount: int, state: OrderState
) -> None:
    """What the rest has bought stays; nothing beyond what is missing is bought."""
    rest = answered(started(approved(rest_of(short(), batch=2), 3)), Bought(sims=some_sims(2)))
    assert (rest.state, rest.must_check) == (OrderState.PURCHASING, True)
    later = rest.checked(missing, now_of(rest))
    assert (later.request.amount, later.state, len(later.sims)) == (amount, state, 2)
    assert (later is rest) is (missing == 3)


def test_nothing_missing_before_a_repeat() -> None:
    """Nothing was bought for the rest, and nothing is: it ends, and is looked at all the same."""
    turned_away = NotSent(why="too many calls", turned_away=True)
    rest = answered(started(approved(rest_of(short()), 3)), turned_away)
    ended = rest.checked(0, now_of(rest))
    assert (ended.state, ended.history[-1].event) == (OrderState.REFUSED, Event.NOTHING_MISSING)
    assert ended.due_at is not None


@pytest.mark.parametrize("approve", [False, True])
def test_a_check_that_fails_comes_again_ever_later(*, approve: bool) -> None:
    """It waits as it was, says why, and in the end comes as often as a reminder."""
    rest = rest_of(short())
    rest = approved(rest, 3) if approve else rest
    state, waits = rest.state, []
    for _ in range(5):
        rest = rest.not_checked("HTTP 503", now_of(rest))
        assert rest.due_at
        waits.append((rest.due_at - rest.history[-1].at).total_seconds())
    assert (rest.state, rest.history[-1].event) == (state, Event.CHECK_FAILED)
    assert (rest.history[-1].detail, waits) == ("HTTP 503", [10, 30, 90, 14_400, 14_400])


def test_only_a_rest_is_checked() -> None:
    """Other orders go their usual way."""
    order = an_order(state=OrderState.APPROVED)
    with pytest.raises(WrongState):
        order.not_checked("?", now_of(order))
    up = rest_of(short()).checked(3, now_of(order))
    steps: list[Step] = [
        lambda: up.checked(3, now_of(up)),
        lambda: up.not_checked("?", now_of(up)),
    ]
    for step in steps:
        with pytest.raises(TransitionError):
            step()
