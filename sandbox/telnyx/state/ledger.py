"""The ledger: every purchase request received, and every SIM sold."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from sandbox.telnyx.state.account import PRICE_CENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.provider.answer import Json

Outcome = Literal["sold", "refused", "not_processed"]

ORDER_TAG: Final = re.compile(r"esim-[0-9A-Z]{8}")


@dataclass
class LedgerEntry:
    """One purchase request and what came of it."""

    at: float
    """When it was received, in seconds since 1970."""
    headers: Mapping[str, str]
    """Of interest only, names in lower case; never the API key."""
    raw: bytes
    """The body as it was received."""
    body: Json
    """The body read as JSON; empty when it is no JSON object."""
    outcome: Outcome = "not_processed"
    """`sold`: SIMs were sold; `refused`: looked at, nothing sold; else `not_processed`."""
    sims: list[dict[str, Any]] = field(default_factory=list)
    """The SIMs that this request sold, as the API gives them now."""
    answered: bool = False
    """Whether a whole HTTP answer was handed to the connection."""


class Ledger:
    """What happened, in the order in which it happened."""

    def __init__(self) -> None:
        self.requests: list[LedgerEntry] = []
        self.sims: list[dict[str, Any]] = []

    @property
    def spent_cents(self) -> int:
        """What the SIMs sold cost, in cents."""
        return PRICE_CENTS * len(self.sims)

    def sims_tagged(self, tag: str) -> list[dict[str, Any]]:
        """Return the SIMs sold that carry exactly this tag, oldest first."""
        return [sim for sim in self.sims if tag in sim["tags"]]

    def sold_per_order(self) -> dict[str, int]:
        """Return how many SIMs were sold under each order's own tag (`esim-` and eight signs)."""
        sold: Counter[str] = Counter()
        for entry in self.requests:
            tags = entry.body.get("tags")
            for tag in tags if isinstance(tags, list) else ():
                if isinstance(tag, str) and ORDER_TAG.fullmatch(tag):
                    sold[tag] += len(entry.sims)
        return dict(sold)

    def record_sale(self, entry: LedgerEntry, sims: list[Json]) -> None:
        """Note that `entry` sold `sims` (at least one)."""
        entry.outcome = "sold"
        entry.sims += sims
        self.sims += sims

    def summary(self) -> str:
        """Return the ledger as lines of text, one a request."""
        lines = [
            f"{number}. {entry.body or entry.raw!r}: {entry.outcome}, {len(entry.sims)} SIMs, "
            f"{'answered' if entry.answered else 'not answered'}"
            for number, entry in enumerate(self.requests, 1)
        ]
        return "\n".join(lines) or "No purchase request was received."
