"""Which package fits what is wanted, and which are near to it."""

from datetime import date
from typing import Any

import pytest

from bot.domain.catalogue.money import Money
from bot.errors import LookupFailed
from bot.providers.celitech.sold.destinations import Destination
from bot.providers.celitech.sold.packages import (
    Listed,
    Wanted,
    catalogue_of,
    chosen,
    none_of,
    not_sold,
    wrong_dates,
)

TODAY = date(2026, 11, 27)
FRANCE = Destination("France", "FRA", "FR", ("FRA",))


def listed(data: float | None, least: Any, most: Any, cents: Any = 500, **more: Any) -> Listed:
    """A package as Celitech lists it."""
    entry = {"dataLimitInGB": data, "minDays": least, "maxDays": most, "priceInCents": cents}
    return Listed.of({"id": f"{data}-{most}", **entry, **more})


SOLD = [
    listed(size, *days, 100 * size) for size in (1, 5, 20) for days in ((1, 2), (3, 7), (8, 30))
]
ENDLESS = listed(-1, 3, 30, 9000)


def wanted(**options: str) -> Wanted:
    """What these options ask for."""
    return Wanted.of({"data": "5GB", **options}, TODAY)


@pytest.mark.parametrize(
    ("entry", "data"),
    [
        ({"dataLimitInGB": 5.0}, "5GB"),
        ({"dataLimitInGB": 0.5, "dataLimitInBytes": 1}, "0.5GB"),
        ({"dataLimitInBytes": 5_000_000_000}, "5GB"),
        ({"dataLimitInBytes": 5 * 2**30}, "5GB"),
        ({"dataLimitInBytes": 2**29}, "0.5GB"),
        ({"dataLimitInBytes": -1}, "unlimited"),
        ({"dataLimitInGB": -1}, "unlimited"),
        ({"dataLimitInGB": 20}, "20GB"),
        ({"dataLimitInGB": 0}, None),
        ({}, None),
    ],
)
def test_the_size(entry: dict[str, Any], data: str | None) -> None:
    """As options write it, from gigabytes or from bytes of either kind."""
    assert Listed.of(entry).data == data


def test_no_package() -> None:
    """What is no object makes the whole list unreadable."""
    with pytest.raises(LookupFailed):
        Listed.of("x")


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"days": "7"}, "5-7"),
        ({"days": "1"}, "5-2"),
        ({"days": "30"}, "5-30"),
        ({"days": "10"}, None),  # within the days, but not sold as a number of days
        ({"days": "90"}, None),
        ({"start": "today", "end": "2026-12-04"}, "5-30"),  # seven days, or eight: the dearer
        ({"start": "today", "end": "2026-12-15"}, "5-30"),
        ({"start": "today", "end": "today"}, "5-2"),
        ({"start": "today", "end": "2027-01-15"}, None),
        ({"data": "4GB", "days": "7"}, None),
    ],
)
def test_what_fits(options: dict[str, str], found: str | None) -> None:
    """Size and days are both right; between two, the dearer one: the price is never too low."""
    sold = [*SOLD, listed(5, 8, 30, 600)] if "start" in options else SOLD
    package = chosen(wanted(**options), sold)
    assert (package.id if package else None) == found


def test_the_dearest_of_several() -> None:
    """What Celitech lists twice is quoted at the higher price."""
    package = chosen(wanted(days="7"), [listed(5, 1, 7, 500), listed(5, 7, 7, 700), *SOLD])
    assert package is not None
    assert package.price(3).once == Money(cents=2100, currency="USD")


def test_bounds_that_are_missing() -> None:
    """A package without bounds is sold for any number of days."""
    assert chosen(wanted(days="7"), [listed(5, None, None)])


def test_no_price() -> None:
    """Nothing is ordered at a price that nobody named."""
    with pytest.raises(LookupFailed, match="no price"):
        chosen(wanted(days="7"), [listed(5, 1, 7, None)])


def test_parts_of_a_cent() -> None:
    """They are rounded up, over all eSIMs."""
    quote = listed(5, 1, 7, 100.4).price(3)
    assert quote.once.cents == 302
    assert quote.firm


@pytest.mark.parametrize(
    ("options", "field", "why", "near"),
    [
        ({"data": "4GB", "days": "7"}, "data", "4 GB for France", ["5GB", "5GB", "1GB"]),
        ({"days": "10"}, "days", "5 GB for 10 days in France", ["5GB", "5GB", "5GB", "20GB"]),
        ({"data": "50GB", "days": "7"}, "data", "50 GB for France", ["20GB", "20GB", "20GB"]),
        ({"start": "today", "end": "2027-01-30"}, "end", "5 GB for these dates in France", []),
    ],
)
def test_the_nearest(options: dict[str, str], field: str, why: str, near: list[str]) -> None:
    """Up to five that are sold, the likest first, with the price of all that was asked for."""
    unavailable = not_sold(wanted(**options), "France", SOLD, 2)
    assert unavailable.field == field
    assert unavailable.why == f"Celitech does not sell {why}"
    sizes = [each.options["data"] for each in unavailable.nearest]
    assert sizes[: len(near)] == near
    assert len(sizes) <= 5
    for each in unavailable.nearest:
        assert each.quote is not None
        assert each.quote.once.cents == 2 * 100 * int(str(each.options["data"]).removesuffix("GB"))


