"""What is not possible with activation codes and assignments; `bot/slack` finds the words."""

from dataclasses import dataclass
from typing import Final

from bot.errors import EsimBotError

INTERRUPTED: Final = "interrupted"
"""Why a hand-out was not given that another process has taken over, to end it."""


@dataclass(eq=False)
class UnknownIccid(EsimBotError):
    """No order bought an eSIM with this ICCID, and no provider that was asked knows it."""

    iccid: str


@dataclass(eq=False)
class NoEsims(EsimBotError):
    """The order bought no eSIM whose code could be asked for: not yet, or it is a change."""

    order_id: str


@dataclass(eq=False)
class ConfirmationExpired(EsimBotError):
    """The confirmation is too old: it must be asked for again. Nothing was fetched."""


@dataclass(eq=False)
class ConfirmationOutdated(EsimBotError):
    """It is about other eSIMs by now than the confirmation showed. Nothing was fetched."""

    hand_out_id: str


@dataclass(eq=False)
class AlreadyGiven(EsimBotError):
    """This confirmation was used: its hand-out was given, or is being given."""

    hand_out_id: str


@dataclass(eq=False)
class NotGiven(EsimBotError):
    """Slack did not take the hand-out. What stood of it is deleted, as far as Slack let it."""

    why: str
    """Slack's word for it, or INTERRUPTED."""


@dataclass(eq=False)
class StillGiven(EsimBotError):
    """This message can't be deleted yet: its file is on its way, and would stand alone."""

    hand_out_id: str


@dataclass(eq=False)
class NotYourCodes(EsimBotError):
    """Only whoever was given the codes may delete their messages."""


@dataclass(eq=False)
class NotAssigned(EsimBotError):
    """Nobody is known to have this eSIM."""

    iccid: str
