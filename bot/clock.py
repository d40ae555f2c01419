"""The time, so that tests can move it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol


class Clock(Protocol):
    """Tells the time and waits."""

    @property
    def dictates(self) -> bool:
        """Whether servers must use this time too (a test's clock); else they use their own."""
        ...

    def now(self) -> datetime:
        """The time in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment: only for intervals within this process; never goes back."""
        ...

    def readings(self) -> tuple[float, ...]:
        """Seconds as each clock of this machine tells them, always in the same order."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        ...


class SystemClock:
    """The machine's clock."""

    dictates = False

    def now(self) -> datetime:
        """The time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment: only for intervals within this process; never goes back."""
        return time.monotonic()

    def readings(self) -> tuple[float, ...]:
        """Monotonic clock, wall clock and, where there is one, the clock that counts suspension."""
        boot = () if _BOOT is None else (time.clock_gettime(_BOOT),)
        return (time.monotonic(), time.time(), *boot)

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        await asyncio.sleep(seconds)


class SharedClock:
    """The machine's clock, corrected to the clock of the Redis that all processes share.

    So this process and the queue agree on what is due.
    """

    dictates = False

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ahead = 0.0
        """Seconds by which the machine's clock is ahead of the server's."""

    def now(self) -> datetime:
        """The time in UTC, as the server tells it."""
        return self._clock.now() - timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        """Seconds since some moment: only for intervals within this process; never goes back."""
        return self._clock.monotonic()

    def readings(self) -> tuple[float, ...]:
        """Seconds as each clock of this machine tells them, always in the same order."""
        return self._clock.readings()

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        await self._clock.sleep(seconds)

    def compare(self, server: datetime, asked: datetime, answered: datetime) -> None:
        """Learn the difference: `server` is its time at some moment between the two readings.

        An answer that took too long is ignored.
        """
        if (answered - asked).total_seconds() > _QUICK:
            return
        middle = asked + (answered - asked) / 2
        self.ahead += (middle - server).total_seconds()


_QUICK = 1.0
"""Seconds within which an answer tells another clock's time well enough."""


class Stopwatch:
    """The time that has passed since it was made, as the clock that saw the most tells it.

    The monotonic clock stops while a machine is suspended, and the wall clock may be set back.
    So the largest of the differences counts.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.restart()

    def restart(self) -> None:
        """Count from now on."""
        self._started = self._clock.readings()

    @property
    def passed(self) -> float:
        """Seconds since the start, never below 0."""
        pairs = zip(self._started, self._clock.readings(), strict=True)
        return max(0.0, *(now - then for then, now in pairs))


class Fence(Protocol):
    """Says for how long something may still be done: a call, until the lease of its order ends."""

    @property
    def remaining(self) -> float:
        """Seconds left, by the clock on which most time has passed; 0 or less: too late."""
        ...


class Deadline(Fence):
    """A fence that closes some seconds after it was made, also while the process is suspended."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._watch = Stopwatch(clock)
        self._seconds = seconds

    @property
    def remaining(self) -> float:
        """Seconds left, by the clock on which most time has passed; 0 or less: too late."""
        return self._seconds - self._watch.passed


_BOOT: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", None)
"""Linux's clock that goes on while the machine is suspended; None where there is none."""
