"""Finds an order's SIM cards by its tag in Telnyx's list: all pages, or it is no answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from pydantic import JsonValue

from bot.domain.purchase.sim import Sim, merge_sims
from bot.errors import LookupFailed
from bot.providers.looks import Look, Looks
from bot.providers.reading import distinct_sims, read_json
from bot.providers.telnyx.answers import sim_of, tags_of
from bot.providers.text import without_secrets

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
_SUBJECT: Final = "the list of SIM cards"


class Listing:
    """Asks for the list, through the looks that Telnyx allows."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    async def find(self, order_reference: str, *, urgent: bool) -> Mapping[str, tuple[Sim, ...]]:
        """All SIM cards of this order, each once, by the reference of their call.

        Raises LookupFailed, whatever went wrong, also when the list contradicts itself twice;
        LookupPostponed when the look can wait, and must.
        """

        async def read(look: Look) -> Mapping[str, tuple[Sim, ...]]:
            return await self._read_twice(look, order_reference)

        return await self._looks.carried_out(Look(_SUBJECT, urgent), read)

    async def _read_twice(self, look: Look, order_reference: str) -> Mapping[str, tuple[Sim, ...]]:
        """Read the list; read it again when it changed meanwhile."""
        first = await self._read(look, order_reference)
        if not first.contradiction:
            return first.sims()
        again = await self._read(look, order_reference)
        if again.contradiction:
            raise LookupFailed(f"{_SUBJECT} contradicts itself: {again.contradiction}")
        seen, sims = first.sims(), again.sims()
        return {name: merge_sims(seen.get(name, ()), sims.get(name, ())) for name in seen | sims}

    async def _read(self, look: Look, order_reference: str) -> Reading:
        reading = Reading(order_reference)
        for number in range(1, _MOST_PAGES + 1):
            page = await self._page(look, order_reference, number)
            if reading.add(page, number):
                return reading
            if (page.pages or 0) > _MOST_PAGES:
                break
        raise LookupFailed(f"{_SUBJECT} has no end after {_MOST_PAGES} pages")

    async def _page(self, look: Look, order_reference: str, number: int) -> Page:
        # No filter by status: it would leave out the SIM cards that are still registering.
        query: dict[str, str | int] = {
            "filter[tags]": order_reference,
            "page[number]": number,
            "page[size]": PAGE_SIZE,
        }
        response = await self._looks.get(look, "/sim_cards", query)
        return Page.of(read_json(response.content))
