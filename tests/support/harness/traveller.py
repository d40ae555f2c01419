"""The forms of a provider that lives in tests only: a destination, and a line for each verb."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from bot.domain.form import Field, FieldKind, Form
from bot.domain.request import OrderKind, Value

NAME: Final = "traveller"
TITLE: Final = "Traveller"
ICCID: Final = "8988247000000000017"
_COUNTRIES: Final = {
    "france": "France",
    "fr": "France",
    "germany": "Germany",
    "united kingdom": "United Kingdom",
    "the gambia": "The Gambia",
}


def check_destination(text: str) -> str:
    """The usual name of a destination; ValueError for an unknown one."""
    if text.strip().lower() not in _COUNTRIES:
        raise ValueError(f"there is no destination {text.strip()}")
    return _COUNTRIES[text.strip().lower()]


def check_data(text: str) -> str:
    """A size such as `5GB`; ValueError for any other text."""
    found = re.fullmatch(r"(\d+|0\.5) ?(?:gb)?", text.strip().lower())
    if not found:
        raise ValueError("a size is written like 5GB")
    return f"{found[1]}GB"


def check_days(text: str) -> str:
    """A number of days; ValueError for any other text."""
    found = re.fullmatch(r"(\d+) ?(?:days?|d)?", text.strip().lower())
    if not found:
        raise ValueError("a duration is written like 7")
    return found[1]


def check_date(text: str) -> str:
    """A date such as `2026-12-01`; ValueError for any other text."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d|today", text.strip().lower()):
        raise ValueError("a date is written like 2026-12-01")
    return text.strip().lower()


def check_iccid(text: str) -> str:
    """An ICCID; ValueError for any other text."""
    if not re.fullmatch(r"\d{18,22}", text.strip()):
        raise ValueError(f"an ICCID has 18 to 22 digits, like {ICCID}")
    return text.strip()


def check_id(text: str) -> str:
    """The id of a purchase; ValueError for any other text."""
    if not re.fullmatch(r"p-[0-9a-f]+", text.strip()):
        raise ValueError("a purchase is named like p-4973fa15")
    return text.strip()


def field(name: str, word: str, kind: FieldKind, example: str, **parts: object) -> Field:
    """A field with its one word."""
    label = {"iccid": "ICCID"}.get(name, name.capitalize())
    told: dict[str, object] = {"about": f"the {name}", **parts}
    return Field(name=name, words=(word,), label=label, kind=kind, example=example, **told)  # type: ignore[arg-type]


def _for_how_long(options: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    """Days, or two dates; never both."""
    dates = [name for name in ("start", "end") if name in options]
    if "days" in options and dates:
        yield dates[0], "write days=, or start= and end=, not both"
    elif len(dates) == 1:
        (missing,) = {"start", "end"} - set(dates)
        yield missing, f"{missing}= is missing: {missing}=2026-12-15"
    elif "days" not in options and not dates:
        yield "days", "for how long? Write days=7, or start= and end="


DESTINATION: Final = Field(
    name="destination",
    words=("to", "country"),
    label="Destination",
    kind=FieldKind.TEXT,
    example="France",
    about="where it works",
    check=check_destination,
    required=True,
    tells_apart=True,
)
DATA: Final = field("data", "data", FieldKind.WORD, "5GB", check=check_data, required=True)
DAYS: Final = field("days", "days", FieldKind.WORD, "7", check=check_days)
START: Final = field("start", "start", FieldKind.WORD, "2026-12-01", check=check_date)
END: Final = field("end", "end", FieldKind.WORD, "2026-12-15", check=check_date)
SUBJECT: Final = field("iccid", "iccid", FieldKind.WORD, ICCID, check=check_iccid, required=True)
ID: Final = field(
    "purchase", "purchase", FieldKind.WORD, "p-4973fa15", check=check_id, required=True
)


def _form(verb: str, kind: OrderKind | None, fields: tuple[Field, ...], **parts: object) -> Form:
    usual: dict[str, object] = {"provider": NAME, "title": TITLE, "most_per_call": 1}
    return Form(verb=verb, kind=kind, fields=fields, **usual, **parts)  # type: ignore[arg-type]


TOP_UP: Final = _form(
    "topup",
    OrderKind.TOP_UP,
    (SUBJECT, DATA, DAYS, START, END),
    subject="iccid",
    about="buys more data for an eSIM",
    check=_for_how_long,
)
EDIT: Final = _form(
    "edit",
    OrderKind.EDIT,
    (ID, START, END),
    subject="purchase",
    about="moves the dates of a purchase",
)
SUSPEND: Final = _form(
    "suspend",
    OrderKind.SUSPENSION,
    (SUBJECT,),
    subject="iccid",
    about="ends an eSIM for good",
    caution="This ends the eSIM for good, without a refund.",
)
PACKAGES: Final = _form(
    "packages",
    None,
    (DESTINATION, field("data", "data", FieldKind.WORD, "5GB", check=check_data), DAYS),
    subject="destination",
    about="lists what can be bought, with prices",
)
PURCHASES: Final = _form(
    "purchases",
    None,
    (
        field("iccid", "iccid", FieldKind.WORD, ICCID, check=check_iccid),
        field("reference", "ref", FieldKind.WORD, "esim-7k2m9qxa-1"),
        field("since", "since", FieldKind.WORD, "2026-11-01", check=check_date),
        field("until", "until", FieldKind.WORD, "2026-12-01", check=check_date),
    ),
    about="lists what was bought on the whole account",
)
FORM: Final = Form(
    provider=NAME,
    title=TITLE,
    fields=(DESTINATION, DATA, DAYS, START, END),
    most_per_call=5,
    about="an eSIM with a package of data",
    check=_for_how_long,
    others=(TOP_UP, EDIT, SUSPEND, PACKAGES, PURCHASES),
    examples=("2 to=France data=5GB days=7",),
)
