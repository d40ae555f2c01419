"""Counts are carried from step to step: they are right, and a step costs the same each time."""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt, AttemptOutcome
from bot.domain.purchase.outcome import Bought
from bot.domain.purchase.tally import Tally
from tests.support.order_lives import lives
from tests.support.order_steps import answered, now_of, started
from tests.support.orders import BEN, ORDER_ID, an_order, some_sims, terms


def counted(tally: Tally) -> tuple[int, int, int, int, int, frozenset[str]]:
    """What a tally says, however its sets came about."""
    everything = frozenset[str]().union(*tally.iccids)
    return tally.bought, tally.in_doubt, tally.turned_away, tally.odd, tally.checksum, everything


@settings(max_examples=100)
@given(lives())
def test_carried_counts_are_those_that_are_counted_anew(steps: list[Order]) -> None:
    """After each step of any life, also where it has dropped or marked SIM cards."""
    for order in steps:
        assert counted(order.tally) == counted(Tally.of(order.attempts))
        assert order.bought == len(order.sims)
        sims = [sim for attempt in order.attempts for sim in attempt.sims]
        assert order.odd_sims == tuple(sim for sim in sims if sim.odd)
        for attempt in order.attempts:
            assert attempt.counted == tuple(sim for sim in attempt.sims if sim.counts)


@settings(max_examples=50)
@given(lives(), st.data())
def test_an_earlier_step_keeps_its_counts(steps: list[Order], data: st.DataObject) -> None:
    """Two steps from one order don't disturb each other: one may be refused as a conflict."""
    order = data.draw(st.sampled_from(steps))
    before = counted(order.tally)
    if order.attempts:
        order.record(len(order.attempts), Bought(sims=some_sims(2, 900)), now_of(order))
        order.record(1, Bought(sims=some_sims(1, 950)), now_of(order))
    assert counted(order.tally) == before == counted(Tally.of(order.attempts))


def test_a_copy_with_other_sim_cards_counts_them() -> None:
    """A cached count never outlives what it was counted of."""
    order = an_order(3, state=OrderState.PURCHASED)
    (attempt,) = order.attempts
    assert (order.bought, len(attempt.counted)) == (3, 3)
    fewer = attempt.model_copy(update={"sims": attempt.sims[:1]})
    assert len(fewer.counted) == 1
    assert fewer.checksum != attempt.checksum
    assert order.model_copy(update={"attempts": (fewer,)}).bought == 1
    assert order.model_copy(update={"attempts": ()}).tally == Tally()


def test_what_does_not_count_any_more_is_counted_anew() -> None:
    """A SIM card that turns out to be another order's leaves the counts, and may be had again."""
    order = an_order(2, state=OrderState.PURCHASED)
    (attempt,) = order.attempts
    lost = attempt.sims[0].belonging_to("9ZZZZZZZ")
    now = attempt.model_copy(update={"sims": (lost, *attempt.sims[1:])})
    assert order.tally.after(attempt, now) is None
    assert counted(Tally.of([now]))[0] == 1
    assert not Tally.of([now]).holds(str(lost.iccid))


def test_doubt_is_counted_until_it_is_over() -> None:
    """Both what is in doubt and what was turned away says that more may turn up."""
    call = Attempt(
        number=1, quantity=1, reference=f"esim-{ORDER_ID}-1", started_at=now_of(an_order())
    )
    doubtful = call.model_copy(update={"outcome": AttemptOutcome.UNKNOWN})
    refused = call.model_copy(update={"outcome": AttemptOutcome.NOT_SENT, "turned_away": True})
    tally = Tally().after(None, doubtful)
    assert tally is not None
    assert (tally.in_doubt, tally.may_have_sold_more) == (1, True)
    settled = tally.after(doubtful, call.model_copy(update={"outcome": AttemptOutcome.BOUGHT}))
    assert settled is not None
    assert (settled.in_doubt, settled.may_have_sold_more) == (0, False)
    turned = Tally().after(None, refused)
    assert turned is not None
    assert turned.may_have_sold_more


def test_a_step_costs_the_same_however_much_was_bought() -> None:
    """A call and its answer take as many operations at the 160th call as at the 16th."""
    order = an_order(1000, under=terms(batch_size=5))
    order, sims = order.approve(BEN, now_of(order)), some_sims(1000)
    costs = []
    for call in range(161):
        bought = Bought(sims=sims[5 * call : 5 * call + 5])
        order, cost = operations(partial(_bought, order, bought))
        costs.append(cost)
    assert costs[160] <= costs[16] * 1.2
    assert order.bought == 161 * 5


def _bought(order: Order, bought: Bought) -> Order:
    return answered(started(order), bought)


def operations(step: Callable[[], Order]) -> tuple[Order, int]:
    """The order after a step, and how many functions of Python and of C it has called."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return step(), calls
    finally:
        sys.setprofile(before)
