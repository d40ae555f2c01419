"""Numbers of something else than eSIMs, and words that are numbers only somewhere."""

import pytest

from tests.support.typed import offered


@pytest.mark.parametrize(
    "amount",
    [
        *("three quarters", "two thirds", "ten percent", "5 %", "5 cents", "ten euros", "5 €"),
        *("10 dollars", "10 USD", "10 usd worth", "5 GB", "5 gb esims", "3 days", "2 weeks"),
        *("3 Tage", "5 mois", "5 mesi", "10 uur", "3 dage", "ten prozent"),
    ],
)
def test_an_amount_of_something_else_is_no_amount_of_esims(amount: str) -> None:
    """Money, data, time and parts are no tag behind a number: nothing that spends is offered."""
    assert offered(f"buy {amount}") == ["/esim help"]


@pytest.mark.parametrize(
    ("word", "number"), [("fire", 4), ("ti", 10), ("ni", 9), ("otto", 8), ("sete", 7), ("neuf", 9)]
)
def test_a_number_that_is_a_common_word_elsewhere_is_only_offered(word: str, number: int) -> None:
    """Nobody is sold what a word means in a language that they don't write."""
    assert offered(f"buy {word}") == [f"/esim buy {number}"]
    assert offered(f"buy {word} esims") == [f"/esim buy {number}"]
