"""What somebody asks for, validated. The rules for each part stand here and nowhere else.

A broken rule raises `ValueError` with the sentence that the person reads.
"""

import re
from enum import StrEnum
from typing import Annotated
from unicodedata import category
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.domain.typography import fold, length

WHITELABEL_ADVISED = 16
"""Bytes of an SPN that every SIM file can hold; phones may cut a longer one."""
NOTE_LIMIT = 500
"""Characters of a note, as people count them, so that the card shows the whole of it."""
_MOST_CODE_POINTS = 4 * NOTE_LIMIT
"""A note of emoji families has many to a character; Slack counts them all."""
_ONE_BYTE = frozenset(
    "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The characters of 3GPP TS 23.038 that a SIM file holds in a byte each; any other makes them
all take two bytes each."""
_REFERENCE = re.compile(r"esim-[0-9a-z]{8}(-\d+)?", re.IGNORECASE)


class SimStatus(StrEnum):
    """The status that the SIM cards get when they have been bought."""

    ENABLED = "enabled"
    """Ready for use, and billed as such."""
    DISABLED = "disabled"
    """Can't be used."""
    STANDBY = "standby"
    """Waiting; a tenth of the monthly price of enabled."""


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


def check_note(note: str) -> str:
    """Return the note, spaces folded; empty or longer than `NOTE_LIMIT`: ValueError."""
    note = fold(note)
    if not note:
        raise ValueError("the note is empty")
    characters = length(note)
    if characters > NOTE_LIMIT:
        raise ValueError(f"the note has {characters} characters; {NOTE_LIMIT} fit")
    if len(note) > _MOST_CODE_POINTS:
        raise ValueError("the note has too many marks and emoji to be shown whole: shorten it")
    return note


def _is_nameable(before: str, character: str) -> bool:
    """Whether a whitelabel name may hold this character after that one."""
    if category(character) in {"Mn", "Mc"}:
        is_selector = "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0000"
        return category(before)[0] in "LM" and not is_selector
    return character.isalpha() or character.isdecimal() or character == " "


class PurchaseRequest(BaseModel):
    """What was asked for: everything that the provider's purchase takes, and a note."""

    model_config = ConfigDict(frozen=True)

    amount: Annotated[int, Field(ge=1)]
    """eSIMs."""
    status: SimStatus
    status_chosen: bool = True
    """Whether the person wrote the status; otherwise the setting did."""
    tags: Annotated[tuple[str, ...], AfterValidator(check_tags)] = ()
    sim_card_group_id: UUID | None = None
    """The SIM card group; the account's default group when there is none."""
    whitelabel_name: Annotated[str, AfterValidator(check_whitelabel_name)] | None = None
    """The SPN that phones show instead of the provider's."""
    note: Annotated[str, AfterValidator(check_note)] | None = None
    """For the people who decide; the provider never sees it."""

    @property
    def product(self) -> str | None:
        """The provider's product: "whitelabel" when a name is given, else its usual one."""
        return "whitelabel" if self.whitelabel_name else None

    @property
    def whitelabel_bytes(self) -> int:
        """Bytes that the whitelabel name takes in a SIM's file."""
        name = self.whitelabel_name or ""
        if all(character in _ONE_BYTE for character in name):
            return len(name)
        return 1 + len(name.encode("utf-16-be"))

    @property
    def whitelabel_is_long(self) -> bool:
        """Whether phones may cut the whitelabel name."""
        return self.whitelabel_bytes > WHITELABEL_ADVISED
