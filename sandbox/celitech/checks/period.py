"""How long a package is for: two dates, or a number of days."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sandbox.celitech.errors import BAD_REQUEST, Refusal
from sandbox.celitech.state.catalogue import UNLIMITED

if TYPE_CHECKING:
    from sandbox.provider.answer import Json

LONGEST_DAYS: Final = 90
AHEAD_MONTHS: Final = 12
UNLIMITED_DAYS: Final = range(3, 31)
MILLISECONDS_FROM: Final = 10**11
"""An epoch from here on is one of milliseconds: as seconds it would be the year 5138."""
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_LAST_SECOND: Final = timedelta(days=1, seconds=-1)


@dataclass(frozen=True)
class Period:
    """`days` pick the price; times are seconds since 1970, None for a duration."""

    days: int
    start: float | None = None
    end: float | None = None
    duration: int | None = None


def period_of(body: Json, today: date) -> Period:
    """Return the period that a purchase asks for. Raises Refusal (400) for a wrong one."""
    duration = body.get("duration")
    dates = [name for name in ("startDate", "endDate") if body.get(name) is not None]
    if duration is not None:
        if dates:
            raise _wrong("Use either duration or startDate and endDate, not both.")
        if body.get("dataLimitInGB") == UNLIMITED:
            raise _wrong("Unlimited packages need startDate and endDate.")
        return Period(int(duration), duration=int(duration))
    if not dates:
        raise _wrong("Either duration or startDate and endDate are required.")
    return dated(body, today, is_unlimited=body.get("dataLimitInGB") == UNLIMITED)


def dated(body: Json, today: date, *, is_unlimited: bool = False) -> Period:
    """Return the period between two dates. Raises Refusal (400) for a wrong one."""
    if body.get("startDate") is None or body.get("endDate") is None:
        raise _wrong("startDate and endDate are required together.")
    start, end = day(body["startDate"], "startDate"), day(body["endDate"], "endDate")
    if start < today:
        raise _wrong("startDate cannot be in the past.")
    if start > _months_later(today, AHEAD_MONTHS):
        raise _wrong("startDate cannot be more than 12 months ahead.")
    return timed(between(start, end, is_unlimited=is_unlimited), body)


def timed(period: Period, body: Json) -> Period:
    """Return the period with the exact times that a body gives beside its dates."""
    start, end = seconds_of(body.get("startTime")), seconds_of(body.get("endTime"))
    return replace(period, start=start or period.start, end=end or period.end)


def between(start: date, end: date, *, is_unlimited: bool = False) -> Period:
    """Return the period from one day to another. Raises Refusal (400) for a wrong one."""
    span = (end - start).days
    if span < 0:
        raise _wrong("endDate cannot be before startDate.")
    if span > LONGEST_DAYS:
        raise _wrong("endDate can be at most 90 days after startDate.")
    if is_unlimited and span not in UNLIMITED_DAYS:
        raise _wrong("Unlimited packages are for 3 to 30 days.")
    first = datetime(start.year, start.month, start.day, tzinfo=UTC)
    last = datetime(end.year, end.month, end.day, tzinfo=UTC) + _LAST_SECOND
    return Period(max(1, span), first.timestamp(), last.timestamp())


def day(value: object, name: str) -> date:
    """Return the date in `yyyy-MM-dd`. Raises Refusal (400) for anything else."""
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _wrong(f"{name} must be a date in the format 'yyyy-MM-dd'.")


def seconds_of(epoch: float | None) -> float | None:
    """Return an epoch in seconds or milliseconds in seconds."""
    return epoch / 1000 if epoch is not None and epoch >= MILLISECONDS_FROM else epoch


def _months_later(today: date, months: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    return date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))


def _wrong(message: str) -> Refusal:
    return Refusal(BAD_REQUEST, message)
