"""Whatever people order and providers answer: Slack takes every message, and it rings nobody."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.slack.message import Message, rendered, section, table
from sandbox.slack.refusal import Refusal
from tests.support.order_steps import NO_STOCK
from tests.support.orders import ANA, BEN, OPS, an_order, some_sims, terms
from tests.unit.slack.reading import must_be_taken_by_slack, references
from tests.unit.slack.shown import messages_of, order_details
from tests.unit.slack.wild import UNHURRIED, wild_lives, wild_orders

if TYPE_CHECKING:
    from bot.slack.ephemeral import Answer

LINK = "https://sandbox.slack.com/archives/C0OPS/p1767268800000000"
KNOWN = (f"@{ANA}", f"@{BEN}", f"#{OPS}", f"{LINK}|")
"""What the bot itself may mention or link to."""
A_FEW = settings(UNHURRIED, max_examples=50)
"""Wild orders are large: fewer of them, and no limit of time for one."""


def all_messages(order: Order) -> list[Message]:
    """Every message of the order, with and without a link to its card."""
    linked = messages_of(order, ["C0FLEET"], LINK)
    return [*linked.values(), *messages_of(order, ["C0FLEET"], "").values()]


def postable(order: Order) -> list[Message]:
    """Those that are posted; a file is uploaded."""
    return [message for message in all_messages(order) if not message.files]


@given(wild_orders() | wild_lives())
@A_FEW
def test_slack_takes_every_message_and_rings_nobody(order: Order) -> None:
    """No message can be refused, and only requester, approver, channel and card are linked."""
    said: list[Message | Answer] = [*postable(order), order_details(order)]
    for each in said:
        must_be_taken_by_slack(each)
        assert all(reference.startswith(KNOWN) for reference in references(each))


@given(wild_orders())
@settings(A_FEW, max_examples=15)
def test_files_can_be_sent(order: Order) -> None:
    """A file has a name that any system takes, and content that can be opened."""
    for file in messages_of(order, (), "").get("file", Message("", "")).files:
        assert file.name.isascii()
        assert file.content().startswith((b"PK", b"\xef\xbb\xbficcid,"))


@pytest.mark.parametrize("state", [OrderState.PURCHASED, OrderState.PARTLY_PURCHASED])
def test_a_thousand_sim_cards(state: OrderState) -> None:
    """The largest usual order needs no larger message than any other."""
    count = 1000 if state is OrderState.PURCHASED else 999
    order = an_order(1000, state=state, sims=some_sims(count))
    for message in postable(order):
        must_be_taken_by_slack(message)


def test_a_long_history() -> None:
    """An order of a hundred calls can still be looked at."""
    order = an_order(100, state=OrderState.PURCHASED, under=terms(batch_size=1))
    must_be_taken_by_slack(order_details(order))


def test_the_judge_would_refuse() -> None:
    """The judge of these tests knows Slack's limits: it refuses what is over them."""
    too_many = Message("C0OPS", "text", rendered(*[section("x" * 2900)] * 5))
    with pytest.raises(Refusal, match="msg_blocks_too_long"):
        must_be_taken_by_slack(too_many)
    with pytest.raises(AssertionError):
        must_be_taken_by_slack(Message("C0OPS", "x" * 4001))
    two_tables = rendered(table(["a"], [["b"]]), table(["a"], [["b"]]))
    with pytest.raises(Refusal, match="invalid_blocks"):
        must_be_taken_by_slack(Message("C0OPS", "text", two_tables))


def test_errors_of_every_call() -> None:
    """The same error from every one of many calls is one paragraph."""
    order = an_order(50, state=OrderState.PARTLY_PURCHASED, errors=[NO_STOCK] * 30)
    for message in postable(order):
        must_be_taken_by_slack(message)
