"""The purchases that Celitech lists: what is kept of each, and how the pages are read.

The properties are those of Celitech's page "Purchases", and two that packages have had since. Only
these are kept, and each may be missing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Self

import httpx
from pydantic import JsonValue

from bot.domain.catalogue.lists import PastPurchase, PurchasePage
from bot.domain.catalogue.money import Money
from bot.domain.catalogue.offer import Fact
from bot.domain.purchase.sim import Sim
from bot.domain.request import Value
from bot.errors import LookupFailed
from bot.providers.celitech.access import Account, Page, all_pages, not_taken
from bot.providers.celitech.sold.destinations import code_of, usual_name
from bot.providers.celitech.values import UNLIMITED, past_date_of
from bot.providers.looks import Look
from bot.providers.reading import ID_LIMIT, distinct_sims, iccid_of
from bot.providers.text import clean

CURRENCY: Final = "USD"
"""Celitech names no currency anywhere: its prices are in US cents."""
SUBJECT: Final = "the list of purchases"
_PATH: Final = "/purchases"
_PAGE_SIZE: Final = 100
"""Purchases on a page: the most that Celitech allows."""
_SHOWN: Final = 20
"""Purchases on a page that people read."""
_TEXT_LIMIT: Final = 255
_MILLISECONDS: Final = 1e11
"""An epoch above this counts milliseconds: as seconds it would be in the year 5138."""
_NO_LIMIT: Final = -1


# How each property is read; "" where it can't be


def number_in(value: JsonValue) -> float | int | None:
    """A number, also as text, whole where it is; None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
        return int(number) if number == int(number) else number
    except (ValueError, OverflowError):
        return None


def moment_in(value: JsonValue) -> str:
    """A date, or an epoch in seconds or milliseconds, as ISO 8601; other words as they are."""
    text = clean(value, ID_LIMIT)
    try:
        return datetime.fromisoformat(text).isoformat(timespec="seconds")
    except ValueError:
        number = number_in(value)
    if number is None:
        return text
    seconds = number / 1000 if abs(number) > _MILLISECONDS else number
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return ""


def _text(value: JsonValue) -> str:
    return clean(value, _TEXT_LIMIT)


def _number(value: JsonValue) -> JsonValue:
    number = number_in(value)
    return "" if number is None else number


def _limit(value: JsonValue) -> JsonValue:
    number = number_in(value)
    return UNLIMITED if number == _NO_LIMIT else _number(value)


_Reader = Callable[[JsonValue], JsonValue]


@dataclass(frozen=True)
class _Property:
    path: tuple[str, ...]
    """The name in Celitech's JSON, below that of its part."""
    label: str
    read: _Reader


_PROPERTIES: Final = (
    _Property(("id",), "Purchase", _text),
    _Property(("startDate",), "Start", moment_in),
    _Property(("endDate",), "End", moment_in),
    _Property(("duration",), "Days", _number),
    _Property(("createdDate",), "Created", moment_in),
    _Property(("startTime",), "Start time", moment_in),
    _Property(("endTime",), "End time", moment_in),
    _Property(("createdAt",), "Created at", moment_in),
    _Property(("package", "id"), "Package", _text),
    _Property(("package", "dataLimitInBytes"), "Data in bytes", _limit),
    _Property(("package", "dataLimitInGB"), "Data in GB", _limit),
    _Property(("package", "destination"), "Destination", _text),
    _Property(("package", "destinationISO2"), "Destination, two letters", _text),
    _Property(("package", "destinationName"), "Destination's name", _text),
    _Property(("package", "priceInCents"), "Price in cents", _number),
    _Property(("esim", "iccid"), "ICCID", iccid_of),
    _Property(("source",), "Source", _text),
    _Property(("purchaseType",), "Type", _text),
    _Property(("referenceId",), "Reference", _text),
)
"""In the order of Celitech's page."""


def _inside(entry: JsonValue, path: tuple[str, ...]) -> JsonValue:
    for name in path:
        entry = entry.get(name) if isinstance(entry, dict) else None
    return entry


