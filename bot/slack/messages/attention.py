"""What a person must decide because the look-up did not settle it; and what turned up late."""

from collections.abc import Iterator

import slackblocks

from bot.domain.order import Order
from bot.domain.state import Entry, OrderState
from bot.slack.message import Message, actions, rendered, section
from bot.slack.messages.progress import bought_of, provider_name
from bot.slack.text import clip, esims, person, times, when

LOOK_AGAIN = "look_again"
"""Action id of the button that looks at the provider's list once more; its value is the id."""
CLOSE = "close_order"
"""Action id of the button that takes what is known for all that was bought; the same value."""
BUY_AGAIN = "buy_again"
"""Action id of the button that buys what is missing, perhaps twice; the same value."""
_DECIDED = {
    "look_again": "asked me to look again",
    "closed": "closed it: no more was bought than is known",
    "buy_again": "decided to buy what was missing again",
}
_REMINDERS = 5
"""Reminders that are kept up to date; older ones stay as they are."""


def attention_messages(order: Order) -> dict[str, Message]:
    """The question, its reminders, and what has turned up since the order ended."""
    messages: dict[str, Message] = {}
    if any(entry.state is OrderState.NEEDS_ATTENTION for entry in order.history):
        messages["attention"] = _message(order, _question(order))
        messages |= _reminders(order)
    if turned_up_late(order):
        messages[f"late:{len(order.sims)}"] = _message(order, _late(order))
    return messages


def turned_up_late(order: Order) -> bool:
    """Whether SIM cards became known after the order had ended."""
    ended = False
    for entry in order.history:
        if ended and entry.event in {"found_late", "attempt_bought"}:
            return True
        ended = ended or entry.state.is_final
    return False


def _reminders(order: Order) -> dict[str, Message]:
    reminded = [entry for entry in order.history if entry.event == "reminded"]
    numbered = list(enumerate(reminded, 1))[-_REMINDERS:]
    return {
        f"reminder:{number}": _message(order, _reminder(order, entry, last=number == len(reminded)))
        for number, entry in numbered
    }


def _message(order: Order, blocks: Iterator[slackblocks.Block]) -> Message:
    shown = list(blocks)
    text = str(rendered(shown[0])[0]["text"]["text"]).split("\n", 1)[0]
    return Message(order.channel, text, rendered(*shown), in_thread=True, or_else=order.requester)


def _question(order: Order) -> Iterator[slackblocks.Block]:
    if order.state is not OrderState.NEEDS_ATTENTION:
        yield section(_settled(order))
        return
    yield section(_what_is_known(order))
    yield section(
        f":point_right: Open {provider_name(order)}'s portal, list the SIM cards with the tag "
        f"`{order.attempts[-1].reference}`, and compare. Then an approver decides:"
    )
    yield _buttons(order)


def _what_is_known(order: Order) -> str:
    last = order.attempts[-1]
    return (
        f":rotating_light: {person(order.requester)}, I can't tell what was bought.\n"
        f"Call {last.number}, for {esims(last.quantity)}, is in doubt: "
        f"{clip(last.why, 300) or 'its outcome is not known'}. I looked for the tag "
        f"`{last.reference}` {times(len(last.lookups))} and found {len(last.sims):,} of "
        f"{last.quantity:,}. Money may have been spent. *I will not send this purchase again* "
        "unless an approver tells me to."
    )


def _reminder(order: Order, entry: Entry, *, last: bool) -> Iterator[slackblocks.Block]:
    if order.state is not OrderState.NEEDS_ATTENTION:
        yield section(f":bell: Reminded {when(entry.at)}. {_settled(order)}")
    elif not last:
        yield section(f":bell: Reminded {when(entry.at)}; a newer reminder is below.")
    else:
        yield section(
            f":bell: Order `{order.id}` still needs an approver's decision: "
            f"{bought_of(order)} known, and {esims(order.attempts[-1].shortage)} in doubt."
        )
        yield _buttons(order)


def _settled(order: Order) -> str:
    """Who decided what, or that the SIM cards were found."""
    decided = [entry for entry in order.history if entry.event in _DECIDED]
    who = f" {person(decided[-1].by)} {_DECIDED[decided[-1].event]}." if decided else ""
    sign = ":white_check_mark:" if order.state.is_final else ":hourglass_flowing_sand:"
    return f"{sign} No decision is needed now.{who} {bought_of(order)} known to be bought."


def _late(order: Order) -> Iterator[slackblocks.Block]:
    state = order.state.replace("_", " ")
    yield section(
        f":mag: {person(order.requester)}, more turned up after order `{order.id}` had ended as "
        f"{state}: {bought_of(order)} are bought and paid for by now, and their ICCIDs stand "
        "in this thread. Take them into account before you order again."
    )


def _buttons(order: Order) -> slackblocks.Block:
    known, doubtful = esims(len(order.sims)), esims(order.attempts[-1].shortage)
    return actions(
        slackblocks.Button("Look again", LOOK_AGAIN, value=order.id),
        slackblocks.Button(
            "Close as not bought",
            CLOSE,
            value=order.id,
            confirm=slackblocks.ConfirmationDialogue(
                title="Close this order?",
                text=slackblocks.Text(
                    f"It ends with {known}. Only do this when the portal shows no more. I look "
                    "again for a day, and tell you if more turn up."
                ),
                confirm="Close it",
                deny="Not yet",
            ),
        ),
        slackblocks.Button(
            "Buy again",
            BUY_AGAIN,
            value=order.id,
            style="danger",
            confirm=slackblocks.ConfirmationDialogue(
                title="Buy again?",
                text=slackblocks.Text(
                    f"*{doubtful} may be bought twice*: the first call may have gone through. "
                    f"This sends a new call for {esims(order.remaining)}."
                ),
                confirm="Buy again",
                deny="Not yet",
                style="danger",
            ),
        ),
    )
