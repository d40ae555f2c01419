"""What Celitech would do for a request, and for how much: everything that it names is looked up."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from typing import Final

import httpx
from pydantic import JsonValue

from bot.clock import Clock
from bot.domain.catalogue.lists import PackageList
from bot.domain.catalogue.money import Money, Quote
from bot.domain.catalogue.offer import Fact, NotOffered, Offer, Unavailable
from bot.domain.purchase.sim import Sim
from bot.domain.request import OrderKind, PurchaseRequest, Value
from bot.errors import LookupFailed
from bot.providers.celitech.access import TITLE, Account, not_taken
from bot.providers.celitech.purchases import CURRENCY, Record, records, sims_under
from bot.providers.celitech.sold.destinations import Destination, Destinations
from bot.providers.celitech.sold.packages import (
    Listed,
    Wanted,
    catalogue_of,
    chosen,
    fixed,
    in_words,
    none_of,
    not_sold,
    packages_of,
    validity,
    wrong_dates,
)
from bot.providers.celitech.values import date_of
from bot.providers.looks import Look
from bot.providers.reading import ID_LIMIT, iccid_of
from bot.providers.text import clean

_MOST_COUNTRIES: Final = 60
"""Countries that a card names; it counts them all."""
_SHOWN: Final = 5
"""Purchases of an eSIM that a card names."""
_NOTHING: Final = Quote(once=Money(cents=0, currency=CURRENCY), firm=True)
"""The price of changes that Celitech asks no money for."""
_ACTIVE: Final = "active"
_CUT_OFF: Final = "cut_off"
"""An option of a suspension that only the offer sets: then that is no sign that it was done."""
_FIRST: Final = datetime.min.replace(tzinfo=UTC)


class Offers:
    """Looks up what a request is about. Each method raises LookupFailed, LookupPostponed."""

    def __init__(self, account: Account, clock: Clock) -> None:
        self._account = account
        self._clock = clock
        self._destinations = Destinations(account, clock)

    async def offer(self, request: PurchaseRequest) -> Offer:
        """The offer for a request of any kind. Raises NotOffered."""
        ways: dict[OrderKind, Callable[[Look, PurchaseRequest], Awaitable[Offer]]] = {
            OrderKind.PURCHASE: self._purchase,
            OrderKind.TOP_UP: self._top_up,
            OrderKind.EDIT: self._edit,
            OrderKind.SUSPENSION: self._suspension,
        }

        async def read(look: Look) -> Offer:
            return await ways[request.kind](look, request)

        return await self._account.carried_out(Look(TITLE, urgent=True), read)

    @property
    def _today(self) -> date:
        return self._clock.now().date()

    # eSIMs, and data for them

    async def _purchase(self, look: Look, request: PurchaseRequest) -> Offer:
        place = await self._destinations.named(look, str(request.options["destination"]))
        offer = await self._package(look, request, place)
        options = {**offer.options, "destination": place.code}
        names = {"destination": place.name}
        return offer.model_copy(update={"options": options, "names": names})

    async def _top_up(self, look: Look, request: PurchaseRequest) -> Offer:
        iccid = str(request.options["iccid"])
        esim = await self._esim(look, iccid)
        if esim.get("isTopUpAllowed") is False:
            why = "Celitech takes no top-ups for this eSIM"
            raise NotOffered(Unavailable(field="iccid", why=why))
        last = await self._last_purchase(look, iccid)
        place = await self._destinations.named(look, last.text("package", "destination"))
        offer = await self._package(look, request, place)
        facts = (Fact(label="Destination", value=place.name), *offer.facts, *_facts_of(esim))
        return offer.model_copy(update={"facts": facts})

    async def _package(self, look: Look, request: PurchaseRequest, place: Destination) -> Offer:
        """The package that fits the request, with its price. Dates but today's are fixed."""
        today = self._today
        wanted = Wanted.of(request.options, today)
        if unavailable := wrong_dates(wanted.start, wanted.end, today):
            raise NotOffered(unavailable)
        listed = await packages_of(self._account, look, place, wanted.filters)
        package = chosen(wanted, listed)
        if package is None:
            raise NotOffered(not_sold(wanted, place.name, listed, request.amount))
        return Offer(
            quote=package.price(request.amount),
            options=fixed(request.options, today),
            facts=tuple(self._facts(request.options, wanted, package, place)),
        )

    def _facts(
        self, options: Mapping[str, Value], wanted: Wanted, package: Listed, place: Destination
    ) -> list[Fact]:
        facts = [Fact(label="Validity", value=validity(options, wanted))]
        if countries := self._countries(place):
            told = f"{len(countries)} countries: {', '.join(countries[:_MOST_COUNTRIES])}"
            facts.append(Fact(label="Works in", value=told))
        if package.id:
            facts.append(Fact(label="Package", value=package.id))
        return facts

    def _countries(self, place: Destination) -> tuple[str, ...]:
        """The names of the countries that a destination covers, where it is more than one."""
        if len(place.countries) <= 1:
            return ()
        return tuple(sorted(map(self._destinations.country, place.countries)))

    # Changes

    async def _edit(self, look: Look, request: PurchaseRequest) -> Offer:
        asked, today = request.options, self._today
        record = await self._bought(look, str(asked["purchase"]))
        start, end = record.day("startDate"), date_of(asked["end"], today)
        wanted = date_of(asked["start"], today) if "start" in asked else start
        if wanted is None:
            why = "Celitech lists no start of this purchase; say from when, with start="
            raise NotOffered(Unavailable(field="start", why=why))
        if wanted != start and await self._is_active(look, record.text("id")):
            raise NotOffered(Unavailable(field="start", why=_begun(start)))
        earliest = wanted if wanted == start else today
        if unavailable := wrong_dates(wanted, end, earliest):
            raise NotOffered(unavailable)
        if end < today:
            why = f"{in_words(end)} is over: nothing could be used after that"
            raise NotOffered(Unavailable(field="end", why=why))
        iccid = record.text("esim", "iccid")
        options = {
            "start": wanted.isoformat(),
            "end": end.isoformat(),
            **({"iccid": iccid} if iccid else {}),
        }
        return Offer(quote=_NOTHING, options=options, facts=_facts_of_purchase(record))

    async def _suspension(self, look: Look, request: PurchaseRequest) -> Offer:
        iccid = str(request.options["iccid"])
        esim = await self._esim(look, iccid)
        if _says_suspended(esim.get("status")):
            raise NotOffered(Unavailable(field="iccid", why="this eSIM is suspended already"))
        listed = await self._purchases_of(look, iccid)
        bought = "; ".join(record.title for record in listed[:_SHOWN] if record.title)
        facts = (Fact(label="Bought", value=bought),) if bought else ()
        options = {_CUT_OFF: "already"} if _is_cut_off(esim) else {}
        return Offer(quote=_NOTHING, options=options, facts=(*_facts_of(esim), *facts))

    async def find_change(
        self, request: PurchaseRequest, reference: str, *, urgent: bool
    ) -> tuple[Sim, ...]:
        """The SIM card, once Celitech shows that the change is made.

        A top-up is listed under its reference. An edit shows as the dates of the purchase. How a
        suspension shows, no source says: it counts where the status or the history names it, and
        where there is no connectivity any more and no top-up would bring it back, unless that was
        so before.
        """

        async def read(look: Look) -> tuple[Sim, ...]:
            if request.kind is OrderKind.EDIT:
                return await self._edited(look, request.options)
            if request.kind is OrderKind.SUSPENSION:
                return await self._suspended(look, request.options)
            return await sims_under(self._account, look, reference)

        return await self._account.carried_out(Look(TITLE, urgent), read)

    async def _edited(self, look: Look, options: Mapping[str, Value]) -> tuple[Sim, ...]:
        known = str(options["purchase"])
        for record in await records(self._account, look, purchaseId=known):
            days = (record.day("startDate"), record.day("endDate"))
            if record.text("id") == known and days == _days_of(options):
                return (record.sim,)
        return ()

    async def _suspended(self, look: Look, options: Mapping[str, Value]) -> tuple[Sim, ...]:
        iccid = str(options["iccid"])
        esim = await self._esim(look, iccid)
        past = await self._account.get(look, f"/esim/{iccid}/history")
        told = past.get("esim") if isinstance(past, dict) else None
        history = told.get("history") if isinstance(told, dict) else None
        entries = history if isinstance(history, list) else []
        words = [entry.get("status") for entry in entries if isinstance(entry, dict)]
        named = any(map(_says_suspended, [esim.get("status"), *words]))
        if not (named or (_is_cut_off(esim) and _CUT_OFF not in options)):
            return ()
        return (Sim(iccid=iccid, status=clean(esim.get("status"), ID_LIMIT) or None),)

    # What is looked at

    async def _esim(self, look: Look, iccid: str) -> Mapping[str, JsonValue]:
        """What Celitech says about an eSIM, with its codes: only single parts are ever kept."""
        try:
            body = await self._account.get(look, "/esim", {"iccid": iccid})
        except httpx.HTTPStatusError as failure:
            why = "Celitech knows no eSIM with this ICCID"
            raise not_taken(failure, "iccid", why) from failure
        esim = body.get("esim") if isinstance(body, dict) else None
        if not isinstance(esim, dict):
            raise LookupFailed(f"{look.subject} could not be read")
        if iccid_of(esim.get("iccid")) not in {iccid, ""}:
            raise LookupFailed(f"{look.subject} is about another eSIM")
        return esim

    async def _purchases_of(self, look: Look, iccid: str) -> list[Record]:
        """Those of this eSIM; where others are listed too, what names none may be theirs."""
        listed = await records(self._account, look, iccid=iccid)
        named = {record.text("esim", "iccid") for record in listed}
        own = {iccid} if named - {iccid, ""} else {iccid, ""}
        return [record for record in listed if record.text("esim", "iccid") in own]

    async def _last_purchase(self, look: Look, iccid: str) -> Record:
        listed = await self._purchases_of(look, iccid)
        ours = [record for record in listed if record.text("package", "destination")]
        if not ours:
            why = "Celitech lists no purchase of this eSIM, so there is no price for a top-up"
            raise NotOffered(Unavailable(field="iccid", why=why))
        return max(ours, key=lambda record: record.bought_at or _FIRST)

    async def _bought(self, look: Look, known: str) -> Record:
        """The purchase of this id. Raises NotOffered."""
        missing = Unavailable(field="purchase", why="Celitech lists no purchase of this id")
        try:
            listed = await records(self._account, look, purchaseId=known)
        except httpx.HTTPStatusError as failure:
            raise not_taken(failure, missing.field, missing.why) from failure
        for record in listed:
            if record.text("id") == known:
                return record
        raise NotOffered(missing)

    async def _is_active(self, look: Look, known: str) -> bool:
        body = await self._account.get(look, f"/purchases/{known}/consumption")
        status = body.get("status") if isinstance(body, dict) else None
        return isinstance(status, str) and status.casefold() == _ACTIVE

    async def packages(self, options: Mapping[str, Value]) -> PackageList:
        """The packages of a destination, those that these options ask for. Raises NotOffered."""

        async def read(look: Look) -> PackageList:
            place = await self._destinations.named(look, str(options["destination"]))
            listed = await packages_of(self._account, look, place)
            found = catalogue_of(place, self._countries(place), listed, options)
            if found.packages:
                return found
            raise NotOffered(none_of(options, place, listed))

        return await self._account.carried_out(Look(TITLE, urgent=False), read)


