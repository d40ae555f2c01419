"""Everything that should stand on Slack for an order, as a function of the order."""

from collections.abc import Sequence

from bot.domain.order import Order
from bot.slack.message import CARD, Message
from bot.slack.messages.attention import attention_messages, turned_up_late
from bot.slack.messages.card import card
from bot.slack.messages.notices import (
    announced,
    is_announced,
    is_told,
    occasion,
    told,
    told_late,
)
from bot.slack.messages.results import INLINE, files, result, shows_result
from bot.slack.messages.troubles import errors, has_errors


def messages_of(order: Order, notify: Sequence[str], link: str) -> dict[str, Message]:
    """Message key to message: the card, what belongs under it, then who else is told.

    `notify` are channel ids; `link` goes to the card, "" where there is none (yet).
    """
    return {CARD: card(order), **_thread(order), **_others(order, notify, link)}


def needs_link(order: Order) -> bool:
    """Whether any of the messages carries a link to the card."""
    return is_told(order) or is_announced(order)


def _thread(order: Order) -> dict[str, Message]:
    messages: dict[str, Message] = {}
    if shows_result(order):
        messages["result"] = result(order)
        if len(order.sims) > INLINE:
            messages["file"] = files(order)
    if has_errors(order):
        messages["errors"] = errors(order)
    return messages | attention_messages(order)


def _others(order: Order, notify: Sequence[str], link: str) -> dict[str, Message]:
    """Keyed by state too: what was told of an earlier state stands, and the news is new."""
    messages: dict[str, Message] = {}
    if is_told(order):
        messages[f"dm:{order.requester}:{occasion(order)}"] = told(order, link)
    if turned_up_late(order):
        messages[f"dm:{order.requester}:late:{len(order.sims)}"] = told_late(order, link)
    if is_announced(order):
        for channel in notify:
            messages[f"notify:{channel}:{occasion(order)}"] = announced(order, channel, link)
    return messages
