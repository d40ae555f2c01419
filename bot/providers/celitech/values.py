"""What may be written for each option of Celitech: data, days, dates, brands, addresses.

A broken rule raises `ValueError` with the sentence that the person reads.
"""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Final

from bot.domain.request import Value
from bot.domain.typography import fold, plainly
from bot.providers.celitech.sold.destinations import (
    named,
    nearest_to,
    region_named,
    usual_name,
)

UNLIMITED: Final = "unlimited"
"""The word for a package without a limit of data."""
TODAY: Final = "today"
"""The day on which it is bought: it stays a word until the call is prepared."""
TOMORROW: Final = "tomorrow"
DURATIONS: Final = (1, 2, 7, 14, 30, 90)
"""The numbers of days that packages are sold for, where no dates are named."""
LONGEST_DAYS: Final = 90
"""Days that a package may last, and within which one of so many days must be used."""
_GIGABYTE: Final = Decimal(1000)
_BINARY_GIGABYTE: Final = Decimal(1024)
_MOST_GIGABYTES: Final = 1000
_DATA: Final = re.compile(
    r"(\d{1,7}(?:[.,]\d{1,3})?) ?(gb|gib|g|gigs?|mb|mib|m|gigabytes?|megabytes?)?"
)
_NO_LIMIT: Final = frozenset({UNLIMITED, "unlimited data", "no limit", "infinite", "∞", "-1"})
_DAYS: Final = re.compile(r"(\d{1,3}) ?(days?|d|weeks?|w|months?)?")
_DAYS_IN: Final = {"w": 7, "m": 30}
_NETWORK_BRAND: Final = re.compile(r"[A-Za-z0-9.& ]{1,15}")
_EMAIL_BRAND: Final = re.compile(r"[A-Za-z0-9 ]{1,25}")
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]+")
_ICCID: Final = re.compile(r"\d{18,22}")
_ID: Final = re.compile(r"[A-Za-z0-9_.@+-]{1,255}")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ .-]*([a-z]+)\.?,?(?: (\d{4}))?")
_MONTH_FIRST: Final = re.compile(r"([a-z]+)\.? ?(\d{1,2})(?:st|nd|rd|th)?,?(?: (\d{4}))?")
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?")
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_HOW_TO_DATE: Final = "write a date like 2026-12-01 or 1 Dec"
_ENDS: Final = " ,;"
"""What people write between options."""
_WITHOUT_YEAR: Final = re.compile(r"\d{1,2} [A-Z][a-z]{2}")
_LEAP_YEAR: Final = 2000


def check_destination(text: str) -> str:
    """The usual English name of a territory; other names are passed on, to be looked up.

    Raises ValueError for a name of several territories, and one that is surely misspelt.
    """
    name = fold(text).strip(_ENDS)
    if not name:
        raise ValueError("the destination is empty")
    codes = named(name)
    if len(codes) > 1:
        raise ValueError(f"which one: {' or '.join(map(usual_name, codes))}?")
    if codes:
        return usual_name(codes[0])
    if region := region_named(name):
        return region
    if near := nearest_to(name):
        raise ValueError(f"I know no such destination: did you mean {near}?")
    return name[:100]


def _plain(text: str) -> str:
    """The text in small letters, with plain signs, without what only ends it."""
    return fold(plainly(text)).lower().strip(_ENDS)


def check_data(text: str) -> str:
    """The size as `5GB`, `0.5GB` or `unlimited`; 500 and 512 megabytes are half a gigabyte."""
    plain = _plain(text)
    if plain in _NO_LIMIT:
        return UNLIMITED
    found = _DATA.fullmatch(plain)
    if not found:
        raise ValueError("write how much data like 5GB, 500MB or unlimited")
    size = Decimal(found[1].replace(",", "."))
    if (found[2] or "g").startswith("m"):
        size /= _BINARY_GIGABYTE if size % _GIGABYTE and not size % 512 else _GIGABYTE
    if not 0 < size <= _MOST_GIGABYTES:
        raise ValueError(f"data is more than 0 and up to {_MOST_GIGABYTES}GB; or write unlimited")
    return f"{size.normalize():f}GB"


def check_days(text: str) -> str:
    """The number of days, as text: of `7`, `7 days`, `a week` in figures, `1 month` (30 days)."""
    found = _DAYS.fullmatch(_plain(text))
    days = int(found[1]) * _DAYS_IN.get((found[2] or "d")[0], 1) if found else 0
    if not 1 <= days <= LONGEST_DAYS:
        raise ValueError(f"write a number of days from 1 to {LONGEST_DAYS}, like 7")
    return str(days)


