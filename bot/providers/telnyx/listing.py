"""Finds SIM cards by their tag in Telnyx's list: all pages, and only exact matches."""

import asyncio
from typing import Final

import httpx
import stamina

from bot.clock import Clock
from bot.domain.outcome import Sim, merge_sims
from bot.errors import LookupFailed
from bot.providers.telnyx.answers import read_json
from bot.providers.telnyx.connection import Patience
from bot.providers.telnyx.page import PAGE_SIZE, Page
from bot.providers.telnyx.waiting import retry_after

_MOST_PAGES: Final = 20
"""5,000 SIM cards of one purchase call: more is a list that does not end, or not ours."""
_TRIES: Final = 3
_TRYING: Final = 20.0
"""Seconds after which a page is not asked for again."""
_LONGEST_WAIT: Final = 10.0
"""Seconds; who asks for more is asked again at the next look-up."""
_TIMED_OUT: Final = 408
_TOO_MANY: Final = 429


class Listing:
    """Asks for the list; these calls change nothing, so they are sent again when they fail."""

    def __init__(self, http: httpx.AsyncClient, clock: Clock, patience: Patience) -> None:
        self._http = http
        self._clock = clock
        self._patience = patience
        self._trying = stamina.AsyncRetryingCaller(
            attempts=_TRIES, timeout=_TRYING, wait_jitter=0.2
        )

    async def find(self, reference: str) -> tuple[Sim, ...]:
        """All SIM cards with this tag, each once. Raises LookupFailed, whatever went wrong."""
        try:
            async with asyncio.timeout(self._patience.listing):
                return await self._find(reference)
        except LookupFailed:
            raise
        except httpx.HTTPStatusError as failure:
            status = failure.response.status_code
            raise LookupFailed(f"the list of SIM cards answered with HTTP {status}") from failure
        except Exception as failure:
            name = type(failure).__name__
            raise LookupFailed(f"the list of SIM cards can't be reached ({name})") from failure

    async def _find(self, reference: str) -> tuple[Sim, ...]:
        """Read the list, and once more when it changed while it was read."""
        sims, whole = await self._read(reference)
        if not whole:
            sims = merge_sims(sims, (await self._read(reference))[0])
        return sims

    async def _read(self, reference: str) -> tuple[tuple[Sim, ...], bool]:
        """The SIM cards on all pages, and whether as many were seen as Telnyx counts."""
        sims: tuple[Sim, ...] = ()
        seen: set[str] = set()
        for number in range(1, _MOST_PAGES + 1):
            page = await self._page(reference, number)
            sims = merge_sims(sims, page.carrying(reference))
            seen |= page.names
            if page.is_last(number):
                return sims, len(seen) >= (page.results or 0)
        raise LookupFailed(f"the list of SIM cards has no end after {_MOST_PAGES} pages")

    async def _page(self, reference: str, number: int) -> Page:
        response = await self._trying(self._worth_another_try, self._get, reference, number)
        return Page.of(read_json(response.content))

    async def _get(self, reference: str, number: int) -> httpx.Response:
        # No filter by status: it would leave out the SIM cards that are still registering.
        query: dict[str, str | int] = {
            "filter[tags]": reference,
            "page[number]": number,
            "page[size]": PAGE_SIZE,
        }
        timeout = self._patience.for_listing()
        response = await self._http.get("/sim_cards", params=query, timeout=timeout)
        return response.raise_for_status()

    def _worth_another_try(self, failure: Exception) -> bool | float:
        """Whether to ask again; a number is the seconds that Telnyx asked to wait before it."""
        if not isinstance(failure, httpx.HTTPStatusError):
            return isinstance(failure, httpx.TransportError)
        status = failure.response.status_code
        if status != _TOO_MANY:
            return status == _TIMED_OUT or httpx.codes.is_server_error(status)
        wait = retry_after(failure.response.headers, self._clock.now())
        if wait is None:
            return True
        return wait if wait <= _LONGEST_WAIT else False
