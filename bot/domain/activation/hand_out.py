"""A hand-out: activation codes of some eSIMs that one person is given by another."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

from bot.domain.activation.assignment import Holder
from bot.domain.activation.code import ActivationCode, WhyNoCode

MOST_MESSAGES: Final = 10
"""eSIMs whose codes are given as messages, one each; more are given as files."""
ASKED_ANEW: Final = timedelta(minutes=30)
"""How long a confirmation holds; its button says "ask again" after that."""


class HandOutForm(StrEnum):
    """What the person gets."""

    MESSAGES = "messages"
    """A message with picture for each eSIM."""
    ARCHIVE = "archive"
    """A ZIP file with the pictures and a CSV file."""
    SHEET = "sheet"
    """A page to print, with a label for each eSIM."""


class Columns(StrEnum):
    """Which columns the CSV file of an archive has."""

    PLAIN = "plain"
    """ICCID, SM-DP+ address, matching id and what is known besides."""
    ANDROID = "android"
    """The whole text, as Android's device management takes it."""


class Wish(BaseModel):
    """What somebody wants to be given to whom."""

    model_config = ConfigDict(frozen=True)

    subject: str
    """An order's id, or an ICCID as it was typed."""
    to: str
    """Slack user id of whoever gets it."""
    form: HandOutForm = HandOutForm.MESSAGES
    columns: Columns = Columns.PLAIN
    provider: str = ""
    """Whom to ask for an eSIM that no order bought; "": each of them."""
    confirmed: str = ""
    """The digest of what the confirmation showed: nothing else is given; "" before it is shown."""


class Piece(BaseModel):
    """What stands on Slack: a message, with its file or alone."""

    model_config = ConfigDict(frozen=True)

    ts: str = ""
    """Slack's id of the message; "" where the file has a message of its own."""
    file: str = ""
    """Slack's id of the file; "" for none."""


class HandOut(BaseModel):
    """One hand-out, as it is kept until its messages are deleted. It holds no code."""

    model_config = ConfigDict(frozen=True)

    id: str
    """A random text; the confirmation's button carries it, so that it is given once."""
    by: str
    """Slack user id of whoever had it given."""
    to: str
    """Slack user id of whoever gets it."""
    form: HandOutForm
    order_id: str = ""
    """The order that bought the eSIMs; "" for none."""
    iccids: tuple[str, ...] = ()
    """Of which eSIMs; empty once all of it was given."""
    at: datetime
    until: datetime
    """When its messages are deleted at the latest, as they say themselves."""
    channel: str = ""
    """Slack's id of the conversation with that person; "" until it is known."""
    pieces: tuple[Piece, ...] = ()
    """What stands there; only what is known of it."""
    is_given: bool = False
    """Whether all was given, or the person was told what was not."""
    is_told: bool = False
    """Whether it was taken back, and whoever had it given knows: only what came late is deleted."""


@dataclass(frozen=True)
class FoundCode:
    """The activation code of one eSIM, on its way to one person; nothing keeps it."""

    number: int
    """Its place in its order, from 1."""
    iccid: str
    code: ActivationCode
    holder: Holder | None = None
    """Who has it, as far as somebody has told."""
    line: str = ""
    """What the line is called: the holder's name for it, else the name that phones show (SPN)."""


@dataclass(frozen=True)
class MissingCode:
    """An eSIM whose code could not be had."""

    number: int
    iccid: str
    why: WhyNoCode
    detail: str = ""
    """The provider's own words, cleaned."""
