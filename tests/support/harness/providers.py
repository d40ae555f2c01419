"""Providers that stand in for the real one: each says only what becomes of a call or of a look."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from bot.domain.outcome import Outcome
from bot.domain.sim import Sim
from bot.providers.base import Fence, Provider, PurchaseCall


class Between:
    """Stands between the bot and its provider, and passes everything on."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

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
