"""Finds an order's SIM cards by its tag in Telnyx's list: all pages, or it is no answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from pydantic import JsonValue

from bot.domain.purchase.sim import Sim, merge_sims
from bot.errors import LookupFailed
from bot.providers.looks import Look, Looks
from bot.providers.reading import distinct_sims
from bot.providers.telnyx.answers import sim_of, tags_of
from bot.providers.telnyx.fields import fields_of
from bot.providers.telnyx.pages import Page, read_pages

_SUBJECT: Final = "the list of SIM cards"


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
        return cls(sim_of(body) or Sim(fields=fields_of(body)), tags)


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
        for entry in map(Entry.of, page.entries):
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
        # No filter by status: it would leave out the SIM cards that are still registering.
        filters = {"filter[tags]": order_reference}
        await read_pages(self._looks, look, "/sim_cards", filters, reading.add)
        return reading
