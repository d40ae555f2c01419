"""Looks at what a provider lists: calls that change nothing, so they are repeated on failure."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

import httpx
import stamina

from bot.clock import Clock
from bot.errors import EsimBotError, LookupFailed, LookupPostponed
from bot.providers.http import Connections
from bot.providers.limits import Budget, CallLimits, retry_after
from bot.reasons import reason_of

_TRIES: Final = 3
_TRYING: Final = 20.0
"""Seconds after which a call is not made again."""
_LONGEST_WAIT: Final = 10.0
"""Seconds; for a longer wait that a provider asks for, the next look-up is soon enough."""
_CROWDED: Final = 10.0
"""Seconds until a postponed look is tried again when no place was free."""
_TIMED_OUT: Final = 408
_TOO_MANY: Final = 429

_Found = TypeVar("_Found")


@dataclass
class Look:
    """One look: some calls, one after the other."""

    subject: str
    """What is looked at, as a sentence about its failure begins: `the list of SIM cards`."""
    urgent: bool
    """Whether it goes at once; one that can wait keeps to the budget of calls."""
    for_code: bool = False
    """Whether a person waits for an activation code: it waits for a place, at a pace of its own."""
    begun: bool = False
    """Whether a call was made: its further ones are never held back."""


class Looks:
    """Makes the calls of looks, within the places and the budget of a provider."""

    def __init__(self, connections: Connections, clock: Clock, limits: CallLimits) -> None:
        self._connections = connections
        self._clock = clock
        self._limits = limits
        self._budget = Budget(clock)
        self._places = asyncio.Semaphore(limits.looks)
        self._postponable = asyncio.Semaphore(max(1, limits.looks // 2))
        self._for_codes = asyncio.Semaphore(max(1, limits.looks // 2))

    async def carried_out(self, look: Look, read: Callable[[Look], Awaitable[_Found]]) -> _Found:
        """What `read` finds, by calls of `get`, within the time for a whole look.

        Raises LookupFailed, whatever went wrong; LookupPostponed when it can wait, and must; other
        errors of the bot as `read` raises them.
        """
        if look.urgent:
            return await self._found(look, read)
        if look.for_code:
            # Many are asked for at once: half of the places stay free for orders.
            async with self._for_codes:
                return await self._found(look, read)
        if self._postponable.locked():
            raise LookupPostponed(_CROWDED)
        async with self._postponable:
            return await self._found(look, read)

    async def _found(self, look: Look, read: Callable[[Look], Awaitable[_Found]]) -> _Found:
        with self._as_lookup_failure(look):
            async with asyncio.timeout(self._limits.listing), self._places:
                return await read(look)

    @contextmanager
    def _as_lookup_failure(self, look: Look) -> Iterator[None]:
        """Raise every failure as LookupFailed (or LookupPostponed), with its reason in words."""
        try:
            yield
        except EsimBotError:
            raise
        except httpx.HTTPStatusError as failure:
            status = failure.response.status_code
            if status == _TOO_MANY and not look.urgent:
                raise LookupPostponed(self._budget.wait(self._pace(look))) from failure
            raise LookupFailed(f"{look.subject} answered with HTTP {status}") from failure
        except Exception as failure:
            why = f"{look.subject} can't be reached: {reason_of(failure)}"
            raise LookupFailed(why) from failure

    async def get(
        self,
        look: Look,
        path: str,
        query: Mapping[str, str | int],
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer of this path: a success, after a few tries. Raises httpx's errors."""

        def worth_another_try(failure: Exception) -> bool | float:
            return self._worth_another_try(failure, look)

        trying = stamina.AsyncRetryingCaller(attempts=_TRIES, timeout=_TRYING, wait_jitter=0.2)
        return await trying(worth_another_try, self._get, look, path, query, headers)

    async def _get(
        self,
        look: Look,
        path: str,
        query: Mapping[str, str | int],
        headers: Mapping[str, str] | None,
    ) -> httpx.Response:
        self._budget.take(None if look.urgent or look.begun else self._pace(look))
        look.begun = True
        async with self._connections.client(self._limits.for_listing()) as http:
            response = await http.get(path, params=query, headers=headers)
        if response.status_code == _TOO_MANY:
            self._budget.refused(retry_after(response.headers, self._clock.now()))
        return response.raise_for_status()

    def _pace(self, look: Look) -> int:
        """Calls a minute that it keeps to."""
        limits = self._limits
        return limits.codes_per_minute if look.for_code else limits.looks_per_minute

    def _worth_another_try(self, failure: Exception, look: Look) -> bool | float:
        """Whether to try again; a number: the seconds that the provider asked to wait first."""
        if not isinstance(failure, httpx.HTTPStatusError):
            return isinstance(failure, httpx.TransportError)
        status = failure.response.status_code
        if status != _TOO_MANY:
            return status == _TIMED_OUT or httpx.codes.is_server_error(status)
        wait = retry_after(failure.response.headers, self._clock.now())
        if wait is None:
            return look.urgent
        return wait if look.urgent and wait <= _LONGEST_WAIT else False
