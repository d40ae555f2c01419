"""The forms of Celitech: what can be ordered from it, changed there, and asked."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any, Final

from bot.domain.form import Column, Field, FieldKind, Form
from bot.domain.purchase.sim import Sim
from bot.domain.request import OrderKind, Value
from bot.providers.celitech.access import TITLE
from bot.providers.celitech.values import (
    LONGEST_DAYS,
    UNLIMITED,
    check_data,
    check_date,
    check_days,
    check_destination,
    check_email,
    check_email_brand,
    check_email_in,
    check_iccid,
    check_id,
    check_network_brand,
)

NAME: Final = "celitech"
"""The provider's name, in orders and after `from=`."""
MOST_PER_CALL: Final = 5
_LANGUAGES: Final = ("en", "es", "fr", "de", "pt-br")
_UNLIMITED_SPANS: Final = range(2, 31)
"""Days between the dates of an unlimited package: 3 to 30 with the last day or without it."""
_AN_ICCID: Final = "8988303000001234567"
_A_PURCHASE: Final = "ae471106-c8b4-42cf-b83a-b061291f2922"
_NO_EMAIL: Final = (
    "Celitech would mail the activation codes itself; whoever runs me must first name the "
    "addresses or domains that it may mail to (CELITECH_EMAILS)"
)


# What goes together


