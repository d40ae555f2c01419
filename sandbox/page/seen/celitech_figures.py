"""What Celitech was asked for and sold, and what it asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.page.seen.surplus import Asked, sold_beyond

if TYPE_CHECKING:
    from sandbox.celitech import LedgerEntry
    from sandbox.page.scene import Scene

WORDS = {
    "sold": "sold",
    "done": "done",
    "replayed": "answered again, nothing sold",
    "refused": "refused",
    "not_processed": "not processed",
}
EXAMPLE = ("FRA", 5, 7)
"""The package whose price is shown: France, 5 GB, 7 days."""
BUYING = frozenset({"purchase", "purchase_v1", "topup"})


@dataclass(frozen=True)
class Line:
    """A request: when (Unix time), what it was for, its reference and key, what came of it."""

    number: int
    """Counted from 1 in the order in which they came."""
    at: float
    what: str
    reference: str
    key: str
    """Its Idempotency-Key, where that is not the reference."""
    outcome: str
    answered: bool


@dataclass(frozen=True)
class Figures:
    """The figures of the account; the last request comes first."""

    requests: list[Line]
    sold: int
    spent_cents: int
    balance_cents: int
    sold_beyond: int
    """Packages sold for orders that had all they ordered."""
    sent_twice: int
    """References that came in more than one request."""
    armed: list[str]
    codes_asked: int
    """How often a code was asked for, given or not."""
    tokens_given: int
    price_percent: float
    price_cents: int
    """What the example costs now; 0 when it is not sold."""
    rises_soon: bool
    """Whether prices rise after the next look at them."""


def figures(scene: Scene) -> Figures:
    """Return the figures as they are now."""
    celitech = scene.celitech
    ledger, catalogue = celitech.ledger, celitech.catalogue
    lines = [_line(number, entry) for number, entry in enumerate(ledger.requests, 1)]
    return Figures(
        requests=lines[::-1],
        sold=len(ledger.purchases),
        spent_cents=ledger.spent_cents,
        balance_cents=celitech.account.balance_cents,
        sold_beyond=sold_beyond(map(_asked, ledger.requests), scene),
        sent_twice=len(ledger.sent_twice()),
        armed=scene.switches.celitech.armed(),
        codes_asked=len(celitech.account.codes.asked),
        tokens_given=ledger.tokens_given,
        price_percent=catalogue.percent,
        price_cents=_example_price(scene),
        rises_soon=catalogue.changes_soon,
    )


def _example_price(scene: Scene) -> int:
    try:
        return scene.celitech.catalogue.price(*EXAMPLE)
    except LookupError:
        return 0


def _line(number: int, entry: LedgerEntry) -> Line:
    sold = f" {len(entry.purchases)}" if entry.outcome == "sold" else ""
    return Line(
        number=number,
        at=entry.at,
        what=_what(entry),
        reference=entry.reference,
        key=entry.key if entry.key != entry.reference else "",
        outcome=WORDS[entry.outcome] + sold,
        answered=entry.answered,
    )


def _what(entry: LedgerEntry) -> str:
    """Return what a request is for, as `2 for FRA, 5 GB, 7 days`; whatever the body holds."""
    body = entry.body
    if entry.call == "suspend":
        return f"Suspend {entry.path.split('/')[-2]}"
    if entry.call == "edit":
        return f"Edit to {body.get('startDate')} – {body.get('endDate')}"
    size = "unlimited" if body.get("dataLimitInGB") == -1 else f"{body.get('dataLimitInGB')} GB"
    days = f"{body.get('duration')} days"
    if body.get("duration") is None:
        days = f"{body.get('startDate')} – {body.get('endDate')}"
    where: Any = body.get("destination")
    if entry.call == "topup":
        return f"Top-up of {size}, {days}"
    return f"{body.get('quantity', 1)} for {where}, {size}, {days}"


def _asked(entry: LedgerEntry) -> Asked:
    quantity = entry.body.get("quantity", 1) if entry.call in BUYING else 0
    amount = int(quantity) if isinstance(quantity, int | float) else 0
    return Asked(entry.reference, amount, len(entry.purchases))
