"""Questions to a person that the look-up did not settle, and what turned up late."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import slackblocks

from bot.domain.events import Entry, Event, OrderState
from bot.domain.order import Order
from bot.slack.button_value import button_value
from bot.slack.message import Block, Message, actions, rendered, section
from bot.slack.messages.progress import bought_of
from bot.slack.mrkdwn import clip, esims, person, when
from bot.slack.words.looks import evidence, provider_name
from bot.slack.words.states import reason_in_words, state_in_words

LOOK_AGAIN = "look_again"
"""Action id of the button that looks at the provider's list once more."""
CLOSE = "close_order"
"""Action id of the button that takes what is known for all that was bought."""
BUY_AGAIN = "buy_again"
"""Action id of the button that buys what is missing, perhaps twice."""
_DECIDED = {
    Event.LOOK_AGAIN: "asked me to look again",
    Event.CLOSED: "closed it: no more was bought than is known",
    Event.BUY_AGAIN: "decided to buy again what was missing, after one more look",
}
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
        f":point_right: Open {provider_name(order)}'s portal, list the SIM cards with the tag "
        f"`{order.attempts[-1].reference}`, and compare. Then an approver decides:"
    )
    yield _buttons(order)


def _what_is_known(order: Order) -> str:
    last = order.attempts[-1]
    told = [
        f":rotating_light: {person(order.requester)}, I can't tell what was bought.",
        _unfulfilled(order),
        (
            f"Call {last.number}, for {esims(last.quantity)}, is in doubt: "
            f"{clip(reason_in_words(last.why), 300) or 'its outcome is not known'}. "
            f"{evidence(order)} Money may have been spent. *I will not send this purchase again* "
            "unless an approver tells me to."
        ),
    ]
    if not order.may_buy_again and order.remaining:
        told.append("It can be bought again only after a look that worked: *Look again* first.")
    return "\n".join(line for line in told if line)


def _unfulfilled(order: Order) -> str:
    """The result of a wish to buy again, where that is why a person is asked again."""
    why = {
        Event.BUY_AGAIN_NEEDLESS: "more turned up by then",
        Event.BUY_AGAIN_UNPROVEN: "the look before it failed",
    }.get(questions(order)[-1].entries[0].event)
    wished = [entry.by for entry in order.history if entry.event is Event.BUY_AGAIN]
    if not why or not wished:
        return ""
    return f"{person(wished[-1])} decided to buy again, but {why}: nothing was sent."


def _reminder(order: Order, asked: Question, entry: Entry, *, last: bool) -> Iterator[Block]:
    if asked.after:
        yield section(f":bell: Reminded {when(entry.at)}. {_settled(order, asked)}")
    elif not last:
        yield section(f":bell: Reminded {when(entry.at)}; a newer reminder is below.")
    else:
        yield section(
            f":bell: Order `{order.id}` still needs an approver's decision: "
            f"{bought_of(order)} known, and {esims(order.attempts[-1].shortage)} in doubt. "
            f"{evidence(order)}"
        )
        yield _buttons(order)


def _settled(order: Order, asked: Question) -> str:
    """Who decided what, with what result; or that the SIM cards were found."""
    decided, newest = asked.after[0], asked.number == len(questions(order))
    came = [_result_of_wish(each) for each in asked.after]
    who = f"{person(decided.by)} {_DECIDED[decided.event]}." if decided.event in _DECIDED else ""
    parts = [":mag:", who, *came, "I ask anew below."]
    if newest:
        sign = ":white_check_mark:" if order.state.is_final else ":hourglass_flowing_sand:"
        known = f"{bought_of(order)} known to be bought."
        parts = [sign, "No decision is needed now.", who, *came, known]
    return " ".join(filter(None, parts))


def _result_of_wish(entry: Entry) -> str:
    """The result of a wish to buy again."""
    if entry.event is Event.BUY_AGAIN_NEEDLESS:
        return "More had turned up by then, so nothing was sent."
    if entry.event is Event.LOOKED_UP and entry.state is OrderState.APPROVED:
        return "Nothing new was listed, so I sent a new call."
    return ""


def _late(order: Order) -> Iterator[Block]:
    yield section(
        f":mag: {person(order.requester)}, more turned up after order `{order.id}` had ended as "
        f"{state_in_words(order.state)}: {bought_of(order)} are bought and paid for by now, and "
        f"their ICCIDs stand in this thread. {_what_to_do(order)}"
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
    return slackblocks.Button(
        "Close as not bought",
        CLOSE,
        value=button_value(order),
        confirm=slackblocks.ConfirmationDialogue(
            title="Close this order?",
            text=slackblocks.Text(
                f"It ends with {esims(order.bought)}. Only do this when the portal shows no "
                "more. I look again for a day, and tell you if more turn up."
            ),
            confirm="Close it",
            deny="Not yet",
        ),
    )


def _buy_again(order: Order) -> slackblocks.Button:
    return slackblocks.Button(
        "Buy again",
        BUY_AGAIN,
        value=button_value(order),
        style="danger",
        confirm=slackblocks.ConfirmationDialogue(
            title="Buy again?",
            text=slackblocks.Text(
                f"*{esims(order.attempts[-1].shortage)} may be bought twice*: the call in doubt "
                "may have gone through. I look once more first; only if that shows nothing new do "
                f"I send a new call for {esims(order.remaining)}."
            ),
            confirm="Buy again",
            deny="Not yet",
            style="danger",
        ),
    )
