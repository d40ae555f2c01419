"""What Slack refuses for good: told where it still can be, and never in the way of anything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.domain.events import OrderState
from bot.domain.order import BOT
from bot.domain.purchase.outcome import Bought
from bot.errors import StoreUnavailable
from tests.integration.slack.desk import ANA, FINANCE, FLEET, OPS, SECRET, Desk, cancelled, placed
from tests.support.order_steps import NO_STOCK, answered, looked, now_of
from tests.support.orders import ORDER_ID, some_sims

PURCHASED = OrderState.PURCHASED
SHORT = OrderState.PARTLY_PURCHASED
HELP = {
    "not_in_channel": "I am not in this channel, so nobody could approve there",
    "channel_not_found": "I am not in this channel, so nobody could approve there",
    "is_archived": "Send the command again in a channel that is not archived.",
    "restricted_action": "Tell whoever runs me.",
}


@pytest.mark.parametrize("error", HELP)
async def test_a_card_that_can_not_be_posted(desk: Desk, error: str) -> None:
    """Nobody could decide: the order is cancelled, and ana reads why and what to do."""
    desk.slack.faults.error("chat.postMessage", error)
    await desk.commit(placed())
    await desk.up_to_date(patience=7200)
    order = await desk.services.store.load(ORDER_ID)
    assert order is not None
    assert (order.state, order.history[-1].by) == (OrderState.CANCELLED, BOT)
    (told,) = desk.direct()
    assert "cancelled, and nothing was bought" in told
    assert f"I could not post its card: Slack says {error}. {HELP[error]}" in told
    assert "in #ops" in told
    assert desk.slack.messages(OPS) == []


async def test_a_refused_card_is_not_tried_again(desk: Desk) -> None:
    """The refusal is logged once, and the cancelled order asks Slack for no card."""
    desk.slack.faults.error("chat.postMessage", "is_archived")
    await desk.commit(placed())
    with capture_logs() as logs:
        await desk.up_to_date()
    refused = [(log["key"], log["error"]) for log in logs if log["event"] == "message_refused"]
    assert refused == [("card", "is_archived")]
    assert desk.calls("chat.postMessage") == 2  # the card once, and ana's direct message


async def test_a_refused_card_of_an_order_that_was_decided(desk: Desk) -> None:
    """What expired before its card could be posted stays expired; ana is told of that."""
    desk.slack.faults.error("chat.postMessage", "is_archived")
    await desk.commit(placed(state=OrderState.EXPIRED))
    await desk.up_to_date()
    order = await desk.services.store.load(ORDER_ID)
    assert order is not None
    assert order.state is OrderState.EXPIRED
    assert "expired without a decision" in desk.direct()[0]


async def test_a_refused_card_loses_no_iccid(desk: Desk) -> None:
    """Without a card there is no thread either: what belongs there goes to ana."""
    desk.slack.faults.error("chat.postMessage", "is_archived")
    await desk.go_on(placed(state=PURCHASED))
    result, told = desk.direct()
    assert all(str(sim.iccid) in result for sim in some_sims(3))
    assert "bought (3 of 3 eSIMs)" in told
    assert desk.slack.messages(OPS) == []


async def test_somebody_decides_while_the_card_is_refused(desk: Desk) -> None:
    """An order that went on is not cancelled by what was known of it before."""
    waiting = await desk.commit(placed())
    decided = await desk.commit(cancelled(waiting))
    desk.slack.faults.error("chat.postMessage", "is_archived")
    await desk.pass_over(waiting)
    assert await desk.services.store.load(ORDER_ID) == decided


async def test_a_report_that_got_lost(desk: Desk) -> None:
    """A process that ends between the refusal and what follows from it: the next round reports."""

    async def crash(_order_id: str, _error: str) -> None:
        raise StoreUnavailable

    desk.slack.faults.error("chat.postMessage", "is_archived")
    await desk.commit(placed())
    desk.services, whole = replace(desk.services, card_refused=crash), desk.services
    desk.restart()
    with pytest.raises(StoreUnavailable):
        await desk.deliver()
    assert await desk.due_in() is not None
    desk.services = whole
    desk.restart()
    await desk.up_to_date()
    order = await desk.services.store.load(ORDER_ID)
    assert order is not None
    assert (order.state, order.history[-1].detail) == (OrderState.CANCELLED, "is_archived")
    assert "Slack says is_archived" in desk.direct()[0]


async def test_a_crash_after_what_followed(desk: Desk) -> None:
    """The order is cancelled, and the process ends before it could go on: nothing is told twice."""
    await desk.commit(placed())

    async def end(order_id: str, error: str) -> None:
        await whole.card_refused(order_id, error)
        raise StoreUnavailable

    desk.slack.faults.error("chat.postMessage", "is_archived")
    desk.services, whole = replace(desk.services, card_refused=end), desk.services
    desk.restart()
    with pytest.raises(StoreUnavailable):
        await desk.deliver()
    desk.services = whole
    desk.restart()
    await desk.up_to_date()
    assert len(desk.direct()) == 1


async def test_a_report_of_an_order_that_is_not_known(desk: Desk) -> None:
    """Redis has forgotten the order meanwhile: there is nothing to cancel."""
    await desk.services.card_refused(ORDER_ID, "is_archived")
    assert await desk.services.store.load(ORDER_ID) is None


async def test_a_card_that_can_not_be_edited(desk: Desk) -> None:
    """Whatever holds the edit up, the result hangs under the card, and the edit follows."""
    card = await desk.show(placed())
    desk.slack.faults.refuse("chat.update", "edit_window_closed")
    await desk.show(placed(state=PURCHASED))
    assert card.buttons() == ["Approve", "Cancel"]
    assert "Bought 3 of 3 eSIMs." in desk.thread()[0]
    desk.slack.faults.up()
    await desk.up_to_date(patience=600)
    assert "Bought 3 of 3 eSIMs" in card.plain()


async def test_an_open_card_that_can_not_be_edited(desk: Desk) -> None:
    """A card that stands can still be decided upon: only one that never stood is taken back."""
    await desk.show(placed())
    await desk.forget("card", (await desk.known("card")).changed(digest="old"))
    desk.slack.faults.refuse("chat.update", "is_inactive")
    await desk.deliver()
    order = await desk.services.store.load(ORDER_ID)
    assert order is not None
    assert order.state is OrderState.AWAITING_APPROVAL


async def test_a_channel_that_was_archived(desk: Desk) -> None:
    """Result, file and errors reach ana when the thread takes nothing any more."""
    await desk.show(placed(20))
    desk.slack.workspace.archive(OPS)
    await desk.show(placed(20, state=SHORT, sims=some_sims(12), errors=[NO_STOCK]))
    assert desk.thread() == []
    told = "\n".join(desk.direct())
    assert "Bought 12 of 20 eSIMs." in told
    assert "8 missing" in told
    files = [file for each in desk.slack.direct_messages("ana") for file in each.files]
    assert [file.name for file in files] == [f"order-{ORDER_ID}.xlsx", f"order-{ORDER_ID}.csv"]


async def test_what_went_to_the_requester_is_edited_there(desk: Desk) -> None:
    """A later state of the same message replaces it, in the same place."""
    await desk.show(placed())
    desk.slack.workspace.archive(OPS)
    doubted = placed(state=OrderState.IN_DOUBT, sims=some_sims(1))
    await desk.show(doubted)
    assert "That is what I know of so far." in desk.direct()[0]
    await desk.show(looked(doubted, some_sims(3)))
    assert "Bought 3 of 3 eSIMs." in desk.direct()[0]
    assert len(desk.direct()) == 2  # the result, and that the order has ended


async def test_plain_text_for_the_requester_too(desk: Desk) -> None:
    """The channel is archived, and the blocks are at fault as well: ana gets plain text."""
    await desk.show(placed())
    desk.slack.workspace.archive(OPS)
    await desk.commit(placed(state=PURCHASED))
    for _ in range(3):  # one try each, as the direct message that it has ended is not at fault
        desk.slack.faults.error("chat.postMessage", "is_archived")
        desk.slack.faults.error("chat.postMessage", "invalid_blocks")
        await desk.up_to_date(patience=10)
    await desk.up_to_date(patience=60)
    told = "\n".join(desk.direct())
    assert all(str(sim.iccid) in told for sim in some_sims(3))


async def test_one_channel_does_not_keep_the_others_from_hearing(desk: Desk) -> None:
    """A wrong id, a private channel, an archived one: the rest is told all the same."""
    desk.slack.workspace.archive(FINANCE)
    desk.tell("C0NOWHERE", SECRET, FINANCE, FLEET)
    with capture_logs() as logs:
        await desk.show(placed(state=PURCHASED))
    assert len(desk.slack.messages(FLEET)) == 1
    assert len(desk.direct()) == 1
    refused = {log["key"]: log["error"] for log in logs if log["event"] == "message_refused"}
    assert refused == {
        "notify:C0NOWHERE:purchased": "channel_not_found",
        f"notify:{SECRET}:purchased": "channel_not_found",
        f"notify:{FINANCE}:purchased": "is_archived",
    }


async def test_a_requester_who_can_not_be_written_to(desk: Desk) -> None:
    """A person who has left keeps neither thread nor channels from hearing; it is counted."""
    desk.tell(FLEET)
    bought = placed(state=PURCHASED).model_copy(update={"requester": "U0GONE"})
    with capture_logs() as logs:
        await desk.show(bought)
    assert len(desk.thread()) == 1
    assert len(desk.slack.messages(FLEET)) == 1
    (log,) = [log for log in logs if log["event"] == "message_without_place"]
    assert (log["key"], log["order"]) == ("dm:U0GONE:purchased", ORDER_ID)
    assert b"esim_messages_without_place_total 1.0" in desk.services.metrics.text()


@pytest.mark.parametrize("error", ["cannot_dm_bot", "user_disabled", "messages_tab_disabled"])
async def test_nobody_can_be_reached_at_all(desk: Desk, error: str) -> None:
    """Neither thread nor person: the log says which messages, and never an ICCID."""
    await desk.show(placed())
    desk.slack.faults.refuse(None, error)
    await desk.commit(placed(state=SHORT))
    with capture_logs() as logs:
        await desk.up_to_date()
    without = {log["key"] for log in logs if log["event"] == "message_without_place"}
    assert without == {"result:direct", "errors:direct", f"dm:{ANA}:partly_purchased"}
    assert not any(str(sim.iccid) in str(logs) for sim in some_sims(2))


async def test_what_had_no_place_gets_there_later(desk: Desk) -> None:
    """Hours later the channel takes it again: thread and card are complete, and nothing waits."""
    await desk.show(placed())
    desk.slack.faults.refuse(None, "restricted_action")
    await desk.go_on(placed(state=PURCHASED))
    assert await desk.delivery.waiting_reasons() == {"restricted_action": 1}
    await desk.up_to_date(patience=1900)
    desk.slack.faults.up()
    await desk.up_to_date(patience=3600)
    assert "Bought 3 of 3 eSIMs" in desk.card.plain()
    assert str(some_sims(1)[0].iccid) in desk.thread()[0]
    assert await desk.due_in() is None
    assert await desk.delivery.waiting_reasons() == {}


async def test_a_place_is_not_asked_for_ever(desk: Desk) -> None:
    """After a week an operator reads that it was given up; the order comes due no more."""
    desk.tell("C0NOWHERE")
    with capture_logs() as logs:
        await desk.commit(placed(state=PURCHASED))
        await desk.up_to_date(patience=3600)
    given_up = [log for log in logs if log["event"] == "message_given_up"]
    assert [(log["key"], log["error"]) for log in given_up] == [
        ("notify:C0NOWHERE:purchased", "channel_not_found")
    ]
    assert desk.clock.time() - now_of(placed()).timestamp() > 6.9 * 24 * 3600
    asked = [call for call in desk.slack.calls if call.arguments.get("channel") == "C0NOWHERE"]
    assert len(asked) < 200
    assert await desk.due_in() is None


async def test_a_start_asks_every_place_again(desk: Desk) -> None:
    """Who mends something and starts the bot again does not wait for the next try."""
    desk.tell("C0NOWHERE")
    await desk.commit(placed(state=PURCHASED))
    await desk.up_to_date(patience=1000)
    before = await desk.due_in()
    assert before is not None
    assert before > 1000
    await desk.clock.advance(1)
    desk.restart()
    await desk.delivery.resume()
    assert await desk.due_in() == 0
    asked = desk.calls("chat.postMessage")
    await desk.deliver()
    assert desk.calls("chat.postMessage") == asked + 1


async def test_the_call_for_a_person_is_edited(desk: Desk) -> None:
    """Once it is settled, the message that asked for help says so in its place."""
    stuck = placed(state=OrderState.NEEDS_ATTENTION)
    await desk.show(stuck)
    (call,) = desk.slack.thread(desk.card)
    assert call.buttons() == ["Look again", "Close as not bought", "Buy again"]
    await desk.show(answered(stuck, Bought(sims=some_sims(3))))
    assert call.buttons() == []
    assert "No decision is needed now. 3 of 3 eSIMs known to be bought." in call.plain()
