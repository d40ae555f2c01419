"""When what was not taken is tried again, at growing intervals; what a round leaves to be done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from zlib import crc32

from bot.errors import MessageFault, PlaceFault, SlackError, SlackUnavailable
from bot.store.posted import Fault, Trouble

_FIRST_AND_LONGEST: Mapping[Fault, tuple[float, float]] = MappingProxyType(
    {
        Fault.MESSAGE: (5.0, 600.0),
        Fault.PLACE: (60.0, 3600.0),
        Fault.PASSING: (5.0, 600.0),
        Fault.AWAY: (5.0, 60.0),
    }
)
"""Seconds before the first repeat, and at most."""
_SPREAD = 0.2
"""Part of an interval by which orders that failed together come back earlier."""
PLACE_PATIENCE = timedelta(days=7)
"""How long a place that takes nothing is asked again."""
UNREACHABLE = "unreachable"
"""Stands for a failure that is no word of Slack's."""
PLAIN_AFTER = 3
"""Times that a message's own fault is tried before plain text takes its place."""


@dataclass
class Outlook:
    """When the order must be looked at again, and why."""

    again_in: float | None = None
    """Seconds; None when everything is up."""
    had_trouble: bool = False
    """Whether some message was not taken before, or is not now."""
    troubles: list[Trouble] = field(default_factory=list)
    """Why messages are not up, that are tried again."""

    def wait(self, seconds: float) -> None:
        """Something is to be done in so many seconds."""
        self.again_in = seconds if self.again_in is None else min(self.again_in, seconds)

    def rest(self, trouble: Trouble, seconds: float) -> None:
        """A message is tried again in so many seconds, as it was not taken."""
        self.had_trouble = True
        self.troubles.append(trouble)
        self.wait(seconds)

    @property
    def oldest(self) -> Trouble | None:
        """The trouble that goes on for longest."""
        return min(self.troubles, key=lambda one: one.since, default=None)


def fault_of(failure: SlackError) -> Fault:
    """Whose fault it is."""
    if isinstance(failure, MessageFault):
        return Fault.MESSAGE
    if isinstance(failure, PlaceFault):
        return Fault.PLACE
    reached = isinstance(failure, SlackUnavailable) and failure.error
    return Fault.PASSING if reached else Fault.AWAY


def word_of(failure: SlackError) -> str:
    """Slack's own word for it."""
    return str(getattr(failure, "error", "")) or UNREACHABLE


def interval(fault: Fault, tries: int, seed: str) -> float:
    """Seconds from this many failures in a row to the next try; `seed` spreads them."""
    first, longest = _FIRST_AND_LONGEST[fault]
    usual = min(first * 2.0 ** min(tries - 1, 20), longest)
    return usual * (1 - _SPREAD * (crc32(f"{seed}{tries}".encode()) % 1000) / 1000)


def next_trouble(
    before: Trouble | None, failure: SlackError, digest: str, now: datetime, seed: str
) -> Trouble:
    """What is known after one more failure of the same content, or the first one of another."""
    same = before if before is not None and before.digest == digest else None
    fault, tries = fault_of(failure), same.tries + 1 if same else 1
    wait = interval(fault, tries, seed)
    if isinstance(failure, SlackUnavailable):
        wait = max(wait, failure.retry_after)
    return Trouble(
        fault=fault,
        error=word_of(failure),
        digest=digest,
        tries=tries,
        since=same.since if same else now,
        tried_at=now,
        wait=wait,
    )


def is_given_up(trouble: Trouble) -> bool:
    """Whether its place was asked long enough."""
    return trouble.fault is Fault.PLACE and trouble.lasted >= PLACE_PATIENCE


def gone_again(again: int, digest: str, now: datetime, seed: str) -> Trouble | None:
    """A wait before it is posted anew, where that has been done before."""
    if again == 1:
        return None
    return Trouble(
        fault=Fault.PASSING,
        error="message_not_found",
        digest=digest,
        tries=again - 1,
        since=now,
        tried_at=now,
        wait=interval(Fault.PASSING, again, seed),
    )
