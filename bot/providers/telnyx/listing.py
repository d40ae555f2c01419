"""Finds an order's SIM cards by its tag in Telnyx's list: all pages, or it is no answer."""

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Self

import httpx
import stamina
from pydantic import JsonValue

from bot.clock import Clock
from bot.domain.purchase.sim import Sim, merge_sims
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.http import Connections
from bot.providers.limits import Budget, CallLimits, retry_after
from bot.providers.telnyx.answers import distinct_sims, read_json, sim_of, tags_of
from bot.providers.text import without_secrets
from bot.reasons import reason_of

PAGE_SIZE: Final = 250
"""SIM cards on a page: the most that Telnyx allows."""


@dataclass(frozen=True)
class Entry:
    """A SIM card in the list; it may have no ICCID, and even no id."""

    sim: Sim
    tags: frozenset[str]
    """The tags in small letters, for comparison."""

    @classmethod
    def of(cls, body: JsonValue) -> Self:
        """Read an entry. Raises LookupFailed when it does not show whose SIM card it is."""
        tags = tags_of(body)
        if tags is None or not isinstance(body, dict):
            raise LookupFailed("an entry in the list of SIM cards could not be read")
        return cls(sim_of(body) or Sim(fields=without_secrets(body)), tags)


@dataclass(frozen=True)
class Page:
    """What one page holds, and what it tells of the others."""

    entries: tuple[Entry, ...]
    pages: int | None
    """How many pages there are, as far as the list says."""
    results: int | None
    """How many SIM cards are on all pages together, as far as the list says."""

    @classmethod
    def of(cls, body: JsonValue) -> Self:
        """Read a page. Raises LookupFailed when a part of it can't be read."""
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(data, list):
            raise LookupFailed("the list of SIM cards could not be read")
        meta = body.get("meta")
        counts = meta if isinstance(meta, dict) else {}
        pages, results = _count(counts.get("total_pages")), _count(counts.get("total_results"))
        if pages is None and results is None:
            raise LookupFailed("the list of SIM cards does not say how many there are")
        return cls(tuple(map(Entry.of, data)), pages, results)


def _count(value: JsonValue) -> int | None:
    """A count in `meta`; None when there is none. Raises LookupFailed when it is no number."""
    if value is None:
        return None
    # Telnyx writes money and amounts of data as text; its counts may follow.
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,12}", str(value), re.ASCII):
        raise LookupFailed("the list of SIM cards counts in something that is no number")
    return int(str(value))


@dataclass
class Reading:
    """The list as it was read in one pass, page after page."""

    order_reference: str
    _entries: list[Entry] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _nameless: int = 0
    _counts: set[tuple[int | None, int | None]] = field(default_factory=set)
    _empty: int = 0
    """Pages without a SIM card, after the first one."""

    def add(self, page: Page, number: int) -> bool:
        """Add the `number`th page, from 1; True when it is the last one."""
        self._counts.add((page.pages, page.results))
        self._empty += number > 1 and not page.entries
        for entry in page.entries:
            self._entries.append(entry)
            name = entry.sim.iccid or entry.sim.provider_id
            self._names |= {name} if name else set()
            self._nameless += not name
        if page.pages is not None:
            return number >= page.pages
        return not page.entries or self.given >= (page.results or 0)

    @property
    def given(self) -> int:
        """How many different SIM cards were listed."""
        return len(self._names) + self._nameless

    @property
    def contradiction(self) -> str:
        """How the list contradicts itself, in words; "" when it does not."""
        if len(self._counts) > 1:
            return "its counts change while it is read"
        ((pages, results),) = self._counts
        if results is not None and results != self.given:
            return f"it counts {results} and gives {self.given}"
        if (self._empty and pages is not None) or (pages == 0 and self.given):
            return f"it counts {pages} pages, which is not what there is"
        return ""

    def sims(self) -> dict[str, tuple[Sim, ...]]:
        """The SIM cards of this order, each once, by the reference of their call."""
        found: dict[str, list[Sim]] = {}
        for entry in self._entries:
            reference = _reference(entry.tags, self.order_reference)
            if reference is not None:
                found.setdefault(reference, []).append(entry.sim)
        return {reference: distinct_sims(sims) for reference, sims in found.items()}


