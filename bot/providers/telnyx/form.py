"""The form of Telnyx: its fields, prices, and the body of a purchase.

A broken rule raises `ValueError` with the sentence that the person reads.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final
from unicodedata import category
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, JsonValue

from bot.domain.catalogue.money import Money, Quote
from bot.domain.form import Column, Field, FieldKind, Form
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest, Value
from bot.domain.typography import fold

NAME: Final = "telnyx"
"""The provider's name, in orders and after `from=`."""
MOST_PER_CALL: Final = 1000
WHITELABEL_ADVISED: Final = 16
"""Bytes of an SPN that every SIM card can hold; phones may cut a longer one."""
_ONE_BYTE: Final = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The characters of 3GPP TS 23.038 that a SIM file holds in a byte each; any other makes them
all take two bytes each."""
_REFERENCE: Final = re.compile(r"esim-[0-9a-z]{8}(-\d+)?", re.IGNORECASE)
_SETTLED: Final = frozenset(
    {
        "enabled",
        "disabled",
        "standby",
        "data_limit_exceeded",
        "unauthorized_imei",
        "blocked",
        "abolished",
    }
)
"""The lasting statuses of a SIM card; every other one is a transition."""


class SimStatus(StrEnum):
    """The status that the SIM cards get when they have been bought."""

    ENABLED = "enabled"
    """Ready for use, and billed as such."""
    DISABLED = "disabled"
    """Can't be used."""
    STANDBY = "standby"
    """Waiting; a tenth of the monthly price of enabled."""


# The rules for each part


def check_tag(tag: str) -> str:
    """Return the tag, trimmed; empty, with a comma, or like one of our references: ValueError."""
    tag = fold(tag)
    if not tag:
        raise ValueError("a tag is empty: remove the extra comma or write the tag")
    if "," in tag:
        raise ValueError("a tag can't hold a comma")
    if _REFERENCE.fullmatch(tag):
        raise ValueError("tags like this are how I find my own purchases again: choose another")
    return tag


def check_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags, each checked; a repeated one: ValueError."""
    checked = tuple(check_tag(tag) for tag in tags)
    if len(set(checked)) < len(checked):
        raise ValueError("a tag is there twice")
    return checked


def check_whitelabel_name(name: str) -> str:
    """Return the SPN, spaces folded; other than letters, digits and whitespace: ValueError.

    Letters are those of every script, with the marks that belong to them.
    """
    name = fold(name)
    if not name:
        raise ValueError("the whitelabel name is empty")
    if not all(map(_is_nameable, f" {name}", name)):
        raise ValueError("a whitelabel name takes only letters, digits and spaces")
    return name


def _is_nameable(before: str, character: str) -> bool:
    """Whether a whitelabel name may hold this character after that one."""
    if category(character) in {"Mn", "Mc"}:
        is_selector = "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0000"
        return category(before)[0] in "LM" and not is_selector
    return character.isalpha() or character.isdecimal() or character == " "


def check_group(text: str) -> str:
    """Return the name of a SIM card group, spaces folded, or its id; an empty one: ValueError.

    Whether the account has it is asked later.
    """
    name = fold(text)
    if not name:
        raise ValueError("a SIM card group has a name or an id: write one of them")
    try:
        return str(UUID(name))
    except ValueError:
        return name


class TelnyxOptions(BaseModel):
    """The options of a request to Telnyx. Raises ValidationError for any that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: SimStatus = SimStatus.STANDBY
    tags: Annotated[tuple[str, ...], AfterValidator(check_tags)] = ()
    sim_card_group_id: UUID | None = None
    """The id of the SIM card group; the account's default group when there is none."""
    whitelabel_name: Annotated[str, AfterValidator(check_whitelabel_name)] | None = None
    """The SPN that phones show instead of the provider's."""

    @classmethod
    def of(cls, request: PurchaseRequest) -> "TelnyxOptions":
        """Those of this request."""
        return cls.model_validate(dict(request.options))

    def body(self, amount: int, references: Sequence[str]) -> dict[str, JsonValue]:
        """The JSON of a purchase; options that were not asked for are left to Telnyx's defaults.

        The status is always sent: Telnyx's own default costs ten times as much as standby. The
        product follows from the name, so that the two never contradict each other.
        """
        optional: dict[str, JsonValue] = {
            "sim_card_group_id": str(self.sim_card_group_id) if self.sim_card_group_id else None,
            "product": "whitelabel" if self.whitelabel_name else None,
            "whitelabel_name": self.whitelabel_name,
        }
        return {
            "amount": amount,
            "status": self.status.value,
            "tags": [*self.tags, *references],
            **{name: value for name, value in optional.items() if value is not None},
        }


