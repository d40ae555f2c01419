"""An order that has ended: when to look whether more of it turned up."""

from datetime import datetime, timedelta
from typing import Self

from bot.domain.order.facts import BOT, Facts

AFTERCARE = (60.0, 3600.0, 86_400.0)
"""Seconds from an order's end to each look for what its calls may have bought unnoticed."""
_PATIENCE = timedelta(days=7)
"""How long after its end a look that fails is tried again."""
_SOONEST = timedelta(minutes=5)
"""The wait before a look that failed is tried again; it grows with the time since the end."""


class Aftercare(Facts):
    """The looks at an order that has ended; they are due by the time since its end alone."""

    def next_look(self, after: datetime) -> datetime | None:
        """The first time after this one at which an ended order is looked at; None: never again.

        Only an order whose calls may have reached the provider is.
        """
        end = self.ended_at
        if end is None or not self.may_have_bought:
            return None
        times = (end + timedelta(seconds=seconds) for seconds in AFTERCARE)
        return next((time for time in times if time > after), None)

    def next_try(self, at: datetime) -> datetime | None:
        """When to try again after a look at an ended order has failed; None: given up."""
        end = self.ended_at
        if end is None or at - end >= _PATIENCE:
            return None
        return at + max(_SOONEST, (at - end) / 4)

    def _ended(self, event: str, at: datetime, *, by: str = BOT, detail: str = "") -> Self:
        """Nothing more is bought; whatever reached the provider is looked at some more times."""
        ended = self._moved(event, by, self.end, at, detail=detail)
        return ended.model_copy(update={"due_at": ended.next_look(at)})
