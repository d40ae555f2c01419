"""How often the bot may write to Slack, and which message goes first.

Slack refuses more than about one post a second in a channel, and more calls of a method in a
minute than its limit for a workspace. All living processes share these limits; what a 429 told one
of them, all of them know. Results go first, then edits, then new cards.
"""

from itertools import count
from math import inf

from bot.clock import Clock
from bot.errors import TooSoon
from bot.slack.delivery.lanes import Importance, Lane, Rank, rank_of
from bot.slack.web.tiers import CHANNEL, EDIT, MESSAGE, POST, TIERS, Limit
from bot.store.queues import LONGEST_HOLD, Claimed, Holds

_MANY = 1000
"""Number of lanes above which idle ones are dropped."""
_SAME = 0.5
"""Seconds by which a hold may seem to differ on its way to Redis and back."""
_Name = tuple[str, ...]
"""What a lane limits: `(method,)`, `(POST, channel)`, or `(EDIT, channel, ts)`."""


class Pacer:
    """Paces the writes of this process, which takes its share of what Slack allows to all."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._numbers = count()
        self._lanes: dict[_Name, Lane] = {}
        self._many = _MANY
        self._processes = 1
        self._held: dict[str, float] = {}
        self._untold: set[str] = set()
        """Methods whose hold the other processes do not know yet."""

    # Whose turn it is

    def post(
        self,
        channel: str,
        who: str,
        importance: Importance,
        method: str = POST,
        since: float = 0.0,
    ) -> None:
        """Count a post of `who` (any name that stays the same until it is posted).

        `since` (Unix seconds) is when there was something to post: by that it finds its place
        again, also in a process that takes it over. Raises TooSoon, with the time until its turn,
        when that is not now.
        """
        self._take([(POST, channel), (method,)], who, importance, since)

    def edit(
        self,
        channel: str,
        ts: str,
        who: str,
        importance: Importance,
        since: float = 0.0,
    ) -> None:
        """Count an edit of a message. Raises TooSoon."""
        self._take([(EDIT, channel, ts), (EDIT,)], who, importance, since)

    def call(self, method: str, who: str, importance: Importance, since: float = 0.0) -> None:
        """Count a call of another method. Raises TooSoon."""
        self._take([(method,)], who, importance, since)

    def count(self, method: str) -> None:
        """Count a call that a person waits for: it is made at once, and the others wait for it."""
        if method in TIERS:
            self._lane((method,)).count(self._clock.monotonic())

    def expected_wait(self, channel: str) -> float:
        """Seconds until a new card in this channel would have its turn, as far as is known here."""
        now, held = self._clock.monotonic(), self._held_for(POST)
        rank = rank_of(Importance.CARD, self._clock.now().timestamp(), next(self._numbers))
        lanes = [self._lanes.get(name) for name in ((POST, channel), (POST,))]
        waits = [lane.expected(rank, now, held) for lane in lanes if lane is not None]
        return max([held, *waits])

    # What Slack has told

    def hold(self, method: str, seconds: float) -> None:
        """Stop calls of this method for so many seconds, as Slack asked, in every process."""
        if self._held_until(method, seconds):
            self._untold.add(method)

    def holds(self) -> Holds:
        """What Slack told this process and the others do not know yet: seconds by method."""
        return {method: self._held_for(method) for method in self._untold}

    def heard(self, claimed: Claimed) -> None:
        """Learn what all processes know, and how many they are."""
        for method, seconds in claimed.held.items():
            if seconds >= self._held_for(method) - _SAME:
                self._untold.discard(method)
            self._held_until(method, seconds)
        self._untold = {method for method in self._untold if self._held_for(method)}
        if self._processes != max(1, claimed.processes):
            self._processes = max(1, claimed.processes)
            for name, lane in self._lanes.items():
                lane.change(*self._share_of(name), self._clock.monotonic())

    def _held_until(self, method: str, seconds: float) -> bool:
        """Hold a method for so long, or as long as it is held anyway; whether that is longer."""
        now = self._clock.monotonic()
        self._held = {each: until for each, until in self._held.items() if until > now}
        until = now + min(seconds, LONGEST_HOLD)
        if until <= self._held.get(method, -inf):
            return False
        self._held[method] = until
        if method in TIERS:
            self._lane((method,)).empty(now)
        return True

    def _held_for(self, method: str) -> float:
        return max(0.0, self._held.get(method, -inf) - self._clock.monotonic())

    # Lanes

    def _take(self, names: list[_Name], who: str, importance: Importance, since: float) -> None:
        """Use a call of each of these lanes, the narrowest first. Raises TooSoon.

        Who waits for a lane stands in no wider one: it would hold up those whose turn it is.
        """
        now, lanes = self._clock.monotonic(), [self._lane(name) for name in names]
        known, held = lanes[0].number_of(who), self._held_for(names[-1][0])
        rank = rank_of(importance, since, next(self._numbers) if known is None else known)
        for number, lane in enumerate(lanes):
            wait = lane.wait(who, rank, now, held)
            if wait > 0:
                self._join(lanes[: number + 1], who, rank, now + wait)
                for wider in lanes[number + 1 :]:
                    wider.leave(who)
                raise TooSoon(wait)
        for lane in lanes:
            lane.spend(who)

    @staticmethod
    def _join(lanes: list[Lane], who: str, rank: Rank, turn: float) -> None:
        for lane in lanes:
            lane.join(who, rank, turn)

    def _share_of(self, name: _Name) -> tuple[Limit, int]:
        """What this process may do, and among how many that is shared.

        A channel keeps its burst. An order is in the hands of one process at a time, so the edits
        of its message are not shared.
        """
        match name:
            case (method,):
                return TIERS[method].share(self._processes), self._processes
            case (_, _):
                return Limit(CHANNEL.rate / self._processes, CHANNEL.burst), self._processes
            case _:
                return MESSAGE, 1

    def _lane(self, name: _Name) -> Lane:
        now = self._clock.monotonic()
        if name not in self._lanes:
            self._forget_idle(now)
            limit, processes = self._share_of(name)
            self._lanes[name] = Lane(limit, now, processes)
        return self._lanes[name]

    def _forget_idle(self, now: float) -> None:
        if len(self._lanes) >= self._many:
            self._lanes = {name: one for name, one in self._lanes.items() if not one.is_idle(now)}
            self._many = max(_MANY, 2 * len(self._lanes))