class Prices(BaseModel):
    """Prices of one eSIM, in cents. Telnyx has no price preview: these are settings."""

    model_config = ConfigDict(frozen=True)

    esim_cents: int = 70
    enabled_monthly_cents: int = 200
    idle_monthly_cents: int = 20
    """For standby and disabled alike."""
    currency: str = "USD"

    def quote(self, request: PurchaseRequest) -> Quote:
        """The estimate for a whole request."""
        enabled = request.options.get("status") == SimStatus.ENABLED
        monthly = self.enabled_monthly_cents if enabled else self.idle_monthly_cents
        return Quote(
            once=Money(cents=request.amount * self.esim_cents, currency=self.currency),
            monthly=Money(cents=request.amount * monthly, currency=self.currency),
        )


# How each part is written and shown


def whitelabel_bytes(name: str) -> int:
    """Bytes that a whitelabel name takes in a SIM's file."""
    if all(character in _ONE_BYTE for character in name):
        return len(name)
    return 1 + len(name.encode("utf-16-be"))


def _may_be_cut(name: Value) -> str:
    needed = whitelabel_bytes(str(name))
    if needed <= WHITELABEL_ADVISED:
        return ""
    return (
        f"takes {needed} bytes of a SIM's file, which holds {WHITELABEL_ADVISED}: phones may cut it"
    )


def _actual_status(wanted: Value, sims: Sequence[Sim]) -> str:
    """The statuses that the SIM cards really have, where they differ from the one asked for."""
    words = dict.fromkeys(sim.status or "" for sim in sims)
    if set(words) <= {wanted}:
        return ""
    if not set(words) <= _SETTLED:
        return f"{wanted} once ready"
    named = ", ".join(word.replace("_", " ") for word in words)
    return f"{named[:300]}; {wanted} was asked for"


def _raw(name: str, width: int) -> Column:
    return Column(name, width, lambda sim: sim.fields.get(name))


def form(default_status: str = SimStatus.STANDBY) -> Form:
    """The form; `default_status` is that of an order which names none."""
    return Form(
        provider=NAME,
        title="Telnyx",
        fields=(
            Field(
                name="tags",
                words=("tags", "tag"),
                label="Tags",
                kind=FieldKind.LIST,
                example=("fleet", "emea"),
                about="words to find the SIM cards by",
                check=check_tag,
                item="tag",
                absent="none",
                tells_apart=True,
            ),
            Field(
                name="whitelabel_name",
                words=("whitelabel", "whitelabel_name", "spn"),
                label="Whitelabel name",
                kind=FieldKind.TEXT,
                example="Acme Mobile",
                about="the name that phones show: letters of any script, digits, spaces",
                check=check_whitelabel_name,
                on_phones=True,
                caution=_may_be_cut,
            ),
            Field(
                name="sim_card_group_id",
                words=("group", "sim_card_group", "sim_card_group_id"),
                label="SIM card group",
                kind=FieldKind.TEXT,
                example="Fleet",
                about="the name or id of a SIM card group",
                check=check_group,
            ),
            Field(
                name="status",
                words=("status",),
                label="Status",
                kind=FieldKind.CHOICE,
                example=SimStatus.STANDBY.value,
                choices=tuple(status.value for status in SimStatus),
                default=SimStatus(default_status).value,
                became=_actual_status,
            ),
        ),
        most_per_call=MOST_PER_CALL,
        columns=(
            _raw("msisdn", 18),
            _raw("imsi", 18),
            Column("status", 14, lambda sim: sim.status or ""),
            _raw("tags", 30),
        ),
        gives_codes=True,
        examples=(
            "10 tags=fleet,emea status=enabled",
            '5 whitelabel="Acme Mobile" note="for the Lyon trial"',
        ),
        tried=(("product", 'the product follows from the name: whitelabel="Acme Mobile"'),),
    )
