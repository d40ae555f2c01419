"""What several processes share: Slack's limits, and what Slack has told one of them."""

import pytest

from bot.slack.delivery.pacing import Pacer
from bot.store.queues import Claimed
from tests.unit.slack.pacing.line import (
    RESULT,
    Ticker,
    claimed,
    edit,
    post,
)


def test_a_hold_that_another_process_was_told(pacer: Pacer, clock: Ticker) -> None:
    """From its next claim on, this process leaves that method alone too, and no other."""
    pacer.heard(claimed(postMessage=30.0))
    clock.seconds += 10
    assert post(pacer, "result", RESULT) == 20
    assert edit(pacer, "1.0") == 0
    pacer.heard(claimed(postMessage=5.0))
    assert post(pacer, "other", channel="C0FLEET") == 20
    assert pacer.holds() == {}


def test_a_hold_is_told_until_all_know_it(pacer: Pacer, clock: Ticker) -> None:
    """It goes with each claim until one came back with it; a longer one is told again."""
    pacer.hold("chat.postMessage", 30)
    assert pacer.holds() == {"chat.postMessage": 30}
    clock.seconds += 1
    pacer.heard(claimed(postMessage=10.0))
    assert pacer.holds() == {"chat.postMessage": 29}
    pacer.heard(claimed(postMessage=28.9))
    assert pacer.holds() == {}
    pacer.hold("chat.postMessage", 5)
    assert pacer.holds() == {}
    pacer.hold("chat.postMessage", 60)
    assert pacer.holds() == {"chat.postMessage": 60}
    clock.seconds += 61
    pacer.heard(claimed())
    assert pacer.holds() == {}


def test_a_hold_of_a_method_that_nobody_knows(pacer: Pacer) -> None:
    """A newer version's methods, and absurd times, stop nothing else."""
    pacer.heard(Claimed([], None, {"chat.shout": 1e9, "": 5.0}, -3))
    assert post(pacer, "card") == 0
    assert edit(pacer, "1.0") == 0


def test_turns_after_a_hold(pacer: Pacer, clock: Ticker) -> None:
    """Who waits for the end of a hold has a place in the line: they don't all come at once."""
    pacer.hold("chat.postMessage", 10)
    waits = [post(pacer, f"card {number}") for number in range(6)]
    assert waits == [10, 10, 10, 11, 12, 13]
    assert post(pacer, "result", RESULT) == 10
    clock.seconds += 10
    assert [post(pacer, "result", RESULT), post(pacer, "card 0"), post(pacer, "card 1")] == [0] * 3
    assert post(pacer, "card 2") == 1


def test_each_process_takes_its_share(pacer: Pacer, clock: Ticker) -> None:
    """Of two processes each makes half the calls; a channel's burst stays, its rate does not.

    The other one may serve this one's line too, so whoever is not the first asks earlier.
    """
    pacer.heard(claimed(processes=2))
    assert [edit(pacer, f"{number}.0") for number in range(11)] == [*([0] * 10), 2.4]
    assert [post(pacer, str(number)) for number in range(5)] == [0, 0, 0, 2, 2]
    pacer.heard(claimed(processes=1))
    assert edit(pacer, "10.0") == 1.2
    assert post(pacer, "3") == 1
    clock.seconds += 1.2
    assert [edit(pacer, "10.0"), post(pacer, "3")] == [0, 0]


def test_at_least_one_at_a_time(pacer: Pacer, clock: Ticker) -> None:
    """However many processes live, each comes to its turn."""
    pacer.heard(claimed(processes=100))
    assert [edit(pacer, "1.0"), edit(pacer, "2.0")] == [0, 120]
    clock.seconds += 120
    assert edit(pacer, "2.0") == 0


def test_what_a_person_waits_for_is_counted(pacer: Pacer, clock: Ticker) -> None:
    """Such a call is made at once; the others wait for it, but never longer than for a burst."""
    for _ in range(1000):
        pacer.count("chat.update")
    assert edit(pacer, "1.0") == pytest.approx(21 / (50 / 60))
    pacer.count("chat.shout")
    clock.seconds += 21 / (50 / 60)
    assert edit(pacer, "1.0") == 0


def test_expected_wait(pacer: Pacer, clock: Ticker) -> None:
    """A new card is told the wait that it would have; asking changes nothing."""
    assert pacer.expected_wait("C0OPS") == 0
    for number in range(8):
        post(pacer, f"card {number}")
    assert [pacer.expected_wait("C0OPS") for _ in range(3)] == [6, 6, 6]
    assert pacer.expected_wait("C0FLEET") == 0
    assert post(pacer, "new") == 6
    pacer.hold("chat.postMessage", 30)
    assert pacer.expected_wait("C0FLEET") == 30
    assert pacer.expected_wait("C0OPS") == 34
    clock.seconds += 100
    assert pacer.expected_wait("C0OPS") == 0
