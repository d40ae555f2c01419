"""How often the bot may call each method and post to each channel, and how often it did."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.tiers import BURST_OF_THE_FIRST, TIERS

if TYPE_CHECKING:
    from collections.abc import Callable

MINUTE = 60.0


class TooOftenError(Refusal):
    """ratelimited: to be answered with 429; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("ratelimited")
        self.retry_after = retry_after


@dataclass(frozen=True)
class RateLimit:
    """Posts that a channel takes: `per_second` in the long run, `burst` of them at once.

    Slack documents one a second and that short bursts may go above it, not how far they may.
    `tiers`: whether each method also has its limit in the workspace.
    """

    per_second: float = 1.0
    burst: int = 5
    tiers: bool = True


USUAL_LIMIT = RateLimit()


@dataclass
class Bucket:
    """How many calls were left at the time `at`."""

    left: float
    at: float


@dataclass(frozen=True)
class Usage:
    """What a method was called for: in the last minute, and how often it was refused at all.

    `limit` is how often a minute it may be called; None: as often as the bot likes.
    """

    method: str
    last_minute: int
    limit: float | None
    refused: int


@dataclass
class Pace:
    """Keeps the bot to the limits, by the workspace's clock; without a limit to none.

    `part` of each method's limit is what is allowed, for who wants to see the bot meet it.
    """

    limit: RateLimit | None
    now: Callable[[], float]
    part: float = 1.0
    _channels: dict[str, Bucket] = field(default_factory=dict)
    _methods: dict[str, Bucket] = field(default_factory=dict)
    _calls: dict[str, deque[float]] = field(default_factory=dict)
    _refused: dict[str, int] = field(default_factory=dict)

    def admit(self, method: str) -> None:
        """Count one call of a method. Raises TooOftenError when it is one too many."""
        limit = self.limit_of(method)
        if limit is not None:
            burst = max(1.0, limit, self.part * BURST_OF_THE_FIRST)
            self._spend(self._methods, method, limit / MINUTE, burst)

    def spend(self, channel: str) -> None:
        """Count one post to a channel. Raises TooOftenError when it is one too many."""
        if self.limit is not None:
            self._spend(self._channels, channel, self.limit.per_second, self.limit.burst)

    def limit_of(self, method: str) -> float | None:
        """Return how often a minute a method may be called; None for as often as one likes."""
        if self.limit is None or not self.limit.tiers or method not in TIERS:
            return None
        return TIERS[method] * self.part

    def note(self, method: str, *, refused: bool) -> None:
        """Write down a call that came in, and whether it was answered with 429."""
        times = self._calls.setdefault(method, deque())
        times.append(self.now())
        self._forget_old(times)
        self._refused[method] = self._refused.get(method, 0) + refused

    def usage(self) -> list[Usage]:
        """Return what each method was called for, by name."""
        for times in self._calls.values():
            self._forget_old(times)
        return [
            Usage(method, len(times), self.limit_of(method), self._refused[method])
            for method, times in sorted(self._calls.items())
        ]

    def _spend(self, buckets: dict[str, Bucket], name: str, rate: float, burst: float) -> None:
        now = self.now()
        before = buckets.get(name, Bucket(burst, now))
        passed = max(0.0, now - before.at)  # a clock may be set back
        left = min(burst, before.left + passed * rate)
        if left < 1:
            raise TooOftenError(max(1, math.ceil((1 - left) / rate)))
        buckets[name] = Bucket(left - 1, now)

    def _forget_old(self, times: deque[float]) -> None:
        while times and times[0] <= self.now() - MINUTE:
            times.popleft()