@dataclass(frozen=True)
class Record:
    """One purchase as it is listed; the texts are plain."""

    values: Mapping[tuple[str, ...], JsonValue]
    """What is known, by the path in Celitech's JSON, in the order of its page."""

    @classmethod
    def of(cls, entry: JsonValue) -> Self:
        """Read an entry. Raises LookupFailed when it is no object."""
        if not isinstance(entry, dict):
            raise LookupFailed(f"an entry in {SUBJECT} could not be read")
        read = ((each.path, each.read(_inside(entry, each.path))) for each in _PROPERTIES)
        return cls({path: value for path, value in read if value != ""})

    def text(self, *path: str) -> str:
        """A property as text; "" when it is missing."""
        return str(self.values.get(path, ""))

    def day(self, name: str) -> date | None:
        """The day of `startDate` or `endDate`, as it is written; None when there is none."""
        try:
            return datetime.fromisoformat(self.text(name)).date()
        except ValueError:
            return None

    @property
    def bought_at(self) -> datetime | None:
        """When it was bought."""
        for name in ("createdDate", "createdAt"):
            try:
                moment = datetime.fromisoformat(self.text(name))
            except ValueError:
                continue
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return None

    @property
    def reference(self) -> str:
        """The reference that it was bought under; "" for none."""
        return self.text("referenceId")

    @property
    def is_top_up(self) -> bool:
        """Whether it added data to an eSIM; how its type is written, no source says exactly."""
        return self.text("purchaseType").casefold().startswith("top")

    @property
    def title(self) -> str:
        """What was bought: `France, 5 GB, 7 days`."""
        days = self.text("duration")
        parts = (self.place, self.size, f"{days} days" if days else "")
        return ", ".join(part for part in parts if part)

    @property
    def place(self) -> str:
        """The destination's name, else its code."""
        name, code = self.text("package", "destinationName"), self.text("package", "destination")
        short = code_of(code) if code and not name else ""
        return name or (usual_name(short) if short else code)

    @property
    def size(self) -> str:
        """How much data: `5 GB`, `unlimited`; "" when it is not told."""
        bytes_, limit = (
            self.text("package", "dataLimitInBytes"),
            self.text("package", "dataLimitInGB"),
        )
        if UNLIMITED in {bytes_, limit}:
            return UNLIMITED
        return f"{limit} GB" if limit else f"{bytes_} bytes" if bytes_ else ""

    @property
    def sim(self) -> Sim:
        """The SIM card, with every property under Celitech's own names."""
        fields: dict[str, JsonValue] = {}
        for (*parents, name), value in self.values.items():
            inner: dict[str, JsonValue] = fields
            for parent in parents:
                inner = fields.setdefault(parent, {})  # type: ignore[assignment]
            inner[name] = value
        iccid, known = self.text("esim", "iccid"), self.text("id")[:ID_LIMIT]
        return Sim(iccid=iccid or None, provider_id=known or None, fields=fields)

    @property
    def listed(self) -> PastPurchase:
        """As people read it."""
        cents = number_in(self.values.get(("package", "priceInCents")))
        labels = {each.path: each.label for each in _PROPERTIES}
        return PastPurchase(
            id=self.text("id"),
            iccid=self.text("esim", "iccid"),
            title=self.title,
            price=None if cents is None else Money(cents=round(cents), currency=CURRENCY),
            bought_at=self.bought_at,
            reference=self.reference,
            facts=tuple(
                Fact(label=labels[path], value=str(value)) for path, value in self.values.items()
            ),
        )


# Lists


async def records(account: Account, look: Look, **filters: str) -> list[Record]:
    """Every purchase that Celitech lists under these filters of its own."""
    query: dict[str, str | int] = {**filters, "limit": _PAGE_SIZE}
    entries = await all_pages(account, look, _PATH, query, "purchases")
    return [Record.of(entry) for entry in entries]


async def sims_under(account: Account, look: Look, reference: str) -> tuple[Sim, ...]:
    """The SIM cards that were bought under this very reference, in any letter case, each once.

    Raises LookupFailed where entries don't show whose they are, unless the list plainly ignores
    the filter. A top-up adds to a SIM card that was there: it counts where nothing else is listed.
    """
    listed = await records(account, look, referenceId=reference)
    own = reference.casefold()
    named = {record.reference.casefold() for record in listed}
    if "" in named and named <= {"", own}:
        raise LookupFailed(f"{SUBJECT} does not show whose its entries are")
    ours = [record for record in listed if record.reference.casefold() == own]
    if first := [record for record in ours if not record.is_top_up]:
        return distinct_sims(record.sim for record in first)
    return distinct_sims(_top_ups(ours))


def _top_ups(listed: Iterable[Record]) -> Iterator[Sim]:
    """Each top-up once; of several for one eSIM only the first has its ICCID, so that all count."""
    ids: dict[str | None, str | None] = {}
    for record in listed:
        sim = record.sim
        is_new = ids.setdefault(sim.iccid, sim.provider_id) == sim.provider_id
        yield sim if is_new else sim.model_copy(update={"iccid": None})


# For people

_FILTERS: Final = {"iccid": "iccid", "reference": "referenceId", "email": "email"}
_DATES: Final = {"since": "afterDate", "until": "beforeDate"}


async def page_for_people(
    account: Account, look: Look, options: Mapping[str, Value], cursor: str, today: date
) -> PurchasePage:
    """One page of the purchases that fit; Celitech knows no filter by package, so it is ours.

    Raises NotOffered where Celitech does not take the filters.
    """
    query: dict[str, str | int] = {"limit": _SHOWN, **dict(_query(options, today))}
    here = {"afterCursor": cursor} if cursor else {}
    try:
        body = await account.get(look, _PATH, {**query, **here})
    except httpx.HTTPStatusError as failure:
        raise not_taken(failure) from failure
    page = Page.of(body, "purchases", SUBJECT)
    wanted = options.get("package")
    listed = (Record.of(entry) for entry in page.entries)
    return PurchasePage(
        tuple(each.listed for each in listed if wanted in {None, each.text("package", "id")}),
        "" if page.cursor == cursor else page.cursor,
    )


def _query(options: Mapping[str, Value], today: date) -> Iterator[tuple[str, str]]:
    for name, sent in _FILTERS.items():
        if name in options:
            yield sent, str(options[name])
    for name, sent in _DATES.items():
        if name in options:
            yield sent, past_date_of(options[name], today).isoformat()
