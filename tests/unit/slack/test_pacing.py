"""How often Slack is written to: in bursts that it takes, and never faster for long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import TooSoon
from bot.slack.pacing import Pacer
from tests.unit.slack.wild import UNHURRIED


def refused_for(pacer: Pacer, now: float, channel: str = "C0OPS") -> float:
    """Seconds that a post has to wait; 0 when it may be made, and then it is counted."""
    try:
        pacer.post(channel, now)
    except TooSoon as early:
        return early.seconds
    return 0


def test_a_burst_and_then_one_a_second() -> None:
    """After a quiet time three posts may follow each other; the fourth waits for its second."""
    pacer = Pacer()
    assert [refused_for(pacer, 100) for _ in range(4)] == [0, 0, 0, 1]
    assert [refused_for(pacer, 101) for _ in range(2)] == [0, 1]
    assert [refused_for(pacer, 101.75) for _ in range(2)] == [0.25, 0.25]


def test_a_quiet_time_allows_a_burst_again() -> None:
    """Three seconds without a post, and the whole burst is free."""
    pacer = Pacer()
    for _ in range(3):
        refused_for(pacer, 100)
    assert [refused_for(pacer, 103) for _ in range(4)] == [0, 0, 0, 1]


def test_channels_do_not_wait_for_each_other() -> None:
    """One lively channel does not slow down another one."""
    pacer = Pacer()
    for _ in range(4):
        refused_for(pacer, 100)
    assert refused_for(pacer, 100, "C0FLEET") == 0


def test_an_edit_a_second() -> None:
    """Edits of one message come a second apart; those of others, and posts, do not wait."""
    pacer = Pacer()
    pacer.edit("C0OPS", "1.0", 100)
    with pytest.raises(TooSoon) as caught:
        pacer.edit("C0OPS", "1.0", 100.5)
    assert caught.value.seconds == 0.5
    pacer.edit("C0OPS", "2.0", 100.5)
    pacer.post("C0OPS", 100.5)
    pacer.edit("C0OPS", "1.0", 101)


def test_a_clock_that_goes_back_blocks_nothing_for_long() -> None:
    """A step back of the clock costs the wait that was agreed upon, and is told truly."""
    pacer = Pacer()
    pacer.edit("C0OPS", "1.0", 100)
    with pytest.raises(TooSoon) as caught:
        pacer.edit("C0OPS", "1.0", 90)
    assert caught.value.seconds == 11


def test_what_is_long_ago_is_forgotten() -> None:
    """A process that runs for months keeps no memory of every message."""
    pacer = Pacer()
    for number in range(3000):
        pacer.edit("C0OPS", f"{number}.0", 100 + number)
    assert len(pacer._free_at) <= 1001
    with pytest.raises(TooSoon):
        pacer.edit("C0OPS", "2999.0", 3099)


@given(st.lists(st.floats(0, 2), max_size=60))
@UNHURRIED
def test_never_more_than_a_burst_above_one_a_second(gaps: list[float]) -> None:
    """In any stretch of time there are at most three posts more than seconds."""
    pacer, now, made = Pacer(), 1000.0, []
    for gap in gaps:
        now += gap
        if not refused_for(pacer, now):
            made.append(now)
    for first, begin in enumerate(made):
        for last, end in enumerate(made[first:], first):
            assert last - first + 1 <= 3 + (end - begin) + 1e-6
