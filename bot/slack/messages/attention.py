"""Questions to a person that the look-up did not settle, and what turned up late."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import slackblocks

from bot.domain.events import Entry, Event, OrderState
from bot.domain.order import Order
from bot.slack.button_value import button_value
from bot.slack.message import Block, Message, actions, rendered, section
from bot.slack.mrkdwn import clip, esims, person, when
from bot.slack.words.kinds import (
    bought_of,
    capital,
    known_of,
    risk_of,
    unknown_of,
    words_of,
)
from bot.slack.words.looks import (
    NEW_CALL,
    SAME_CALL,
    call_again,
    evidence,
    key_of,
    provider_name,
    search_of,
)
from bot.slack.words.states import reason_in_words, state_of

LOOK_AGAIN = "look_again"
"""Action id of the button that looks at the provider's list once more."""
CLOSE = "close_order"
"""Action id of the button that takes what is known for all that was bought."""
BUY_AGAIN = "buy_again"
"""Action id of the button that buys what is missing, perhaps twice."""
_DECISIONS = frozenset({Event.LOOK_AGAIN, Event.CLOSED, Event.BUY_AGAIN})
_KEPT_UP = 5
"""Questions and reminders that are kept up to date; older ones stay as they are."""


@dataclass(frozen=True)
class Question:
    """One question to a person: `entries` is the history from its beginning to its end."""

    number: int
    entries: Sequence[Entry]
    after: Sequence[Entry]
    """The entries after it, until the next question; empty while it is open."""


def questions(order: Order) -> list[Question]:
    """Every question of the order, oldest first."""
    runs = groupby(order.history, lambda entry: entry.state is OrderState.NEEDS_ATTENTION)
    parts = [(needs, list(entries)) for needs, entries in runs]
    asked = [place for place, (needs, _) in enumerate(parts) if needs]
    return [
        Question(number, parts[place][1], parts[place + 1][1] if place + 1 < len(parts) else ())
        for number, place in enumerate(asked, 1)
    ]


def attention_messages(order: Order) -> dict[str, Message]:
    """The questions, their reminders, and what has turned up since the order ended."""
    asked = questions(order)
    messages = {
        f"attention:{each.number}": _message(order, _question(order, each))
        for each in asked[-_KEPT_UP:]
    }
    messages |= _reminders(order, asked)
    if turned_up_late(order):
        messages[f"late:{order.bought}"] = _message(order, _late(order))
    return messages


def turned_up_late(order: Order) -> bool:
    """Whether SIM cards became known after the order had ended."""
    after = order.since_the_end[:-1]
    found = any(entry.event in {Event.FOUND_LATE, Event.ATTEMPT_BOUGHT} for entry in after)
    return found and bool(order.bought)


def _reminders(order: Order, asked: Sequence[Question]) -> dict[str, Message]:
    reminded = [
        (each, entry) for each in asked for entry in each.entries if entry.event is Event.REMINDED
    ]
    numbered = list(enumerate(reminded, 1))[-_KEPT_UP:]
    return {
        f"reminder:{number}": _message(
            order, _reminder(order, each, entry, last=number == len(reminded))
        )
        for number, (each, entry) in numbered
    }


def _message(order: Order, blocks: Iterator[Block]) -> Message:
    shown = list(blocks)
    text = str(shown[0]["text"]["text"]).split("\n", 1)[0]
    return Message(order.channel, text, rendered(*shown), in_thread=True, or_else=order.requester)


def _question(order: Order, asked: Question) -> Iterator[Block]:
    if asked.after:
        yield section(_settled(order, asked))
        return
    yield section(_what_is_known(order))
    yield section(
        f":point_right: Open {provider_name(order)}'s portal, {search_of(order)}. "
        "Then an approver decides:"
    )
    yield _buttons(order)


def _what_is_known(order: Order) -> str:
    last, words = order.attempts[-1], words_of(order)
    call = f"Call {last.number}, for {esims(last.quantity)}," if words.counts else "The call"
    told = [
        f":rotating_light: {person(order.requester)}, I can't tell {unknown_of(order)}.",
        _unfulfilled(order),
        (
            f"{call} is in doubt: "
            f"{clip(reason_in_words(last.why, order.kind), 300) or 'its outcome is not known'}. "
            f"{evidence(order)} {risk_of(order)}. *I will not send this {words.noun} again* "
            "unless an approver tells me to."
        ),
    ]
    if not order.may_buy_again and order.remaining:
        after = "only after a look that worked: *Look again* first."
        told.append(f"It can be {words.done} again {after}")
    elif key := key_of(order):
        told.append(f"*{words.again}* looks once more, then sends {SAME_CALL}: {key}.")
    return "\n".join(line for line in told if line)


def _unfulfilled(order: Order) -> str:
    """The result of a wish to buy again, where that is why a person is asked again."""
    words = words_of(order)
    why = {
        Event.BUY_AGAIN_NEEDLESS: f"{'more' if words.counts else 'it'} turned up by then",
        Event.BUY_AGAIN_UNPROVEN: "the look before it failed",
    }.get(questions(order)[-1].entries[0].event)
    wished = [entry.by for entry in order.history if entry.event is Event.BUY_AGAIN]
    if not why or not wished:
        return ""
    what = words.again[:1].lower() + words.again[1:]
    return f"{person(wished[-1])} decided to {what}, but {why}: nothing was sent."


