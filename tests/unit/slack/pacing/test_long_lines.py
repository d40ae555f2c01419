"""Long lines: what each message costs, and that all of them come to their turns."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.delivery.lanes import Importance, Lane
from bot.slack.delivery.pacing import Pacer
from bot.slack.web.tiers import Limit
from tests.unit.slack.pacing.line import (
    CARD,
    RESULT,
    Line,
    Ticker,
    claimed,
    edit,
    post,
)
from tests.unit.slack.wild import UNHURRIED


class Counted(float):
    """A time that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        """Compare, and count."""
        Counted.compared += 1
        return float(self) == other

    __hash__ = float.__hash__


@pytest.mark.parametrize("count", [200, 2000])
def test_a_long_line_costs_what_is_in_it(count: int) -> None:
    """Each message asks when it comes and when its turn is: twice, whatever waits with it."""
    line = Line()
    for number in range(count):
        line.add(f"card {number}", CARD)
    line.run(inf)
    assert line.asked <= 2 * count
    assert [who for _, who in line.made] == [f"card {number}" for number in range(count)]
    assert line.made[-1][0] - line.made[0][0] == pytest.approx(count - 3)


def test_results_in_a_long_line() -> None:
    """Fifty results come while two hundred cards wait: none waits for a card, all goes out."""
    line = Line()
    for number in range(200):
        line.add(f"card {number}", CARD)
    line.run(110.0)
    for number in range(50):
        line.add(f"result {number}", RESULT)
    line.run(inf)
    made = [who for _, who in line.made]
    first = made.index("result 0")
    assert made[first : first + 50] == [f"result {number}" for number in range(50)]
    assert len(made) == len(set(made)) == 250
    assert line.asked <= 4 * 250


def test_comparisons_grow_slowly() -> None:
    """A place in a line of ten thousand is found by a search, not by a walk along it."""
    lane, ranks = Lane(Limit(1, 1), 0.0), 10_000
    for number in range(ranks):
        lane.join(str(number), (True, Counted(number), number), number + 1.0)
    Counted.compared = 0
    for number in range(0, ranks, 100):
        lane.wait("new", (True, Counted(number + 0.5), ranks), 0.0)
    assert Counted.compared <= 100 * 32


asks = st.lists(
    st.tuples(st.floats(0, 2), st.sampled_from(Importance), st.integers(0, 3), st.integers(1, 3)),
    max_size=60,
)


@given(asks)
@UNHURRIED
def test_never_more_than_the_limit_in_any_window(
    asked: list[tuple[float, Importance, int, int]],
) -> None:
    """No more edits than the tier's burst and rate, nor posts to a channel than its own.

    However the number of processes changes, whoever asks, and whatever Slack has told.
    """
    clock, edits, posts = Ticker(), list[float](), list[float]()
    pacer = Pacer(clock)
    for number, (gap, importance, message, processes) in enumerate(asked * 3):
        clock.seconds += gap / 10
        pacer.heard(claimed(processes, update=message / 10))
        if not edit(pacer, f"{number}.{message}"):
            edits.append(clock.seconds)
        if not post(pacer, str(number), importance):
            posts.append(clock.seconds)
    for made, burst, rate in ((edits, 20, 50 / 60), (posts, 3, 1)):
        for first, begin in enumerate(made):
            for last, end in enumerate(made[first:], first):
                assert last - first + 1 <= burst + (end - begin) * rate + 0.01


@given(st.lists(st.tuples(st.floats(0, 3), st.sampled_from(Importance)), max_size=40))
@UNHURRIED
def test_everybody_comes_to_their_turn(asked: list[tuple[float, Importance]]) -> None:
    """Whatever comes meanwhile, each is posted once, and equals in the order in which they came."""
    line = Line()
    for number, (gap, importance) in enumerate(asked):
        line.run(line.clock.seconds + gap)
        line.add(f"{importance} {number}", importance)
    line.run(inf)
    made = [who for _, who in line.made]
    assert len(made) == len(set(made)) == len(asked)
    for importance in Importance:
        same = [int(who.split()[1]) for who in made if who.startswith(f"{importance} ")]
        assert same == sorted(same)