def check_period(options: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """What the options say about time that does not go together."""
    dated = [name for name in ("start", "end") if name in options]
    if "days" in options and dated:
        yield "days", "choose days=, or start= and end=, not both"
    elif "days" in options and options.get("data") == UNLIMITED:
        yield "days", "an unlimited package is sold by dates: write start= and end=, 3 to 30 days"
    elif len(dated) == 1:
        missing = "end" if dated == ["start"] else "start"
        yield dated[0], f"write {missing}= too: a package is from one day to another"
    elif dated:
        yield from _check_dates(options)
    elif "days" not in options:
        yield "days", "for how long? Write days=7, or start= and end="


def _check_dates(options: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """What two certain dates show; others are compared when the price is asked."""
    try:
        start, end = (date.fromisoformat(str(options[name])) for name in ("start", "end"))
    except (KeyError, ValueError):
        return
    between = (end - start).days
    if between < 0:
        yield "end", "it ends before it starts"
    elif between > LONGEST_DAYS:
        yield "end", f"it lasts at most {LONGEST_DAYS} days"
    elif options.get("data") == UNLIMITED and between not in _UNLIMITED_SPANS:
        yield "end", "an unlimited package lasts 3 to 30 days"


# Fields


def _field(
    name: str, kind: FieldKind, example: str, check: Callable[[str], Value], **more: Any
) -> Field:
    """A field that is written by its name, unless `more` says otherwise."""
    told = {"words": (name,), "label": name.capitalize(), **more}
    return Field(name=name, kind=kind, example=example, check=check, **told)


def _destination() -> Field:
    return _field(
        "destination",
        FieldKind.TEXT,
        "France",
        check_destination,
        words=("to", "destination", "country"),
        about="a country or region: its name, or a code like FR or FRA",
        required=True,
        tells_apart=True,
    )


def _data(*, required: bool) -> Field:
    return _field(
        "data",
        FieldKind.TEXT,
        "5GB",
        check_data,
        words=("data", "size"),
        about="how much: 5GB, 500MB, unlimited",
        required=required,
        tells_apart=required,
    )


def _days() -> Field:
    return _field(
        "days",
        FieldKind.WORD,
        "7",
        check_days,
        words=("days", "duration"),
        about=f"for how many days, within {LONGEST_DAYS} days of the purchase",
    )


def _date(name: str, example: str, about: str, **more: Any) -> Field:
    return _field(name, FieldKind.TEXT, example, check_date, about=about, **more)


def _period() -> tuple[Field, ...]:
    first = "its first day, instead of days: 2026-12-01, 1 Dec, today, tomorrow (UTC)"
    return (
        _days(),
        _date("start", "2026-12-01", first, words=("start", "start_date")),
        _date("end", "2026-12-15", "its last day", words=("end", "end_date")),
    )


def _iccid(*, required: bool = True) -> Field:
    return _field(
        "iccid",
        FieldKind.WORD,
        _AN_ICCID,
        check_iccid,
        label="eSIM",
        about="the ICCID of an eSIM that Celitech has sold",
        required=required,
        tells_apart=required,
    )


def _brands() -> tuple[Field, ...]:
    return (
        _field(
            "network_brand",
            FieldKind.TEXT,
            "Acme Mobile",
            check_network_brand,
            words=("brand", "network_brand"),
            label="Network name",
            on_phones=True,
            about="the network that phones show (Diamond access): letters, digits, dots, &, spaces",
        ),
        _field(
            "email_brand",
            FieldKind.TEXT,
            "Acme Travel",
            check_email_brand,
            label="Brand in mails",
            about="the brand that Celitech's mails carry (Diamond access)",
        ),
        _field(
            "language",
            FieldKind.CHOICE,
            "fr",
            str,
            about="of what Celitech writes to whoever uses the eSIM",
            choices=_LANGUAGES,
        ),
    )


def _email(emails: Collection[str]) -> tuple[Field, ...]:
    """The address for codes by mail, where the settings name any."""
    if not emails:
        return ()
    allowed = next((each for each in emails if "@" in each[1:]), "")
    field = _field(
        "email",
        FieldKind.WORD,
        allowed or f"anna@{next(iter(emails)).removeprefix('@')}",
        check_email_in(emails),
        label="Mail of the codes",
        about="an address to which Celitech mails the activation codes itself",
        caution=lambda address: f"Celitech mails the activation codes to {address} itself",
    )
    return (field,)


# Forms


def _column(name: str, width: int, *paths: tuple[str, ...]) -> Column:
    """A column of what a SIM card has under the first of these paths that it has."""

    def of(sim: Sim) -> str:
        for path in paths:
            inner: object = sim.fields
            for part in path:
                inner = inner.get(part) if isinstance(inner, Mapping) else None
            if inner:
                return str(inner)
        return ""

    return Column(name, width, of)


def form(emails: Collection[str] = ()) -> Form:
    """The form of purchases, with all others; `emails`: addresses and domains for codes by mail."""
    return Form(
        provider=NAME,
        title=TITLE,
        fields=(_destination(), _data(required=True), *_period(), *_brands(), *_email(emails)),
        most_per_call=MOST_PER_CALL,
        columns=(
            _column("purchase", 38, ("id",)),
            _column("package", 38, ("packageId",), ("package", "id")),
            _column("created", 26, ("createdDate",), ("createdAt",)),
        ),
        gives_codes=True,
        examples=(
            "2 to=France data=5GB days=7",
            "1 to=Japan data=unlimited start=2026-12-01 end=2026-12-15",
        ),
        tried=() if emails else (("email", _NO_EMAIL),),
        about="buys eSIMs with data for a country or region",
        check=check_period,
        others=(_top_up(), _edit(), _suspension(), _packages(), _purchases()),
    )


def _other(
    verb: str, kind: OrderKind | None, fields: tuple[Field, ...], about: str, **more: Any
) -> Form:
    """A form for lines with another verb."""
    return Form(
        provider=NAME,
        title=TITLE,
        verb=verb,
        kind=kind,
        fields=fields,
        about=about,
        most_per_call=1,
        **more,
    )


def _top_up() -> Form:
    return _other(
        "topup",
        OrderKind.TOP_UP,
        (_iccid(), _data(required=True), *_period()),
        "buys more data for an eSIM",
        subject="iccid",
        examples=(f"{_AN_ICCID} data=5GB days=7",),
        check=check_period,
    )


def _edit() -> Form:
    purchase = _field(
        "purchase",
        FieldKind.WORD,
        _A_PURCHASE,
        check_id,
        words=("purchase", "id"),
        about="the id of a purchase",
        required=True,
        tells_apart=True,
    )
    start = _date("start", "2026-12-01", "its new first day, while it is not in use yet")
    end = _date("end", "2026-12-15", "its new last day", required=True)
    return _other(
        "edit",
        OrderKind.EDIT,
        (purchase, start, end),
        "moves the dates of a purchase",
        subject="purchase",
        examples=(f"{_A_PURCHASE} start=2026-12-01 end=2026-12-15",),
        check=_check_dates,
    )


def _suspension() -> Form:
    return _other(
        "suspend",
        OrderKind.SUSPENSION,
        (_iccid(),),
        "ends an eSIM for good",
        subject="iccid",
        examples=(_AN_ICCID,),
        caution="This is final: it ends every package and all connectivity of the eSIM. There is "
        "no refund, and nobody can resume it.",
    )


def _packages() -> Form:
    return _other(
        "packages",
        None,
        (_destination(), _data(required=False), _days()),
        "lists what is sold for a country or region, with prices",
        subject="destination",
        examples=("France", "Europe data=5GB"),
    )


def _purchases() -> Form:
    """Every filter is Celitech's own, but that by package."""
    word = FieldKind.WORD
    fields = (
        _iccid(required=False),
        _field("reference", word, "esim-7K2M9QXA-1", check_id, words=("ref", "reference")),
        _date("since", "2026-11-01", "bought on this day or later", words=("since", "after")),
        _date("until", "2026-11-30", "bought on this day or before", words=("until", "before")),
        _field("email", word, "anna@example.com", check_email, label="Mail"),
        _field("package", word, _A_PURCHASE, check_id, about="the id of a package"),
    )
    examples = (f"iccid={_AN_ICCID}", "since=2026-11-01 until=2026-11-30")
    about = "lists what was bought from Celitech, by whomever"
    return _other("purchases", None, fields, about, examples=examples)
