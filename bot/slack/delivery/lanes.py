"""One rate limit, with a line of what waits for it."""

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from enum import IntEnum
from math import inf
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


_RESULTS: Rank = (False, inf, 0)
"""Behind every result, before everything else."""


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
    processes: int = 1
    """How many share what Slack allows; `limit` is the part of this one."""
    left: float = 0
    """Calls that may be made at once, as of `at`; below 0 after calls that nobody held back."""
    _line: list[Rank] = field(default_factory=list)
    _places: dict[str, tuple[Rank, float]] = field(default_factory=dict)
    """Who waits: rank, and when its turn should come."""
    _turns: list[tuple[float, str]] = field(default_factory=list)
    """When turns should come, in order."""

    def __post_init__(self) -> None:
        self.left = self.limit.burst

    def wait(self, who: str, rank: Rank, now: float, held: float = 0.0) -> float:
        """Seconds until its turn; 0 when that is now. Nothing goes for the next `held` seconds.

        Of several processes, each serves some of the others' lines too: the queue gives what is due
        to any of them. So whoever is not the first comes as early as if all of them served this
        line: now and then that is too early, but nothing that Slack takes goes to waste.
        """
        self.advance(now)
        ahead = self._ahead(who, rank)
        if not held and self._is_spare(who, ahead, now):
            return 0.0
        then = min(self.limit.burst, self.left + held * self.limit.rate)
        next_free, own_turn = (1 - then) / self.limit.rate, (ahead + 1 - then) / self.limit.rate
        wait = held + max(0.0, next_free, own_turn / self.processes)
        return wait if wait > _INSTANT else 0.0

    def expected(self, rank: Rank, now: float, held: float) -> float:
        """Seconds until the turn of something that is not in the line, as far as known here."""
        self.advance(now)
        then = min(self.limit.burst, self.left + held * self.limit.rate)
        return held + max(0.0, (self._ahead("", rank) + 1 - then) / self.limit.rate)

    def _ahead(self, who: str, rank: Rank) -> int:
        """How many have a place before it."""
        own = self._places.get(who)
        return bisect_left(self._line, rank) - (own is not None and own[0] < rank)

    def _is_spare(self, who: str, ahead: int, now: float) -> bool:
        """Whether a call is free that nobody before it will find missing.

        Results keep theirs. Others come at their turns, and until then more calls become free. A
        message that another process took comes later than its place says, and no call may go to
        waste meanwhile.
        """
        if self.left + _INSTANT < 1 + min(ahead, bisect_left(self._line, _RESULTS)):
            return False
        others = (turn for turn, name in self._turns[:2] if name != who)
        free = self.left - 1 + max(0.0, next(others, inf) - now) * self.limit.rate
        return ahead == 0 or free + _INSTANT >= 1

    def join(self, who: str, rank: Rank, turn: float) -> None:
        """Keep a place in the line for it, until a moment after its turn."""
        self.leave(who)
        insort(self._line, rank)
        insort(self._turns, (turn, who))
        self._places[who] = rank, turn

    def leave(self, who: str) -> None:
        """Give up its place, if it has one."""
        place = self._places.pop(who, None)
        if place is not None:
            rank, turn = place
            del self._line[bisect_left(self._line, rank)]
            del self._turns[bisect_left(self._turns, (turn, who))]

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

    def change(self, limit: Limit, processes: int, now: float) -> None:
        """Go on as one of so many processes."""
        self.advance(now)
        self.limit, self.processes, self.left = limit, processes, min(limit.burst, self.left)

    def is_idle(self, now: float) -> bool:
        """Whether it is in its first state: nothing waits, and a whole burst is free."""
        self.advance(now)
        return not self._line and self.left >= self.limit.burst

    def advance(self, now: float) -> None:
        """Let the time go by: calls become free, and who did not come back loses its place."""
        passed = max(0.0, now - self.at)
        self.left, self.at = min(self.limit.burst, self.left + passed * self.limit.rate), now
        while self._turns and self._turns[0][0] + PATIENCE < now:
            self.leave(self._turns[0][1])
