"""The ledger: every request that may cost money, what it sold, and every other call."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.celitech.state.account import Purchase
    from sandbox.provider.answer import Json

Outcome = Literal["sold", "done", "replayed", "refused", "not_processed"]
Call = Literal["purchase", "purchase_v1", "topup", "edit", "suspend"]


@dataclass
class LedgerEntry:
    """One request that buys or changes something, and what came of it."""

    at: float
    """When it was received, in seconds since 1970."""
    call: Call
    path: str
    headers: Mapping[str, str]
    """Of interest only, names in lower case; never the token."""
    raw: bytes
    """The body as it was received."""
    body: Json
    """The body read as JSON; empty when it is no JSON object."""
    outcome: Outcome = "not_processed"
    """`sold`: something was bought; `done`: edited or suspended; `replayed`: the first answer
    was given again; `refused`: looked at, nothing done; else `not_processed`."""
    purchases: list[Purchase] = field(default_factory=list)
    """What this request bought."""
    answered: bool = False
    """Whether a whole HTTP answer was handed to the connection."""

    @property
    def reference(self) -> str:
        """Its `referenceId`, "" without one."""
        return str(self.body.get("referenceId") or "")

    @property
    def key(self) -> str:
        """Its Idempotency-Key, "" without one."""
        return self.headers.get("idempotency-key", "")

    @property
    def iccids(self) -> list[str]:
        """The eSIMs that it bought, or topped up."""
        return [purchase.esim.iccid for purchase in self.purchases]


@dataclass(frozen=True)
class Read:
    """A call that buys and changes nothing; `query` holds its parameters."""

    path: str
    query: Mapping[str, str]


class Ledger:
    """What happened, in the order in which it happened."""

    def __init__(self) -> None:
        self.requests: list[LedgerEntry] = []
        self.reads: list[Read] = []
        self.token_requests = 0
        """How often a token was asked for."""
        self.tokens_given = 0
        """How often one was given: the first, and each renewal."""
        self.turned_away = 0
        """How often a call came with no token, or with one that had expired."""

    @property
    def purchases(self) -> list[Purchase]:
        """Everything that was bought, the oldest first."""
        return [purchase for entry in self.requests for purchase in entry.purchases]

    @property
    def spent_cents(self) -> int:
        """What everything bought cost, in cents."""
        return sum(purchase.package.cents for purchase in self.purchases)

    def sold_under(self, reference: str) -> list[Purchase]:
        """Return what was bought under a reference."""
        return [purchase for purchase in self.purchases if purchase.reference == reference]

    def sold_per_reference(self) -> dict[str, int]:
        """Return how much was bought under each reference that came, 0 included."""
        sold: Counter[str] = Counter()
        for entry in self.requests:
            if entry.reference:
                sold[entry.reference] += len(entry.purchases)
        return dict(sold)

    def sent_twice(self) -> list[str]:
        """Return the references that came in more than one request."""
        came = Counter(entry.reference for entry in self.requests if entry.reference)
        return [reference for reference, times in came.items() if times > 1]

    def bought_twice(self) -> list[str]:
        """Return the references under which more than one request bought something."""
        bought = Counter(
            each.reference for each in self.requests if each.reference and each.purchases
        )
        return [reference for reference, times in bought.items() if times > 1]

    def record(self, entry: LedgerEntry, purchases: list[Purchase]) -> None:
        """Note that `entry` bought `purchases` (at least one)."""
        entry.outcome = "sold"
        entry.purchases += purchases

    def reads_of(self, path: str) -> list[Read]:
        """Return the reads of one path below the API's base, such as `/purchases`."""
        return [read for read in self.reads if read.path == path]

    def summary(self) -> str:
        """Return the ledger as lines of text, one a request."""
        lines = [_line(number, entry) for number, entry in enumerate(self.requests, 1)]
        return "\n".join(lines) or "No request that buys or changes anything was received."


def _line(number: int, entry: LedgerEntry) -> str:
    said: Any = entry.body or entry.raw
    return (
        f"{number}. {entry.call} {said!r}: {entry.outcome}, {len(entry.purchases)} bought, "
        f"{'answered' if entry.answered else 'not answered'}"
    )
