"""A top-up, an edit and a suspension: each is told in its own words, wherever it is told."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from bot.domain.events import OrderState
from bot.domain.order import BOT, Order
from bot.domain.purchase.outcome import Bought, NotSent, Refused, Unknown
from bot.domain.purchase.sim import ProviderError, Remedy, Sim
from bot.domain.request import OrderKind
from bot.slack.ephemeral import Answer, order_details, order_list
from bot.slack.message import Message
from bot.slack.messages.recipients import messages_of
from bot.slack.messages.stand_ins import stand_ins
from bot.slack.words.history import history
from bot.slack.words.kinds import KINDS
from tests.support.order_steps import answered, listed, looked, now_of, started
from tests.support.orders import BEN
from tests.support.typed import RULES
from tests.unit.slack.changes import (
    FORMS,
    ICCID,
    PURCHASE,
    approved,
    asked,
    in_doubt,
    in_state,
    sent,
    stuck,
)
from tests.unit.slack.reading import must_be_taken_by_slack

WORDS = {
    OrderKind.PURCHASE: r"\bbuy|\bbought|\bsold\b|\bSIM cards\b|\beSIMs\b",
    OrderKind.TOP_UP: r"\btop(s|ped|ping)?[ -]up",
    OrderKind.EDIT: r"\bmov(e|es|ed|ing)\b",
    OrderKind.SUSPENSION: r"\bsuspen",
}
"""What is said of one kind only."""
STATES = [state for state in OrderState if state is not OrderState.PARTLY_PURCHASED]
"""Of one thing there is no part."""


def late(order: Order) -> Order:
    """The order, found after it had been closed as not done."""
    closed = order.close(BEN, now_of(order))
    return closed.found_late(listed(closed, 1, [Sim(iccid=ICCID)]), now_of(closed))


def wished(order: Order, *found: Sim) -> Order:
    """The order after *Buy again* and a look that lists these."""
    again = order.buy_again(BEN, now_of(order))
    return looked(again, found)


def lives(kind: OrderKind) -> Iterator[Order]:
    """Orders of a kind in every state, and as much of what can happen to them as there is."""
    yield from (in_state(kind, state) for state in STATES)
    checked, sending, doubtful = asked(kind), sent(approved(kind)), stuck(kind)
    yield checked.not_priced("HTTP 503", now_of(checked))
    yield checked.cancel(BOT, now_of(checked), "is_archived")
    yield approved(kind).not_priced("HTTP 503", now_of(approved(kind)))
    yield answered(sending, NotSent(why="no connection"))
    yield answered(sending, NotSent(why="late", too_late=True))
    yield answered(sending, NotSent(why="HTTP 429", turned_away=True))
    yield unsent(kind)
    yield from (refused(kind, remedy) for remedy in Remedy)
    yield answered(sending, Bought(sims=()))
    yield looked(in_doubt(kind), None)
    yield looked(doubtful, ())
    yield looked(doubtful.look_again(BEN, now_of(doubtful)), ())
    yield doubtful.buy_again(BEN, now_of(doubtful))
    yield doubtful.close(BEN, now_of(doubtful))
    yield late(doubtful)
    yield looked(doubtful.buy_again(BEN, now_of(doubtful)), None)
    yield wished(doubtful)
    yield wished(doubtful, Sim(iccid=ICCID))
    yield answered(started(wished(doubtful)), Refused(errors=(ProviderError(title="no"),)))
    yield answered(started(wished(doubtful)), Unknown(why="silence"))


def unsent(kind: OrderKind) -> Order:
    """The provider took none of the calls."""
    order = approved(kind)
    while not order.state.is_final:
        order = answered(started(order), NotSent(why="no connection"))
    return order


def refused(kind: OrderKind, remedy: Remedy) -> Order:
    """The provider has refused, and this would help."""
    error = ProviderError(code="7", title="No", detail="Not this.", remedy=remedy)
    return answered(sent(approved(kind)), Refused(errors=(error,)))


def told(order: Order) -> str:
    """Everything that is ever said of an order, on every surface."""
    said = messages_of(order, FORMS, ["C0FLEET"], "https://example.slack.com/x")
    plain = [each for key in said for each in stand_ins(order, key, None).values()]
    answers = [order_details(order, FORMS), order_list([order], everybody=False, rules=RULES)]
    shown = [*map(text_of, said.values()), *map(text_of, plain), *map(text_of, answers)]
    return "\n".join([*shown, *history(order)])


def text_of(said: Message | Answer) -> str:
    """Everything that a message says, in notifications too."""
    return "\n".join([said.text, *texts_in(list(said.blocks))])


def texts_in(part: Any) -> Iterator[str]:
    """Every text of some blocks: paragraphs, labels of buttons, dialogs, cells."""
    if isinstance(part, dict):
        yield from [part["text"]] if isinstance(part.get("text"), str) else []
    for each in part.values() if isinstance(part, dict) else part:
        if isinstance(each, dict | list):
            yield from texts_in(each)


@pytest.mark.parametrize("kind", OrderKind)
def test_no_word_of_another_kind(kind: OrderKind) -> None:
    """Whoever suspends an eSIM reads of no purchase, whatever happens to the order."""
    for order in lives(kind):
        text = told(order).replace(PURCHASE, "").replace("Move purchase", "").lower()
        text = re.sub(r"too little money: top it up", "", text)
        for other, words in WORDS.items():
            found = re.search(f".*({words}).*", text, re.IGNORECASE)
            assert other is kind or found is None, f"{order.state}: {found}"


@pytest.mark.parametrize("kind", OrderKind)
def test_slack_takes_every_message(kind: OrderKind) -> None:
    """In every state, within the limits of texts, titles and buttons."""
    for order in lives(kind):
        for message in messages_of(order, FORMS, ["C0FLEET"], "").values():
            if message.blocks:
                must_be_taken_by_slack(message)


def test_every_kind_has_its_words() -> None:
    """A kind without a row could not be told at all."""
    assert set(KINDS) == set(OrderKind) == set(WORDS)