def _reference(tags: frozenset[str], order_reference: str) -> str | None:
    """The reference that a SIM card carries, as we write it; None: it is of another order.

    A SIM card with the references of several calls counts for the first of them.
    """
    order = order_reference.casefold()
    calls = (re.fullmatch(rf"{re.escape(order)}-([1-9]\d{{0,8}})", tag, re.ASCII) for tag in tags)
    numbers = sorted(int(call[1]) for call in calls if call)
    if numbers:
        return f"{order_reference}-{numbers[0]}"
    return order_reference if order in tags else None


_MOST_PAGES: Final = 40
"""10,000 SIM cards of one order: a longer list is endless, or not ours."""
_TRIES: Final = 3
_TRYING: Final = 20.0
"""Seconds after which a page is not asked for again."""
_LONGEST_WAIT: Final = 10.0
"""Seconds; for a longer wait that Telnyx asks for, the next look-up is soon enough."""
_CROWDED: Final = 10.0
"""Seconds until a postponed look is tried again when no place was free."""
_TIMED_OUT: Final = 408
_TOO_MANY: Final = 429


@dataclass
class _Look:
    order_reference: str
    urgent: bool
    begun: bool = False


class Listing:
    """Asks for the list. These calls change nothing, so they are repeated when they fail."""

    def __init__(self, connections: Connections, clock: Clock, limits: CallLimits) -> None:
        self._connections = connections
        self._clock = clock
        self._limits = limits
        self._budget = Budget(clock, limits.looks_per_minute)
        self._places = asyncio.Semaphore(limits.looks)
        self._postponable = asyncio.Semaphore(max(1, limits.looks // 2))

    async def find(self, order_reference: str, *, urgent: bool) -> Mapping[str, tuple[Sim, ...]]:
        """All SIM cards of this order, each once, by the reference of their call.

        Raises LookupFailed, whatever went wrong, also when the list contradicts itself twice;
        LookupPostponed when the look can wait, and must.
        """
        look = _Look(order_reference, urgent)
        if urgent:
            return await self._found(look)
        if self._postponable.locked():
            raise LookupPostponed(_CROWDED)
        async with self._postponable:
            return await self._found(look)

    async def _found(self, look: _Look) -> Mapping[str, tuple[Sim, ...]]:
        with self._as_lookup_failure(look):
            async with asyncio.timeout(self._limits.listing), self._places:
                return await self._read_twice(look)

    @contextmanager
    def _as_lookup_failure(self, look: _Look) -> Iterator[None]:
        """Raise every failure as LookupFailed (or LookupPostponed), with its reason in words."""
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
        """Read the list; read it again when it changed meanwhile."""
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
        async with self._connections.client(self._limits.for_listing()) as http:
            response = await http.get("/sim_cards", params=query)
        if response.status_code == _TOO_MANY:
            self._budget.refused(retry_after(response.headers, self._clock.now()))
        return response.raise_for_status()

    def _worth_another_try(self, failure: Exception, look: _Look) -> bool | float:
        """Whether to try again; a number: the seconds that Telnyx asked to wait first."""
        if not isinstance(failure, httpx.HTTPStatusError):
            return isinstance(failure, httpx.TransportError)
        status = failure.response.status_code
        if status != _TOO_MANY:
            return status == _TIMED_OUT or httpx.codes.is_server_error(status)
        wait = retry_after(failure.response.headers, self._clock.now())
        if wait is None:
            return look.urgent
        return wait if look.urgent and wait <= _LONGEST_WAIT else False
