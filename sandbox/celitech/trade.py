"""What each call that buys or changes something does, once its key let it run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sandbox.celitech.checks import bodies
from sandbox.celitech.checks.period import between, dated, day, period_of, timed
from sandbox.celitech.errors import BAD_REQUEST, UNPROCESSABLE, Refusal
from sandbox.celitech.state import descriptions
from sandbox.provider.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from sandbox.celitech.checks.bodies import Shape
    from sandbox.celitech.checks.period import Period
    from sandbox.celitech.order import Order, Work
    from sandbox.celitech.state.account import Purchase
    from sandbox.celitech.state.books import Books
    from sandbox.celitech.state.catalogue import Package
    from sandbox.celitech.state.destinations import Destination
    from sandbox.celitech.state.ledger import Call
    from sandbox.provider.answer import Json

DIAMOND = "Diamond"


class Trade:
    """Buys, tops up, edits and suspends; each raises Refusal for what it does not do."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self._account, self._dialect = books.account, books.dialect

    @property
    def works(self) -> Mapping[Call, Work]:
        """What is done for each call."""
        return {
            "purchase": self._purchase,
            "purchase_v1": self._purchase_v1,
            "topup": self._top_up,
            "edit": self._edit,
            "suspend": self._suspend,
        }

    def _purchase(self, order: Order, quantity: Callable[[int], int]) -> Answer:
        body = self._body(order, bodies.PURCHASE)
        package, period = self._chosen(body)
        amount = int(body["quantity"])
        self._account.afford(package.cents * amount)
        sold = self._sell(order, body, package, period, quantity(amount))
        return Answer(200, [descriptions.bought(each, self._dialect) for each in sold])

    def _purchase_v1(self, order: Order, quantity: Callable[[int], int]) -> Answer:
        body = self._body(order, bodies.PURCHASE_V1)
        package, period = self._chosen(body)
        self._account.afford(package.cents)
        sold = self._sell(order, body, package, period, min(1, quantity(1)))
        return Answer(200, descriptions.bought_v1(sold[0], self._dialect) if sold else {})

    def _top_up(self, order: Order, quantity: Callable[[int], int]) -> Answer:
        body = self._body(order, bodies.TOP_UP)
        esim = self._account.esim(body["iccid"])
        if not (esim.is_connected and esim.allows_top_up):
            raise Refusal(UNPROCESSABLE, "This eSIM cannot be topped up.")
        period = period_of(body, self._today())
        package = self._package(esim.destination, body, period)
        self._account.afford(package.cents)
        sold = self._sell(order, body, package, period, min(1, quantity(1)))
        return Answer(200, descriptions.topped_up(sold[0], self._dialect) if sold else {})

    def _edit(self, order: Order, _quantity: Callable[[int], int]) -> Answer:
        body = self._body(order, bodies.EDIT)
        purchase = self._account.purchase(body["purchaseId"])
        period = self._new_period(purchase, body)
        if not purchase.package.min_days <= period.days <= purchase.package.max_days:
            raise Refusal(UNPROCESSABLE, "The new dates would change the price of the package.")
        purchase.start, purchase.end, purchase.duration = period.start, period.end, None
        order.note("done")
        return Answer(200, descriptions.edited(purchase, self._dialect))

    def _suspend(self, order: Order, _quantity: Callable[[int], int]) -> Answer:
        if order.entry.raw.strip() not in {b"", b"{}"}:
            raise Refusal(BAD_REQUEST, "This call takes no body.")
        esim = self._account.esim(order.request.match_info["iccid"])
        if not esim.is_connected:
            raise Refusal(UNPROCESSABLE, "This eSIM is already suspended.")
        esim.is_connected = False
        now = self._account.now()
        for purchase in self._account.packages_on(esim):
            if not purchase.is_over(now):
                purchase.ended_at = now
        order.note("done")
        return Answer(200, {"message": "eSIM suspended successfully."})

    def _body(self, order: Order, shape: Shape) -> Json:
        return shape.read(order.entry.raw, refuses_unknown=self._dialect.refuses_unknown)

    def _chosen(self, body: Json) -> tuple[Package, Period]:
        """Return the package that a first purchase is for."""
        place = self._books.catalogue.find(body["destination"])
        if place is None:
            raise Refusal(BAD_REQUEST, f"Destination {body['destination']} is not supported.")
        if self._account.tier != DIAMOND and (body.get("networkBrand") or body.get("emailBrand")):
            raise Refusal(UNPROCESSABLE, "Brands need Diamond access.")
        period = period_of(body, self._today())
        return self._package(place, body, period), period

    def _package(self, place: Destination, body: Json, period: Period) -> Package:
        found = self._books.catalogue.package(place, body["dataLimitInGB"], period.days)
        if found is None:
            raise Refusal(
                UNPROCESSABLE,
                f"No package of {body['dataLimitInGB']:g} GB for {period.days} days is available "
                f"for {place.name}.",
            )
        return found

    def _sell(
        self, order: Order, body: Json, package: Package, period: Period, count: int
    ) -> list[Purchase]:
        """Sell `count` packages, a top-up on the eSIM that it names."""
        if count < 1:
            order.note("refused")
            return []
        esim = self._account.esim(body["iccid"]) if order.entry.call == "topup" else None
        sold = [
            self._account.sell(
                package,
                period,
                esim=esim,
                reference=self._reference(body, place),
                email=body.get("email"),
            )
            for place in range(count)
        ]
        self._books.ledger.record(order.entry, sold)
        self._books.changes.announce()
        return sold

    def _reference(self, body: Json, place: int) -> str | None:
        """Return the reference of the package at this place of one request."""
        if place and self._account.refers_first_only:
            return None
        return body.get("referenceId")

    def _new_period(self, purchase: Purchase, body: Json) -> Period:
        """Return the period that an edit asks for; of what has begun only the end may change."""
        now = self._account.now()
        if purchase.is_over(now):
            raise Refusal(UNPROCESSABLE, "The package has ended.")
        is_unlimited = purchase.package.size_in_bytes < 0
        if purchase.start is None or purchase.start > now:
            return dated(body, self._today(), is_unlimited=is_unlimited)
        begun = datetime.fromtimestamp(purchase.start, UTC).date()
        start, end = day(body["startDate"], "startDate"), day(body["endDate"], "endDate")
        if start != begun:
            raise Refusal(UNPROCESSABLE, "The package is active: startDate cannot change.")
        if end < self._today():
            raise Refusal(BAD_REQUEST, "endDate cannot be in the past.")
        return timed(between(start, end, is_unlimited=is_unlimited), body)

    def _today(self) -> date:
        return datetime.fromtimestamp(self._account.now(), UTC).date()
