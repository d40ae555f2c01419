"""The provider panel: what the provider was asked for and sold, and what is made to go wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.page.seen.surplus import reference_of, sold_beyond
from sandbox.page.switches import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Mapping

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
class Panel:
    """The figures of the account, and the state of each switch."""

    requests: list[Line]
    sold: int
    spent_cents: int
    balance_cents: int
    sold_beyond: int
    """SIMs sold for orders that had all they ordered."""
    on: frozenset[str]
    armed: list[str]
    refusals: Mapping[str, str]
    bot: str


def panel(scene: Scene) -> Panel:
    """Return the panel as it is now; the last request comes first."""
    telnyx = scene.telnyx
    lines = [_line(number, entry) for number, entry in enumerate(telnyx.ledger.requests, 1)]
    return Panel(
        requests=lines[::-1],
        sold=len(telnyx.ledger.sims),
        spent_cents=telnyx.ledger.spent_cents,
        balance_cents=telnyx.account.balance_cents,
        sold_beyond=sold_beyond(scene),
        on=frozenset(scene.switches.on),
        armed=scene.switches.armed(),
        refusals=REFUSALS,
        bot=_bot(scene),
    )


def _line(number: int, entry: LedgerEntry) -> Line:
    return Line(
        number=number,
        at=entry.at,
        amount=str(entry.body.get("amount", "?")),
        reference=reference_of(entry),
        outcome=WORDS[entry.outcome],
        sold=len(entry.sims),
        answered=entry.answered,
    )


def _bot(scene: Scene) -> str:
    """Return what the bot's process does: running, changing, stopped, or nobody's business."""
    if scene.bot is None:
        return "unknown"
    if scene.bot.is_changing:
        return "changing"
    return "running" if scene.bot.is_running else "stopped"
