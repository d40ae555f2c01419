"""An order from a provider that is not set up; several providers at once."""

import pytest

from bot.clock import Deadline, SystemClock
from bot.domain.purchase.outcome import NotSent
from bot.errors import LookupFailed, ProviderNotSetUp
from bot.health.providers import provider_checks
from bot.providers.base import PurchaseCall, provider_of
from tests.support.harness.corner_shop import NAME, CornerShop
from tests.support.requests import a_request


def test_each_order_has_its_own_provider() -> None:
    """The name that the order has decides, whoever else is set up."""
    shop = CornerShop()
    assert provider_of({NAME: shop}, NAME) is shop
    assert provider_of({NAME: shop}, "telnyx").name == "telnyx"


async def test_nothing_is_sent_and_no_look_shows_anything() -> None:
    """A call is not made, for certain; a look fails, which is no evidence; both say why."""
    gone = provider_of({}, "telnyx")
    call = PurchaseCall(a_request(1), 1, "esim-A-1", "esim-A")
    async with gone.place():
        outcome = await gone.purchase(call, Deadline(SystemClock(), 5))
    assert outcome == NotSent(why="the provider telnyx is not set up here")
    with pytest.raises(LookupFailed, match="the provider telnyx is not set up here"):
        await gone.find("esim-A")
    with pytest.raises(LookupFailed, match="the provider telnyx is not set up here"):
        await gone.offer(a_request(1))
    await gone.close()


async def test_it_has_no_price() -> None:
    """What can't be ordered is not priced, and the person is told."""
    with pytest.raises(ProviderNotSetUp):
        provider_of({}, "telnyx").estimate(a_request(1))
    assert provider_of({}, "telnyx").checks() == ()


def test_checks_are_told_apart() -> None:
    """One provider's check keeps its name; several are named after their providers."""
    shop = CornerShop()
    assert [check.name for check in provider_checks({NAME: shop})] == ["shop"]
    several = provider_checks({NAME: shop, "other": shop})
    assert [check.name for check in several] == ["shop:corner-shop", "shop:other"]
