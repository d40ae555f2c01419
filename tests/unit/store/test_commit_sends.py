"""Which commits are followed by a call: these are made with all the care of one."""

from datetime import timedelta

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Unknown
from bot.store.orders.commit import Change
from tests.support.order_steps import LOST, answered, looked, now_of, started
from tests.support.orders import BEN, an_order


def repeated() -> tuple[Order, Order]:
    """An order whose lost call is opened again, and the same after that step."""
    begun = started(an_order(3, state=OrderState.APPROVED))
    until = begun.history[-1].at + timedelta(days=3)
    lost = answered(begun.prepared("{}", until, shares_tag=False), Unknown(why=LOST))
    asked = looked(lost, (), (), ())
    wished = looked(asked.buy_again(BEN, now_of(asked)), ())
    return wished, started(wished)


def test_a_new_attempt_and_a_repeat_are_sent() -> None:
    """Else the server's trust, the witness and the lease would not be looked at before the call."""
    order = an_order(3, state=OrderState.APPROVED)
    assert Change(started(order), order).sends
    before, again = repeated()
    assert len(before.attempts) == len(again.attempts)
    assert Change(again, before).sends
    assert not Change(again, before).leaves_a_call


def test_everything_else_is_not() -> None:
    """An outcome, a look, a decision."""
    order = started(an_order(3, state=OrderState.APPROVED))
    assert not Change(answered(order, Unknown(why=LOST)), order).sends
    _, again = repeated()
    doubted = again.doubt("stopped", now_of(again))
    assert not Change(doubted, again).sends
    assert not Change(an_order(), None).sends
