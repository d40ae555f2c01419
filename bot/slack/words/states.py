"""States and reasons of the domain, in words."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from bot.domain.events import Entry, Event, OrderState, Reason
from bot.domain.order import BOT, Order
from bot.domain.request import OrderKind
from bot.slack.words.kinds import KINDS

STATES = {
    OrderState.CHECKING: "being checked",
    OrderState.AWAITING_APPROVAL: "waits for approval",
    OrderState.APPROVED: "approved",
    OrderState.PURCHASING: "being {}",
    OrderState.IN_DOUBT: "being looked up",
    OrderState.NEEDS_ATTENTION: "waits for a person",
    OrderState.PURCHASED: "{}",
    OrderState.PARTLY_PURCHASED: "partly {}",
    OrderState.REFUSED: "not {}",
    OrderState.DECLINED: "declined",
    OrderState.CANCELLED: "cancelled",
    OrderState.EXPIRED: "expired",
}
"""With a place for what the order's kind does: `bought`."""
_CARRIED_OUT = "carried out"
"""What is said where the kind of an order is not known."""
REASONS = {
    Reason.LATE: "came late",
    Reason.UNEXPLAINED: (
        "the provider returned fewer eSIMs than asked for, and no error that says why"
    ),
    Reason.UNNUMBERED: "the provider returned an eSIM without its ICCID",
    Reason.ODD: "the provider returned an eSIM that is odd: it may not be one of this purchase",
    Reason.SOLD_ALL_THE_SAME: (
        "the provider turned the call away, but lists eSIMs that it sold for it"
    ),
    Reason.UNASKABLE: (
        "the call was turned away, and the provider does not say what it sold all the same"
    ),
    Reason.UNSHOWN: (
        "the call was not taken, and the provider does not say what an earlier one sold"
    ),
    Reason.MORE_SHOWN: (
        "the call was not taken, and before it was made again, more of an earlier one turned up"
    ),
    Reason.REPEAT_REFUSED: (
        "the same call was refused when it was sent again; the first time it may have gone through"
    ),
    Reason.STOPPED: "the bot was stopped while the purchase was under way",
    Reason.FORGETFUL: (
        "Redis was restarted, restored or replaced since the approval, so an earlier call may have "
        "been forgotten"
    ),
    Reason.FROZEN: "the bot was frozen or slow after it had written the call down",
}
_OF_CHANGES = {
    Reason.UNEXPLAINED: "the provider does not say that it is done, and not why",
    Reason.UNNUMBERED: "the provider does not say which eSIM it has changed",
    Reason.ODD: "the provider's answer is odd: it may be about something else",
    Reason.SOLD_ALL_THE_SAME: "the provider turned the call away, but shows that it is done",
    Reason.UNASKABLE: "the call was turned away, and the provider does not say what came of it",
    Reason.UNSHOWN: "the call was not taken, and the provider does not say what came of it",
    Reason.STOPPED: "the bot was stopped while the call was under way",
}
"""The same of orders that count no eSIMs."""


def state_in_words(state: OrderState, kind: OrderKind | None = OrderKind.PURCHASE) -> str:
    """Where an order is in its life: `being bought`; None: an order of a kind that is not known."""
    return STATES[state].format(KINDS[kind].done if kind else _CARRIED_OUT)


def state_of(order: Order) -> str:
    """Where this order is in its life."""
    return state_in_words(order.state, order.kind)


def reason_in_words(why: str, kind: OrderKind = OrderKind.PURCHASE) -> str:
    """A reason in words: a code is translated, other text is returned as it is."""
    if why not in set(Reason):
        return why
    words = REASONS if KINDS[kind].counts else {**REASONS, **_OF_CHANGES}
    return words.get(Reason(why), why)


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
