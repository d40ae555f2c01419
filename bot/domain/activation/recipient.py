"""Whether somebody may be given activation codes at all, as Slack describes them."""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import EsimBotError


class NoRecipient(StrEnum):
    """Why somebody gets no activation codes."""

    EXTERNAL = "external"
    """They are of another workspace."""
    GUEST = "guest"
    """They are a guest."""
    BOT = "bot"
    """It is a bot."""
    DEACTIVATED = "deactivated"
    """Their account is deactivated."""
    NOT_FOUND = "not_found"
    """Slack knows nobody with this id."""


@dataclass(frozen=True)
class Recipient:
    """Somebody on Slack, at this moment."""

    id: str
    """Slack user id."""
    problem: NoRecipient | None = None
    """What speaks against them, unless they are named in ESIM_CODE_RECIPIENTS."""


@dataclass(eq=False)
class NotARecipient(EsimBotError):
    """This person may be given no activation codes."""

    user: str
    """Slack user id."""
    problem: NoRecipient