def check_date(text: str) -> str:
    """The date as `2026-12-01`, or as `1 Dec`, `today`, `tomorrow` until the day is known."""
    plain = _plain(text)
    if plain in {TODAY, TOMORROW}:
        return plain
    year, month, day = _parts_of(plain)
    try:
        written = date(year or _LEAP_YEAR, month, day)
    except ValueError:
        raise ValueError(f"there is no such day: {_HOW_TO_DATE}") from None
    return written.isoformat() if year else f"{day} {_MONTHS[month - 1][:3].capitalize()}"


def _parts_of(plain: str) -> tuple[int, int, int]:
    """Year (0: not named), month, day. Raises ValueError."""
    if found := _ISO.fullmatch(plain):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _DOTTED.fullmatch(plain):
        return int(found[3] or 0), int(found[2]), int(found[1])
    if found := _DAY_FIRST.fullmatch(plain):
        return int(found[3] or 0), _month(found[2]), int(found[1])
    if found := _MONTH_FIRST.fullmatch(plain):
        return int(found[3] or 0), _month(found[1]), int(found[2])
    raise ValueError(_HOW_TO_DATE)


def _month(word: str) -> int:
    """The number of a month that is written in English, perhaps cut. Raises ValueError."""
    for number, name in enumerate(_MONTHS, start=1):
        if len(word) >= len("may") and (name.startswith(word) or word == "sept" == name[:4]):
            return number
    raise ValueError(f"there is no month {word}: {_HOW_TO_DATE}")


def date_of(value: Value, today: date) -> date:
    """The day that a date of `check_date` means on this day; a day without a year is the next."""
    known = _known_day(str(value), today)
    return known or next(each for each in _in_years(str(value), today, +1) if each >= today)


def past_date_of(value: Value, today: date) -> date:
    """The same of a day in the past: a day without a year is the last one that there was."""
    known = _known_day(str(value), today)
    return known or next(each for each in _in_years(str(value), today, -1) if each <= today)


def _known_day(text: str, today: date) -> date | None:
    """The day, unless the text names no year."""
    if text in {TODAY, TOMORROW}:
        return today + timedelta(days=text == TOMORROW)
    return None if _WITHOUT_YEAR.fullmatch(text) else date.fromisoformat(text)


def _in_years(text: str, today: date, step: int) -> Iterator[date]:
    """This day in one year after the other, where they have it: the 29th of February is rare."""
    day, month = text.split()
    for year in count(today.year, step):  # pragma: no branch - it has no end
        try:
            yield date(year, _month(month.lower()), int(day))
        except ValueError:
            continue


def check_network_brand(text: str) -> str:
    """The name that phones show as the network: up to 15 of letters, digits, `.`, `&`, spaces."""
    name = fold(text)
    if not _NETWORK_BRAND.fullmatch(name):
        raise ValueError("a network's name takes up to 15 letters A-Z, digits, dots, & and spaces")
    return name


def check_email_brand(text: str) -> str:
    """The name that Celitech's mail carries: up to 25 of letters, digits, spaces."""
    name = fold(text)
    if not _EMAIL_BRAND.fullmatch(name):
        raise ValueError("a mail's brand takes up to 25 letters A-Z, digits and spaces")
    return name


def check_iccid(text: str) -> str:
    """The ICCID without separators."""
    digits = re.sub(r"[\s-]", "", plainly(text))
    if not _ICCID.fullmatch(digits):
        raise ValueError("an ICCID has 18 to 22 digits")
    return digits


def check_id(text: str) -> str:
    """An id of Celitech's, or a reference: letters, digits and `-_.@+`."""
    plain = plainly(text).strip()
    if not _ID.fullmatch(plain):
        raise ValueError(
            "an id or reference has up to 255 letters, digits and the signs -_.@+ only"
        )
    return plain


def check_email(text: str) -> str:
    """The address, as it is written."""
    address = text.strip()
    if slack := re.fullmatch(r"<mailto:([^|>]+)(?:\|[^>]*)?>", address):
        address = slack[1]
    if not _EMAIL.fullmatch(address):
        raise ValueError("write an address like anna@example.com")
    return address


def check_email_in(allowed: Collection[str]) -> Callable[[str], str]:
    """The same, only for these addresses and domains."""
    addresses = {each.casefold().removeprefix("@") for each in allowed}

    def check(text: str) -> str:
        address = check_email(text)
        if not {address.casefold(), address.casefold().partition("@")[2]} & addresses:
            raise ValueError("Celitech may not mail codes there: CELITECH_EMAILS names who may")
        return address

    return check
