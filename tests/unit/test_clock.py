"""Time that has passed is what the clock tells that saw the most: a sleep is never overlooked."""

import time
from collections.abc import Callable

import pytest

from bot.clock import Clock, Deadline, SharedClock, Stopwatch, SystemClock
from tests.support.clock import ManualClock


class Machine(ManualClock):
    """One with a monotonic clock, a wall clock and one that counts suspension."""

    def __init__(self) -> None:
        super().__init__()
        self.clocks = [100.0, 1_800_000_000.0, 100.0]

    def readings(self) -> tuple[float, ...]:
        """All three."""
        return tuple(self.clocks)


@pytest.mark.parametrize("within", [lambda clock: clock, SharedClock], ids=["own", "shared"])
@pytest.mark.parametrize("place", [0, 1, 2], ids=["monotonic", "wall", "boot"])
def test_one_clock_that_saw_it_is_enough(within: Callable[[Clock], Clock], place: int) -> None:
    """Whichever of them went on while the others stood still or went back: the fence closes."""
    machine = Machine()
    watch, fence = Stopwatch(within(machine)), Deadline(within(machine), 8)
    machine.clocks[place - 1] -= 3600
    machine.clocks[place] += 17
    assert watch.passed == pytest.approx(17)
    assert fence.remaining == pytest.approx(8 - 17)


def test_a_clock_that_goes_back_gives_no_time() -> None:
    """When all of them go back, no time has passed: a fence never opens for longer."""
    machine = Machine()
    fence = Deadline(machine, 8)
    machine.clocks = [clock - 3600 for clock in machine.clocks]
    assert fence.remaining == pytest.approx(8)


def test_the_machines_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The monotonic and the wall clock are asked, and where there is one Linux's of the boot."""
    monkeypatch.setattr(time, "monotonic", lambda: 1.0)
    monkeypatch.setattr(time, "time", lambda: 2.0)
    monkeypatch.setattr(time, "clock_gettime", lambda _: 3.0)
    monkeypatch.setattr("bot.clock._BOOT", 7)
    assert SystemClock().readings() == (1.0, 2.0, 3.0)
    monkeypatch.setattr("bot.clock._BOOT", None)
    assert SystemClock().readings() == (1.0, 2.0)
