"""What the provider was asked for and sold, what Slack was called for, and what goes wrong."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.page.switches import REFUSALS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.page.scene import Scene
    from sandbox.slack import Usage
    from sandbox.telnyx import LedgerEntry

WORDS = {"sold": "sold", "refused": "refused", "not_processed": "not processed"}
REFERENCE = re.compile(r"esim-(?P<order>\w+)-\d+", re.IGNORECASE)
"""The tag of one call: of a larger order there are several, and each has its own number."""
AMOUNT = re.compile(r"(?P<amount>[\d,]+) eSIMs? from ")


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
    calls: list[Usage]
    """What the bot called each method of Slack's for, and how often it may."""


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
        calls=scene.slack.pace.usage(),
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
