"""What every provider can do. What it may answer to a purchase: `bot.domain.outcome`."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.clock import Clock, Stopwatch
from bot.domain.outcome import Outcome
from bot.domain.request import PurchaseRequest
from bot.domain.sim import Sim


@dataclass(frozen=True)
class PurchaseCall:
    """One purchase call of an attempt."""

    request: PurchaseRequest
    quantity: int
    """eSIMs to buy in this call."""
    reference: str
    """Letters, digits and hyphens, at most 40: the tag of this call alone."""
    order_reference: str
    """The same for the whole order, as a second tag: one look finds all of its calls."""


class Fence(Protocol):
    """Says whether a call may still begin: one that is late may belong to somebody else by now."""

    @property
    def remaining(self) -> float:
        """Seconds left, by the clock that saw the most time pass; 0 or less: too late."""
        ...


class Deadline(Fence):
    """A fence that closes some seconds after it was made, however long the process slept."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._watch = Stopwatch(clock)
        self._seconds = seconds

    @property
    def remaining(self) -> float:
        """Seconds left, by the clock that saw the most time pass; 0 or less: too late."""
        return self._seconds - self._watch.passed


class Provider(Protocol):
    """Sells eSIMs, without a key that would make a call safe to repeat."""

    def place(self) -> AbstractAsyncContextManager[None]:
        """A place among the connections for one purchase; it is waited for before the commit."""
        ...

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the call once, whatever happens; a lost answer is `Unknown`.

        Only while `fence` has time left: else nothing is sent, and it is `NotSent(too_late=True)`.
        """
        ...

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """All SIM cards that the provider lists for an order, by the reference they carry.

        The references are `esim-<order>-<n>` as we write them, or `esim-<order>` for a SIM card
        that carries only that. None listed means "not known", never "not bought". Raises
        LookupFailed, also for a list that contradicts itself, and LookupPostponed when it is not
        urgent and the budget of calls is used up.
        """
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...
