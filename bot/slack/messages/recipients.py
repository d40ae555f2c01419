"""Who is told what about an order, as a function of the order.

The channel by the card, its thread, the requester directly, and the channels that want to know.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from bot.domain.events import OrderState
from bot.domain.form import Forms
from bot.domain.order import Order
from bot.slack.message import CARD, Message
from bot.slack.messages.attention import attention_messages, turned_up_late
from bot.slack.messages.card import card
from bot.slack.messages.notices import (
    channel_notice,
    is_channel_notified,
    is_requester_notified,
    late_notice,
    notice_key,
    requester_notice,
)
from bot.slack.messages.results import INLINE, files, result, shows_result
from bot.slack.messages.troubles import errors, has_errors, price_rose
from bot.slack.words.figures import rises

Draw = Callable[[], Message | Mapping[str, Message]]
"""Draws one message, or several by their keys."""


def messages_of(order: Order, forms: Forms, notify: Sequence[str], link: str) -> dict[str, Message]:
    """Message key to message: the card, its thread, then direct messages and channels.

    `forms` are those of the providers, `notify` channel ids; `link` goes to the card, ""
    where there is none (yet).
    """
    messages: dict[str, Message] = {CARD: card(order, forms)}
    for key, draw in drawings_of(order, forms, notify, link).items():
        messages |= drawn(key, draw)
    return messages


def drawings_of(order: Order, forms: Forms, notify: Sequence[str], link: str) -> dict[str, Draw]:
    """The same without the card, each drawn later, so that a fault in one stops no other."""
    return {**_thread(order, forms), **_others(order, forms, notify, link)}


def drawn(key: str, draw: Draw) -> Mapping[str, Message]:
    """Draw it: messages by their keys."""
    made = draw()
    return {key: made} if isinstance(made, Message) else made


def by_place(messages: Mapping[str, Message]) -> Iterable[dict[str, Message]]:
    """Those of the thread first, with files at its end; then those of every other place."""
    places: dict[str, dict[str, Message]] = {"": {}}
    for key, message in sorted(messages.items(), key=lambda one: bool(one[1].files)):
        places.setdefault("" if message.in_thread else message.channel, {})[key] = message
    return places.values()


def has_thread(order: Order) -> bool:
    """Whether anything belongs under the card by now."""
    asked = any(entry.state is OrderState.NEEDS_ATTENTION for entry in order.history)
    return asked or shows_result(order) or has_errors(order) or bool(rises(order))


def _thread(order: Order, forms: Forms) -> dict[str, Draw]:
    drawings: dict[str, Draw] = {}
    if shows_result(order):
        drawings["result"] = partial(result, order, forms)
        if order.bought > INLINE:
            drawings["file"] = partial(files, order, forms)
    if has_errors(order):
        drawings["errors"] = partial(errors, order)
    if rises(order):
        drawings[f"price:{len(rises(order))}"] = partial(price_rose, order)
    return drawings | {"attention": partial(attention_messages, order)}


def _others(order: Order, forms: Forms, notify: Sequence[str], link: str) -> dict[str, Draw]:
    """The keys hold the state, so that each new state is a new message."""
    drawings: dict[str, Draw] = {}
    if is_requester_notified(order):
        drawings[f"dm:{order.requester}:{notice_key(order)}"] = partial(
            requester_notice, order, forms, link
        )
    if turned_up_late(order):
        late = f"dm:{order.requester}:late:{order.bought}"
        drawings[late] = partial(late_notice, order, link)
    if is_channel_notified(order):
        for channel in notify:
            key = f"notify:{channel}:{notice_key(order)}"
            drawings[key] = partial(channel_notice, order, forms, channel, link)
    return drawings
