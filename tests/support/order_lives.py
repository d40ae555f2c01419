"""Whole lives of orders: a Hypothesis strategy, whatever the provider says."""

from hypothesis import strategies as st

from bot.domain.order import Order
from tests.support.order_steps import LOOKED_UP, answered, now_of, started
from tests.support.orders import BEN, an_order
from tests.support.strategies import outcomes, some_of, tags, terms_of_life


@st.composite
def lives(draw: st.DrawFn) -> list[Order]:
    """An order after each of its steps, whatever the provider says."""
    order = an_order(draw(st.integers(1, 9)), under=draw(terms_of_life()), tags=draw(tags()))
    steps = [order, order.approve(BEN, now_of(order))]
    for _ in range(draw(st.integers(0, 10))):
        order = steps[-1]
        following = _following(draw, order)
        if following is not order:
            steps.append(following)
    return steps


def _following(draw: st.DrawFn, order: Order) -> Order:
    found = {order.attempts[-1].reference: draw(some_of())} if order.attempts else {}
    if order.attempt_is_open:
        return answered(order, draw(outcomes()))
    if order.must_look or order.state in LOOKED_UP:
        looked = found if draw(st.booleans()) else None
        return order.looked_up(looked, now_of(order), "" if looked is not None else "HTTP 503")
    if order.state.is_final:
        return order.found_late(found, now_of(order)) if order.attempts else order
    return started(order)
