"""What holds for every order, whatever happens to it in whatever sequence."""

from collections.abc import Callable, Sequence
from datetime import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, Unknown
from bot.domain.purchase.sim import Sim
from bot.domain.terms import Terms
from bot.errors import LookFirst, NothingToDecide, TransitionError
from tests.support.order_steps import LOOKED_UP, STEP, due_step, started
from tests.support.orders import ANA, BEN, T0, an_order
from tests.support.strategies import terms_of_life
from tests.unit.domain.fates import Fate, fates

pytestmark = pytest.mark.timeout(180)  # usually half a minute; a busy machine takes much longer
LONGEST = 60
"""Steps within which every order that is let alone comes to rest."""


def iccids(sims: Sequence[Sim]) -> set[str | None]:
    """The names of these SIM cards."""
    return {sim.iccid for sim in sims}


class Life(RuleBasedStateMachine):
    """One order in a world that loses answers, repeats them and restarts the bot."""

    def __init__(self) -> None:
        super().__init__()
        self.order = an_order()
        self.fates: list[Fate] = []
        self.told: list[Sim] = []
        self.risked = 0
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
        self.go_on(getattr(self.order, decision)(*who, self.tick()), asked=True)

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

    @precondition(lambda self: self.is_looked_for())
    @rule(data=st.data(), fails=st.sampled_from([False, False, True]))
    def look(self, data: st.DataObject, *, fails: bool) -> None:
        """The engine, or a reminder, looks for all calls at once, or can't."""
        found = None if fails else self.listed(data)
        self.go_on(self.order.looked_up(found, self.tick(), "HTTP 503" if fails else ""))

    @precondition(lambda self: self.order.state.is_final and self.order.attempts)
    @rule(data=st.data())
    def look_after(self, data: st.DataObject) -> None:
        """The engine looks for what may turn up after the end."""
        self.go_on(self.order.found_late(self.listed(data), self.tick()))

    @precondition(lambda self: self.order.state == "needs_attention")
    @rule(decision=st.sampled_from(["look_again", "close", "buy_again", "buy_again"]))
    def be_asked(self, decision: str) -> None:
        """A person decides; to buy again with nothing missing, or without a look, is refused."""
        if decision == "buy_again" and not self.order.may_buy_again:
            with pytest.raises((NothingToDecide, LookFirst)):
                self.order.buy_again(BEN, self.tick())
            return
        self.risked += self.order.attempts[-1].shortage if decision == "buy_again" else 0
        self.go_on(getattr(self.order, decision)(BEN, self.tick()), asked=True)

    @precondition(lambda self: self.order.history[-1].event is not Event.REQUEUED)
    @rule()
    def hurry(self) -> None:
        """The operator has it looked at now: what may not be hurried keeps its time."""
        before, now = self.order, self.tick()
        self.go_on(before.requeue("operator:root@bot-1", now), asked=True)
        waits = before.attempt_is_open or before.state in {"awaiting_approval", "in_doubt"}
        assert self.order.due_at == before.due_at or not waits
        assert (self.order.attempts, self.order.wish) == (before.attempts, before.wish)

    @rule()
    def wait(self) -> None:
        """Nothing happens for a second."""
        self.tick()

    def listed(self, data: st.DataObject) -> dict[str, tuple[Sim, ...]]:
        """What the list shows of each call, under its tag or the order's: all of it, or a part."""
        found: dict[str, tuple[Sim, ...]] = {}
        for attempt, fate in zip(self.order.attempts, self.fates, strict=True):
            seen = data.draw(st.just(len(fate.sold)) | st.integers(0, len(fate.sold)))
            tag = data.draw(st.sampled_from([attempt.reference] * 3 + [self.order.reference]))
            found[tag.lower()] = (*found.get(tag.lower(), ()), *fate.sold[:seen])
        return found

    def is_looked_for(self) -> bool:
        """Whether a look is what comes next."""
        return self.order.state in LOOKED_UP or self.order.must_look

    def hear(self, number: int) -> None:
        """The answer to this call reaches the bot."""
        told = self.fates[number - 1].answer
        self.told += told.sims if isinstance(told, Bought | Unknown) else ()
        self.go_on(self.order.record(number, told, self.tick()))

    def may_start(self) -> bool:
        """Whether a call may be made now."""
        buying = self.order.state in {OrderState.APPROVED, OrderState.PURCHASING}
        return buying and not (self.order.attempt_is_open or self.order.must_look)

    def tick(self) -> datetime:
        """A second passes."""
        self.now += STEP
        return self.now

    def go_on(self, after: Order, *, asked: bool = False) -> None:
        """Check what holds for every step, then take it; `asked`: a person said so."""
        before = self.order
        assert after.history[: before.version] == before.history
        assert after.version - before.version <= 1
        assert after == before or after.version > before.version
        assert iccids(before.sims) <= iccids(after.sims)
        assert after.state is before.state or not before.state.is_final
        handed_over = before.state is OrderState.NEEDS_ATTENTION and not asked
        assert after.state is before.state or after.state.is_final or not handed_over
        self.order = after

    @invariant()
    def never_buys_twice(self) -> None:
        """All calls that may have cost money together asked for at most the amount.

        What a person risked by saying "buy again" comes on top, and nothing else.
        """
        calls = zip(self.order.attempts, self.fates, strict=True)
        asked = sum(call.quantity for call, fate in calls if fate.cost)
        assert asked <= self.order.request.amount + self.risked

    @invariant()
    def loses_nothing(self) -> None:
        """Every card that the provider named is there, and none that it did not sell."""
        sold = [sim for fate in self.fates for sim in fate.sold]
        assert iccids(self.told) <= iccids(self.order.sims) <= iccids(sold)
        assert len(iccids(self.order.sims)) == len(self.order.sims)

    @invariant()
    def buys_only_what_was_approved(self) -> None:
        """There is no call without an approval before it."""
        entries = [entry.event for entry in self.order.history]
        events = [event for event in entries if event is not Event.REQUEUED]
        assert not self.order.attempts or events[1:3] == ["approved", "attempt_started"]

    @invariant()
    def has_one_call_at_a_time(self) -> None:
        """No call follows one in doubt, unless a person said so; its number is its place.

        A call that was turned away may come into doubt when its repeat was already made.
        """
        doubtful = [attempt for attempt in self.order.attempts[:-1] if not attempt.is_certain]
        events = [entry.event for entry in self.order.history]
        assert all(attempt.outcome == "unknown" for attempt in doubtful)
        lost = [attempt for attempt in doubtful if not attempt.turned_away]
        assert len(lost) <= events.count(Event.BUY_AGAIN)
        numbers = [attempt.number for attempt in self.order.attempts]
        assert numbers == list(range(1, len(numbers) + 1))

    @invariant()
    def tells_where_it_is(self) -> None:
        """State, history and what remains agree with each other."""
        order = self.order
        assert order.history[-1].state is order.state
        assert 0 <= order.remaining <= order.request.amount
        assert order.state is not OrderState.PURCHASED or order.remaining == 0
        assert order.state is not OrderState.IN_DOUBT or not order.attempts[-1].is_certain

    @invariant()
    def is_due_exactly_when_something_can_be_done(self) -> None:
        """What is due can be stepped, and what is not due has ended and reached nobody."""
        order = self.order
        assert order.due_at or order.state.is_final
        steps = 0 if order.state.is_final else 1
        assert not order.due_at or due_step(order).version == order.version + steps

    @invariant()
    def refuses_what_is_not_for_its_state(self) -> None:
        """A step that is not possible now is told as that."""
        order = self.order
        steps: list[tuple[bool, Callable[[], Order]]] = [
            (self.may_start(), lambda: started(order)),
            (order.attempt_is_open, lambda: order.doubt("?", self.now)),
            (self.is_looked_for(), lambda: order.looked_up({}, self.now)),
            (order.state == "needs_attention", lambda: order.close(BEN, self.now)),
            (order.state.is_final, lambda: order.found_late({}, self.now)),
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
        """Left alone with a dead provider, every order ends or waits for a person."""
        order = self.order
        for _ in range(LONGEST):
            order = due_step(order) if order.due_at else order
        assert order.state.is_final or order.state is OrderState.NEEDS_ATTENTION


def test_no_order_is_bought_twice_lost_or_bought_unapproved() -> None:
    """Through every sequence of decisions, answers, crashes and looks that can happen."""
    often = settings(max_examples=200, stateful_step_count=25)
    run_state_machine_as_test(Life, settings=often)
