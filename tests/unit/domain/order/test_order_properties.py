"""What holds for every order, whatever happens to it in whatever sequence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain.order import Order
from bot.domain.outcome import Bought, Outcome, Sim, Unknown
from bot.domain.state import OrderState
from bot.domain.terms import Terms
from bot.errors import TransitionError
from tests.support.fates import Fate, fates
from tests.support.order_steps import STEP, started
from tests.support.orders import ANA, BEN, T0, an_order
from tests.support.strategies import orders, outcomes, some_of, terms_of_life

LONGEST = 60
"""Steps within which every order that is let alone comes to rest."""


def iccids(sims: Sequence[Sim]) -> set[str | None]:
    """The names of these SIM cards."""
    return {sim.iccid for sim in sims}


def due_step(order: Order) -> Order:
    """What the engine does with an order that is due; a look finds nothing, a call is lost."""
    now = order.due_at or T0
    match order.state:
        case OrderState.AWAITING_APPROVAL:
            return order.expire(now)
        case OrderState.IN_DOUBT:
            return order.looked_up((), now)
        case _ if order.attempt_is_open:
            return order.doubt("stopped", now)
        case _:
            return order.start_attempt(now, now + STEP)


class Life(RuleBasedStateMachine):
    """One order in a world that loses answers, repeats them and restarts the bot."""

    def __init__(self) -> None:
        super().__init__()
        self.order = an_order()
        self.fates: list[Fate] = []
        self.told: list[Sim] = []
        self.echoes = 3
        self.now = T0

    @initialize(
        amount=st.integers(1, 9),
        under=terms_of_life(),
        decision=st.sampled_from(["approve"] * 9 + ["decline", "cancel", "expire"]),
    )
    def place(self, amount: int, under: Terms, decision: str) -> None:
        """Somebody asks for some eSIMs; mostly, somebody approves."""
        self.order = an_order(amount, under=under)
        who = {"expire": (), "cancel": (ANA,)}.get(decision, (BEN,))
        self.go_on(getattr(self.order, decision)(*who, self.tick()))

    @precondition(lambda self: self.may_start())
    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        """The engine records a call, and the world decides what becomes of it."""
        self.go_on(started(self.order))
        attempt = self.order.attempts[-1]
        self.fates.append(data.draw(fates(attempt.number, attempt.quantity)))

    @precondition(lambda self: self.order.attempt_is_open)
    @rule()
    def answer(self) -> None:
        """The call under way is answered."""
        self.hear(len(self.fates))

    @precondition(lambda self: self.fates and self.echoes)
    @rule(data=st.data())
    def answer_late(self, data: st.DataObject) -> None:
        """A call is answered late, or once more."""
        self.echoes -= 1
        self.hear(data.draw(st.integers(1, len(self.fates))))

    @precondition(lambda self: self.order.attempt_is_open)
    @rule()
    def stop(self) -> None:
        """The bot is killed, and another one finds the call."""
        self.go_on(self.order.doubt("stopped", self.tick()))

    @precondition(lambda self: self.order.state == "in_doubt")
    @rule(data=st.data())
    def look(self, data: st.DataObject) -> None:
        """The list shows all of what was sold, a part of it, or can't be had."""
        sold = self.fates[-1].sold
        seen = data.draw(st.none() | st.just(len(sold)) | st.integers(0, len(sold)))
        self.go_on(self.order.looked_up(None if seen is None else sold[:seen], self.tick()))

    @rule()
    def wait(self) -> None:
        """Nothing happens for a second."""
        self.tick()

    def hear(self, number: int) -> None:
        """The answer to this call reaches the bot."""
        told = self.fates[number - 1].answer
        self.told += told.sims if isinstance(told, Bought | Unknown) else ()
        self.go_on(self.order.record(number, told, self.tick()))

    def may_start(self) -> bool:
        """Whether a call may be made now."""
        buying = self.order.state in {OrderState.APPROVED, OrderState.PURCHASING}
        return buying and not self.order.attempt_is_open

    def tick(self) -> datetime:
        """A second passes."""
        self.now += STEP
        return self.now

    def go_on(self, after: Order) -> None:
        """Check what holds for every step, then take it."""
        before = self.order
        assert after.history[: before.version] == before.history
        assert after.version - before.version <= 1
        assert after == before or after.version > before.version
        assert iccids(before.sims) <= iccids(after.sims)
        assert after.state is before.state or not before.state.is_final
        assert after.state is before.state or not self.was_handed_over(after)
        self.order = after

    def was_handed_over(self, after: Order) -> bool:
        """Whether an order that a person was asked about goes on being bought."""
        asked = self.order.state is OrderState.NEEDS_ATTENTION
        return asked and not after.state.is_final

    @invariant()
    def never_buys_twice(self) -> None:
        """All calls that may have cost money together asked for at most the amount."""
        calls = zip(self.order.attempts, self.fates, strict=True)
        assert sum(call.quantity for call, fate in calls if fate.cost) <= self.order.request.amount

    @invariant()
    def loses_nothing(self) -> None:
        """Every card that the provider named is there, and none that it did not sell."""
        sold = [sim for fate in self.fates for sim in fate.sold]
        assert iccids(self.told) <= iccids(self.order.sims) <= iccids(sold)
        assert len(iccids(self.order.sims)) == len(self.order.sims)

    @invariant()
    def buys_only_what_was_approved(self) -> None:
        """There is no call without an approval before it."""
        events = [entry.event for entry in self.order.history]
        assert not self.order.attempts or events[1:3] == ["approved", "attempt_started"]

    @invariant()
    def has_one_call_at_a_time(self) -> None:
        """Every call but the last has a certain end; its number is its place."""
        assert all(attempt.is_certain for attempt in self.order.attempts[:-1])
        numbers = [attempt.number for attempt in self.order.attempts]
        assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def tells_where_it_is(self) -> None:
        """State, history and what remains agree with each other."""
        order = self.order
        assert order.history[-1].state is order.state
        assert 0 <= order.remaining <= order.request.amount
        assert order.state is not OrderState.PURCHASED or order.remaining == 0

    @invariant()
    def is_due_exactly_when_something_can_be_done(self) -> None:
        """What is due can be stepped, and what is not due waits for a person or has ended."""
        idle = self.order.state.is_final or self.order.state is OrderState.NEEDS_ATTENTION
        assert (self.order.due_at is None) == idle
        assert idle or due_step(self.order).version == self.order.version + 1

    @invariant()
    def refuses_what_is_not_for_its_state(self) -> None:
        """A step that is not possible now is told as that."""
        order = self.order
        steps: list[tuple[bool, Callable[[], Order]]] = [
            (self.may_start(), lambda: started(order)),
            (order.attempt_is_open, lambda: order.doubt("?", self.now)),
            (order.state == "in_doubt", lambda: order.looked_up((), self.now)),
            (order.state == "awaiting_approval", lambda: order.approve(BEN, self.now)),
        ]
        for _, step in (step for step in steps if not step[0]):
            with pytest.raises(TransitionError):
                step()

    @invariant()
    def survives_a_restart(self) -> None:
        """Written down and read back, it is the same order."""
        assert Order.model_validate_json(self.order.model_dump_json()) == self.order

    def teardown(self) -> None:
        """Left alone with a dead provider, every order comes to rest."""
        order = self.order
        for _ in range(LONGEST):
            order = due_step(order) if order.due_at else order
        assert order.due_at is None


def test_no_order_is_bought_twice_lost_or_bought_unapproved() -> None:
    """Through every sequence of decisions, answers, crashes and looks that can happen."""
    often = settings(max_examples=200, stateful_step_count=25)
    run_state_machine_as_test(Life, settings=often)


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
        assert iccids(order.sims) <= iccids(after.sims)
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
            return order.looked_up(event.found, T0)
        return order.record(event.number, event.outcome, T0)
    except TransitionError:
        return order
