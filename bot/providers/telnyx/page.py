"""One page of Telnyx's list of SIM cards, and what several pages show together."""

import re
from dataclasses import dataclass, field
from typing import Final, Self

from pydantic import JsonValue

from bot.domain.sim import Sim
from bot.errors import LookupFailed
from bot.providers.telnyx.answers import sim_of, tags_of, told_apart
from bot.providers.telnyx.text import without_secrets

PAGE_SIZE: Final = 250
"""The most that a page holds."""


@dataclass(frozen=True)
class Entry:
    """A SIM card in the list; it may be without ICCID, and even without any name."""

    sim: Sim
    tags: frozenset[str]
    """As they compare: in small letters."""

    @classmethod
    def of(cls, body: JsonValue) -> Self:
        """Read one. Raises LookupFailed when it can't be told whose SIM card it is."""
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
    """The list as it was read once, page after page."""

    order_reference: str
    _entries: list[Entry] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _nameless: int = 0
    _counts: set[tuple[int | None, int | None]] = field(default_factory=set)
    _empty: int = 0
    """Pages without a SIM card, after the first one."""

    def add(self, page: Page, number: int) -> bool:
        """Take down the `number`th page, from 1; whether it is the last one."""
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
        """Where the list does not agree with what it holds, in words; "" when it does."""
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
        return {reference: told_apart(sims) for reference, sims in found.items()}


def _reference(tags: frozenset[str], order_reference: str) -> str | None:
    """The reference that a SIM card carries, as we write it; None: it is of another order.

    Should it carry those of several calls, it counts for the first of them.
    """
    order = order_reference.casefold()
    calls = (re.fullmatch(rf"{re.escape(order)}-([1-9]\d{{0,8}})", tag, re.ASCII) for tag in tags)
    numbers = sorted(int(call[1]) for call in calls if call)
    if numbers:
        return f"{order_reference}-{numbers[0]}"
    return order_reference if order in tags else None
