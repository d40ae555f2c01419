"""How long Telnyx asks to wait."""

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

_LONGEST: Final = 3600.0
"""Seconds; whoever asks for more is asked again after an hour."""
_EPOCH: Final = 1e6
"""A reset above this is a point in time, in seconds since 1970, not a number of seconds."""


def retry_after(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds from now until the call may be sent again, 0 to 3600; None: nothing was said.

    `Retry-After` may be seconds or an HTTP date. Telnyx's pages show `x-ratelimit-reset`
    both as seconds and as a point in time.
    """
    asked = headers.get("retry-after", "")
    wait = _number(asked)
    if wait is None:
        wait = _until(asked, now)
    if wait is None:
        wait = _reset(headers.get("x-ratelimit-reset", ""), now)
    return None if wait is None else min(max(wait, 0.0), _LONGEST)


def _reset(text: str, now: datetime) -> float | None:
    number = _number(text)
    if number is None or number <= _EPOCH:
        return number
    return number - now.timestamp()


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # The zone "-0000" comes out without one; HTTP dates are in UTC.
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - now).total_seconds()
