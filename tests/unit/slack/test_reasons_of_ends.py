"""Why an order ended before it was bought, in words: the domain keeps Slack's own word only."""

from __future__ import annotations

import pytest

from bot.domain.events import OrderState
from bot.domain.order import BOT
from bot.slack.messages.progress import progress
from bot.slack.words.history import history
from bot.slack.words.states import why_decided
from tests.support.order_steps import now_of
from tests.support.orders import ANA, an_order
from tests.unit.slack.reading import read
from tests.unit.slack.shown import requester_notice

INVITE = (
    "I am not in this channel, so nobody could approve there. Type /invite there and pick me, then "
    "send the command again. In a direct message between people I can't work: use a channel."
)
HELP = {
    "not_in_channel": INVITE,
    "channel_not_found": INVITE,
    "is_archived": "Send the command again in a channel that is not archived.",
    "a_new_word": "Tell whoever runs me.",
}


@pytest.mark.parametrize("error", HELP)
def test_a_card_that_was_refused(error: str) -> None:
    """Wherever the order is shown: what Slack said, and what the requester can do."""
    waiting = an_order(3)
    order = waiting.cancel(BOT, now_of(waiting), error)
    sentence = f"I could not post its card: Slack says {error}. {HELP[error]}"
    assert why_decided(order.decision) == sentence
    assert sentence in read(requester_notice(order, ""))
    assert sentence in progress(order)
    assert any(sentence in line for line in history(order))


def test_a_sentence_of_an_earlier_version() -> None:
    """What was written down as a sentence is shown as it is."""
    waiting = an_order(3)
    order = waiting.cancel(BOT, now_of(waiting), "I could not post its card.")
    assert why_decided(order.decision) == "I could not post its card."


def test_a_person_who_cancels() -> None:
    """What a person says is theirs, also where it looks like a word of Slack's."""
    waiting = an_order(3)
    order = waiting.cancel(ANA, now_of(waiting), "is_archived")
    assert why_decided(order.decision) == "is_archived"


def test_nothing_decided() -> None:
    """An open order has no reason, and neither has one that was approved."""
    assert why_decided(an_order(3).decision) == ""
    assert why_decided(an_order(3, state=OrderState.APPROVED).decision) == ""
