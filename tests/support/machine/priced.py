"""A provider with prices of its own, which change, and with a key that makes a repeat harmless."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bot.clock import Fence
from bot.domain.catalogue.money import Money, Quote
from bot.domain.catalogue.offer import NotOffered, Offer, Unavailable
from bot.domain.purchase.outcome import Outcome
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest
from bot.errors import LookupFailed
from bot.providers.base import Prepared, PurchaseCall
from tests.support.harness.providers import Between
from tests.support.machine.seller import Seller

KEY_LIFE = 86_400.0
Meanwhile = Callable[[], Awaitable[None]]


async def nothing() -> None:
    """Do nothing."""


class Named(NamedTuple):
    """A price that was named."""

    at: datetime
    amount: int
    """ESIMs that it was asked for."""
    cents: int
    """For all of them."""


class Priced(Between):
    """Stands before a seller, and names firm prices; the seller keeps its keys.

    `name`: "" for that of the seller.
    """

    def __init__(self, seller: Seller, name: str = "") -> None:
        super().__init__(seller)
        self.seller = seller
        self.name = name or seller.name
        self.form = replace(seller.form, provider=self.name)
        self.cents = 300
        """Of one eSIM."""
        self.answers: deque[Exception | int] = deque()
        """What becomes of the next questions for a price: a failure, or a price in cents."""
        self.named: list[Named] = []
        """Every price that it named."""
        self.asked = 0
        """Questions for a price so far."""
        self.answered: Meanwhile = nothing
        """What happens once a price was named, before anybody reads it."""

    @property
    def bodies(self) -> list[tuple[str, str]]:
        """Reference and bytes of each call that arrived, in order."""
        return [(send.reference, send.body) for send in self.seller.sends if send.body]

    def estimate(self, request: PurchaseRequest) -> None:
        """It must be asked."""
        del request

    async def offer(self, request: PurchaseRequest) -> Offer:
        """What is next, else its price."""
        self.asked += 1
        answer = self.answers.popleft() if self.answers else self.cents
        if isinstance(answer, Exception):
            raise answer
        self.cents = answer
        cents = request.amount * answer
        self.named.append(Named(self.seller.now(), request.amount, cents))
        await self.answered()
        return Offer(quote=Quote(once=Money(cents=cents, currency="USD"), firm=True))

    def prepare(self, call: PurchaseCall, at: datetime) -> Prepared:
        """Bytes that name the moment: the same ones are never written twice."""
        return Prepared(f"{call.quantity} at {at.isoformat()}", KEY_LIFE, shares_tag=False)

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Sell what was prepared."""
        assert call.body, "sent without its bytes"
        return await super().purchase(call, fence)


class Till(Priced):
    """The same, which also changes what it has sold."""

    async def find_change(
        self, request: PurchaseRequest, reference: str, *, urgent: bool = True
    ) -> tuple[Sim, ...]:
        """The SIM card, once it was changed and the list shows it."""
        del request
        found = await self.seller.find(reference, urgent=urgent)
        return next(iter(found.values()), ())


def unasked(why: str = "HTTP 503") -> LookupFailed:
    """A price that could not be asked."""
    return LookupFailed(why)


def not_sold(why: str = "sold out") -> NotOffered:
    """That it is not sold."""
    return NotOffered(Unavailable(why=why))
