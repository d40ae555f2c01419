"""A provider that lives in tests only: it sells, changes, names its packages, lists purchases."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count

from bot.check import Check
from bot.clock import Fence
from bot.domain.catalogue.lists import Package, PackageList, PastPurchase, PurchasePage
from bot.domain.catalogue.money import Money, Quote
from bot.domain.catalogue.offer import Alternative, Fact, NotOffered, Offer, Unavailable
from bot.domain.purchase.outcome import Bought, Outcome
from bot.domain.purchase.sim import Sim
from bot.domain.request import OrderKind, PurchaseRequest, Value
from bot.providers.base import Provider, PurchaseCall
from tests.support.harness.traveller import FORM, ICCID, NAME

SIZES = (("1GB", "7"), ("5GB", "7"), ("5GB", "30"))
"""What it sells everywhere."""
PAGE = 3
"""Purchases on a page."""
CENTS = 450


class TravelAgency(Provider):
    """Sells from memory. `failure` is raised in place of the next answers to questions."""

    name = NAME
    form = FORM

    def __init__(self) -> None:
        self.calls: list[PurchaseRequest] = []
        """What it was asked to sell or change."""
        self.questions: list[Mapping[str, Value]] = []
        """What it was asked that changes nothing."""
        self.past: list[PastPurchase] = []
        self.countries: tuple[str, ...] = ()
        self.is_whole = True
        self.failure: Exception | None = None
        self.cursors = ""
        """What stands before the number of a page."""
        self._numbers = count(1)
        self._sold: dict[str, tuple[Sim, ...]] = {}

    def estimate(self, request: PurchaseRequest) -> None:
        """It must be asked."""
        del request

    async def offer(self, request: PurchaseRequest) -> Offer:
        """Its own price."""
        return Offer(quote=Quote(once=_money(CENTS * request.amount), firm=True))

    def checks(self) -> Sequence[Check]:
        """Nothing is asked."""
        return ()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """There is always a place."""
        yield

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Sell or change all of it."""
        assert fence.remaining > 0
        self.calls.append(call.request)
        is_new = call.request.kind is OrderKind.PURCHASE
        sims = tuple(self._sim(call, is_new=is_new) for _ in range(call.quantity))
        self._sold[call.reference] = sims
        return Bought(sims=sims)

    def _sim(self, call: PurchaseCall, *, is_new: bool) -> Sim:
        number = next(self._numbers)
        iccid = f"{ICCID[:-4]}{number:04d}" if is_new else call.request.options.get("iccid", ICCID)
        return Sim(iccid=str(iccid), provider_id=f"p-{number:x}")

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Everything that was sold for the order."""
        del urgent
        return {name: sims for name, sims in self._sold.items() if name.startswith(order_reference)}

    async def find_change(
        self, request: PurchaseRequest, reference: str, *, urgent: bool = True
    ) -> tuple[Sim, ...]:
        """What was changed by this call."""
        del request, urgent
        return self._sold.get(reference, ())

    async def packages(self, options: Mapping[str, Value]) -> PackageList:
        """Those of the destination that fit; the nearest where there are none."""
        self._answer(options)
        fitting = [
            (data, days)
            for data, days in SIZES
            if options.get("data", data) == data and options.get("days", days) == days
        ]
        if not fitting:
            nearest = (Alternative(options={"data": "5GB", "days": "7"}),)
            raise NotOffered(
                Unavailable(field="data", why="there is no <such> size", nearest=nearest)
            )
        place = str(options["destination"])
        packages = tuple(_package(place, data, days) for data, days in fitting)
        return PackageList(place, self.countries, packages, is_whole=self.is_whole)

    async def purchases(self, options: Mapping[str, Value], cursor: str = "") -> PurchasePage:
        """A page of those that fit."""
        self._answer(options)
        fitting = [each for each in self.past if options.get("iccid", each.iccid) == each.iccid]
        start = int(cursor.removeprefix(self.cursors) or 0)
        end = start + PAGE
        more = f"{self.cursors}{end}" if end < len(fitting) else ""
        return PurchasePage(tuple(fitting[start:end]), more)

    def _answer(self, options: Mapping[str, Value]) -> None:
        self.questions.append(options)
        if self.failure is not None:
            raise self.failure

    async def close(self) -> None:
        """Nothing is open."""


def past(number: int, **parts: object) -> PastPurchase:
    """One of many purchases, with all that is known of it."""
    usual: dict[str, object] = {
        "id": f"p-{number:x}",
        "iccid": f"{ICCID[:-4]}{number:04d}",
        "title": "France, 5 GB",
        "price": _money(CENTS),
        "bought_at": datetime(2026, 11, 1, 12, number % 60, tzinfo=UTC),
        "reference": f"esim-7k2m9qxa-{number}",
        "facts": (
            Fact(label="Source", value="API"),
            Fact(label="Purchase type", value="First Purchase"),
        ),
    }
    return PastPurchase(**usual | parts)  # type: ignore[arg-type]


def _money(cents: int) -> Money:
    return Money(cents=cents, currency="USD")


def _package(place: str, data: str, days: str) -> Package:
    size = data.replace("GB", " GB")
    cents = 100 * int(data.removesuffix("GB")) + int(days)
    options = {"destination": place, "data": data, "days": days}
    return Package(place, size, f"{days} days", _money(cents), options)
