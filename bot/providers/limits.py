"""Limits of calls to a provider: time limits, places, calls a minute, and the wait it asks for."""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from bot.clock import Clock
from bot.errors import LookupPostponed

_LONGEST: Final = 3600.0
"""Seconds; a longer wait that a provider asks for is cut to this."""
_EPOCH: Final = 1e6
"""A reset above this is a point in time, in seconds since 1970, not a number of seconds."""
_MINUTE: Final = 60.0
_UNNAMED_WAIT: Final = 30.0
"""Seconds to wait after a call that was refused as one too many, where no wait is named."""


@dataclass(frozen=True)
class CallLimits:
    """Time limits of calls, in seconds, and how many calls may be made."""

    connect: float = 10
    """For a connection and its TLS handshake."""
    read: float = 120
    """For each part of a purchase's answer: a slow call, by its own specification."""
    write: float = 30
    purchase: float = 300
    """For a purchase as a whole, so that an answer that trickles ends."""
    listing_read: float = 30
    """For each part of a page of the list."""
    listing: float = 60
    """For a look-up as a whole: every page, every try."""
    purchases: int = 10
    """Purchases under way at once."""
    looks: int = 10
    """Looks under way at once, beside the purchases; half of them for looks that can wait."""
    looks_per_minute: int = 30
    """Calls a minute above which looks that can wait are postponed."""
    codes_per_minute: int = 120
    """The same for activation codes: a person waits for them, and no order depends on them."""

    def for_purchase(self, within: float) -> httpx.Timeout:
        """The limits of a purchase's parts; it must be sent `within` so many seconds."""
        connect = min(self.connect, within)
        return httpx.Timeout(connect=connect, read=self.read, write=self.write, pool=connect)

    def for_listing(self) -> httpx.Timeout:
        """The limits of a page's parts."""
        connect, read = self.connect, self.listing_read
        return httpx.Timeout(connect=connect, read=read, write=self.write, pool=connect)


class Places:
    """Places for purchases: so many are under way at once."""

    def __init__(self, count: int) -> None:
        self._free = asyncio.Semaphore(count)
        self._waiting = 0

    @property
    def has_one(self) -> bool:
        """Whether one is free, and nobody waits for it."""
        return not self._free.locked()

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits for one."""
        return self._waiting > 0

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Hold one; whoever waits longest gets the next."""
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()


class Budget:
    """Calls a minute: looks that can wait begin only while some are left.

    A look that is urgent always goes, and counts too, as does each further page and try of one
    that has begun; what was used beyond the budget postpones the later ones.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls = deque[float]()
        self._refused_until = -math.inf

    def take(self, most: int | None) -> None:
        """Count a call that is made now. `most`: calls a minute that it keeps to; None: it goes.

        Raises LookupPostponed where there were as many.
        """
        wait = self.wait(most) if most is not None else 0
        if wait > 0:
            raise LookupPostponed(wait)
        self._calls.append(self._clock.monotonic())

    def refused(self, wait: float | None) -> None:
        """Postpone looks that can wait, after the provider refused a call as one too many."""
        until = self._clock.monotonic() + max(1.0, _UNNAMED_WAIT if wait is None else wait)
        self._refused_until = max(self._refused_until, until)

    def wait(self, most: int) -> float:
        """Seconds until a look that keeps to `most` calls a minute may begin; 0 or below: now."""
        now = self._clock.monotonic()
        while self._calls and self._calls[0] <= now - _MINUTE:
            self._calls.popleft()
        full = len(self._calls) - most
        free_at = self._calls[full] + _MINUTE if full >= 0 else now
        return max(free_at, self._refused_until) - now


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
