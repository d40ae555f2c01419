"""Notices outside the thread: to the requester and to channels, when an order has ended."""

from bot.domain.events import OrderState
from bot.domain.form import Forms
from bot.domain.order import Order
from bot.slack.message import Message, context, rendered, section
from bot.slack.messages.attention import questions
from bot.slack.messages.progress import (
    about,
    approvers,
    nothing_missing,
    who_closed,
)
from bot.slack.mrkdwn import clip, person
from bot.slack.words.figures import ended_in_doubt, nearest, what_then, why_stopped
from bot.slack.words.kinds import bought_of, capital, name_of, unknown_of, words_of
from bot.slack.words.options import identifying_options
from bot.slack.words.states import state_of, why_decided

_WORDS = {
    OrderState.PURCHASED: ":white_check_mark: {done}",
    OrderState.PARTLY_PURCHASED: ":warning: only partly {done}",
    OrderState.REFUSED: ":x: not {done}",
    OrderState.DECLINED: ":no_entry_sign: declined, and nothing was {done}",
    OrderState.CANCELLED: ":no_entry_sign: cancelled, and nothing was {done}",
    OrderState.EXPIRED: ":alarm_clock: expired without a decision, and nothing was {done}",
    OrderState.NEEDS_ATTENTION: (
        ":rotating_light: waiting for a person: I can't tell {unknown}; its thread says what to do"
    ),
}
"""With places for what the order's kind does, and what is not known of it."""
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


def requester_notice(order: Order, forms: Forms, link: str) -> Message:
    """The direct message to the requester; `link` goes to the card ("" where there is none)."""
    what = _linked(f"Your order {order.id}", link)
    where = f"{about(order)}, in <#{order.channel}>"
    text = f"{what} ({where}) is {_result(order)}{_counts(order)}."
    blocks = [section(text)]
    if why := why_stopped(order):
        lines = [f"{capital(why)}. {what_then(order)}", *nearest(order, forms)]
        blocks.append(section("\n".join(lines)))
    elif reason := why_decided(order.decision):
        blocks.append(context(clip(reason, 600)))
    return Message(order.requester, _fallback(order), rendered(*blocks))


def late_notice(order: Order, link: str) -> Message:
    """The direct message about SIM cards that turned up after the order had ended."""
    what = _linked(f"Your order {order.id}", link)
    words = words_of(order)
    came = (
        f"more of it turned up: {bought_of(order)} are bought by now. Their ICCIDs are in its "
        "thread."
    )
    if not words.counts:
        came = f"it turned up: {bought_of(order)} is {words.done} by now."
    text = f":mag: {what}, in <#{order.channel}>, had ended, but {came}"
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
        f"{_linked(f'Order {order.id}', link)} for {name_of(order)} is "
        f"{_result(order)}{_counts(order)} · asked by {person(order.requester)}, "
        f"{approvers(order)}{options}"
    )
    return Message(channel, _fallback(order), rendered(section(text)))


def _fallback(order: Order) -> str:
    return f"Order {order.id}: {state_of(order)}"


def _result(order: Order) -> str:
    """The result; when more turned up after the end, the state alone would be wrong."""
    done = words_of(order).done
    short = order.state in {OrderState.REFUSED, OrderState.PARTLY_PURCHASED}
    if short and (not order.remaining or (order.sims and order.state is OrderState.REFUSED)):
        return f":mag: {done} after all: it turned up after the order had ended"
    if nothing_missing(order):
        return ":white_check_mark: not needed any more: nothing is missing, and nothing was bought"
    if order.state is OrderState.REFUSED and who_closed(order):
        return f":no_entry_sign: closed as not {done} by {person(who_closed(order))}"
    if order.state is OrderState.REFUSED and ended_in_doubt(order):
        return f":x: not {done}, as far as is known"
    return _WORDS[order.state].format(done=done, unknown=unknown_of(order))


def _counts(order: Order) -> str:
    known = "" if order.state.is_final else " known to be bought"
    return f" ({bought_of(order)}{known})" if order.bought and words_of(order).counts else ""


def _linked(text: str, link: str) -> str:
    return f"<{link}|{clip(text, 200)}>" if link else f"*{clip(text, 200)}*"
