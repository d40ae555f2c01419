"""Finds an order's SIM cards by its tag in Telnyx's list: all pages, or it is no answer."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx
import stamina

from bot.clock import Clock
from bot.domain.sim import Sim, merge_sims
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.http import Connections
from bot.providers.telnyx.answers import read_json
from bot.providers.telnyx.connection import Patience
from bot.providers.telnyx.page import PAGE_SIZE, Page, Reading
from bot.providers.telnyx.waiting import Budget, retry_after
from bot.reasons import reason_of

_MOST_PAGES: Final = 40
"""10,000 SIM cards of one order: more is a list that does not end, or not ours."""
_TRIES: Final = 3
_TRYING: Final = 20.0
"""Seconds after which a page is not asked for again."""
_LONGEST_WAIT: Final = 10.0
"""Seconds; who asks for more is asked again at the next look-up."""
_CROWDED: Final = 10.0
"""Seconds until a look that can wait tries for a place again."""
_TIMED_OUT: Final = 408
_TOO_MANY: Final = 429


@dataclass
class _Look:
    order_reference: str
    urgent: bool
    begun: bool = False


class Listing:
    """Asks for the list; these calls change nothing, so they are sent again when they fail."""

    def __init__(self, connections: Connections, clock: Clock, patience: Patience) -> None:
        self._connections = connections
        self._clock = clock
        self._patience = patience
        self._budget = Budget(clock, patience.looks_per_minute)
        self._places = asyncio.Semaphore(patience.looks)
        self._unhurried = asyncio.Semaphore(max(1, patience.looks // 2))

    async def find(self, order_reference: str, *, urgent: bool) -> Mapping[str, tuple[Sim, ...]]:
        """All SIM cards of this order, each once, by the reference of their call.

        Raises LookupFailed, whatever went wrong, also when the list contradicts itself twice;
        LookupPostponed when the look can wait, and must.
        """
        look = _Look(order_reference, urgent)
        if urgent:
            return await self._found(look)
        if self._unhurried.locked():
            raise LookupPostponed(_CROWDED)
        async with self._unhurried:
            return await self._found(look)

    async def _found(self, look: _Look) -> Mapping[str, tuple[Sim, ...]]:
        with self._explained(look):
            async with asyncio.timeout(self._patience.listing), self._places:
                return await self._read_twice(look)

    @contextmanager
    def _explained(self, look: _Look) -> Iterator[None]:
        """Tell every failure as LookupFailed, in words."""
        try:
            yield
        except (LookupFailed, LookupPostponed):
            raise
        except httpx.HTTPStatusError as failure:
            status = failure.response.status_code
            if status == _TOO_MANY and not look.urgent:
                raise LookupPostponed(self._budget.wait) from failure
            raise LookupFailed(f"the list of SIM cards answered with HTTP {status}") from failure
        except Exception as failure:
            why = f"the list of SIM cards can't be reached: {reason_of(failure)}"
            raise LookupFailed(why) from failure

    async def _read_twice(self, look: _Look) -> Mapping[str, tuple[Sim, ...]]:
        """Read the list, and once more when it changed while it was read."""
        first = await self._read(look)
        if not first.contradiction:
            return first.sims()
        again = await self._read(look)
        if again.contradiction:
            raise LookupFailed(f"the list of SIM cards contradicts itself: {again.contradiction}")
        seen, sims = first.sims(), again.sims()
        return {name: merge_sims(seen.get(name, ()), sims.get(name, ())) for name in seen | sims}

    async def _read(self, look: _Look) -> Reading:
        reading = Reading(look.order_reference)
        for number in range(1, _MOST_PAGES + 1):
            page = await self._page(look, number)
            if reading.add(page, number):
                return reading
            if (page.pages or 0) > _MOST_PAGES:
                break
        raise LookupFailed(f"the list of SIM cards has no end after {_MOST_PAGES} pages")

    async def _page(self, look: _Look, number: int) -> Page:
        def worth_another_try(failure: Exception) -> bool | float:
            return self._worth_another_try(failure, look)

        trying = stamina.AsyncRetryingCaller(attempts=_TRIES, timeout=_TRYING, wait_jitter=0.2)
        response = await trying(worth_another_try, self._get, look, number)
        return Page.of(read_json(response.content))

    async def _get(self, look: _Look, number: int) -> httpx.Response:
        self._budget.take(may_wait=not (look.urgent or look.begun))
        look.begun = True
        # No filter by status: it would leave out the SIM cards that are still registering.
        query: dict[str, str | int] = {
            "filter[tags]": look.order_reference,
            "page[number]": number,
            "page[size]": PAGE_SIZE,
        }
        async with self._connections.client(self._patience.for_listing()) as http:
            response = await http.get("/sim_cards", params=query)
        if response.status_code == _TOO_MANY:
            self._budget.turned_away(retry_after(response.headers, self._clock.now()))
        return response.raise_for_status()

    def _worth_another_try(self, failure: Exception, look: _Look) -> bool | float:
        """Whether to ask again; a number is the seconds that Telnyx asked to wait before it."""
        if not isinstance(failure, httpx.HTTPStatusError):
            return isinstance(failure, httpx.TransportError)
        status = failure.response.status_code
        if status != _TOO_MANY:
            return status == _TIMED_OUT or httpx.codes.is_server_error(status)
        wait = retry_after(failure.response.headers, self._clock.now())
        if wait is None:
            return look.urgent
        return wait if look.urgent and wait <= _LONGEST_WAIT else False
