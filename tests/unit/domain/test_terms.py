"""The settings and the price that an order keeps."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.catalogue.money import Money, Quote
from bot.domain.terms import Terms
from tests.support.orders import terms
from tests.support.strategies import terms_of_life

CENTS = st.integers(0, 10**12)


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


@given(CENTS, CENTS | st.none(), st.booleans(), st.integers(1, 1000))
def test_the_price_of_a_part(once: int, monthly: int | None, firm: bool, amount: int) -> None:
    """It never costs more than its share, and all of it costs all of it; a firm one stays firm."""
    later = None if monthly is None else Money(cents=monthly, currency="EUR")
    quote = Quote(once=Money(cents=once, currency="EUR"), monthly=later, firm=firm)
    part = quote.scaled(1, amount)
    assert part.once.cents * amount <= once
    assert (part.monthly is None) is (monthly is None)
    assert part.firm is firm
    assert quote.scaled(amount, amount) == quote
