"""What an order costs, and the settings that it keeps."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.request import PurchaseRequest, SimStatus
from bot.domain.terms import Estimate, Prices, Terms
from tests.support.orders import terms
from tests.support.strategies import terms_of_life


def for_status(status: SimStatus, amount: int = 10) -> PurchaseRequest:
    """A request of ten eSIMs with this status."""
    return PurchaseRequest(amount=amount, status=status)


@pytest.mark.parametrize(
    ("status", "monthly"),
    [(SimStatus.ENABLED, 2000), (SimStatus.STANDBY, 200), (SimStatus.DISABLED, 200)],
)
def test_the_status_decides_what_a_month_costs(status: SimStatus, monthly: int) -> None:
    """Enabled costs ten times as much as standby or disabled, at the public prices."""
    estimate = Prices().estimate(for_status(status))
    assert estimate == Estimate(once_cents=700, monthly_cents=monthly, currency="USD")


def test_prices_are_settings() -> None:
    """A contract with other prices, in another currency, is estimated as it is."""
    prices = Prices(esim_cents=50, enabled_monthly_cents=90, idle_monthly_cents=0, currency="EUR")
    assert prices.estimate(for_status(SimStatus.ENABLED, 3)) == Estimate(
        once_cents=150, monthly_cents=270, currency="EUR"
    )
    assert prices.estimate(for_status(SimStatus.STANDBY, 3)).monthly_cents == 0


@given(st.integers(1, 10_000), st.sampled_from(SimStatus))
def test_an_estimate_grows_with_the_amount(amount: int, status: SimStatus) -> None:
    """Every eSIM costs the same, in whole cents."""
    one, all_of_them = (Prices().estimate(for_status(status, n)) for n in (1, amount))
    assert all_of_them.once_cents == amount * one.once_cents
    assert all_of_them.monthly_cents == amount * one.monthly_cents


def test_the_expiry_is_told_as_a_duration() -> None:
    """The card waits for as long as the terms say."""
    assert terms(approval_expires=90).expiry() == timedelta(minutes=1, seconds=30)


@pytest.mark.parametrize("batch_size", [0, -1])
def test_a_call_buys_at_least_one(batch_size: int) -> None:
    """A call for nothing would be made again and again, for ever."""
    with pytest.raises(ValidationError):
        terms(batch_size=batch_size)


@given(terms_of_life())
def test_terms_survive_storage(kept: Terms) -> None:
    """What was agreed when the order was placed holds after a restart."""
    assert Terms.model_validate_json(kept.model_dump_json()) == kept


def test_terms_do_not_change() -> None:
    """Nothing alters the terms of an order that was placed under them."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(terms(), "batch_size", 5)  # noqa: B010 - mypy would not let it be assigned