def _reminder(order: Order, asked: Question, entry: Entry, *, last: bool) -> Iterator[Block]:
    if asked.after:
        yield section(f":bell: Reminded {when(entry.at)}. {_settled(order, asked)}")
    elif not last:
        yield section(f":bell: Reminded {when(entry.at)}; a newer reminder is below.")
    else:
        known = f"{bought_of(order)} known, and {esims(order.attempts[-1].shortage)} in doubt"
        if not words_of(order).counts:
            known = f"I can't tell {unknown_of(order)}"
        yield section(
            f":bell: Order `{order.id}` still needs an approver's decision: {known}. "
            f"{evidence(order)}"
        )
        yield _buttons(order)


def _settled(order: Order, asked: Question) -> str:
    """Who decided what, with what result; or that the SIM cards were found."""
    decided, newest = asked.after[0], asked.number == len(questions(order))
    came = [_result_of_wish(order, asked, each) for each in asked.after]
    who = ""
    if decided.event in _DECISIONS:
        who = f"{person(decided.by)} {_decision(order, decided.event)}."
    parts = [":mag:", who, *came, "I ask anew below."]
    if newest:
        sign = ":white_check_mark:" if order.state.is_final else ":hourglass_flowing_sand:"
        parts = [sign, "No decision is needed now.", who, *came, f"{capital(known_of(order))}."]
    return " ".join(filter(None, parts))


def _decision(order: Order, event: Event) -> str:
    words = words_of(order)
    if event is Event.BUY_AGAIN:
        what = "buy again what was missing" if words.counts else "do it again"
        return f"decided to {what}, after one more look"
    if event is Event.LOOK_AGAIN:
        return "asked me to look again"
    return f"closed it: {f'no more was {words.done} than is known' if words.counts else 'not done'}"


def _result_of_wish(order: Order, asked: Question, entry: Entry) -> str:
    """The result of a wish to buy again."""
    if entry.event is Event.BUY_AGAIN_NEEDLESS:
        more = "More" if words_of(order).counts else "It"
        return f"{more} had turned up by then, so nothing was sent."
    if entry.event is Event.LOOKED_UP and entry.state is OrderState.APPROVED:
        return f"Nothing new was listed, so I sent {_sent_again(order, asked, entry)}."
    return ""


def _sent_again(order: Order, asked: Question, look: Entry) -> str:
    """Which call followed that look, or follows it."""
    sent = {each.event for each in asked.after}
    if sent.isdisjoint({Event.ATTEMPT_REPEATED, Event.ATTEMPT_STARTED}):
        return call_again(order, look.at)
    return SAME_CALL if Event.ATTEMPT_REPEATED in sent else NEW_CALL


def _late(order: Order) -> Iterator[Block]:
    more, now = (
        "more",
        (
            f"{bought_of(order)} are bought and paid for by now, and their ICCIDs stand in this "
            f"thread. {_what_to_do(order)}"
        ),
    )
    words = words_of(order)
    if not words.counts:
        more, now = "it", f"{bought_of(order)} is {words.done} by now. Don't order it again."
    yield section(
        f":mag: {person(order.requester)}, {more} turned up after order `{order.id}` had ended as "
        f"{state_of(order)}: {now}"
    )


def _what_to_do(order: Order) -> str:
    """What to do; the rest may have been ordered before these turned up."""
    if order.rest:
        return f"I take them into account before I buy its rest, `{order.rest}`, if I still can."
    return "Take them into account before you order again."


def _buttons(order: Order) -> Block:
    buttons = [
        slackblocks.Button("Look again", LOOK_AGAIN, value=button_value(order), style="primary"),
        _close(order),
    ]
    if order.may_buy_again:
        buttons.append(_buy_again(order))
    return actions(*buttons)


def _close(order: Order) -> slackblocks.Button:
    words = words_of(order)
    what = (
        f"It ends with {esims(order.bought)}. Only do this when the portal shows no more. I look "
        "again for a day, and tell you if more turn up."
    )
    if not words.counts:
        what = (
            f"It ends as not {words.done}. Only do this when the portal shows that it is not. I "
            "look again for a day, and tell you if it turns up."
        )
    return slackblocks.Button(
        f"Close as not {words.done}",
        CLOSE,
        value=button_value(order),
        confirm=slackblocks.ConfirmationDialogue(
            title="Close this order?",
            text=slackblocks.Text(what),
            confirm="Close it",
            deny="Not yet",
        ),
    )


def _buy_again(order: Order) -> slackblocks.Button:
    label = words_of(order).again
    return slackblocks.Button(
        label,
        BUY_AGAIN,
        value=button_value(order),
        style="danger",
        confirm=slackblocks.ConfirmationDialogue(
            title=f"{label}?",
            text=slackblocks.Text(_what_again_means(order)),
            confirm=label,
            deny="Not yet",
            style="danger",
        ),
    )


def _what_again_means(order: Order) -> str:
    words, call = words_of(order), NEW_CALL
    risk = words.twice
    if words.counts:
        risk = f"{esims(order.attempts[-1].shortage)} may be {words.done} twice"
        call = f"{call} for {esims(order.remaining)}"
    if key := key_of(order):
        return (
            f"I look once more first. If that shows nothing new, I send {SAME_CALL}: {key}. After "
            f"that I send {NEW_CALL}: *{risk}*."
        )
    return (
        f"*{risk}*: the call in doubt may have gone through. I look once more first; only if that "
        f"shows nothing new do I send {call}."
    )
