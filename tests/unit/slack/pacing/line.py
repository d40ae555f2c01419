"""Messages that wait for their turns, on a clock that a test moves."""

from __future__ import annotations

from heapq import heappop, heappush

from bot.errors import TooSoon
from bot.slack.delivery.lanes import Importance
from bot.slack.delivery.pacing import Pacer
from bot.store.queues import Claimed
from tests.support.clock import ManualClock

RESULT, NEWS, PROGRESS, CARD = Importance


class Ticker(ManualClock):
    """A clock of which only the monotonic reading is moved."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 100.0

    def monotonic(self) -> float:
        """Seconds since some moment."""
        return self.seconds


def post(
    pacer: Pacer,
    who: str,
    importance: Importance = CARD,
    channel: str = "C0OPS",
    since: float = 0.0,
) -> float:
    """Seconds that a post has to wait; 0 when it may be made, and then it is counted."""
    try:
        pacer.post(channel, who, importance, since=since)
    except TooSoon as early:
        return early.seconds
    return 0


def edit(pacer: Pacer, ts: str) -> float:
    """Seconds that an edit has to wait; 0 when it may be made, and then it is counted."""
    try:
        pacer.edit("C0OPS", ts, f"edit of {ts}", NEWS)
    except TooSoon as early:
        return early.seconds
    return 0


def claimed(processes: int = 1, **held: float) -> Claimed:
    """What a claim tells; methods of Slack by their last word."""
    return Claimed([], None, {f"chat.{method}": left for method, left in held.items()}, processes)


class Line:
    """Two hundred and more messages of one channel, each asking when it was told to."""

    def __init__(self, processes: int = 1) -> None:
        self.clock, self.asked, self.made = Ticker(), 0, list[tuple[float, str]]()
        self.pacer = Pacer(self.clock)
        self.pacer.heard(claimed(processes))
        self.due: list[tuple[float, int, str, Importance]] = []

    def add(self, who: str, importance: Importance) -> None:
        """Let it ask now."""
        heappush(self.due, (self.clock.seconds, len(self.due), who, importance))

    def run(self, until: float) -> None:
        """Let everybody ask when told to, in the order of time."""
        while self.due and self.due[0][0] <= until:
            at, number, who, importance = heappop(self.due)
            self.clock.seconds = max(self.clock.seconds, at)
            self.asked += 1
            wait = post(self.pacer, who, importance)
            if wait:
                heappush(self.due, (self.clock.seconds + wait, number, who, importance))
            else:
                self.made.append((self.clock.seconds, who))
        self.clock.seconds = max(self.clock.seconds, until)
