"""What Telnyx was asked for and sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.page.seen.surplus import REFERENCE, Asked, sold_beyond

if TYPE_CHECKING:
    from sandbox.page.scene import Scene
    from sandbox.telnyx import LedgerEntry

WORDS = {"sold": "sold", "refused": "refused", "not_processed": "not processed"}


@dataclass(frozen=True)
class Line:
    """A purchase request: when (Unix time), for how many, its reference, what came of it."""

    number: int
    """Counted from 1 in the order in which they came."""
    at: float
    amount: str
    reference: str
    outcome: str
    sold: int
    answered: bool


@dataclass(frozen=True)
class Figures:
    """The figures of the account; the last request comes first."""

    requests: list[Line]
    sold: int
    spent_cents: int
    balance_cents: int
    sold_beyond: int
    """SIMs sold for orders that had all they ordered."""
    armed: list[str]
    codes_asked: int
    """How often a code was asked for, given or not."""


def figures(scene: Scene) -> Figures:
    """Return the figures as they are now."""
    telnyx = scene.telnyx
    entries = telnyx.ledger.requests
    lines = [_line(number, entry) for number, entry in enumerate(entries, 1)]
    return Figures(
        requests=lines[::-1],
        sold=len(telnyx.ledger.sims),
        spent_cents=telnyx.ledger.spent_cents,
        balance_cents=telnyx.account.balance_cents,
        sold_beyond=sold_beyond(map(_asked, entries), scene),
        armed=scene.switches.telnyx.armed(),
        codes_asked=len(telnyx.account.codes.asked),
    )


def _line(number: int, entry: LedgerEntry) -> Line:
    return Line(
        number=number,
        at=entry.at,
        amount=str(entry.body.get("amount", "?")),
        reference=_reference_of(entry),
        outcome=WORDS[entry.outcome],
        sold=len(entry.sims),
        answered=entry.answered,
    )


def _asked(entry: LedgerEntry) -> Asked:
    amount = entry.body.get("amount")
    return Asked(_reference_of(entry), amount if isinstance(amount, int) else 0, len(entry.sims))


def _reference_of(entry: LedgerEntry) -> str:
    """Return the tag by which a call is found again, or "" when it carries none."""
    tags = entry.body.get("tags")
    words = map(str, tags) if isinstance(tags, list) else ()
    return next((tag for tag in words if REFERENCE.fullmatch(tag)), "")
