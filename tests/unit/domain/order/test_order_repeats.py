"""A call in doubt, made again by a person's decision: its own bytes, within its key's life."""

from datetime import timedelta

import pytest

from bot.domain.events import Event, OrderState, Reason
from bot.domain.order import Order
from bot.domain.purchase.attempt import AttemptOutcome
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from tests.support.order_steps import LOST, NO_STOCK, answered, looked, now_of, started
from tests.support.orders import BEN, an_order, some_sims

LIFE = timedelta(days=3)


def with_key(order: Order, life: timedelta | None = LIFE) -> Order:
    """The next call, for which the provider takes the same bytes so long."""
    begun = started(order)
    until = begun.history[-1].at + life if life else None
    return begun.prepared('{"quantity":3}', until, shares_tag=False)


def in_doubt(life: timedelta | None = LIFE, amount: int = 3) -> Order:
    """An order whose call was lost, and that a person must decide about after looks that worked."""
    lost = answered(with_key(an_order(amount, state=OrderState.APPROVED), life), Unknown(why=LOST))
    return looked(lost, (), (), ())


def bought_again(order: Order) -> Order:
    """The same, after *Buy again* and a look that showed nothing new, as the call is recorded."""
    wished = order.buy_again(BEN, now_of(order))
    return started(looked(wished, ()))


def test_the_same_attempt_is_opened_again() -> None:
    """Its reference, bytes and quantity stay; looks are made anew; the key lives from the first."""
    order = in_doubt()
    before, again = order.attempts[0], bought_again(order)
    (after,) = again.attempts
    assert (again.state, again.history[-1].event) == (
        OrderState.PURCHASING,
        Event.ATTEMPT_REPEATED,
    )
    assert (after.reference, after.body, after.quantity, after.key_until) == (
        before.reference,
        before.body,
        before.quantity,
        before.key_until,
    )
    assert (after.repeats, after.outcome, after.lookups, after.shares_tag) == (1, None, (), False)
    assert again.attempt_is_open
    assert again.may_have_bought
    assert again.prepared("other", None, shares_tag=True) is again


@pytest.mark.parametrize("life", [None, timedelta(seconds=1)], ids=["no key", "too old"])
def test_without_a_living_key_it_is_a_call_of_its_own(life: timedelta | None) -> None:
    """Under a reference of its own, and for what is missing."""
    again = bought_again(in_doubt(life))
    assert [each.reference[-1] for each in again.attempts] == ["1", "2"]
    assert (again.attempts[1].repeats, again.attempts[1].body) == (0, "")
    assert again.history[-1].event is Event.ATTEMPT_STARTED


def test_a_call_that_was_not_sent_is_never_repeated_so() -> None:
    """What the provider never took gets a reference of its own, as always."""
    unsent = answered(with_key(an_order(state=OrderState.APPROVED)), NotSent(why="away"))
    again = started(unsent)
    assert [each.reference[-1] for each in again.attempts] == ["1", "2"]


def test_what_the_answer_names_is_bought_once() -> None:
    """SIM cards that were known before count once, whichever sending they are of."""
    lost = answered(
        with_key(an_order(3, state=OrderState.APPROVED)), Unknown(why=LOST, sims=some_sims(1))
    )
    again = bought_again(looked(lost, some_sims(1), some_sims(1), None))
    whole = answered(again, Bought(sims=some_sims(3)))
    assert (whole.state, whole.bought) == (OrderState.PURCHASED, 3)


@pytest.mark.parametrize(
    "outcome",
    [
        Refused(errors=(NO_STOCK,)),
        NotSent(why="no connection"),
        NotSent(why="HTTP 503", turned_away=True),
        NotSent(why="frozen", too_late=True),
        Unknown(why="lost again"),
    ],
    ids=lambda outcome: outcome.kind,
)
def test_nothing_else_settles_the_first_sending(outcome: Outcome) -> None:
    """It may have sold all the same: it is in doubt, looked for, and a person decides again."""
    order = answered(bought_again(in_doubt()), outcome)
    (attempt,) = order.attempts
    assert (order.state, attempt.outcome) == (OrderState.IN_DOUBT, AttemptOutcome.UNKNOWN)
    if isinstance(outcome, Refused):
        assert (attempt.errors, attempt.why) == ((NO_STOCK,), Reason.REPEAT_REFUSED)
    asked = looked(order, (), (), ())
    assert asked.state is OrderState.NEEDS_ATTENTION
    assert asked.may_buy_again
    assert bought_again(asked).attempts[0].repeats == 2


def test_a_late_refusal_of_the_first_sending_settles_nothing() -> None:
    """It may be about either sending: which, nobody can tell."""
    again = bought_again(in_doubt())
    late = again.record(1, Refused(errors=(NO_STOCK,)), now_of(again))
    assert late.attempts[0].outcome is AttemptOutcome.UNKNOWN
    whole = late.record(1, Bought(sims=some_sims(3)), now_of(late))
    assert (whole.state, whole.bought) == (OrderState.PURCHASED, 3)


def test_a_server_that_ignores_the_key_is_found_out() -> None:
    """Both sendings have sold: all SIM cards are counted and told, whoever lists them."""
    again = bought_again(in_doubt())
    whole = answered(again, Bought(sims=some_sims(3, first=10)))
    found = whole.found_late({whole.attempts[0].reference: some_sims(3)}, now_of(whole))
    assert found.bought == 6


def test_whoever_finds_it_open_doubts_it() -> None:
    """A repeat that was under way when the process died is never sent by another one."""
    again = bought_again(in_doubt())
    doubted = again.doubt("stopped", now_of(again))
    assert (doubted.state, doubted.attempts[0].why) == (OrderState.IN_DOUBT, "stopped")


def test_a_repeat_is_never_for_more_than_is_missing() -> None:
    """Its bytes can't be changed: where fewer are missing by now, the call is one of its own."""
    order = in_doubt()
    fewer = order.model_copy(update={"request": order.request.model_copy(update={"amount": 2})})
    assert order.may_repeat(now_of(order))
    assert not fewer.may_repeat(now_of(fewer))
    again = bought_again(fewer)
    assert [(each.reference[-1], each.quantity) for each in again.attempts] == [("1", 3), ("2", 2)]


def test_a_rest_of_which_less_is_missing_by_then_is_decided_anew() -> None:
    """The wish was about another call: nothing is sent, and the next question names the new one."""
    order = in_doubt()
    wished = looked(order.buy_again(BEN, now_of(order)), ())
    assert wished.checked(3, now_of(wished)) is wished
    asked = wished.checked(2, now_of(wished))
    assert (asked.state, asked.amount, asked.wish) == (OrderState.NEEDS_ATTENTION, 2, None)
    assert asked.history[-1].event is Event.BUY_AGAIN_NEEDLESS
    assert asked.due_at is not None
    assert asked.may_buy_again
    assert not asked.may_repeat(now_of(asked))
