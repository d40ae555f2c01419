"""A provider with prices of its own, which change, and with a key that makes a repeat harmless."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime

from bot.clock import Fence
from bot.domain.money import Money, Quote
from bot.domain.offer import NotOffered, Offer, Unavailable
from bot.domain.purchase.outcome import Bought, Outcome
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest
from bot.errors import LookupFailed
from bot.providers.base import Prepared, PurchaseCall
from tests.support.harness.providers import Between
from tests.support.machine.seller import Listing, Seller

KEY_LIFE = 86_400.0


class Priced(Between):
    """Stands before a seller: names firm prices, and sells the same bytes once if it keeps keys."""

    def __init__(self, seller: Seller) -> None:
        super().__init__(seller)
        self.seller = seller
        self.cents = 300
        """Of one eSIM."""
        self.answers: deque[Exception | int] = deque()
        """What becomes of the next questions for a price: a failure, or a price in cents."""
        self.asked = 0
        """Questions for a price so far."""
        self.bodies: list[tuple[str, str]] = []
        """Reference and bytes of each call that arrived, in order."""
        self.keeps_keys = True

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
        return Offer(quote=Quote(once=Money(cents=cents, currency="USD"), firm=True))

    def prepare(self, call: PurchaseCall, at: datetime) -> Prepared:
        """Bytes that name the moment: the same ones are never written twice."""
        return Prepared(f"{call.quantity} at {at.isoformat()}", KEY_LIFE, shares_tag=False)

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Sell; for bytes that were sold before, answer as then."""
        assert call.body
        sold = tuple(self.seller.sold.get(call.reference, ()))
        if fence.remaining > 0:
            self.bodies.append((call.reference, call.body))
        if sold and self.keeps_keys:
            return Bought(sims=sold)
        return await super().purchase(call, fence)

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """List what carries exactly this reference, as far as the seller's list shows it."""
        listing = self.seller.listing
        if listing is Listing.NONE:
            return {}
        if listing is not Listing.ALL:
            return await super().find(order_reference, urgent=urgent)
        sold = tuple(self.seller.sold.get(order_reference, ()))
        return {order_reference: sold} if sold else {}


def unasked(why: str = "HTTP 503") -> LookupFailed:
    """A price that could not be asked."""
    return LookupFailed(why)


def not_sold(why: str = "sold out") -> NotOffered:
    """That it is not sold."""
    return NotOffered(Unavailable(why=why))
