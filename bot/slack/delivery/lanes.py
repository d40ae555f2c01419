"""One rate limit, with a line of what waits for it."""

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from enum import IntEnum
from heapq import heappop, heappush
from types import MappingProxyType

from bot.slack.web.tiers import Limit

PATIENCE = 1.0
"""Seconds after its turn for which the place of a message is kept: it may not come back, since
another process has taken it. Who comes later gets the same place again."""
_INSTANT = 0.002
"""Shorter waits count as none: the queue of orders counts in whole milliseconds."""


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


_BEHIND = MappingProxyType({Importance.NEWS: 0.0, Importance.PROGRESS: 30.0, Importance.CARD: 60.0})
"""Seconds by which something goes behind news of the same age. Nothing waits for ever: once it has
waited this long, it goes before what has become news since. Results go before all of them."""
Rank = tuple[bool, float, int]
"""A place in a line; lower ones go first."""


def rank_of(importance: Importance, since: float, number: int) -> Rank:
    """The rank of a message that has waited since then (seconds); `number` tells equals apart."""
    return (importance is not Importance.RESULT, since + _BEHIND.get(importance, 0.0), number)


@dataclass
class Lane:
    """A rate limit. Each call on it costs a search in the line, never a walk along it.

    Times are seconds of one monotonic clock.
    """

    limit: Limit
    at: float
    left: float = 0
    """Calls that may be made at once, as of `at`; below 0 after calls that nobody held back."""
    _line: list[Rank] = field(default_factory=list)
    _places: dict[str, tuple[Rank, float]] = field(default_factory=dict)
    """Who waits: rank, and when its turn should come."""
    _turns: list[tuple[float, str]] = field(default_factory=list)
    """A heap of when turns should come; also of places that were given up since."""

    def __post_init__(self) -> None:
        self.left = self.limit.burst

    def wait(self, who: str, rank: Rank, now: float, held: float = 0.0) -> float:
        """Seconds until its turn; 0 when that is now. Nothing goes for the next `held` seconds."""
        self.advance(now)
        own = self._places.get(who)
        ahead = bisect_left(self._line, rank) - (own is not None and own[0] < rank)
        then = min(self.limit.burst, self.left + held * self.limit.rate)
        wait = held + max(0.0, (ahead + 1 - then) / self.limit.rate)
        return wait if wait > _INSTANT else 0.0

    def join(self, who: str, rank: Rank, turn: float) -> None:
        """Keep a place in the line for it, until a moment after its turn."""
        self.leave(who)
        insort(self._line, rank)
        self._places[who] = rank, turn
        heappush(self._turns, (turn, who))

    def leave(self, who: str) -> None:
        """Give up its place, if it has one."""
        place = self._places.pop(who, None)
        if place is not None:
            del self._line[bisect_left(self._line, place[0])]

    def spend(self, who: str) -> None:
        """Count the call of whoever has its turn."""
        self.leave(who)
        self.left -= 1

    def number_of(self, who: str) -> int | None:
        """The number in its rank, if it has a place."""
        return self._places[who][0][2] if who in self._places else None

    def empty(self, now: float) -> None:
        """Slack has had enough: no burst is left."""
        self.advance(now)
        self.left = min(0.0, self.left)

    def count(self, now: float) -> None:
        """Count a call that was not held back; the others wait for it, a burst of them at most."""
        self.advance(now)
        self.left = max(-self.limit.burst, self.left - 1)

    def change(self, limit: Limit, now: float) -> None:
        """Go on by another limit."""
        self.advance(now)
        self.limit, self.left = limit, min(limit.burst, self.left)

    def is_idle(self, now: float) -> bool:
        """Whether it is in its first state: nothing waits, and a whole burst is free."""
        self.advance(now)
        return not self._line and self.left >= self.limit.burst

    def advance(self, now: float) -> None:
        """Let the time go by: calls become free, and who did not come back loses its place."""
        passed = max(0.0, now - self.at)
        self.left, self.at = min(self.limit.burst, self.left + passed * self.limit.rate), now
        while self._turns and self._turns[0][0] + PATIENCE < now:
            turn, who = heappop(self._turns)
            if who in self._places and self._places[who][1] == turn:
                self.leave(who)
