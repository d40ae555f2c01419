"""Wrong amounts: each has its own message, its place, and an example that mends it."""

import pytest
from inline_snapshot import snapshot

from tests.support.requests import rules
from tests.support.typed import asked, explained, messages, offered, refused


def test_a_missing_amount_is_asked_for() -> None:
    """The pointer is where the amount may be written; none is made up."""
    assert explained("buy", "buy tags=a", "buy amount=", "buy standby tags=a") == snapshot("""\
/esim buy
         ^
- : how many eSIMs? Write the amount: /esim buy 10
> /esim help

/esim buy tags=a
                ^
- : how many eSIMs? Write the amount: /esim buy 10
> /esim help

/esim buy amount=
          ^^^^^^
- amount: it needs a value: amount=10
> /esim help

/esim buy standby tags=a
          ^^^^^^^       ^
- standby: did you mean status=standby?
- : how many eSIMs? Write the amount: /esim buy 10
> /esim help
""")


def test_an_amount_that_is_no_number_says_what_it_is() -> None:
    """Signs, separators and fractions are told apart."""
    lines = ["buy a dozen", "buy tres", "buy -5", "buy −5", "buy 1,000", "buy 1'000", "buy 1.5"]
    assert explained(*lines) == snapshot("""\
/esim buy a dozen
          ^^^^^^^
- a dozen: write the amount in digits: 12
> /esim buy 12

/esim buy tres
          ^^^^
- tres: this can mean 3 or 60: write the amount in digits
> /esim buy 3
> /esim buy 60

/esim buy -5
          ^^
- -5: the amount can't be negative
> /esim help

/esim buy −5
          ^^
- −5: the amount can't be negative
> /esim help

/esim buy 1,000
          ^^^^^
- 1,000: this can mean 1000 or 1
> /esim buy 1000
> /esim buy 1

/esim buy 1'000
          ^^^^^
- 1'000: write the amount without separators: 1000
> /esim buy 1000

/esim buy 1.5
          ^^^
- 1.5: the amount must be whole: there is no part of an eSIM
> /esim help
""")


def test_an_amount_that_means_nothing_says_what_is_needed() -> None:
    """Where nothing can be read, nothing is proposed."""
    lines = ["buy abc", "buy about 10", "buy amount=x", "buy ²"]
    assert explained(*lines) == snapshot("""\
/esim buy abc
          ^^^
- abc: this is no amount: write a whole number in digits, like 10
> /esim help

/esim buy about 10
          ^^^^^
- about: I can't tell what this means before the amount: begin with the amount
> /esim help

/esim buy amount=x
                 ^
- x: this is no amount: write a whole number in digits, like 10
> /esim help

/esim buy ²
          ^
- ²: the amount must be a whole number in digits, like 10
> /esim help
""")


def test_an_amount_out_of_range_says_the_range() -> None:
    """What is not allowed is not made into something that is."""
    assert explained("buy 0", "buy 1001") == snapshot("""\
/esim buy 0
          ^
- 0: this would buy nothing: the smallest amount is 1
> /esim help

/esim buy 1001
          ^^^^
- 1001: that is over the limit of 1000 eSIMs in one order
> /esim help
""")


def test_a_second_amount_is_one_too_many() -> None:
    """Which of two amounts is meant is not guessed: both are shown."""
    assert explained("buy 10 20", "buy 10 amount=20", "buy amount=10 2x") == snapshot("""\
/esim buy 10 20
             ^^
- 20: there is more than one amount: leave one out
> /esim buy 10
> /esim buy 20

/esim buy 10 amount=20
          ^^
- 10: there is more than one amount: leave one out
> /esim buy 20
> /esim buy 10

/esim buy amount=10 2x
                    ^^
- 2x: write the amount in digits alone
> /esim buy 10
> /esim buy 2
""")


def test_a_misspelt_amount_is_read() -> None:
    """A misspelt name is told once, and not also as a missing amount."""
    assert explained("buy amont=20", "buy amont=0 tags=a", "buy 10 amont=20") == snapshot("""\
/esim buy amont=20
          ^^^^^
- amont: there is no such option: did you mean amount?
> /esim buy 20

/esim buy amont=0 tags=a
          ^^^^^ ^
- amont: there is no such option: did you mean amount?
- 0: this would buy nothing: the smallest amount is 1
> /esim help

/esim buy 10 amont=20
          ^^ ^^^^^
- 10: there is more than one amount: leave one out
- amont: there is no such option: did you mean amount?
> /esim buy 20
> /esim buy 10
""")


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        *[("ten", 10), ("TWELVE", 12), ("twenty-five", 25), ("twenty five", 25), ("hundred", 100)],
        *[("fünf", 5), ("vingt et un", 21), ("veintiuno", 21), ("vijf", 5), ("nove", 9)],
        *[("５", 5), ("٥", 5), ("१२", 12), ("๒๔", 24), ("𝟕", 7), ("5\ufe0f", 5)],
        *[("5 eSIMs", 5), ("five esims", 5), ("eSIMs 5", 5), ("5 sim cards", 5), ("5 x SIM", 5)],
        *[("5 × eSIM please", 5), ("10,", 10), ("10.", 10), ("amount=ten", 10)],
    ],
)
def test_a_plain_amount_is_taken(typed: str, amount: int) -> None:
    """Words of eight languages and digits of every script are numbers, eSIMs are what is bought."""
    assert asked(f"buy {typed} tags=a").amount == amount


