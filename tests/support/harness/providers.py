"""Providers that stand in for the real one: each says only what becomes of a call or of a look."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from bot.check import Check
from bot.clock import Fence
from bot.domain.catalogue.money import Quote
from bot.domain.catalogue.offer import Offer
from bot.domain.purchase.outcome import Outcome
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest
from bot.providers.base import Prepared, Provider, PurchaseCall
from bot.providers.telnyx.form import NAME, Prices
from tests.support.requests import FORM


class TelnyxLike(Provider):
    """Offers what Telnyx does, at its usual prices."""

    name = NAME
    form = FORM

    def estimate(self, request: PurchaseRequest) -> Quote | None:
        """The estimate."""
        return Prices().quote(request)

    async def offer(self, request: PurchaseRequest) -> Offer:
        """The same."""
        return Offer(quote=Prices().quote(request))

    def checks(self) -> Sequence[Check]:
        """Nothing is asked."""
        return ()


class Between(Provider):
    """Stands between the bot and its provider, and passes everything on."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.name = provider.name
        self.form = provider.form

    def estimate(self, request: PurchaseRequest) -> Quote | None:
        """Ask for the price."""
        return self.provider.estimate(request)

    async def offer(self, request: PurchaseRequest) -> Offer:
        """Ask for the price."""
        return await self.provider.offer(request)

    def prepare(self, call: PurchaseCall, at: datetime) -> Prepared:
        """What the provider writes."""
        return self.provider.prepare(call, at)

    def checks(self) -> Sequence[Check]:
        """Those of the provider."""
        return self.provider.checks()

    def __getattr__(self, name: str) -> Any:
        """Pass on what nobody spoils."""
        return getattr(self.provider, name)

    def place(self) -> AbstractAsyncContextManager[None]:
        """Get a place for one purchase."""
        return self.provider.place()

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the call."""
        return await self.provider.purchase(call, fence)

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Look."""
        return await self.provider.find(order_reference, urgent=urgent)

    async def close(self) -> None:
        """Let go of the connections."""
        await self.provider.close()
