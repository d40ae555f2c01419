"""What was sold for orders beyond what was ordered: it is what must never be."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sandbox.page.scene import Scene

REFERENCE = re.compile(r"esim-(?P<order>\w+)-\d+", re.IGNORECASE)
"""The reference of one call: of a larger order there are several, each with its own number."""
AMOUNT = re.compile(r"(?P<amount>[\d,]+) eSIMs? from ")


class Asked(NamedTuple):
    """One request at a provider: its reference, how many it was for, how many were sold."""

    reference: str
    amount: int
    sold: int


def sold_beyond(requests: Iterable[Asked], scene: Scene) -> int:
    """Count what was sold for orders over what stands on their cards.

    An order without a card is taken to be what its calls asked for, each reference once.
    """
    known = [each for each in requests if REFERENCE.fullmatch(each.reference)]
    sold: defaultdict[str, int] = defaultdict(int)
    for each in known:
        sold[_order(each.reference)] += each.sold
    ordered = {**_asked(known), **dict(_on_cards(scene))}
    return sum(max(0, count - ordered[order]) for order, count in sold.items())


def _asked(requests: list[Asked]) -> Mapping[str, int]:
    amounts = {each.reference: each.amount for each in reversed(requests)}
    asked: defaultdict[str, int] = defaultdict(int)
    for reference, amount in amounts.items():
        asked[_order(reference)] += amount
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
