"""What went wrong, in words that a person can act on."""

from collections import Counter
from itertools import takewhile

from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.purchase.attempt import AttemptOutcome
from bot.domain.purchase.sim import ProviderError, Remedy
from bot.slack.message import Message, rendered, section
from bot.slack.mrkdwn import clip, code, counted, person, times, when
from bot.slack.words.figures import ended_in_doubt, rise, why_stopped
from bot.slack.words.kinds import bought_of, known_of, words_of
from bot.slack.words.looks import looked_for_until, provider_name
from bot.slack.words.states import reason_in_words

_MENTIONED = 5
"""The most people that one message rings."""
_SHOWN = 8
"""Different errors in one message; more than that would be too long to read and to post."""
_ADVICE = {
    Remedy.CHANGE_REQUEST: "Change that part and send the command again.",
    Remedy.TOP_UP: "The account has too little money: top it up, then send the command again.",
    Remedy.LATER_OR_FEWER: (
        "The provider has not enough SIM cards in stock: order fewer, or try again later."
    ),
    Remedy.OPERATOR: (
        "Nothing that you typed is wrong: whoever runs me must look at the provider's account "
        "and at my API key."
    ),
    Remedy.WAIT: "The provider asks to wait: try again in some minutes.",
    Remedy.UNKNOWN: "I don't know this error: ask the provider's support, and name the code.",
}
_WITHOUT_A_COMMAND = _ADVICE | {
    Remedy.CHANGE_REQUEST: "The provider does not take that part as it is.",
    Remedy.TOP_UP: "The account has too little money: it must be topped up first.",
    Remedy.LATER_OR_FEWER: "The provider has not enough SIM cards in stock.",
    Remedy.WAIT: "The provider asks to wait for some minutes.",
}
"""The same where the message says elsewhere what to order: one instruction is enough."""


def has_errors(order: Order) -> bool:
    """Whether there is anything to tell in an errors message."""
    return bool(order.errors) or _was_unreachable(order)


def errors(order: Order) -> Message:
    """Each error of the provider: title, detail, code, what it points at, what to do."""
    counts = Counter(order.errors)
    paragraphs = [_paragraph(order, *counted_error) for counted_error in counts.most_common(_SHOWN)]
    if len(counts) > _SHOWN:
        paragraphs.append(f"…and {counted(len(counts) - _SHOWN, 'other error')}.")
    if _was_unreachable(order):
        paragraphs.append(_unreachable(order))
    paragraphs += [f":point_right: {again}"] if (again := _again(order)) else []
    head = _head(order)
    return Message(
        order.channel,
        head,
        rendered(section(f"*{head}*"), *map(section, paragraphs)),
        in_thread=True,
        or_else=order.requester,
    )


def _head(order: Order) -> str:
    name = provider_name(order)
    if order.errors:
        return f"{name} returned {_count(order)}; {_money(order)}"
    if not _was_turned_away(order):
        return f"{name} could not be reached; {_money(order)}"
    which = "my last calls" if order.bought else "my calls"
    return f"{name} took none of {which}; {_money(order)}"


def _count(order: Order) -> str:
    return "an error" if len(order.errors) == 1 else f"{len(order.errors)} errors"


def _money(order: Order) -> str:
    if order.state is OrderState.REFUSED and not order.bought:
        known = "is known to be" if ended_in_doubt(order) else "was"
        return f"nothing {known} {words_of(order).done}."
    if not words_of(order).counts:
        return f"{known_of(order)}."
    if not order.state.is_final:
        return f"{bought_of(order)} are known to be bought so far."
    missing = f", {order.remaining:,} missing" if order.remaining else ""
    return f"{bought_of(order)} bought{missing}."


def _again(order: Order) -> str:
    """Whether to send the command again, where the error's own advice would buy too many."""
    if not order.state.is_final:
        may = f"it may still be {words_of(order).done}"
        return f"Don't send the command again while this order is open: {may}."
    if not order.remaining:
        what = "Everything ordered" if words_of(order).counts else "It"
        done = f"was {words_of(order).done} all the same"
        return f"{what} {done}: there is nothing to send again."
    if order.rest:
        return f"What was missing is ordered as `{order.rest}`: don't order it once more."
    if order.bought:
        return (
            f"To get what is missing press *Order the missing {order.remaining:,}* in this thread: "
            "don't send the whole command again."
        )
    if order.rest_of:
        return (
            f"To order it anew press *Order the missing {order.request.amount:,} again* on its "
            "card: don't send the command again."
        )
    return ""


