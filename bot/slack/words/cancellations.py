"""Why an order was declined or cancelled, in words."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.events import Entry, Event
from bot.domain.order import BOT

_SLACKS_WORD = re.compile(r"[a-z][a-z0-9_]*")
"""Slack's error for a card that it did not take; earlier versions wrote a sentence instead."""
_INVITE = (
    "I am not in this channel, so nobody could approve there. Type /invite there and pick me, then "
    "send the command again. In a direct message between people I can't work: use a channel."
)
_HELP: Mapping[str, str] = MappingProxyType(
    {
        "not_in_channel": _INVITE,
        "channel_not_found": _INVITE,
        "is_archived": "Send the command again in a channel that is not archived.",
    }
)
"""Slack's errors of a card against which the requester can do something."""


def why_decided(entry: Entry | None) -> str:
    """The reason of a decision, "" where none was given; not escaped yet.

    The bot cancels only an order whose card Slack does not take.
    """
    if entry is None:
        return ""
    by_bot = entry.event is Event.CANCELLED and entry.by == BOT
    if by_bot and _SLACKS_WORD.fullmatch(entry.detail):
        return _refused_card(entry.detail)
    return entry.detail


def _refused_card(error: str) -> str:
    help_ = _HELP.get(error, "Tell whoever runs me.")
    return f"I could not post its card: Slack says {error}. {help_}"
