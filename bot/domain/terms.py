"""The terms of an order: the settings that were in force when it was placed."""

from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict, PositiveInt

AFTERCARE = (60.0, 3600.0, 86_400.0)
"""Seconds from an order's end to each look for what its calls may have bought unnoticed."""
_PATIENCE = timedelta(days=7)
"""How long after its end a look that fails is tried again."""
_SOONEST = timedelta(minutes=5)
"""The wait before a look that failed is tried again; it grows with the time since the end."""
_LONGEST_WAIT = 3600.0
"""Seconds to wait at most before a new try, whatever the provider asks for."""
_SOON = 1.0
"""Seconds before a call is tried again that was too late, where the terms know no delay."""
_MOST_DOUBLINGS = 12
"""Number of doublings after which the wait after too-late calls stays the same."""


class Terms(BaseModel):
    """Snapshot of what holds for one order, so that a changed setting never changes it."""

    model_config = ConfigDict(frozen=True)

    approval_expires: float
    """Seconds that the card may wait for a decision."""
    batch_size: PositiveInt
    """eSIMs in one purchase call."""
    lookup_delays: tuple[float, ...]
    """Seconds before each look for an attempt in doubt."""
    send_delays: tuple[float, ...]
    """Seconds before each new try of a call that never reached the provider."""
    reminder: float = 14_400
    """Seconds between reminders, and looks, while a person must decide."""

    def within(self, most_per_call: int) -> Self:
        """The same terms for a provider that takes so many eSIMs in one call at most."""
        return self.model_copy(update={"batch_size": min(self.batch_size, most_per_call)})

    def expiry(self) -> timedelta:
        """How long the card may wait for a decision."""
        return timedelta(seconds=self.approval_expires)

    def wait_before_retry(self, tries: int, asked: float | None) -> timedelta:
        """After so many calls in a row that were not taken; `asked`: what the provider said."""
        return _at_least(self.send_delays[tries - 1], asked)

    def wait_after_too_late(self, times: int, asked: float | None) -> timedelta:
        """The wait after a call that was too late; it doubles each time."""
        first = max((_SOON, *self.send_delays[:1]))
        doubled = first * float(2 ** min(times - 1, _MOST_DOUBLINGS))
        return _at_least(min(_LONGEST_WAIT, doubled), asked)


def _at_least(seconds: float, asked: float | None) -> timedelta:
    return timedelta(seconds=max(seconds, min(asked or 0, _LONGEST_WAIT)))


def look_after_end(end: datetime, after: datetime) -> datetime | None:
    """The first time after this one at which an ended order is looked at; None: never again."""
    times = (end + timedelta(seconds=seconds) for seconds in AFTERCARE)
    return next((time for time in times if time > after), None)


def try_after_end(end: datetime, at: datetime) -> datetime | None:
    """When to try again after a look at an ended order has failed; None: given up."""
    return at + max(_SOONEST, (at - end) / 4) if at - end < _PATIENCE else None
