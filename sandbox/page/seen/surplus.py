"""What was sold beyond what people ordered: the one thing that must never be by itself."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.page.scene import Scene
    from sandbox.telnyx import LedgerEntry

REFERENCE = re.compile(r"esim-(?P<order>\w+)-\d+", re.IGNORECASE)
"""The tag of one call: of a larger order there are several, and each has its own number."""
AMOUNT = re.compile(r"(?P<amount>[\d,]+) eSIMs? from ")


def sold_beyond(scene: Scene) -> int:
    """Count the SIMs that were sold for orders over what stands on their cards.

    An order without a card is taken to be what its calls asked for, each reference once.
    """
    entries = scene.telnyx.ledger.requests
    sold, asked = _sold(entries), _asked(entries)
    ordered = {**asked, **dict(_on_cards(scene))}
    return sum(max(0, count - ordered[order]) for order, count in sold.items())


def reference_of(entry: LedgerEntry) -> str:
    """Return the tag by which a call is found again, or "" when it carries none."""
    tags = entry.body.get("tags")
    words = map(str, tags) if isinstance(tags, list) else ()
    return next((tag for tag in words if REFERENCE.fullmatch(tag)), "")


def _sold(entries: list[LedgerEntry]) -> Mapping[str, int]:
    sold: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        if reference := reference_of(entry):
            sold[_order(reference)] += len(entry.sims)
    return sold


def _asked(entries: list[LedgerEntry]) -> Mapping[str, int]:
    amounts = {reference_of(entry): entry.body.get("amount") for entry in reversed(entries)}
    asked: defaultdict[str, int] = defaultdict(int)
    for reference, amount in amounts.items():
        if reference:
            asked[_order(reference)] += amount if isinstance(amount, int) else 0
    return asked


def _order(reference: str) -> str:
    found = REFERENCE.fullmatch(reference)
    return found["order"].upper() if found else ""


def _on_cards(scene: Scene) -> Iterator[tuple[str, int]]:
    """Yield what was ordered, as people read it on the cards."""
    for message in scene.slack.workspace.timeline:
        facts = (message.metadata or {}).get("event_payload", {})
        found = AMOUNT.search(message.text) if facts.get("key") == "card" else None
        if found:
            yield str(facts.get("order_id", "")).upper(), int(found["amount"].replace(",", ""))
