"""How often Slack is written to, and who goes first: results, then edits, then new cards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import TooSoon
from bot.slack.delivery.pacing import Importance, Pacer
from tests.support.clock import ManualClock
from tests.unit.slack.wild import UNHURRIED

RESULT, NEWS, PROGRESS, CARD = Importance


class Ticker(ManualClock):
    """A clock of which only the monotonic reading is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 100.0

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.seconds


@pytest.fixture
def clock() -> Ticker:
    """Make a clock that stands still."""
    return Ticker()


@pytest.fixture
def pacer(clock: Ticker) -> Pacer:
    """Pace by that clock."""
    return Pacer(clock)


def post(pacer: Pacer, who: str, importance: Importance = CARD, channel: str = "C0OPS") -> float:
    """Seconds that a post has to wait; 0 when it may be made, and then it is counted."""
    try:
        pacer.post(channel, who, importance)
    except TooSoon as early:
        return early.seconds
    return 0


def edit(pacer: Pacer, ts: str) -> float:
    """Seconds that an edit has to wait; 0 when it may be made, and then it is counted."""
    try:
        pacer.edit("C0OPS", ts, f"edit of {ts}", NEWS)
    except TooSoon as early:
        return early.seconds
    return 0


def test_a_burst_and_then_one_a_second(pacer: Pacer, clock: Ticker) -> None:
    """After a quiet time three posts may follow each other; the fourth waits for its second."""
    assert [post(pacer, str(number)) for number in range(4)] == [0, 0, 0, 1]
    clock.seconds += 1
    assert [post(pacer, "3"), post(pacer, "4")] == [0, 1]
    clock.seconds += 0.75
    assert post(pacer, "4") == 0.25


def test_each_is_told_its_own_turn(pacer: Pacer, clock: Ticker) -> None:
    """Whoever comes back when told to is served: nobody asks in vain."""
    waits = [post(pacer, str(number)) for number in range(10)]
    assert waits == [0, 0, 0, 1, 2, 3, 4, 5, 6, 7]
    for number in range(3, 10):
        clock.seconds += 1
        assert post(pacer, str(number)) == 0


def test_results_go_before_new_cards(pacer: Pacer, clock: Ticker) -> None:
    """However many cards wait, a result has the next place; the cards move up behind it."""
    for number in range(60):
        post(pacer, f"card {number}")
    assert post(pacer, "result", RESULT) == 1
    assert post(pacer, "news", NEWS) == 2
    clock.seconds += 1
    assert post(pacer, "card 3") == 2
    assert post(pacer, "result", RESULT) == 0
    clock.seconds += 1
    assert [post(pacer, "card 3"), post(pacer, "news", NEWS)] == [1, 0]
    clock.seconds += 1
    assert post(pacer, "card 3") == 0


def test_who_does_not_come_back_holds_nobody_up(pacer: Pacer, clock: Ticker) -> None:
    """A place in the line is kept for some seconds only."""
    for number in range(4):
        post(pacer, f"result {number}", RESULT)
    clock.seconds += 1
    assert post(pacer, "card") == 1
    clock.seconds += 6
    assert post(pacer, "card") == 0


def test_channels_do_not_wait_for_each_other(pacer: Pacer) -> None:
    """One lively channel does not slow down another one."""
    for number in range(4):
        post(pacer, str(number))
    assert post(pacer, "other", channel="C0FLEET") == 0


def test_an_edit_a_second(pacer: Pacer, clock: Ticker) -> None:
    """Edits of one message come a second apart; those of others, and posts, do not wait."""
    assert edit(pacer, "1.0") == 0
    clock.seconds += 0.5
    assert edit(pacer, "1.0") == 0.5
    assert edit(pacer, "2.0") == 0
    assert post(pacer, "card") == 0
    clock.seconds += 0.5
    assert edit(pacer, "1.0") == 0


def test_edits_of_the_whole_workspace(pacer: Pacer, clock: Ticker) -> None:
    """A burst of twenty, then fifty a minute; posts go on meanwhile."""
    waits = [edit(pacer, f"{number}.0") for number in range(21)]
    assert waits == [*([0] * 20), 1.2]
    assert post(pacer, "result", RESULT) == 0
    clock.seconds += 1.2
    assert edit(pacer, "20.0") == 0


def test_what_slack_asked_for(pacer: Pacer, clock: Ticker) -> None:
    """A Retry-After holds for its method, for everybody in this process, and for no other."""
    pacer.hold("chat.postMessage", 30)
    clock.seconds += 10
    assert post(pacer, "result", RESULT) == 20
    assert edit(pacer, "1.0") == 0
    pacer.hold("chat.postMessage", 5)
    assert post(pacer, "other", channel="C0FLEET") == 20
    clock.seconds += 20
    assert post(pacer, "result", RESULT) == 0


async def test_the_wall_clock_is_not_asked(pacer: Pacer, clock: Ticker) -> None:
    """A clock that is set, forward or back, changes nothing."""
    await clock.jump(-3600)
    assert [post(pacer, str(number)) for number in range(4)] == [0, 0, 0, 1]
    await clock.jump(-3600)
    clock.seconds += 1
    assert post(pacer, "3") == 0


def test_what_is_long_ago_is_forgotten(pacer: Pacer, clock: Ticker) -> None:
    """A process that runs for months keeps no memory of every message."""
    for number in range(3000):
        clock.seconds += 2
        edit(pacer, f"{number}.0")
    assert len(pacer._lanes) <= 1001
    assert edit(pacer, "2999.0") == 1


@given(st.lists(st.tuples(st.floats(0, 2), st.sampled_from(Importance)), max_size=60))
@UNHURRIED
def test_never_more_than_a_burst_above_one_a_second(
    asked: list[tuple[float, Importance]],
) -> None:
    """In any stretch of time there are at most three posts more than seconds."""
    clock, made = Ticker(), list[float]()
    pacer = Pacer(clock)
    for number, (gap, importance) in enumerate(asked):
        clock.seconds += gap
        if not post(pacer, str(number), importance):
            made.append(clock.seconds)
    for first, begin in enumerate(made):
        for last, end in enumerate(made[first:], first):
            assert last - first + 1 <= 3 + (end - begin) + 0.01
