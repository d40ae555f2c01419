"""What an order costs."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import Money, Quote

CENTS = st.integers(0, 10**12)


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
