"""What a person decides that the look-up could not settle, and what turns up afterwards."""

from collections.abc import Callable

import pytest

from bot.domain.events import Event, OrderState
from bot.domain.order import BOT, Order, Wish
from bot.domain.purchase.outcome import Bought, Unknown
from bot.domain.purchase.sim import Oddity
from bot.errors import LookFirst, NothingMissing, NothingToDecide, TransitionError
from tests.support.order_steps import answered, listed, looked, now_of, started, unsettled
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
    """A button of an old message changes nothing; where the order is can be told."""
    with pytest.raises(NothingToDecide) as caught:
        DECISIONS[decision](an_order(state=state))
    assert (caught.value.order_id, caught.value.state) == ("7K2M9QXA", state)


def test_a_person_is_reminded_until_they_decide() -> None:
    """Each reminder is a look too, and the next one follows."""
    order = asked(reminder=60)
    for _ in range(3):
        assert (order.state, wait_of(order)) == (OrderState.NEEDS_ATTENTION, 60)
        order = looked(order, ())
        assert (order.history[-1].event, order.history[-1].by) == ("reminded", BOT)
    assert len(order.attempts[0].lookups) == 6


def test_a_reminder_that_finds_everything_needs_no_decision() -> None:
    """What turned up at last settles the order."""
    order = asked()
    order = looked(order, some_sims(3))
    assert (order.state, order.history[-1].event) == (OrderState.PURCHASED, "looked_up")


def test_a_reminder_that_finds_a_whole_call_does_not_buy_the_rest() -> None:
    """Who was asked may have bought the rest by hand: nothing more is bought unasked."""
    order = asked(250)
    order = looked(order, some_sims(100))
    assert (order.state, order.remaining) == (OrderState.PARTLY_PURCHASED, 150)
    with pytest.raises(TransitionError):
        started(order)


def test_reminders_that_find_the_same_part_twice_settle_it() -> None:
    """The rule of the looks holds for reminders too."""
    order = asked()
    order = looked(order, some_sims(2))
    assert order.state is OrderState.NEEDS_ATTENTION
    order = looked(order, some_sims(2))
    assert (order.state, len(order.sims)) == (OrderState.PARTLY_PURCHASED, 2)


def test_look_again_looks_at_once() -> None:
    """The person who asked for it is in the history; what is found settles the order."""
    order = asked(250)
    order = order.look_again(BEN, now_of(order))
    assert (order.state, wait_of(order)) == (OrderState.IN_DOUBT, 0)
    assert (order.history[-1].event, order.history[-1].by) == ("look_again", BEN)
    order = looked(order, some_sims(100))
    assert (order.state, wait_of(order)) == (OrderState.PURCHASING, 0)


def test_look_again_that_finds_nothing_asks_again() -> None:
    """The decision is still to be taken, and it is no reminder that says so."""
    order = asked()
    order = order.look_again(BEN, now_of(order))
    order = looked(order, ())
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


def wished(order: Order) -> Order:
    """An approver presses *Buy again*."""
    return order.buy_again(BEN, now_of(order))


def test_buy_again_is_a_wish_that_is_looked_up_first() -> None:
    """It is recorded with its name and time, and due at once; nothing is sent yet."""
    order = wished(asked(found=2))
    assert (order.state, wait_of(order)) == (OrderState.IN_DOUBT, 0)
    assert (order.history[-1].event, order.history[-1].by) == ("buy_again", BEN)
    assert order.wish == Wish(by=BEN, at=order.history[-1].at)
    with pytest.raises(TransitionError):
        started(order)


def test_a_look_that_shows_nothing_new_buys_what_is_missing() -> None:
    """A new call, with its own reference, asks only for what is not known to be bought."""
    order = looked(wished(asked(found=2)), some_sims(2))
    assert (order.state, wait_of(order), order.wish) == (OrderState.APPROVED, 0, None)
    order = started(order)
    assert [attempt.quantity for attempt in order.attempts] == [3, 1]
    assert order.attempts[1].reference.endswith("-2")
    order = answered(order, Bought(sims=some_sims(1, first=9)))
    assert (order.state, len(order.sims)) == (OrderState.PURCHASED, 3)


@pytest.mark.parametrize(
    ("found", "state"), [(3, OrderState.PURCHASED), (1, OrderState.NEEDS_ATTENTION)]
)
def test_sims_that_show_by_then_drop_the_wish(found: int, state: OrderState) -> None:
    """They are kept, nothing is sent, and the history says why."""
    order = looked(wished(asked()), some_sims(found))
    assert (order.state, len(order.sims), order.wish) == (state, found, None)
    assert (order.history[-1].event, order.history[-1].by) == (Event.BUY_AGAIN_NEEDLESS, BOT)
    with pytest.raises(TransitionError):
        started(order)


def test_a_look_that_fails_drops_the_wish() -> None:
    """Nothing is sent; a person decides again, and may press again."""
    order = looked(wished(asked()), None)
    assert (order.state, order.wish, order.may_buy_again) == (
        OrderState.NEEDS_ATTENTION,
        None,
        True,
    )
    assert (order.history[-1].event, order.history[-1].detail) == (
        Event.BUY_AGAIN_UNPROVEN,
        "HTTP 503",
    )
    assert looked(wished(order), ()).state is OrderState.APPROVED


def test_a_wish_holds_for_one_look_only() -> None:
    """Dropped once, it is not taken up by a look that comes later."""
    order = looked(wished(asked()), None, ())
    assert order.state is OrderState.NEEDS_ATTENTION


