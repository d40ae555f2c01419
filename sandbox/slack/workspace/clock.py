"""The time in a workspace, and the timestamps that name its messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MICROSECONDS = 1_000_000


@dataclass
class Clock:
    """Gives each message a ts of its own, later than every one before it."""

    now: Callable[[], float]
    last: int = 0

    def next_ts(self) -> str:
        """Return Unix seconds with six decimals, as text: Slack's name of a message."""
        self.last = max(int(self.now() * MICROSECONDS), self.last + 1)
        seconds, rest = divmod(self.last, MICROSECONDS)
        return f"{seconds:010d}.{rest:06d}"
