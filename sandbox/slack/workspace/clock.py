"""The time in a workspace, its messages' timestamps, and the news of its changes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

MICROSECONDS = 1_000_000


@dataclass
class Clock:
    """Gives each message a ts of its own, later than every one before it.

    `sleep` waits so many seconds of this clock.
    """

    now: Callable[[], float]
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    last: int = 0

    def next_ts(self) -> str:
        """Return Unix seconds with six decimals, as text: Slack's name of a message."""
        self.last = max(int(self.now() * MICROSECONDS), self.last + 1)
        seconds, rest = divmod(self.last, MICROSECONDS)
        return f"{seconds:010d}.{rest:06d}"


T = TypeVar("T")


class Changes:
    """Wakes everybody who waits, at every change."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def announce(self) -> None:
        """Say that something changed."""
        happened, self._next = self._next, asyncio.Event()
        happened.set()

    async def until(self, condition: Callable[[], T], seconds: float) -> T:
        """Wait until `condition()` is true and return what it gave.

        Raises TimeoutError when that takes longer than `seconds`.
        """
        async with asyncio.timeout(seconds):
            while True:
                news = self._next
                if found := condition():
                    return found
                await news.wait()
