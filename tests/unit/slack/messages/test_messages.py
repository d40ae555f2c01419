"""Which messages there are for an order, and when Slack has to be told of a change."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought
from bot.slack.message import Message, rendered, section
from bot.slack.messages.recipients import has_thread
from tests.support.files import text_file
from tests.support.order_steps import NO_STOCK, answered, looked, now_of
from tests.support.orders import ANA, BEN, an_order, some_sims
from tests.support.strategies import orders
from tests.unit.slack.reading import read
from tests.unit.slack.shown import messages_of
from tests.unit.slack.wild import UNHURRIED

FLEET, SALES = "C0FLEET", "C0SALES"
STUCK, WHOLE = OrderState.NEEDS_ATTENTION, OrderState.PURCHASED
KEYS = {
    OrderState.CHECKING: ["card"],
    OrderState.AWAITING_APPROVAL: ["card"],
    OrderState.APPROVED: ["card"],
    OrderState.PURCHASING: ["card"],
    OrderState.IN_DOUBT: ["card"],
    OrderState.NEEDS_ATTENTION: ["card", "attention", "dm", "notify"],
    OrderState.PURCHASED: ["card", "result", "dm", "notify"],
    OrderState.PARTLY_PURCHASED: ["card", "result", "errors", "dm", "notify"],
    OrderState.REFUSED: ["card", "errors", "dm", "notify"],
    OrderState.DECLINED: ["card", "dm"],
    OrderState.CANCELLED: ["card", "dm"],
    OrderState.EXPIRED: ["card", "dm"],
}


def messages(order: Order) -> dict[str, Message]:
    """All messages of an order whose end #fleet wants to know."""
    return messages_of(order, [FLEET], "https://example.com/card")


@pytest.mark.parametrize("state", OrderState)
def test_the_messages_of_each_state(state: OrderState) -> None:
    """The card first, then what belongs under it, then who else is told."""
    order = an_order(3, state=state)
    assert [key.split(":")[0] for key in messages(order)] == KEYS[state]


def test_news_of_a_state_are_keyed_by_it() -> None:
    """A message of an earlier state stands; the next one does not replace it, it rings anew."""
    stuck = an_order(3, state=OrderState.NEEDS_ATTENTION)
    settled = answered(stuck, Bought(sims=some_sims(3)))
    for told in (f"dm:{ANA}", f"notify:{FLEET}"):
        assert f"{told}:{STUCK}:1" in messages(stuck)
        assert f"{told}:{STUCK}:1" not in messages(settled)
        assert f"{told}:{WHOLE}" in messages(settled)


def test_each_time_that_a_person_must_look_is_news() -> None:
    """Asked anew after another look: thread, requester and channels get a new message each."""
    stuck = an_order(3, state=STUCK)
    anew = looked(stuck.look_again(BEN, now_of(stuck)), ())
    for told in (f"dm:{ANA}:{STUCK}", f"notify:{FLEET}:{STUCK}", "attention"):
        assert f"{told}:2" not in messages(stuck)
        assert f"{told}:2" in messages(anew)


def test_each_channel_is_told_once() -> None:
    """A channel that the settings name twice gets one line."""
    order = an_order(3, state=OrderState.PURCHASED)
    keys = [key for key in messages_of(order, [FLEET, SALES, FLEET], "") if "notify" in key]
    assert keys == [f"notify:{FLEET}:purchased", f"notify:{SALES}:purchased"]


@given(orders())
@UNHURRIED
def test_whether_a_card_has_a_thread(order: Order) -> None:
    """An order has a thread exactly when some message belongs under its card."""
    assert has_thread(order) is any(message.in_thread for message in messages(order).values())


@given(orders())
@UNHURRIED
def test_block_ids_are_unique_and_follow_the_content(order: Order) -> None:
    """Slack refuses a repeated id, and advises a new one for what has changed."""
    for message in messages(order).values():
        ids = [block["block_id"] for block in message.blocks]
        assert len(set(ids)) == len(ids)
    assert (
        rendered(section("a"), section("a"))[0]["block_id"] == rendered(section("a"))[0]["block_id"]
    )
    assert rendered(section("a"))[0]["block_id"] != rendered(section("b"))[0]["block_id"]


@given(orders())
@UNHURRIED
def test_digests_do_not_change_by_themselves(order: Order) -> None:
    """The same order makes the same messages, in this process and after it was stored."""
    stored = Order.model_validate_json(order.model_dump_json())
    digests = {key: message.digest for key, message in messages(order).items()}
    assert {key: message.digest for key, message in messages(stored).items()} == digests


def test_a_digest_is_the_same_for_ever() -> None:
    """A new version of the bot that says the same edits no message of an old order."""
    assert Message("C0OPS", "text", rendered(section("a"))).digest == "352ddcd170a91c68"


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "C0FLEET"},
        {"text": "other"},
        {"blocks": rendered(section("other"))},
        {"files": (text_file("other.csv", "title", "content"),)},
    ],
)
def test_a_digest_changes_with_what_people_see(change: dict[str, object]) -> None:
    """Where it stands, what it says, and which file it carries."""
    message = Message("C0OPS", "text", rendered(section("a")))
    assert replace(message, **change).digest != message.digest  # type: ignore[arg-type]


def test_a_digest_does_not_change_with_what_nobody_sees() -> None:
    """Where it goes instead of the thread is not seen."""
    message = Message("C0OPS", "text", rendered(section("a")))
    assert replace(message, in_thread=True, or_else=ANA).digest == message.digest


def test_each_state_has_a_card_of_its_own() -> None:
    """Every step of an order that people can see edits the card."""
    digests = {messages(an_order(3, state=state))["card"].digest for state in OrderState}
    assert len(digests) == len(OrderState)


def test_a_step_that_nobody_sees_edits_nothing() -> None:
    """A late answer that repeats what is known is in the history, and changes no message."""
    order = an_order(3, state=OrderState.PARTLY_PURCHASED)
    later = order.record(1, Bought(sims=some_sims(2), errors=(NO_STOCK,)), now_of(order))
    again = {key: message.digest for key, message in messages(later).items()}
    assert again == {key: message.digest for key, message in messages(order).items()}


def test_a_sim_card_that_comes_late_is_told() -> None:
    """An answer after the end that brings a SIM card changes result and card."""
    order = an_order(3, state=OrderState.PARTLY_PURCHASED)
    later = order.record(1, Bought(sims=some_sims(3)), now_of(order))
    assert later.version > order.version
    assert str(some_sims(3)[2].iccid) in read(messages(later)["result"])
    for key in ("card", "result"):
        assert messages(later)[key].digest != messages(order)[key].digest


@given(orders(), st.lists(st.sampled_from([FLEET, SALES]), max_size=3))
@UNHURRIED
def test_keys_need_no_state_of_the_world(order: Order, notify: list[str]) -> None:
    """With or without a link to the card the same messages stand."""
    assert list(messages_of(order, notify, "")) == list(messages_of(order, notify, "https://x"))
