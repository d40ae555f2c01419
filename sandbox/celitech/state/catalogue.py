"""What is sold where, for how long and at which price; prices may change at any time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from sandbox.celitech.state.destinations import destinations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.celitech.state.destinations import Destination

UNLIMITED: Final = -1
SIZES: Final = (0.5, 1, 2, 3, 5, 8, 20, 50, UNLIMITED)
"""Every `dataLimitInGB` that Celitech's models name, in GB; not each is sold everywhere."""
DURATIONS: Final = (1, 2, 7, 14, 30, 90)
"""Every `duration` that Celitech's models name, in days."""
BYTES_OF_GB: Final = 1_000_000_000

_WEIGHTS: Final = {0.5: 10, 1: 16, 2: 28, 3: 38, 5: 54, 8: 80, 20: 160, 50: 320, UNLIMITED: 240}
"""Dimes that each size costs in the cheapest places."""
_LENGTHS: Final = {(1, 2): 85, (3, 7): 100, (8, 14): 115, (15, 30): 135, (31, 90): 180}
"""The price classes by days, and what each costs in percent of a week's price."""
_SOLD: Final = {1: SIZES, 2: (1, 2, 3, 5, 8, 20), 3: (1, 3, 5)}
_LONGEST: Final = {1: 90, 2: 30, 3: 14}
_SHORT_SIZE_DAYS: Final = 7
_UNLIMITED_DAYS: Final = (3, 30)


@dataclass(frozen=True)
class Package:
    """A size at a destination, for a number of days between two limits."""

    id: str
    destination: Destination
    size: float
    """In GB; UNLIMITED without a limit."""
    min_days: int
    max_days: int
    cents: int

    @property
    def size_in_bytes(self) -> int:
        """The size in bytes, -1 without a limit."""
        return UNLIMITED if self.size == UNLIMITED else int(self.size * BYTES_OF_GB)


class Catalogue:
    """Destinations and packages; `announce` is called when prices change."""

    def __init__(self, announce: Callable[[], None]) -> None:
        self.destinations = destinations()
        self._announce = announce
        self._percent: float = 100
        self._next_percent: float = 0
        self._calls_left = 0
        self._fixed: dict[str, int] = {}
        self._gone: set[tuple[str, float]] = set()

    def find(self, code: object) -> Destination | None:
        """Return the destination with this ISO code of two or three capital letters."""
        return next((each for each in self.destinations if code in {each.iso3, each.iso2}), None)

    def packages(self, destination: Destination | None = None) -> Iterator[Package]:
        """Yield what is sold at one destination or at all, small before large, at today's price."""
        for place in self.destinations if destination is None else [destination]:
            for size in _SOLD[place.range]:
                if (place.iso3, size) not in self._gone:
                    yield from self._of_size(place, size)

    def package(self, destination: Destination, size: float, days: int) -> Package | None:
        """Return what is sold of this size for so many days, or None."""
        return next(
            (
                each
                for each in self.packages(destination)
                if each.size == size and each.min_days <= days <= each.max_days
            ),
            None,
        )

    def named(self, code: str, size: float, days: int) -> Package:
        """Return what is sold, by ISO code. Raises LookupError for what is not."""
        place = self.find(code)
        found = self.package(place, size, days) if place else None
        if found is None:
            raise LookupError(f"{size} GB for {days} days is not sold for {code}")
        return found

    def price(self, code: str, size: float, days: int) -> int:
        """Return what one costs now, in cents. Raises LookupError for what is not sold."""
        return self.named(code, size, days).cents

    def change_prices(self, percent: float) -> None:
        """Let everything cost so many percent of what it costs now (110: a tenth more)."""
        self._percent *= percent / 100
        self._announce()

    def change_prices_after(self, calls: int = 1, percent: float = 110) -> None:
        """Change all prices once so many more calls of `GET /packages` were answered."""
        self._calls_left, self._next_percent = calls, percent

    def set_price(self, code: str, size: float, days: int, cents: int) -> None:
        """Let one package cost this, whatever others cost. Raises LookupError for none."""
        self._fixed[self.named(code, size, days).id] = cents
        self._announce()

    def stop_selling(self, code: str, size: float) -> None:
        """Take a size at a destination (ISO alpha-3) out of the catalogue."""
        self._gone.add((code, size))
        self._announce()

    def reset(self) -> None:
        """Sell everything at its first price again."""
        self._percent, self._calls_left = 100, 0
        self._fixed.clear()
        self._gone.clear()
        self._announce()

    @property
    def percent(self) -> float:
        """What things cost now, in percent of their first price."""
        return self._percent

    @property
    def changes_soon(self) -> bool:
        """Whether prices change after one of the next calls."""
        return self._calls_left > 0

    def count_call(self) -> None:
        """Note that packages were listed: prices may change from now on."""
        if self._calls_left:
            self._calls_left -= 1
            if not self._calls_left:
                self.change_prices(self._next_percent)

    def _of_size(self, place: Destination, size: float) -> Iterator[Package]:
        for (first, last), percent in _LENGTHS.items():
            if not _is_sold(place, size, first, last):
                continue
            name = f"celitech/{place.iso3}/{size:g}/{first}-{last}"
            package = Package(
                str(uuid.uuid5(uuid.NAMESPACE_URL, name)), place, size, first, last, 0
            )
            dimes = _WEIGHTS[size] * (1 + place.range) / 2 * percent / 100
            cents = self._fixed.get(package.id, round(dimes * self._percent / 100) * 10)
            yield replace(package, cents=cents)


def _is_sold(place: Destination, size: float, first: int, last: int) -> bool:
    """Whether a size is sold at a destination for days between these."""
    if size == UNLIMITED:
        return _UNLIMITED_DAYS[0] <= first and last <= _UNLIMITED_DAYS[1]
    return last <= (_SHORT_SIZE_DAYS if size < 1 else _LONGEST[place.range])