def _paragraph(order: Order, error: ProviderError, count: int) -> str:
    title = clip(error.title or "An error without a title", 200)
    often = f" ({times(count)})" if count > 1 else ""
    told = [f":x: *{title}*{often}"]
    if error.detail:
        told.append(clip(error.detail, 450))
    facts = [f"code {code(error.code, 60)}"] if error.code else []
    facts += [f"points at {code(error.pointer, 120)}"] if error.pointer else []
    told += [" · ".join(facts)] if facts else []
    ended_short = order.state.is_final and order.remaining
    told += [f":point_right: {_advice(order, error.remedy)}"] if ended_short else []
    return "\n".join(told)


def _advice(order: Order, remedy: Remedy) -> str:
    if remedy is Remedy.LATER_OR_FEWER and not words_of(order).counts:
        return "The provider can't do it at the moment: try again later."
    return (_WITHOUT_A_COMMAND if _again(order) else _ADVICE)[remedy]


def _was_unreachable(order: Order) -> bool:
    last = order.last_attempt
    not_sent = last is not None and last.outcome is AttemptOutcome.NOT_SENT
    gave_up = not_sent and order.state.is_final and not why_stopped(order)
    return gave_up and order.remaining > 0


def _was_turned_away(order: Order) -> bool:
    """Whether the provider refused one of the calls after which the bot gave up."""
    not_sent = takewhile(
        lambda attempt: attempt.outcome is AttemptOutcome.NOT_SENT, reversed(order.attempts)
    )
    return any(attempt.turned_away for attempt in not_sent)


def _unreachable(order: Order) -> str:
    last = order.attempts[-1]
    return (
        f":x: *I gave up after {counted(order.not_sent_in_a_row, 'call')}.* "
        f"The last one: {clip(reason_in_words(last.why, order.kind), 300)}.\n"
        f":point_right: {_as_far_as_known(order)}"
    )


def _as_far_as_known(order: Order) -> str:
    """A note that a refused call may have been carried out, so that it is looked up."""
    done = words_of(order).done
    none = f"{provider_name(order)} took none of these calls, so nothing was {done} by them"
    if not any(attempt.turned_away for attempt in order.attempts):
        return f"{none}.{'' if _again(order) else ' Send the command again later.'}"
    first = order.next_look(order.ended_at or order.history[-1].at)
    begin = f"{when(first)}, and again until" if first else "until"
    return (
        f"{none}, as far as is known. To be sure I look at its list {begin} "
        f"{looked_for_until(order)}, and what turns up is told here."
        f"{'' if _again(order) else ' Wait for that look before you send the command again.'}"
    )


def price_rose(order: Order) -> Message:
    """That the price rose before anything was sent: an edit of the card rings nobody.

    Those whose approval does not count any more are mentioned, as they may decide anew.
    """
    told = f"The price rose {rise(order)} before anything was sent"
    text = f":chart_with_upwards_trend: {told}. It was decided anew: the card says what came of it."
    if order.state is OrderState.AWAITING_APPROVAL:
        whom = ", ".join(map(person, _asked_anew(order)))
        text = (
            f":chart_with_upwards_trend: {whom}: {told[:1].lower()}{told[1:]}, so nothing was "
            f"{words_of(order).done}, and the approval of the old price does not count any more. "
            "Approve again on the card, or cancel."
        )
    return Message(
        order.channel, text, rendered(section(text)), in_thread=True, or_else=order.requester
    )


def _asked_anew(order: Order) -> list[str]:
    """The requester, then those who had approved."""
    agreed = {Event.VOTED, Event.APPROVED}
    approved = [entry.by for entry in order.history if entry.event in agreed]
    return list(dict.fromkeys([order.requester, *approved]))[:_MENTIONED]
