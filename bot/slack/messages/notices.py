"""Notices outside the thread: to the requester and to channels, when an order has ended."""

from bot.domain.events import OrderState
from bot.domain.form import Forms
from bot.domain.order import Order
from bot.slack.message import Message, context, rendered, section
from bot.slack.messages.attention import questions
from bot.slack.messages.progress import (
    approvers,
    bought_of,
    headline,
    nothing_missing,
    who_closed,
)
from bot.slack.mrkdwn import clip, esims, person
from bot.slack.words.figures import ended_in_doubt
from bot.slack.words.options import identifying_options
from bot.slack.words.states import state_in_words, why_decided

_WORDS = {
    OrderState.PURCHASED: ":white_check_mark: bought",
    OrderState.PARTLY_PURCHASED: ":warning: only partly bought",
    OrderState.REFUSED: ":x: not bought",
    OrderState.DECLINED: ":no_entry_sign: declined, and nothing was bought",
    OrderState.CANCELLED: ":no_entry_sign: cancelled, and nothing was bought",
    OrderState.EXPIRED: ":alarm_clock: expired without a decision, and nothing was bought",
    OrderState.NEEDS_ATTENTION: (
        ":rotating_light: waiting for a person: I can't tell what was bought; its thread says "
        "what to do"
    ),
}
_FOR_CHANNELS = frozenset(
    {
        OrderState.PURCHASED,
        OrderState.PARTLY_PURCHASED,
        OrderState.REFUSED,
        OrderState.NEEDS_ATTENTION,
    }
)


def is_requester_notified(order: Order) -> bool:
    """Whether the requester gets a notice: the order has ended, or needs a person."""
    return order.state in _WORDS


def is_channel_notified(order: Order) -> bool:
    """Whether channels get a notice: an approved order has ended, or needs a person."""
    return order.state in _FOR_CHANNELS and bool(approvers(order))


def notice_key(order: Order) -> str:
    """The part of keys that changes when there is something new to tell."""
    if order.state is OrderState.NEEDS_ATTENTION:
        return f"{order.state}:{len(questions(order))}"
    return str(order.state)


def requester_notice(order: Order, link: str) -> Message:
    """The direct message to the requester; `link` goes to the card ("" where there is none)."""
    what = _linked(f"Your order {order.id}", link)
    where = f"{headline(order)}, in <#{order.channel}>"
    text = f"{what} ({where}) is {_result(order)}{_counts(order)}."
    reason = why_decided(order.decision)
    blocks = [section(text), *([context(clip(reason, 600))] if reason else [])]
    return Message(order.requester, _fallback(order), rendered(*blocks))


def late_notice(order: Order, link: str) -> Message:
    """The direct message about SIM cards that turned up after the order had ended."""
    what = _linked(f"Your order {order.id}", link)
    text = (
        f":mag: {what}, in <#{order.channel}>, had ended, but more of it turned up: "
        f"{bought_of(order)} are bought by now. Their ICCIDs are in its thread."
    )
    return Message(order.requester, _fallback(order), rendered(section(text)))


def reposted_notice(order: Order, link: str) -> Message:
    """The direct message that a card which somebody deleted is up again; `link` goes to it."""
    text = (
        f":bell: Somebody deleted the card of your order `{order.id}` in <#{order.channel}>. "
        f"The order stands as it was: I posted <{link}|its card> again."
    )
    fallback = f"The card of your order {order.id} was deleted; it is up again"
    return Message(order.requester, fallback, rendered(section(text)))


def channel_notice(order: Order, forms: Forms, channel: str, link: str) -> Message:
    """The line for a channel of ESIM_NOTIFY_CHANNELS."""
    options = "".join(f" · {told}" for told in identifying_options(order, forms))
    text = (
        f"{_linked(f'Order {order.id}', link)} for {esims(order.request.amount)} is "
        f"{_result(order)}{_counts(order)} · asked by {person(order.requester)}, "
        f"{approvers(order)}{options}"
    )
    return Message(channel, _fallback(order), rendered(section(text)))


def _fallback(order: Order) -> str:
    return f"Order {order.id}: {state_in_words(order.state)}"


def _result(order: Order) -> str:
    """The result; when more turned up after the end, the state alone would be wrong."""
    short = order.state in {OrderState.REFUSED, OrderState.PARTLY_PURCHASED}
    if short and (not order.remaining or (order.sims and order.state is OrderState.REFUSED)):
        return ":mag: bought after all: it turned up after the order had ended"
    if nothing_missing(order):
        return ":white_check_mark: not needed any more: nothing is missing, and nothing was bought"
    if order.state is OrderState.REFUSED and who_closed(order):
        return f":no_entry_sign: closed as not bought by {person(who_closed(order))}"
    if order.state is OrderState.REFUSED and ended_in_doubt(order):
        return ":x: not bought, as far as is known"
    return _WORDS[order.state]


def _counts(order: Order) -> str:
    known = "" if order.state.is_final else " known to be bought"
    return f" ({bought_of(order)}{known})" if order.bought else ""


def _linked(text: str, link: str) -> str:
    return f"<{link}|{clip(text, 200)}>" if link else f"*{clip(text, 200)}*"