def test_buy_again_needs_a_look_that_worked() -> None:
    """Absence of evidence is no evidence: a button of an old message says to look first."""
    order = looked(an_order(3, state=OrderState.IN_DOUBT), None, None, None)
    assert (order.state, order.may_buy_again) == (OrderState.NEEDS_ATTENTION, False)
    assert (order.attempts[0].looks_that_worked, order.attempts[0].looks_that_failed) == (0, 3)
    with pytest.raises(LookFirst) as caught:
        wished(order)
    assert caught.value.order_id == order.id
    order = looked(order.look_again(BEN, now_of(order)), ())
    assert order.may_buy_again
    assert wished(order).wish


def test_buy_again_is_one_decision_for_one_call() -> None:
    """When the second call is lost too, a person is asked again; the looks count anew."""
    order = started(looked(wished(asked()), ()))
    order = answered(order, Unknown(why="silence"))
    assert order.state is OrderState.IN_DOUBT
    order = looked(order, None, None, None)
    assert (order.state, len(order.attempts)) == (OrderState.NEEDS_ATTENTION, 2)
    with pytest.raises(LookFirst):
        wished(order)


def twice_in_doubt(found: int = 0) -> Order:
    """An order that was bought again, and whose second call is in doubt too."""
    order = started(looked(wished(asked(found=found)), some_sims(found)))
    return answered(order, Unknown(why="silence"))


def test_buy_again_with_nothing_missing_buys_nothing() -> None:
    """The first call's cards turned up while the second was in doubt: there is no third."""
    order = unsettled(twice_in_doubt())
    order = order.looked_up(listed(order, 1, some_sims(3)), now_of(order))
    assert (order.state, order.remaining) == (OrderState.NEEDS_ATTENTION, 0)
    with pytest.raises(NothingMissing):
        wished(order)
    assert order.close(BEN, now_of(order)).state is OrderState.PURCHASED


def test_sims_of_an_earlier_call_are_found_while_a_later_one_is_in_doubt() -> None:
    """One look asks for all calls: the cards count, and the doubt about the later call stays."""
    order = twice_in_doubt()
    after = order.looked_up(listed(order, 1, some_sims(1)), now_of(order))
    assert (after.state, len(after.sims)) == (OrderState.IN_DOUBT, 1)
    assert (after.attempts[0].sims, after.attempts[1].sims) == (some_sims(1), ())


def test_only_what_is_new_of_an_earlier_call_is_written_down() -> None:
    """Each look counts for the call in doubt; an earlier one grows by what it learns alone."""
    order = twice_in_doubt(found=1)
    after = order.looked_up(listed(order, 1, some_sims(1)), now_of(order))
    assert (after.attempts[0], len(after.attempts[1].lookups)) == (order.attempts[0], 1)
    after = order.looked_up(listed(order, 1, some_sims(2)), now_of(order))
    assert len(after.attempts[0].sims) == 2


def test_references_are_compared_without_regard_to_case() -> None:
    """A provider that keeps tags in lower case lists the same SIM cards."""
    order = twice_in_doubt()
    found = {each.reference.lower(): some_sims(1, first=each.number) for each in order.attempts}
    after = order.looked_up(found, now_of(order))
    assert [attempt.sims for attempt in after.attempts] == [some_sims(1), some_sims(1, first=2)]


@pytest.mark.parametrize("reference", ["esim-7k2m9qxa", "esim-7K2M9QXA-9", "esim-7K2M9QXA-x"])
def test_what_carries_no_known_reference_belongs_to_the_last_call(reference: str) -> None:
    """The order's own tag alone, or that of a call that was forgotten: bought all the same."""
    order = twice_in_doubt()
    after = order.looked_up({reference: some_sims(3)}, now_of(order))
    assert (after.state, after.attempts[1].sims) == (OrderState.PURCHASED, some_sims(3))


@pytest.mark.parametrize("lacking", [{}, {"provider_id": None}])
def test_what_an_earlier_call_has_is_not_counted_again(lacking: dict[str, None]) -> None:
    """A SIM card that lost its own tag is known by its number."""
    order = twice_in_doubt(found=2)
    known = tuple(sim.model_copy(update=lacking) for sim in some_sims(2))
    after = order.looked_up({order.reference: known}, now_of(order))
    assert (len(after.sims), after.attempts[1].sims) == (2, ())


def test_a_sim_known_by_its_id_alone_is_numbered_where_it_belongs() -> None:
    """The first call's answer lacked its ICCID: the list brings it, under whatever tag."""
    (sim,) = some_sims(1)
    order = answered(
        an_order(2, state=OrderState.PURCHASING, under=terms(batch_size=1)),
        Bought(sims=(sim.model_copy(update={"iccid": None}),)),
    )
    after = order.looked_up({order.reference: (sim,)}, now_of(order))
    assert (after.attempts[0].sims, after.state) == ((sim,), OrderState.PURCHASING)


def test_more_that_is_known_of_old_sims_keeps_the_wish() -> None:
    """An oddity that is cleared, or an id that is learned, is no SIM card that turned up."""
    odd = some_sims(1)[0].model_copy(update={"odd": (Oddity.UNTAGGED,), "provider_id": None})
    lost = answered(an_order(3, state=OrderState.PURCHASING), Unknown(why="?", sims=(odd,)))
    order = unsettled(lost)
    order = order if order.may_buy_again else looked(order, ())
    order = looked(wished(order), some_sims(1))
    assert (order.state, order.attempts[0].counted[0].odd) == (OrderState.APPROVED, ())
    assert order.attempts[0].counted[0].provider_id == "sim-1"
