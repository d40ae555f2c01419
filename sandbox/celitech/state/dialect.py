"""How answers are written, where no page says it, or where several say it differently."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.provider.answer import Json

PURCHASE_PROPERTIES = (
    "id",
    "startDate",
    "endDate",
    "duration",
    "createdDate",
    "startTime",
    "endTime",
    "createdAt",
    "package",
    "esim",
    "source",
    "purchaseType",
    "referenceId",
)
PACKAGE_PROPERTIES = (
    "id",
    "dataLimitInBytes",
    "dataLimitInGB",
    "destination",
    "destinationISO2",
    "destinationName",
    "priceInCents",
)
ESIM_PROPERTIES = ("iccid",)
EVERY_PROPERTY = (
    *PURCHASE_PROPERTIES,
    *(f"package.{name}" for name in PACKAGE_PROPERTIES),
    *(f"esim.{name}" for name in ESIM_PROPERTIES),
)
"""Every property of a listed purchase, as `absent` and `null` name them."""


@dataclass
class Dialect:
    """Each field is a switch, and may be set at any time."""

    absent: set[str] = field(default_factory=set)
    """Properties of listed purchases that are left out: names of EVERY_PROPERTY."""
    null: set[str] = field(default_factory=set)
    """The same, given as null."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Properties that nobody knows, given with each listed purchase."""
    epochs: Literal["seconds", "milliseconds"] = "seconds"
    offset: Literal["+0000", "+00:00", "Z"] = "+0000"
    """How dates end."""
    doubles: bool = False
    """Whether every number has a point: 5.0 for 5."""
    manual_code: Literal["lpa", "bare", "matching_id"] = "lpa"
    """What `manualActivationCode` holds: the whole text, without `LPA:`, or its end alone."""
    spills: bool = False
    """Whether lists and eSIMs hold their secrets, in properties that no page documents."""
    old_codes: bool = True
    """Whether an eSIM that is installed still comes with its code, which works no more."""
    picture_prefix: str = ""
    """What stands before the base64 of a picture, such as `data:image/png;base64,`."""
    links: bool = True
    """Whether a purchase v2 comes with the links for iOS and Android."""
    words: Literal["as_documented", "lower", "upper"] = "as_documented"
    """The letters of `source` and `purchaseType`."""
    last_cursor: Literal["null", "absent", "empty", "same"] = "null"
    """What `afterCursor` is on the last page; `same`: of the last entry, so one page more."""
    page_size: int | None = None
    """How many entries a page holds at most, whatever limit was asked for; None: the limit."""
    filters_pages: bool = False
    """Whether pages are cut before they are filtered, so that some hold less, or nothing."""
    oldest_first: bool = False
    """The order of lists."""
    refuses_unknown: bool = True
    """Whether fields and parameters that no model has are refused."""

    def moment(self, at: float | None) -> str | None:
        """Return a time as `yyyy-MM-ddThh:mm:ssZZ`."""
        if at is None:
            return None
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}{self.offset}"

    def epoch(self, at: float | None) -> float | None:
        """Return a time as an epoch."""
        if at is None:
            return None
        return int(at * 1000) if self.epochs == "milliseconds" else int(at)

    def word(self, text: str) -> str:
        """Return a word such as `API` in the letters that are spoken."""
        if self.words == "as_documented":
            return text
        return text.lower() if self.words == "lower" else text.upper()

    def listed(self, purchase: Json) -> Json:
        """Return a listed purchase without what is absent, and with what is null."""
        nested = {
            name: self._spoken(value, f"{name}.") if isinstance(value, dict) else value
            for name, value in purchase.items()
        }
        return self._spoken(nested, "") | self.extra

    def page(self, name: str, entries: Iterable[Json], cursor: str | None, last: str) -> Json:
        """Return a page; `cursor` is None on the last one, `last` the cursor of its last entry."""
        page: Json = {name: list(entries)}
        if cursor is None and self.last_cursor == "absent":
            return page
        ends: Mapping[str, str | None] = {"null": None, "empty": "", "same": last}
        return page | {"afterCursor": cursor or ends[self.last_cursor]}

    def numbers(self, value: Any) -> Any:
        """Return a JSON value with its numbers as they are written."""
        if isinstance(value, dict):
            return {name: self.numbers(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.numbers(each) for each in value]
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if self.doubles and is_number else value

    def _spoken(self, properties: Json, prefix: str) -> Json:
        return {
            name: None if prefix + name in self.null else value
            for name, value in properties.items()
            if prefix + name not in self.absent
        }
