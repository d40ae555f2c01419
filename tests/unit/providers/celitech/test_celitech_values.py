"""What may be written for data, days, dates, brands, ids and addresses."""

from datetime import date

import pytest

from bot.providers.celitech.values import (
    check_data,
    check_date,
    check_days,
    check_email,
    check_email_brand,
    check_email_in,
    check_iccid,
    check_id,
    check_network_brand,
    date_of,
    past_date_of,
)

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("5GB", "5GB"),
        ("5 gb", "5GB"),
        ("5GB,", "5GB"),
        ("5", "5GB"),
        ("5.0", "5GB"),
        ("20", "20GB"),
        ("0.5", "0.5GB"),
        ("0,5 GB", "0.5GB"),
        ("500MB", "0.5GB"),
        ("512 MB", "0.5GB"),
        ("1024mb", "1GB"),
        ("2000 MB", "2GB"),
        ("1500MB", "1.5GB"),
        ("unlimited", "unlimited"),
        ("Unlimited", "unlimited"),
        ("∞", "unlimited"),
        ("５GB", "5GB"),
    ],
)
def test_data(text: str, kept: str) -> None:
    """Sizes are kept in gigabytes, one spelling each, and read back as they are."""
    assert check_data(text) == kept
    assert check_data(kept) == kept


@pytest.mark.parametrize("text", ["", "much", "5TB", "-5", "0", "0GB", "2000GB", "5GB 3", "1.2.3"])
def test_no_data(text: str) -> None:
    """Anything else is refused in a sentence."""
    with pytest.raises(ValueError, match=r"unlimited"):
        check_data(text)


@pytest.mark.parametrize(
    ("text", "days"),
    [("7", "7"), ("07", "7"), ("7 days", "7"), ("7;", "7"), ("1 week", "7"), ("1 month", "30")],
)
def test_days(text: str, days: str) -> None:
    """A number of days, also as weeks and months."""
    assert check_days(text) == days


@pytest.mark.parametrize("text", ["", "0", "91", "seven", "-7", "7.5", "9999"])
def test_no_days(text: str) -> None:
    """From a day to ninety."""
    with pytest.raises(ValueError, match="from 1 to 90"):
        check_days(text)


@pytest.mark.parametrize(
    ("text", "kept", "day"),
    [
        ("2026-12-01", "2026-12-01", date(2026, 12, 1)),
        ("2026-12-1", "2026-12-01", date(2026, 12, 1)),
        ("1 Dec", "1 Dec", date(2026, 12, 1)),
        ("1st december", "1 Dec", date(2026, 12, 1)),
        ("Dec 1", "1 Dec", date(2026, 12, 1)),
        ("Dec 1,", "1 Dec", date(2026, 12, 1)),
        ("Sept 3rd, 2027", "2027-09-03", date(2027, 9, 3)),
        ("1 Dec 2026", "2026-12-01", date(2026, 12, 1)),
        ("01.12.2026", "2026-12-01", date(2026, 12, 1)),
        ("1.12.", "1 Dec", date(2026, 12, 1)),
        ("26 Nov", "26 Nov", date(2027, 11, 26)),
        ("27 Nov", "27 Nov", date(2026, 11, 27)),
        ("29 Feb", "29 Feb", date(2028, 2, 29)),
        ("Today", "today", date(2026, 11, 27)),
        ("tomorrow", "tomorrow", date(2026, 11, 28)),
    ],
)
def test_a_date(text: str, kept: str, day: date) -> None:
    """A day without a year is the next such day; it is kept as it can be read back."""
    assert check_date(text) == kept
    assert check_date(kept) == kept
    assert date_of(kept, TODAY) == day


@pytest.mark.parametrize(
    ("kept", "day"),
    [
        ("1 Dec", date(2025, 12, 1)),
        ("27 Nov", date(2026, 11, 27)),
        ("29 Feb", date(2024, 2, 29)),
        ("2026-12-01", date(2026, 12, 1)),
        ("today", TODAY),
    ],
)
def test_a_day_in_the_past(kept: str, day: date) -> None:
    """Of what was bought, a day without a year is the last such day."""
    assert past_date_of(kept, TODAY) == day


@pytest.mark.parametrize(
    "text",
    ["", "soon", "31 Feb", "2026-13-01", "1/12/2026", "12-01", "1 dezember", "1 ma", "de 1"],
)
def test_no_date(text: str) -> None:
    """What two people read differently, or what is no day, is refused."""
    with pytest.raises(ValueError, match="1 Dec"):
        check_date(text)


def test_brands() -> None:
    """Only what Celitech takes: fifteen and twenty-five letters, digits, spaces."""
    assert check_network_brand(" Acme  A.&B ") == "Acme A.&B"
    assert check_email_brand("Acme Travel") == "Acme Travel"
    for text in ("", "Acme Mobile Inc.1", "Café", "a-b"):
        with pytest.raises(ValueError, match="15 letters"):
            check_network_brand(text)
    for text in ("", "A.B", "x" * 26):
        with pytest.raises(ValueError, match="25 letters"):
            check_email_brand(text)


def test_numbers_and_ids() -> None:
    """Separators in an ICCID go; an id is taken as it is."""
    assert check_iccid("8988 3030-0000 1234567") == "8988303000001234567"
    assert check_id(" ae471106-c8b4 ") == "ae471106-c8b4"
    with pytest.raises(ValueError, match="18 to 22"):
        check_iccid("8988")
    with pytest.raises(ValueError, match="letters, digits"):
        check_id("a/../b")


@pytest.mark.parametrize("text", ["anna@example.com", "<mailto:anna@example.com|anna@example.com>"])
def test_an_address(text: str) -> None:
    """Slack makes a link of it; the address is what stands in it."""
    assert check_email(text) == "anna@example.com"


def test_who_may_get_codes_by_mail() -> None:
    """Only the addresses and domains that a setting names, whatever their case."""
    check = check_email_in(["anna@example.com", "@acme.example"])
    assert check("Anna@Example.com") == "Anna@Example.com"
    assert check("bob@ACME.example") == "bob@ACME.example"
    for text in ("bob@example.com", "anna@sub.acme.example", "anna@acme.example.evil"):
        with pytest.raises(ValueError, match="CELITECH_EMAILS"):
            check(text)
    with pytest.raises(ValueError, match="like anna"):
        check("anna")


def test_why_a_value_is_refused_is_true_of_it() -> None:
    """Nothing is not too much, and an id that is too long has no wrong letter."""
    with pytest.raises(ValueError, match="more than 0 and up to 1000GB"):
        check_data("0")
    with pytest.raises(ValueError, match="up to 255 letters"):
        check_id("a" * 256)