@pytest.mark.parametrize(
    ("typed", "amounts"),
    [
        *[
            ("1.000", (1000, 1)),
            ("1,000", (1000, 1)),
            ("1 000", (1000, 1)),
            ("１，０００", (1000, 1)),
        ],
        *[("1٬000", (1000,)), ("1'000", (1000,)), ("1’000", (1000,)), ("1_000", (1000,))],
        *[("10,000", (10,)), ("10.0", (10,)), ("10,00", (10,)), ("1 000 000", ()), ("1.5", ())],
        *[
            ("1e3", (1000,)),
            ("1k", (1000,)),
            ("3x", (3,)),
            ("x3", (3,)),
            ("×3", (3,)),
            ("+5", (5,)),
        ],
        *[("Ⅻ", (12,)), ("②", (2,)), ("五", (5,)), ("²", ()), ("½", ()), ("V", ()), ("IV", ())],
        *[("a dozen", (12,)), ("dozen", (12,)), ("a hundred", (100,)), ("five dozen", (60,))],
        *[
            ("tres", (3, 60)),
            ("once", (11,)),
            ("second", ()),
            ("to", (2,)),
            ("a", ()),
            ("a few", ()),
        ],
        *[
            ("ten or twelve", (10, 12)),
            ("5 or 6", (5, 6)),
            ("5 to 10", (5, 10)),
            ("5 oder 6", (5, 6)),
        ],
        *[
            ("10 20", (10, 20)),
            ("10 10", (10,)),
            ("10 amount=20", (20, 10)),
            ("5 esims or 6", (5, 6)),
        ],
        *[
            ("10 thousand", ()),
            ("5 hundred", ()),
            ("5 dozen", ()),
            ("5 million", ()),
            ("5 pairs", ()),
        ],
        *[("ten ten", ()), ("three thousand", ()), ("zero", ()), ("minus five", ()), ("-5", ())],
        *[("−5", ()), ("- 5", ()), ("not 5", ()), ("up to 5", ()), ("about 10", ()), ("5-10", ())],
        *[("5 - 10", (5, 10)), ("2x10", ()), ("3 times 4", ()), ("5 minus 2", ()), ("5 and 6", ())],
        *[
            ("$5", ()),
            ("5€", ()),
            ("5%", ()),
            ("~5", ()),
            ("<5", ()),
            ("5+", ()),
            ("5?", ()),
            ("#5", ()),
        ],
        *[
            ("1٢", ()),
            ("1２", ()),
            ("0x10", ()),
            ("1e99", ()),
            ("9" * 50, ()),
            ("five point five", ()),
        ],
        *[("1001", ()), ("0", ()), ("0,500", ()), ("five 5", (5,)), ("5 each for 3", ())],
    ],
)
def test_a_doubtful_amount_is_never_taken(typed: str, amounts: tuple[int, ...]) -> None:
    """Everything that it can mean is shown; where that is nothing, no amount is proposed."""
    meant = [f"/esim buy {amount}" for amount in amounts]
    assert offered(f"buy {typed}") == (meant or ["/esim help"])


@pytest.mark.parametrize("amount", ["1001", "9" * 12, "9" * 13, "9" * 3000, "0" * 3000 + "1001"])
def test_a_number_of_any_length_is_only_too_large(amount: str) -> None:
    """A number longer than Python likes to read is refused like any other."""
    wrong = refused(f"buy {amount}")
    assert str(wrong) == "that is over the limit of 1000 eSIMs in one order"
    assert wrong.suggestions == ("/esim help",)


def test_zeros_before_the_amount_do_not_count() -> None:
    """As many zeros as one likes are still nothing."""
    assert messages("buy " + "0" * 3000) == ["this would buy nothing: the smallest amount is 1"]


def test_the_limit_is_the_settings() -> None:
    """The limit in force is told."""
    assert explained("buy 10 tags=a", "buy ten", rules=rules(max_amount=7)) == snapshot("""\
/esim buy 10 tags=a
          ^^
- 10: that is over the limit of 7 eSIMs in one order
> /esim help

/esim buy ten
          ^^^
- ten: that is over the limit of 7 eSIMs in one order
> /esim help
""")
