"""Wrong amounts: each has its own message, its place, and an example that mends it."""

import pytest
from inline_snapshot import snapshot

from bot.domain.grammar import Rules
from tests.support.typed import explained, messages, refused


def test_a_missing_amount_is_asked_for() -> None:
    """The pointer is where the amount may be written, and the other parts are kept."""
    assert explained("buy", "buy tags=a", "buy amount=", "buy standby tags=a") == snapshot("""\
/esim buy
         ^
- how many eSIMs? Write the amount: /esim buy 10
> /esim buy 10

/esim buy tags=a
                ^
- how many eSIMs? Write the amount: /esim buy 10
> /esim buy 10 tags=a

/esim buy amount=
          ^^^^^^
- `amount` needs a value: 10
> /esim buy 10

/esim buy standby tags=a
          ^^^^^^^       ^
- did you mean status=standby?
- how many eSIMs? Write the amount: /esim buy 10
> /esim buy 10 tags=a
""")


def test_an_amount_that_is_no_number_says_what_it_is() -> None:
    """Words, signs, separators and fractions are told apart, and read for the example."""
    lines = ["buy ten", "buy Thousand", "buy -5", "buy −5", "buy 1,000", "buy 1'000", "buy 1.5"]
    assert explained(*lines) == snapshot("""\
/esim buy ten
          ^^^
- write the amount in digits: 10
> /esim buy 10

/esim buy Thousand
          ^^^^^^^^
- write the amount in digits: 1000
> /esim buy 1000

/esim buy -5
          ^^
- the amount can't be negative
> /esim buy 5

/esim buy −5
          ^^
- the amount can't be negative
> /esim buy 5

/esim buy 1,000
          ^^^^^
- write the amount without separators: 1000
> /esim buy 1000

/esim buy 1'000
          ^^^^^
- write the amount without separators: 1000
> /esim buy 1000

/esim buy 1.5
          ^^^
- the amount must be whole: there is no part of an eSIM
> /esim buy 1
""")


def test_an_amount_that_means_nothing_says_what_is_needed() -> None:
    """Where nothing can be read, the example asks for ten."""
    lines = ["buy abc", "buy 10x", "buy 10, tags=a", "buy amount=x", "buy ²"]
    assert explained(*lines) == snapshot("""\
/esim buy abc
          ^^^
- the amount must be a whole number in digits, like 10
> /esim buy 10

/esim buy 10x
          ^^^
- the amount must be a whole number in digits, like 10
> /esim buy 10

/esim buy 10, tags=a
          ^^^
- the amount must be a whole number in digits, like 10
> /esim buy 10 tags=a

/esim buy amount=x
                 ^
- the amount must be a whole number in digits, like 10
> /esim buy 10

/esim buy ²
          ^
- the amount must be a whole number in digits, like 10
> /esim buy 10
""")


def test_an_amount_out_of_range_says_the_range() -> None:
    """The example asks for the nearest amount that is allowed."""
    assert explained("buy 0", "buy 1001") == snapshot("""\
/esim buy 0
          ^
- 0 eSIMs would buy nothing: the smallest amount is 1
> /esim buy 1

/esim buy 1001
          ^^^^
- that is over the limit of 1000 eSIMs in one order
> /esim buy 1000
""")


def test_a_second_amount_is_one_too_many() -> None:
    """Which of two amounts is meant is not guessed; the first is shown in the example."""
    assert explained("buy 10 20", "buy 10 amount=20", "buy amount=10 2x") == snapshot("""\
/esim buy 10 20
             ^^
- there is more than one amount: leave one out
> /esim buy 10

/esim buy 10 amount=20
             ^^^^^^
- `amount` is there twice: leave one out
> /esim buy 10

/esim buy amount=10 2x
                    ^^
- there is more than one amount: leave one out
> /esim buy 10
""")


def test_a_misspelt_amount_is_read_for_the_example() -> None:
    """A misspelt name is told once, and not also as a missing amount."""
    assert explained("buy amont=20", "buy amont=0 tags=a", "buy 10 amont=20") == snapshot("""\
/esim buy amont=20
          ^^^^^
- there is no such option: did you mean amount?
> /esim buy 20

/esim buy amont=0 tags=a
          ^^^^^ ^
- there is no such option: did you mean amount?
- 0 eSIMs would buy nothing: the smallest amount is 1
> /esim buy 1 tags=a

/esim buy 10 amont=20
             ^^^^^
- there is no such option: did you mean amount?
> /esim buy 10
""")


@pytest.mark.parametrize(
    ("word", "number"),
    [
        *[("zero", 0), ("one", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5)],
        *[("six", 6), ("seven", 7), ("eight", 8), ("nine", 9), ("ten", 10), ("eleven", 11)],
        *[("TWELVE", 12), ("twenty", 20), ("fifty", 50), ("hundred", 100), ("thousand", 1000)],
    ],
)
def test_a_number_in_words_is_told_in_digits(word: str, number: int) -> None:
    """The word is understood, but money is spent only on digits."""
    wrong = refused(f"buy {word}")
    assert str(wrong) == f"write the amount in digits: {number}"
    assert wrong.example == f"/esim buy {max(number, 1)}"


@pytest.mark.parametrize("amount", ["1001", "9" * 12, "9" * 13, "9" * 5000, "0" * 5000 + "1001"])
def test_a_number_of_any_length_is_only_too_large(amount: str) -> None:
    """A number longer than Python likes to read is refused like any other."""
    wrong = refused(f"buy {amount}")
    assert str(wrong) == "that is over the limit of 1000 eSIMs in one order"
    assert wrong.example == "/esim buy 1000"


@pytest.mark.parametrize("amount", ["1" + ",000" * 9, "-" + "9" * 99, "9" * 99 + ".5"])
def test_a_long_number_in_a_wrong_form_is_not_read(amount: str) -> None:
    """What is too long to be meant is told as wrong, and the example asks for ten."""
    wrong = refused(f"buy {amount}")
    assert len(wrong.problems) == 1
    assert wrong.example == "/esim buy 10"


def test_zeros_before_the_amount_do_not_count() -> None:
    """As many zeros as one likes are still nothing."""
    assert messages("buy " + "0" * 5000) == ["0 eSIMs would buy nothing: the smallest amount is 1"]


def test_the_limit_is_the_settings() -> None:
    """The limit in force is told, and the example keeps to it."""
    assert explained("buy 10 tags=a", "buy ten", rules=Rules(max_amount=7)) == snapshot("""\
/esim buy 10 tags=a
          ^^
- that is over the limit of 7 eSIMs in one order
> /esim buy 7 tags=a

/esim buy ten
          ^^^
- write the amount in digits: 10
> /esim buy 7
""")


def test_the_example_of_a_missing_amount_keeps_to_a_small_limit() -> None:
    """Where ten are too many, the example asks for as many as are allowed."""
    assert refused("buy tags=a", Rules(max_amount=2)).example == "/esim buy 2 tags=a"
