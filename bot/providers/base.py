"""The interface of a provider. Its answers to a purchase: `bot.domain.purchase.outcome`."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from traceback import extract_tb
from typing import Protocol

from bot.check import Check
from bot.clock import Fence
from bot.domain.catalogue.money import Quote
from bot.domain.catalogue.offer import Offer
from bot.domain.form import Form, form_of
from bot.domain.purchase.outcome import NotSent, Outcome
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest
from bot.errors import LookupFailed, ProviderNotSetUp


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
    body: str = ""
    """What `prepare` has written for it: it is sent to the byte."""


@dataclass(frozen=True)
class Prepared:
    """What is committed with an attempt before its call is sent."""

    body: str = ""
    """What is sent, to the byte; "" where the provider does not compare it."""
    key_life: float = 0
    """Seconds for which the provider takes the same bytes, under the call's reference as their
    key, for the same purchase; 0: it has no such key."""
    shares_tag: bool = True
    """Whether the call carries the order's reference too, so that one look finds all calls."""


class Provider(Protocol):
    """Sells eSIMs. No purchase call is ever repeated but by a person's decision."""

    name: str
    """Its name in orders and after `from=`; it never changes."""
    form: Form
    """What can be ordered from it."""

    def estimate(self, request: PurchaseRequest) -> Quote | None:
        """The price as far as it is known without asking anybody; None: `offer` must be asked."""
        ...

    async def offer(self, request: PurchaseRequest) -> Offer:
        """What would be sold for this request: its price, firm where the provider itself named it.

        What names and ids in it refer to is looked up, and whatever a call needs is got ready.
        Raises NotOffered, LookupFailed when it could not be asked, LookupPostponed.
        """
        ...

    def prepare(self, call: PurchaseCall, at: datetime) -> Prepared:  # noqa: ARG002
        """What is committed with the attempt before its call is sent; it asks nobody."""
        return Prepared()

    def checks(self) -> Sequence[Check]:
        """Checks whether it can be bought from; they buy nothing."""
        ...

    def place(self) -> AbstractAsyncContextManager[None]:
        """A place among the connections for one purchase; callers wait for it before the commit."""
        ...

    @property
    def has_place(self) -> bool:
        """Whether `place` gives one at once."""
        return True

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody waits for a place: nobody keeps one for a second call then."""
        return False

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the call once, whatever happens; a lost answer is `Unknown`.

        When `fence` has no time left, nothing is sent: `NotSent(too_late=True)`.
        """
        ...

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """All SIM cards that the provider lists for an order, by the reference they carry.

        The references are `esim-<order>-<n>` as we write them, or `esim-<order>` for a SIM card
        that carries only that. An empty answer means "not known", never "not bought". Raises
        LookupFailed, also for a list that contradicts itself, and LookupPostponed when it is not
        urgent and the budget of calls is used up.
        """
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


Providers = Mapping[str, Provider]
"""By name; the first is bought from when nobody says which."""


class NotSetUp(Provider):
    """A provider that an order names, but that is not set up (any more).

    It sends nothing, and its looks fail with that reason.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.form = form_of({}, name)
        self._why = f"the provider {name} is not set up here"

    def estimate(self, request: PurchaseRequest) -> Quote | None:
        """Raises ProviderNotSetUp."""
        raise ProviderNotSetUp(request.provider)

    async def offer(self, request: PurchaseRequest) -> Offer:
        """Raises LookupFailed: it can't be asked."""
        del request
        raise LookupFailed(self._why)

    def checks(self) -> Sequence[Check]:
        """None."""
        return ()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """A place for a call that is not made."""
        yield

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:  # noqa: ARG002
        """It is never sent."""
        return NotSent(why=self._why)

    async def find(
        self,
        order_reference: str,  # noqa: ARG002
        *,
        urgent: bool = True,  # noqa: ARG002
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Raises LookupFailed."""
        raise LookupFailed(self._why)

    async def close(self) -> None:
        """Nothing is open."""


def provider_of(providers: Providers, name: str) -> Provider:
    """The provider of this name, or NotSetUp."""
    return providers.get(name) or NotSetUp(name)


def fault_of(failure: Exception) -> str:
    """That the code of a provider failed, and where; its own words may hold a secret."""
    *_, place = extract_tb(failure.__traceback__)
    where = f"{Path(place.filename).name}:{place.lineno}"
    return f"the code of this provider failed ({type(failure).__name__}, {where})"