def test_the_nearest_for_dates() -> None:
    """Only the size can be another one: days and dates are not ordered together."""
    asked = wanted(data="4GB", start="today", end="2026-12-15")
    unavailable = not_sold(asked, "France", [*SOLD, ENDLESS, listed(None, 1, 30)], 1)
    assert [dict(each.options) for each in unavailable.nearest] == [
        {"data": "5GB"},
        {"data": "1GB"},
        {"data": "20GB"},
        {"data": "unlimited"},
    ]


def test_what_has_no_price_is_not_proposed() -> None:
    """Neither is what can't be ordered for a number of days."""
    sold = [listed(5, 1, 7, None), ENDLESS, listed(5, 3, 5)]
    assert not_sold(wanted(data="4GB", days="7"), "France", sold, 1).nearest == ()


def test_a_catalogue() -> None:
    """By size and days, each with what it is ordered with; what can't be read is not in it."""
    found = catalogue_of(FRANCE, (), [ENDLESS, *SOLD, listed(5, 1, 7, None)], {})
    assert not found.is_whole
    assert [(each.size, each.days) for each in found.packages[:3]] == [
        ("1 GB", "1 to 2 days"),
        ("1 GB", "3 to 7 days"),
        ("1 GB", "8 to 30 days"),
    ]
    assert found.packages[1].options == {"destination": "France", "data": "1GB", "days": "7"}
    assert found.packages[-1].options == {"destination": "France", "data": "unlimited"}
    assert found.packages[-1].price == Money(cents=9000, currency="USD")


@pytest.mark.parametrize(
    ("least", "most", "days"),
    [
        (1, 1, "1 day"),
        (7, 7, "7 days"),
        (None, 7, "7 days"),
        (3, None, "3 to 90 days"),
        (None, None, ""),
    ],
)
def test_the_days_of_a_row(least: int | None, most: int | None, days: str) -> None:
    """A range, one number, or nothing where nothing is said."""
    (row,) = catalogue_of(FRANCE, (), [listed(1, least, most)], {}).packages
    assert row.days == days


@pytest.mark.parametrize(
    ("options", "count"),
    [({"data": "5GB"}, 3), ({"days": "7"}, 3), ({"data": "5GB", "days": "7"}, 1)],
)
def test_a_part_of_a_catalogue(options: dict[str, str], count: int) -> None:
    """Those of a size, or for a number of days, which is what they are ordered with."""
    found = catalogue_of(FRANCE, (), SOLD, options)
    assert found.is_whole
    assert len(found.packages) == count
    assert all(
        each.options.get("days") == options.get("days", each.options["days"])
        for each in found.packages
    )


@pytest.mark.parametrize(
    ("options", "sold", "field"),
    [
        ({"data": "4GB"}, SOLD, "data"),
        ({"data": "5GB", "days": "90"}, SOLD, "days"),
        ({"days": "90"}, SOLD, "days"),
        ({}, [], "destination"),
    ],
)
def test_nothing_in_a_catalogue(options: dict[str, str], sold: list[Listed], field: str) -> None:
    """It is said what there is none of, with the nearest where a size was named."""
    unavailable = none_of(options, FRANCE, sold)
    assert unavailable.field == field
    assert bool(unavailable.nearest) is ("data" in options)


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (None, None, None),
        (TODAY, TODAY, None),
        (date(2026, 11, 26), TODAY, "start"),
        (date(2027, 12, 1), date(2027, 12, 2), "start"),
        (date(2026, 12, 2), date(2026, 12, 1), "end"),
        (TODAY, date(2027, 2, 25), None),
        (TODAY, date(2027, 2, 26), "end"),
    ],
)
def test_dates(start: date | None, end: date | None, field: str | None) -> None:
    """Not in the past, within twelve months, in order, and at most ninety days."""
    wrong = wrong_dates(start, end, TODAY)
    assert (wrong.field if wrong else None) == field


def test_dates_are_refused_in_a_sentence() -> None:
    """What is wrong with them, and what would be right."""
    over, late = wrong_dates(date(2026, 11, 26), None, TODAY), wrong_dates(date.max, None, TODAY)
    assert over is not None
    assert over.why == "26 Nov 2026 is over, and a package starts today or later"
    assert late is not None
    assert late.why == "a package starts within twelve months from today"
