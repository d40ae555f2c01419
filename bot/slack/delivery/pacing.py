"""How often the bot may write to Slack, and which message goes first.

Slack refuses more than about one post a second in a channel, and more calls of a method in a
minute than its limit for a workspace. Results go first, then edits, then new cards.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count

from bot.clock import Clock
from bot.errors import TooSoon

POST, EDIT = "chat.postMessage", "chat.update"
_BURST = 3
"""Posts to a channel that may be made at once after a pause."""
_EDITS_A_SECOND, _EDIT_BURST = 50 / 60, 20
"""Edits in the whole workspace: Slack's tier 3; a burst of them may be made at once."""
_PATIENCE = 5.0
"""Seconds for which a place in the line is kept for a message that does not come back."""
_INSTANT = 0.002
"""Shorter waits count as none: the queue of orders counts in whole milliseconds."""
_MANY = 1000
"""Number of lanes above which idle ones are dropped."""


class Importance(IntEnum):
    """What goes first."""

    RESULT = 0
    """ICCIDs, errors, what needs a person; and whatever is written to one person."""
    NEWS = 1
    """How an order ended: on its card, and for channels that want to know."""
    PROGRESS = 2
    """Edits of cards in between."""
    CARD = 3
    """A new card: the requester has been told that it follows."""


@dataclass
class _Place:
    """A place in the line."""

    importance: Importance
    number: int
    expected: float
    """When its turn should come."""

    @property
    def rank(self) -> tuple[int, int]:
        return self.importance, self.number


@dataclass
class _Lane:
    """A rate limit (writes a second, and a burst), with a line of waiting messages."""

    rate: float
    burst: int
    at: float
    left: float = 0
    line: dict[str, _Place] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = self.burst

    def wait(self, who: str, importance: Importance, number: int, now: float) -> float:
        """Seconds until its turn; 0 when that is now."""
        self._advance(now)
        own = self.line.get(who)
        rank = (importance, own.number if own else number)
        ahead = sum(place.rank < rank for name, place in self.line.items() if name != who)
        wait = (ahead + 1 - self.left) / self.rate
        return wait if wait > _INSTANT else 0.0

    def join(self, who: str, importance: Importance, number: int, expected: float) -> None:
        """Keep a place in the line."""
        own = self.line.get(who)
        self.line[who] = _Place(importance, own.number if own else number, expected)

    def spend(self, who: str) -> None:
        """Count one write."""
        self.line.pop(who, None)
        self.left -= 1

    def is_idle(self, now: float) -> bool:
        """Whether it is in its first state: nothing waits, and a whole burst is free."""
        self._advance(now)
        return not self.line and self.left >= self.burst

    def _advance(self, now: float) -> None:
        self.left = min(self.burst, self.left + max(0.0, now - self.at) * self.rate)
        self.at = now
        late = [who for who, place in self.line.items() if place.expected + _PATIENCE < now]
        for who in late:
            del self.line[who]


class Pacer:
    """Paces the writes of this process. Several processes together are limited by Slack's 429."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count()
        self._lanes: dict[Hashable, _Lane] = {}
        self._held: dict[str, float] = {}

    def post(self, channel: str, who: str, importance: Importance, method: str = POST) -> None:
        """Count a post of `who` (any name that stays the same until it is posted).

        Raises TooSoon when it is not its turn; its place in the line is kept for a while.
        """
        self.check(method)
        self._take([self._posts(channel)], who, importance)

    def edit(self, channel: str, ts: str, who: str, importance: Importance) -> None:
        """Count an edit of a message. Raises TooSoon."""
        self.check(EDIT)
        message = self._lane((channel, ts), 1, 1)
        workspace = self._lane(EDIT, _EDITS_A_SECOND, _EDIT_BURST)
        self._take([message, workspace], who, importance)

    def hold(self, method: str, seconds: float) -> None:
        """Stop calls of this method for so many seconds, as Slack asked."""
        until = self._clock.monotonic() + seconds
        self._held[method] = max(until, self._held.get(method, until))

    def check(self, method: str) -> None:
        """Raise TooSoon while Slack has asked to leave this method alone."""
        wait = self._held_for(method)
        if wait > 0:
            raise TooSoon(wait)

    def _held_for(self, method: str) -> float:
        wait = self._held.get(method, 0.0) - self._clock.monotonic()
        return wait if method in self._held and wait > _INSTANT else 0.0

    def _take(self, lanes: list[_Lane], who: str, importance: Importance) -> None:
        now, number = self._clock.monotonic(), next(self._numbers)
        wait = max(lane.wait(who, importance, number, now) for lane in lanes)
        for lane in lanes:
            if wait > 0:
                lane.join(who, importance, number, now + wait)
            else:
                lane.spend(who)
        if wait > 0:
            raise TooSoon(wait)

    def _posts(self, channel: str) -> _Lane:
        return self._lane((channel,), 1, _BURST)

    def _lane(self, name: Hashable, rate: float, burst: int) -> _Lane:
        now = self._clock.monotonic()
        if name not in self._lanes:
            self._forget_idle(now)
            self._lanes[name] = _Lane(rate, burst, now)
        return self._lanes[name]

    def _forget_idle(self, now: float) -> None:
        if len(self._lanes) >= _MANY:
            self._lanes = {name: one for name, one in self._lanes.items() if not one.is_idle(now)}
