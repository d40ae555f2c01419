"""Answers and looks that make no sense: they break no order."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.order import Order
from bot.domain.purchase.outcome import Outcome
from bot.domain.purchase.sim import Sim
from bot.errors import TransitionError
from tests.support.order_steps import due_step
from tests.support.orders import T0
from tests.support.strategies import orders, outcomes, some_of


@dataclass(frozen=True)
class Answer:
    """An answer to the call with this number."""

    number: int
    outcome: Outcome


@dataclass(frozen=True)
class Look:
    """What the provider lists, if it could be asked."""

    found: tuple[Sim, ...] | None


@dataclass(frozen=True)
class Due:
    """The time comes at which the order is due."""


Event = Answer | Look | Due


def events() -> st.SearchStrategy[list[Event]]:
    """Answers, looks and the passing of time, without any thought of what makes sense."""
    answers = st.builds(Answer, st.integers(-1, 4), outcomes())
    looks = st.builds(Look, some_of() | st.none())
    return st.lists(answers | looks | st.builds(Due), max_size=12)


@settings(max_examples=300)
@given(orders(), events())
def test_nonsense_breaks_no_order(order: Order, happened: list[Event]) -> None:
    """A provider that contradicts itself neither crashes the bot nor wakes what has ended."""
    for event in happened:
        after = order_after(order, event)
        assert {sim.iccid for sim in order.sims} <= {sim.iccid for sim in after.sims}
        assert after.state is order.state or not order.state.is_final
        assert after.version - order.version <= 1
        assert Order.model_validate_json(after.model_dump_json()).state is after.state
        order = after


def order_after(order: Order, event: Event) -> Order:
    """The order after this event; an answer or a look that is not for its state is refused."""
    if isinstance(event, Due):
        return due_step(order) if order.due_at else order
    try:
        if isinstance(event, Look):
            found = None if event.found is None else {order.reference: event.found}
            return order.looked_up(found, T0)
        return order.record(event.number, event.outcome, T0)
    except TransitionError:
        return order
