"""Looks that hang do not hold every place of the worker."""

import asyncio
from collections.abc import Mapping

import pytest
from redis.asyncio import Redis

from bot.domain.events import OrderState
from bot.domain.purchase.sim import Sim
from bot.engine.lookups import LOOKS, Lookups
from bot.errors import LookupPostponed
from bot.store.orders import OrderStore
from tests.support.harness.corner_shop import NAME, CornerShop
from tests.support.orders import KEYS, an_order


class Hanging(CornerShop):
    """A provider whose list does not come before it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()
        self.crowded = asyncio.Event()
        self._looks = 0

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Nothing, after a while."""
        del order_reference, urgent
        self._looks += 1
        if self._looks == LOOKS:
            self.crowded.set()
        await self.let_go.wait()
        return {}


async def test_a_look_too_many_is_postponed(redis: Redis) -> None:
    """So many at once; the next one comes later, and nobody waits for it in a place."""
    shop = Hanging()
    lookups = Lookups(OrderStore(redis, KEYS), {NAME: shop})
    order = an_order(state=OrderState.IN_DOUBT, provider=NAME)
    looks = [asyncio.ensure_future(lookups.look(order)) for _ in range(LOOKS)]
    await shop.crowded.wait()
    with pytest.raises(LookupPostponed):
        await lookups.look(order)
    shop.let_go.set()
    assert [look.found for look in await asyncio.gather(*looks)] == [{}] * LOOKS
    await lookups.look(order)
