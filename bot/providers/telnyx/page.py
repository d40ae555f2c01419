"""One page of Telnyx's list of SIM cards."""

from dataclasses import dataclass
from typing import Final, Self

from pydantic import JsonValue

from bot.domain.outcome import Sim
from bot.errors import LookupFailed
from bot.providers.telnyx.answers import sims_in

PAGE_SIZE: Final = 250
"""The most that a page holds."""


@dataclass(frozen=True)
class Page:
    """What one page holds, and what it tells of the others."""

    entries: int
    """How many there are on this page, readable or not."""
    sims: tuple[Sim, ...]
    pages: int | None
    """How many pages there are, as far as the list says."""
    results: int
    """How many SIM cards are on all pages together, as far as the list says."""

    @classmethod
    def of(cls, body: JsonValue) -> Self:
        """Read a page. Raises LookupFailed when it is none."""
        data = body.get("data") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(data, list):
            raise LookupFailed("the list of SIM cards could not be read")
        meta = body.get("meta")
        counts = meta if isinstance(meta, dict) else {}
        pages, results = counts.get("total_pages"), counts.get("total_results")
        return cls(
            entries=len(data),
            sims=sims_in(body),
            pages=pages if isinstance(pages, int) else None,
            results=results if isinstance(results, int) else 0,
        )

    def is_last(self, number: int) -> bool:
        """Whether nothing follows this page, the `number`th from 1."""
        if self.pages is not None:
            return number >= self.pages
        return self.entries < PAGE_SIZE

    @property
    def names(self) -> set[str]:
        """What tells the SIM cards on this page apart."""
        return {sim.iccid or sim.provider_id or "" for sim in self.sims}

    def carrying(self, tag: str) -> tuple[Sim, ...]:
        """The SIM cards that carry exactly this tag."""
        return tuple(sim for sim in self.sims if _carries(sim, tag))


def _carries(sim: Sim, tag: str) -> bool:
    tags = sim.fields.get("tags")
    return isinstance(tags, list) and tag in tags
