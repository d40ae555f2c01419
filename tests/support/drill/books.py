"""What the providers' ledgers tell: each call that reached one, and each SIM card that was sold."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.celitech import CelitechSandbox
from sandbox.telnyx import TelnyxSandbox

_REFERENCE = re.compile(r"esim-([0-9A-Z]{8})-\d+")


@dataclass(frozen=True)
class Call:
    """One purchase request, and what came of it."""

    reference: str
    at: float
    body: bytes
    sims: tuple[str, ...]
    """The ICCIDs that it sold."""
    outcome: str
    """The ledger's own word."""
    answered: bool


@dataclass(frozen=True)
class Sale:
    """One SIM card that was sold."""

    iccid: str
    order_id: str


@dataclass(frozen=True)
class Books:
    """The ledgers of both providers, as one."""

    telnyx: TelnyxSandbox
    celitech: CelitechSandbox

    @property
    def calls(self) -> Iterator[Call]:
        """Each call that reached a provider, those of one provider in their order."""
        for each in self.telnyx.ledger.requests:
            sims = tuple(str(sim["iccid"]) for sim in each.sims)
            reference = _reference(each.body["tags"])
            yield Call(reference, each.at, each.raw, sims, each.outcome, each.answered)
        for one in self.celitech.ledger.requests:
            sims = tuple(one.iccids)
            yield Call(one.reference, one.at, one.raw, sims, one.outcome, one.answered)

    @property
    def sales(self) -> Iterator[Sale]:
        """Each SIM card that was sold to somebody here."""
        for sim in self.telnyx.ledger.sims:
            yield Sale(str(sim["iccid"]), order_of(_reference(sim["tags"])))
        for purchase in self.celitech.ledger.purchases:
            yield Sale(purchase.esim.iccid, order_of(purchase.reference or ""))


def order_of(reference: str) -> str:
    """The id of the order whose call has this reference."""
    found = _REFERENCE.fullmatch(reference)
    assert found, f"a strange reference: {reference}"
    return found[1]


def _reference(tags: list[str]) -> str:
    return next(tag for tag in tags if _REFERENCE.fullmatch(tag))
