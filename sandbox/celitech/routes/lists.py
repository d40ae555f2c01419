"""What is sold, and what was bought: destinations, packages, purchases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from sandbox.celitech.checks.period import between
from sandbox.celitech.checks.queries import Query, cursor_of
from sandbox.celitech.errors import BAD_REQUEST, Refusal
from sandbox.celitech.state import descriptions
from sandbox.celitech.state.catalogue import SIZES, UNLIMITED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.celitech.faults import Faults
    from sandbox.celitech.state.account import Purchase
    from sandbox.celitech.state.books import Books
    from sandbox.celitech.state.catalogue import Package
    from sandbox.provider.answer import Json

MOST_PACKAGES: Final = 160
MOST_PURCHASES: Final = 100
PACKAGE_FILTERS: Final = frozenset(
    {
        "destination",
        "dataLimitInGB",
        "startDate",
        "endDate",
        "startTime",
        "endTime",
        "includeUnlimited",
        "afterCursor",
        "limit",
    }
)
PURCHASE_FILTERS: Final = frozenset(
    {
        "purchaseId",
        "iccid",
        "afterDate",
        "beforeDate",
        "after",
        "before",
        "email",
        "referenceId",
        "afterCursor",
        "limit",
    }
)


class Lists:
    """Answers from the catalogue and the account."""

    def __init__(self, books: Books, faults: Faults) -> None:
        self._books, self._faults = books, faults
        self._account, self._dialect = books.account, books.dialect

    def routes(self) -> list[web.RouteDef]:
        """Return where they are asked for."""
        return [
            web.get("/v1/destinations", self.destinations, name="destinations"),
            web.get("/v1/packages", self.packages, name="packages"),
            web.get("/v1/purchases", self.purchases, name="purchases"),
        ]

    async def destinations(self, _request: web.Request) -> web.Response:
        """List all destinations at once."""
        places = [descriptions.destination(place) for place in self._books.catalogue.destinations]
        return web.json_response({"destinations": places})

    async def packages(self, request: web.Request) -> web.Response:
        """List the packages that fit."""
        query = self._query(request, PACKAGE_FILTERS)
        found = [package for package in self._of_place(query) if _fits(package, query)]
        page = self._page("packages", query, MOST_PACKAGES, found, descriptions.package)
        self._books.catalogue.count_call()
        return web.json_response(self._dialect.numbers(page))

    async def purchases(self, request: web.Request) -> web.Response:
        """List the purchases that fit and are not hidden."""
        query = self._query(request, PURCHASE_FILTERS)
        fitting = self._fitting(query)
        now = self._account.now()
        shown = [each for each in self._account.purchases if _is_shown(each, now)]
        if not self._dialect.filters_pages:
            shown = [each for each in shown if fitting(each)]
        if not self._dialect.oldest_first:
            shown.reverse()
        page = self._page("purchases", query, MOST_PURCHASES, shown, self._row(fitting))
        if query.text("referenceId") or query.text("iccid"):
            _count_list([each for each in self._account.purchases if fitting(each)])
        return web.json_response(self._dialect.numbers(self._faults.spoilt(page)))

    def _query(self, request: web.Request, names: frozenset[str]) -> Query:
        query = Query(dict(request.query))
        if self._dialect.refuses_unknown:
            query.only(names)
        if query.text("afterCursor") == self._faults.loop_cursor:
            return Query({**query.given, "afterCursor": ""})
        return query

    def _row(self, fitting: Callable[[Purchase], bool]) -> Callable[[Purchase], Json | None]:
        """Return how a purchase is listed; None where the page was cut before it was filtered."""
        return lambda each: descriptions.listed(each, self._dialect) if fitting(each) else None

    def _page(
        self,
        name: str,
        query: Query,
        most: int,
        found: Sequence[Any],
        described: Callable[[Any], Json | None],
    ) -> Json:
        """Return the page that is asked for, with the cursor of the next one."""
        limit = min(query.limit(most), self._dialect.page_size or most)
        rest = query.after(found, lambda each: each.id)
        here = rest[:limit]
        last = cursor_of(here[-1].id) if here else query.text("afterCursor") or ""
        cursor = last if len(rest) > limit else None
        entries = [entry for each in here if (entry := described(each)) is not None]
        return self._dialect.page(name, entries, cursor, last)

    def _of_place(self, query: Query) -> list[Package]:
        code = query.text("destination")
        if code is None:
            return list(self._books.catalogue.packages())
        place = self._books.catalogue.find(code)
        if place is None:
            raise Refusal(BAD_REQUEST, f"Destination {code} is not supported.")
        return list(self._books.catalogue.packages(place))

    def _fitting(self, query: Query) -> Callable[[Purchase], bool]:
        """Return whether a purchase passes every filter."""
        if self._faults.filters_are_ignored:
            return lambda _purchase: True
        exact = {name: query.text(name) for name in ("purchaseId", "iccid", "email", "referenceId")}
        first, last = query.date("afterDate"), query.date("beforeDate")
        after, before = query.epoch("after"), query.epoch("before")

        def fits(purchase: Purchase) -> bool:
            has = {
                "purchaseId": purchase.id,
                "iccid": purchase.esim.iccid,
                "email": purchase.email,
                "referenceId": purchase.reference,
            }
            made = purchase.created_at
            made_on = datetime.fromtimestamp(made, UTC).date()
            return (
                all(value in {None, has[name]} for name, value in exact.items())
                and (first is None or made_on >= first)
                and (last is None or made_on <= last)
                and (after is None or made >= after)
                and (before is None or made <= before)
            )

        return fits


def _fits(package: Package, query: Query) -> bool:
    """Whether a package passes every filter. Raises Refusal for a wrong one."""
    wanted, unlimited = query.number("dataLimitInGB") or 0, query.text("includeUnlimited")
    if unlimited not in {None, "true", "false"}:
        raise Refusal(BAD_REQUEST, "includeUnlimited must be true or false.")
    if wanted not in {0, *SIZES}:
        raise Refusal(BAD_REQUEST, f"dataLimitInGB must be one of {', '.join(map(str, SIZES))}.")
    if package.size == UNLIMITED and unlimited != "true":
        return False
    if wanted not in {0, package.size}:
        return False
    start, end = query.date("startDate"), query.date("endDate")
    if start is None or end is None:
        return True
    days = between(start, end).days
    return package.min_days <= days <= package.max_days


def _is_shown(purchase: Purchase, now: float) -> bool:
    return not purchase.hidden_lists and purchase.hidden_until <= now


def _count_list(found: list[Purchase]) -> None:
    """Bring each hidden purchase one list nearer to being shown."""
    for purchase in found:
        purchase.hidden_lists = max(0, purchase.hidden_lists - 1)
