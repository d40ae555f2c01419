"""What went wrong, in words that a person can act on."""

from collections import Counter

from bot.domain.attempt import AttemptOutcome
from bot.domain.order import Order
from bot.domain.outcome import ProviderError, Remedy
from bot.domain.state import OrderState
from bot.slack.message import Message, rendered, section
from bot.slack.messages.progress import bought_of
from bot.slack.mrkdwn import clip, code, counted, times
from bot.slack.words.looks import provider_name

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
    if not order.errors:
        return f"{provider_name(order)} could not be reached; {_money(order)}"
    return f"{provider_name(order)} returned {_count(order)}; {_money(order)}"


def _count(order: Order) -> str:
    return "an error" if len(order.errors) == 1 else f"{len(order.errors)} errors"


def _money(order: Order) -> str:
    if order.state is OrderState.REFUSED and not order.sims:
        return "nothing was bought."
    if not order.state.is_final:
        return f"{bought_of(order)} are known to be bought so far."
    missing = f", {order.remaining:,} missing" if order.remaining else ""
    return f"{bought_of(order)} bought{missing}."


def _again(order: Order) -> str:
    """Whether the command may be sent again, where an error's own advice would buy too many."""
    if not order.state.is_final:
        return "Don't send the command again while this order is open: it may still be bought."
    if not order.remaining:
        return "Everything ordered was bought all the same: there is nothing to send again."
    if order.rest:
        return f"What was missing is ordered as `{order.rest}`: don't order it once more."
    if order.sims:
        return (
            f"To get what is missing press *Order the missing {order.remaining:,}* in this thread: "
            "don't send the whole command again."
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
    told += [f":point_right: {_ADVICE[error.remedy]}"] if ended_short else []
    return "\n".join(told)


def _was_unreachable(order: Order) -> bool:
    last = order.last_attempt
    not_sent = last is not None and last.outcome is AttemptOutcome.NOT_SENT
    return not_sent and order.state.is_final and order.remaining > 0


def _unreachable(order: Order) -> str:
    last = order.attempts[-1]
    return (
        f":x: *I gave up after {counted(order.not_sent_in_a_row, 'call')}.* "
        f"The last one: {clip(last.why, 300)}.\n"
        f":point_right: {_as_far_as_known(order)} Send the command again later."
    )


def _as_far_as_known(order: Order) -> str:
    """A call that was turned away may have been carried out all the same: it is looked for."""
    none = f"{provider_name(order)} took none of these calls, so nothing was bought by them"
    if any(attempt.turned_away for attempt in order.attempts):
        return f"{none}, as far as is known: I look at its list for another day to be sure."
    return f"{none}."