# Words and facts


def _begun(start: date | None) -> str:
    since = f" ({in_words(start)})" if start else ""
    return f"it is in use, so its start stays as it is{since}; only its end can be moved"


def _days_of(options: Mapping[str, Value]) -> tuple[date, date]:
    """The dates that an edit has set: certain days since it was offered."""
    start, end = (date.fromisoformat(str(options[name])) for name in ("start", "end"))
    return start, end


def _facts_of(esim: Mapping[str, JsonValue]) -> tuple[Fact, ...]:
    """What the card says about an eSIM; never its codes."""
    named = {"Status": "status", "Connectivity": "connectivityStatus"}
    told = ((label, clean(esim.get(name), ID_LIMIT)) for label, name in named.items())
    return tuple(Fact(label=label, value=value) for label, value in told if value)


def _facts_of_purchase(record: Record) -> tuple[Fact, ...]:
    days = [in_words(day) if day else "?" for day in map(record.day, ("startDate", "endDate"))]
    dates = " to ".join(days) if set(days) != {"?"} else ""
    told = {"Bought": record.title, "Dates so far": dates, "ICCID": record.text("esim", "iccid")}
    return tuple(Fact(label=label, value=value) for label, value in told.items() if value)


def _says_suspended(status: JsonValue) -> bool:
    return isinstance(status, str) and "suspend" in status.casefold()


def _is_cut_off(esim: Mapping[str, JsonValue]) -> bool:
    connectivity = esim.get("connectivityStatus")
    offline = isinstance(connectivity, str) and connectivity.casefold() == "not_active"
    return offline and esim.get("isTopUpAllowed") is False
