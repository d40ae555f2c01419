"""What every provider can do. What it may answer to a purchase: `bot.domain.outcome`."""

from dataclasses import dataclass
from typing import Protocol

from bot.domain.outcome import Outcome, Sim
from bot.domain.request import PurchaseRequest


@dataclass(frozen=True)
class PurchaseCall:
    """One purchase call of an attempt."""

    request: PurchaseRequest
    quantity: int
    """eSIMs to buy in this call."""
    reference: str
    """Letters, digits and hyphens, at most 40: what the call is found by afterwards."""


class Provider(Protocol):
    """Sells eSIMs, without a key that would make a call safe to repeat."""

    async def purchase(self, call: PurchaseCall) -> Outcome:
        """Send the call once, whatever happens; a lost answer is `Unknown`."""
        ...

    async def find(self, reference: str) -> tuple[Sim, ...]:
        """All SIM cards that the provider lists under exactly this reference.

        None listed means "not known", never "not bought". Raises LookupFailed.
        """
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...
