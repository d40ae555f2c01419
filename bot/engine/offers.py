"""Asks providers what they would sell, and for how much, and compares it with the order."""

import asyncio

from bot.clock import Clock
from bot.domain.catalogue.money import Quote
from bot.domain.catalogue.offer import NotOffered
from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.policy import Policy, Requirement
from bot.errors import AmountOverLimit, EsimBotError, LookupFailed
from bot.providers.base import Providers, fault_of, provider_of

_LONGEST = 60.0
"""Seconds after which an offer that is not there yet is given up; it is asked again later."""


class Offers:
    """Asks for the offer of an order, while it is checked and before each of its calls."""

    def __init__(self, providers: Providers, policy: Policy, clock: Clock) -> None:
        """`policy`: says who must agree at the price that was named."""
        self._providers = providers
        self._policy = policy
        self._clock = clock

    async def compared(self, order: Order) -> Order:
        """The order with the offer: put up for approval, the same, or asked anew, or at its end.

        Raises LookupFailed when the provider could not be asked, LookupPostponed.
        """
        provider = provider_of(self._providers, order.provider)
        try:
            async with asyncio.timeout(_LONGEST):
                offer = await provider.offer(order.request)
        except NotOffered as refused:
            return order.not_offered(refused.unavailable, self._clock.now())
        except TimeoutError as slow:
            raise LookupFailed(f"it did not answer within {_LONGEST:g} seconds") from slow
        except EsimBotError:
            raise
        except Exception as failure:
            raise LookupFailed(fault_of(failure)) from failure
        requirement, now = self._requirement(order, offer.quote), self._clock.now()
        if order.state is OrderState.CHECKING:
            return order.offered(offer, requirement, now)
        return order.repriced(offer, requirement, now)

    def _requirement(self, order: Order, quote: Quote) -> Requirement:
        """Who must agree now; an order that was placed under a higher limit keeps what it has."""
        try:
            return self._policy.requirement(order.request, quote)
        except AmountOverLimit:
            return order.requirement
