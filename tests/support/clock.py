"""A clock that stands still until a test moves it."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count

NEW_YEAR = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""When a clock starts that was not told otherwise."""
_TURNS = 20
"""Turns of the event loop that a woken sleeper gets to reach its next wait."""


class ManualClock:
    """A `bot.clock.Clock` for tests: nobody who sleeps on it wakes unless time is advanced."""

    dictates = True

    def __init__(self, start: datetime = NEW_YEAR) -> None:
        self._now = start
        self._numbers = count()
        self._sleepers: dict[tuple[datetime, int], asyncio.Future[None]] = {}
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        """The time in UTC."""
        return self._now

    def time(self) -> float:
        """The time in seconds since the epoch, as sandboxes take it."""
        return self._now.timestamp()

    def monotonic(self) -> float:
        """The same in seconds: this clock goes back only where a test sets it back."""
        return self._now.timestamp()

    def readings(self) -> tuple[float, ...]:
        """The one clock that there is."""
        return (self.time(),)

    @property
    def sleepers(self) -> int:
        """How many sleep now."""
        return len(self._sleepers)

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was advanced that far; for none at all, only let others run."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        key = (self._now + timedelta(seconds=seconds), next(self._numbers))
        self._sleepers[key] = asyncio.get_running_loop().create_future()
        self._changed.set()
        try:
            await self._sleepers[key]
        finally:
            self._sleepers.pop(key, None)

    async def advance(self, seconds: float) -> None:
        """Move on, waking each sleeper at its time, the earliest first.

        A woken one runs until its next wait before time goes on, so one that sleeps again
        within these seconds is woken again. Waiting for a server is such a wait too: who must
        be asleep again after an answer is waited for by `until_asleep`.
        """
        end = self._now + timedelta(seconds=seconds)
        await self._turn()
        while due := [key for key in self._sleepers if key[0] <= end]:
            self._now = min(due)[0]
            self._wake(min(due))
            await self._turn()
        self._now = end

    async def jump(self, seconds: float) -> None:
        """Move on at once: each sleeper whose time has come wakes once, at the end."""
        self._now += timedelta(seconds=seconds)
        for key in sorted(key for key in self._sleepers if key[0] <= self._now):
            self._wake(key)
        await self._turn()

    async def until_asleep(self, sleepers: int = 1) -> None:
        """Wait, in real time, until at least so many sleep."""
        while len(self._sleepers) < sleepers:
            self._changed.clear()
            await self._changed.wait()

    def _wake(self, key: tuple[datetime, int]) -> None:
        future = self._sleepers.pop(key)
        if not future.done():
            future.set_result(None)

    @staticmethod
    async def _turn() -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
