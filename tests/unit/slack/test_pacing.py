"""How often Slack is written to, and who goes first: results, then edits, then new cards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import TooSoon
from bot.slack.delivery.lanes import Importance
from bot.slack.delivery.pacing import Pacer
from tests.unit.slack.pacing.line import NEWS, RESULT, Ticker, edit, post
from tests.unit.slack.wild import UNHURRIED


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


def test_searches_have_turns(pacer: Pacer) -> None:
    """After an outage hundreds of posts are looked for: twenty at once, then fifty a minute."""
    waits = []
    for number in range(22):
        try:
            pacer.call("conversations.replies", str(number), RESULT)
        except TooSoon as early:
            waits.append(early.seconds)
    assert waits == [pytest.approx(1.2), pytest.approx(2.4)]


def test_the_whole_workspace(pacer: Pacer, clock: Ticker) -> None:
    """Three minutes' worth of posts may be made at once, over all channels; then ten a second."""
    for number in range(1800):
        assert post(pacer, str(number), channel=f"C{number}") == 0
    assert post(pacer, "one", channel="C0NEXT") == pytest.approx(0.1)
    assert post(pacer, "result", RESULT, channel="C0LAST") == pytest.approx(0.1)
    clock.seconds += 0.1
    assert post(pacer, "one", channel="C0NEXT") == pytest.approx(0.1)
    assert post(pacer, "result", RESULT, channel="C0LAST") == 0


def test_a_busy_channel_stands_in_nobody_elses_way(pacer: Pacer, clock: Ticker) -> None:
    """Who waits for a channel is not in the line of the workspace, also when that is short."""
    for number in range(500):
        post(pacer, f"card {number}")
    pacer.hold("chat.postMessage", 0.01)
    clock.seconds += 0.05
    assert post(pacer, "other", channel="C0FLEET") == pytest.approx(0.05)
    clock.seconds += 0.05
    assert post(pacer, "other", channel="C0FLEET") == 0


def test_a_place_is_found_again_by_its_age(pacer: Pacer) -> None:
    """A message that another process had goes to where it would stand here, not to the end."""
    now = pacer._clock.now().timestamp()
    for number in range(10):
        post(pacer, f"card {number}", since=now + number)
    assert post(pacer, "older", since=now - 1) == 1
    assert post(pacer, "younger", since=now + 5.5) == 5


def test_no_card_goes_before_a_result(pacer: Pacer, clock: Ticker) -> None:
    """However long it has waited: what was paid for goes first."""
    for number in range(3):
        post(pacer, f"first {number}", NEWS)
    assert post(pacer, "card", since=0) == 1
    assert post(pacer, "result", RESULT, since=3600) == 1
    clock.seconds += 1
    assert [post(pacer, "card", since=0), post(pacer, "result", RESULT, since=3600)] == [1, 0]


def test_nothing_waits_for_ever(pacer: Pacer, clock: Ticker) -> None:
    """Though news come as fast as Slack takes them, a card has its turn after a minute."""
    for number in range(3):
        post(pacer, f"first {number}", NEWS)
    assert post(pacer, "card", since=0) == 1
    for second in range(1, 60):
        post(pacer, f"news {second}", NEWS, since=second)
        clock.seconds += 1
        assert post(pacer, "card", since=0) > 0
        assert post(pacer, f"news {second}", NEWS, since=second) == 0
    clock.seconds += 1
    assert post(pacer, "news 60", NEWS, since=60) > 0
    assert post(pacer, "card", since=0) == 0
