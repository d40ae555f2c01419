"""What Celitech sells: packages, which of them fits, and the nearest where none does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil, log
from typing import Final, Self

import httpx
from pydantic import JsonValue

from bot.domain.catalogue.lists import Package, PackageList
from bot.domain.catalogue.money import Money, Quote
from bot.domain.catalogue.offer import Alternative, Unavailable
from bot.domain.request import Value
from bot.errors import LookupFailed
from bot.providers.celitech.access import Account, all_pages, not_taken
from bot.providers.celitech.purchases import CURRENCY, number_in
from bot.providers.celitech.sold.destinations import Destination
from bot.providers.celitech.values import DURATIONS, LONGEST_DAYS, TODAY, UNLIMITED, date_of
from bot.providers.looks import Look
from bot.providers.text import clean

_LATEST_START: Final = 366
"""Days from today within which a package may start: twelve months."""
_NAME_LIMIT: Final = 100
_PAGE_SIZE: Final = 160
"""Packages on a page: the most that Celitech allows."""
_NEAREST: Final = 5
_NO_LIMIT: Final = -1
_BINARY: Final = 2**29
"""Bytes in half a binary gigabyte: the smallest package."""


@dataclass(frozen=True)
class Listed:
    """One package as Celitech lists it; what is missing is None, or ""."""

    id: str
    data: str | None
    """As options write it: `5GB`, `unlimited`."""
    least: int | None
    """The fewest days that it is sold for."""
    most: int | None
    cents: float | None

    @classmethod
    def of(cls, entry: JsonValue) -> Self:
        """Read an entry. Raises LookupFailed when it is no object."""
        if not isinstance(entry, dict):
            raise LookupFailed("an entry in the list of packages could not be read")
        least, most = number_in(entry.get("minDays")), number_in(entry.get("maxDays"))
        return cls(
            clean(entry.get("id"), _NAME_LIMIT),
            _data_of(
                number_in(entry.get("dataLimitInGB")), number_in(entry.get("dataLimitInBytes"))
            ),
            None if least is None else int(least),
            None if most is None else int(most),
            number_in(entry.get("priceInCents")),
        )

    def lasts(self, *days: int) -> bool:
        """Whether it is sold for one of these numbers of days."""
        return any((self.least or 0) <= each <= (self.most or each) for each in days)

    def price(self, amount: int) -> Quote:
        """For so many eSIMs; parts of a cent are rounded up."""
        cents = ceil((self.cents or 0) * amount)
        return Quote(once=Money(cents=cents, currency=CURRENCY), firm=True)

    def durations(self) -> list[int]:
        """The numbers of days that it can be ordered for."""
        return [] if self.data == UNLIMITED else [days for days in DURATIONS if self.lasts(days)]


def _data_of(gigabytes: float | None, size: float | None) -> str | None:
    if _NO_LIMIT in {gigabytes, size}:
        return UNLIMITED
    if gigabytes is None and size is not None:
        gigabytes = size / (2 * _BINARY) if size % _BINARY == 0 else size / 1e9
    if gigabytes is None or gigabytes <= 0:
        return None
    return f"{Decimal(str(gigabytes)).normalize():f}GB"


@dataclass(frozen=True)
class Wanted:
    """What a package must fit: so much data, for so many days or between two dates."""

    data: str
    days: int | None
    start: date | None
    end: date | None

    @classmethod
    def of(cls, options: Mapping[str, Value], today: date) -> Self:
        """What these options ask for on this day."""
        start, end = options.get("start"), options.get("end")
        days = options.get("days")
        return cls(
            str(options["data"]),
            int(str(days)) if days else None,
            date_of(start, today) if start else None,
            date_of(end, today) if end else None,
        )

    @property
    def filters(self) -> dict[str, str | int]:
        """The filters by which Celitech itself picks the packages of these dates."""
        dates = {"startDate": self.start, "endDate": self.end}
        return {name: day.isoformat() for name, day in dates.items() if day}

    def lasts(self, package: Listed) -> bool:
        """Whether the package is sold for so long; whether the last date counts, no source says."""
        if self.start is None or self.end is None:
            return self.days in package.durations()
        between = (self.end - self.start).days
        return package.lasts(between, between + 1)


async def packages_of(
    account: Account, look: Look, place: Destination, filters: Mapping[str, str | int] | None = None
) -> list[Listed]:
    """Every package of a destination. Raises NotOffered where Celitech refuses the filters."""
    query: dict[str, str | int] = {"destination": place.code, "includeUnlimited": "true"}
    query |= {"limit": _PAGE_SIZE, **(filters or {})}
    try:
        entries = await all_pages(account, look, "/packages", query, "packages")
    except httpx.HTTPStatusError as failure:
        raise not_taken(failure) from failure
    return [Listed.of(entry) for entry in entries]


def chosen(wanted: Wanted, packages: Sequence[Listed]) -> Listed | None:
    """The package that fits, of several the dearest; None: there is none.

    Raises LookupFailed when it has no price.
    """
    fitting = [each for each in packages if each.data == wanted.data and wanted.lasts(each)]
    if any(each.cents is None for each in fitting):
        raise LookupFailed("the list of packages names no price for it")
    return max(fitting, key=lambda each: each.cents or 0, default=None)


def not_sold(wanted: Wanted, place: str, packages: Sequence[Listed], amount: int) -> Unavailable:
    """Why no package fits, and the nearest ones with their prices."""
    has_size = any(each.data == wanted.data for each in packages)
    data = wanted.data.replace("GB", " GB")
    if not has_size:
        why = f"Celitech does not sell {data} for {place}"
        return Unavailable(field="data", why=why, nearest=nearest(wanted, packages, amount))
    how_long = _in_days(wanted.days) if wanted.days else "these dates"
    return Unavailable(
        field="days" if wanted.days else "end",
        why=f"Celitech does not sell {data} for {how_long} in {place}",
        nearest=nearest(wanted, packages, amount),
    )


def nearest(wanted: Wanted, packages: Iterable[Listed], amount: int) -> tuple[Alternative, ...]:
    """Up to five packages near to what is wanted, the nearest first; for dates, only their like."""
    found: dict[tuple[tuple[str, str], ...], tuple[float, Alternative]] = {}
    for each in packages:
        options = _instead(wanted, each)
        if options and each.cents is not None:
            alternative = Alternative(options=options, quote=each.price(amount))
            found.setdefault(tuple(options.items()), (_distance(wanted, options), alternative))
    ranked = sorted(found.values(), key=lambda pair: pair[0])
    return tuple(alternative for _, alternative in ranked[:_NEAREST])


def _instead(wanted: Wanted, package: Listed) -> dict[str, str]:
    """The options that would order this package; none where it does not fit the dates."""
    if not package.data:
        return {}
    if wanted.days is None:
        return {"data": package.data} if wanted.lasts(package) else {}
    near = sorted(package.durations(), key=lambda days: abs(days - (wanted.days or 0)))
    return {"data": package.data, "days": str(near[0])} if near else {}


def _distance(wanted: Wanted, options: Mapping[str, str]) -> float:
    """How far it is from what is wanted: sizes by their ratio, then days by theirs."""
    size = abs(log(_gigabytes(options["data"]) / _gigabytes(wanted.data)))
    days = abs(log(int(options.get("days", "1")) / (wanted.days or 1)))
    return size + days


def _gigabytes(data: str) -> float:
    return 1000.0 if data == UNLIMITED else float(data.removesuffix("GB"))


def catalogue_of(
    place: Destination,
    countries: tuple[str, ...],
    packages: Sequence[Listed],
    options: Mapping[str, Value],
) -> PackageList:
    """The packages as people read them, by size and days, those that these options ask for."""
    days = int(str(options.get("days", 0)))
    sold = [each for each in packages if each.data and each.cents is not None]
    shown = [
        each
        for each in sold
        if options.get("data", each.data) == each.data and (not days or days in each.durations())
    ]
    shown.sort(key=lambda each: (_gigabytes(each.data or ""), each.most or 0, each.cents or 0))
    return PackageList(
        destination=place.name,
        countries=countries,
        packages=tuple(_row(place, each, days) for each in shown),
        is_whole=len(sold) == len(packages),
    )


def _row(place: Destination, package: Listed, days: int) -> Package:
    data, durations = str(package.data), package.durations()
    options = {"destination": place.name, "data": data}
    if durations:
        options["days"] = str(days or durations[-1])
    least, most = package.least, package.most
    spans = str(most or least or "") if least in {most, None} else f"{least} to {most or 90}"
    return Package(
        destination=place.name,
        size=data.replace("GB", " GB"),
        days=_in_days(spans) if spans else "",
        price=package.price(1).once,
        options=options,
    )


def none_of(
    options: Mapping[str, Value], place: Destination, listed: Sequence[Listed]
) -> Unavailable:
    """Why no package of a destination fits a question, and the nearest ones."""
    if "data" not in options or not listed:
        why = f"Celitech sells nothing like it for {place.name}"
        return Unavailable(field="days" if listed else "destination", why=why)
    wanted = Wanted.of({"days": "7", **options}, date.min)
    return not_sold(wanted, place.name, listed, 1)


# Dates


def wrong_dates(start: date | None, end: date | None, earliest: date) -> Unavailable | None:
    """What is wrong with these dates when nothing may start before `earliest`."""
    if start and start < earliest:
        why = f"{in_words(start)} is over, and a package starts today or later"
        return Unavailable(field="start", why=why)
    if start and start > earliest + timedelta(days=_LATEST_START):
        return Unavailable(field="start", why="a package starts within twelve months from today")
    if start and end and end < start:
        return Unavailable(field="end", why=f"it ends before it starts ({in_words(start)})")
    if start and end and end > start + timedelta(days=LONGEST_DAYS):
        return Unavailable(field="end", why=f"a package lasts at most {LONGEST_DAYS} days")
    return None


def fixed(options: Mapping[str, Value], today: date) -> dict[str, Value]:
    """The dates as certain days, so that an approval tomorrow does not move them.

    But a start `today` is the day on which it is bought: fixed now, it would be over by then.
    """
    return {
        name: TODAY if name == "start" and options[name] == TODAY else _day(options[name], today)
        for name in ("start", "end")
        if name in options
    }


def _day(value: Value, today: date) -> str:
    return date_of(value, today).isoformat()


def in_words(day: date) -> str:
    """The day as people write it: `1 Dec 2026`."""
    return f"{day.day} {day:%b %Y}"


def validity(options: Mapping[str, Value], wanted: Wanted) -> str:
    """For how long it can be used, in words."""
    if wanted.start and wanted.end:
        bought = options["start"] == TODAY
        first = "the day it is bought" if bought else in_words(wanted.start)
        return f"{first} to {in_words(wanted.end)}"
    return f"{_in_days(wanted.days)}, within {LONGEST_DAYS} days of the purchase"


def _in_days(days: int | str | None) -> str:
    return f"{days} {'day' if str(days) == '1' else 'days'}"
