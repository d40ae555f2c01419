"""What Slack refuses for good: told where it still can be, never tried again, never in the way."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.domain.order import BOT
from bot.domain.outcome import Bought
from bot.domain.state import OrderState
from bot.errors import Conflict
from bot.slack.upkeep import Upkeep
from tests.integration.slack.desk import ANA, FINANCE, FLEET, OPS, SECRET, Desk, cancelled, placed
from tests.support.order_steps import NO_STOCK, answered, looked, now_of
from tests.support.orders import ORDER_ID, some_sims

PURCHASED = OrderState.PURCHASED
SHORT = OrderState.PARTLY_PURCHASED
HELP = {
    "not_in_channel": "Invite me to the channel and send the command again.",
    "channel_not_found": "Invite me to the channel and send the command again.",
    "is_archived": "Send the command again in a channel that is not archived.",
    "missing_scope": "Tell whoever runs me.",
    "invalid_blocks": "Tell whoever runs me.",
}


@pytest.mark.parametrize("error", HELP)
async def test_a_card_that_can_not_be_posted(desk: Desk, error: str) -> None:
    """Nobody could decide: the order is cancelled, and ana reads why and what to do."""
    desk.slack.faults.error("chat.postMessage", error)
    await desk.commit(placed())
    await desk.up_to_date()
    order = await desk.tools.store.load(ORDER_ID)
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
    order = await desk.tools.store.load(ORDER_ID)
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
    await desk.commit(cancelled(waiting))
    desk.slack.faults.error("chat.postMessage", "is_archived")
    with pytest.raises(Conflict):
        await Upkeep(waiting, desk.tools).run()
    assert not (await desk.tools.posted.load(ORDER_ID))["card"].refused


async def test_a_card_that_can_not_be_edited(desk: Desk) -> None:
    """The order goes on without its card: results still hang under it."""
    card = await desk.show(placed())
    desk.slack.faults.error("chat.update", "edit_window_closed")
    await desk.show(placed(state=PURCHASED))
    assert card.buttons() == ["Approve", "Cancel"]
    assert "Bought 3 of 3 eSIMs." in desk.thread()[0]
    assert desk.calls("chat.update") == 1


async def test_an_open_card_that_can_not_be_edited(desk: Desk) -> None:
    """A card that stands can still be decided upon: only one that never stood is taken back."""
    await desk.show(placed())
    standing = (await desk.tools.posted.load(ORDER_ID))["card"]
    await desk.tools.posted.save(ORDER_ID, {"card": standing.model_copy(update={"digest": "old"})})
    desk.slack.faults.error("chat.update", "edit_window_closed")
    await desk.deliver()
    order = await desk.tools.store.load(ORDER_ID)
    assert order is not None
    assert order.state is OrderState.AWAITING_APPROVAL


async def test_a_card_that_somebody_deleted(desk: Desk) -> None:
    """No ICCID strays into the channel: what belonged into the thread goes to ana."""
    await desk.show(placed())
    desk.slack.workspace.delete(desk.card)
    await desk.go_on(placed(state=PURCHASED))
    assert desk.slack.messages(OPS) == []
    result, told = desk.direct()
    assert all(str(sim.iccid) in result for sim in some_sims(3))
    assert "bought (3 of 3 eSIMs)" in told
    assert "archives" not in str(desk.slack.direct_messages("ana")[-1].blocks)


async def test_a_card_that_somebody_deleted_over_its_thread(desk: Desk) -> None:
    """A thread outlives its deleted card: the rest is told where the beginning is."""
    doubted = placed(state=OrderState.IN_DOUBT, sims=some_sims(1))
    await desk.show(doubted)
    card = desk.card
    desk.slack.workspace.delete(card)
    await desk.go_on(looked(doubted, some_sims(3)))
    (result,) = desk.slack.thread(card)
    assert "Bought 3 of 3 eSIMs." in result.plain()


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


async def test_a_channel_that_refused_is_not_tried_again(desk: Desk) -> None:
    """The next step of the order does not ask it again for the same news."""
    desk.tell("C0NOWHERE")
    bought = placed(state=PURCHASED)
    await desk.show(bought)
    await desk.show(bought.record(1, Bought(sims=some_sims(4)), now_of(bought)))
    asked = [call.arguments.get("channel") for call in desk.slack.calls]
    assert asked.count("C0NOWHERE") == 1


async def test_a_requester_who_can_not_be_written_to(desk: Desk) -> None:
    """A person who has left keeps neither thread nor channels from hearing."""
    desk.tell(FLEET)
    bought = placed(state=PURCHASED).model_copy(update={"requester": "U0GONE"})
    await desk.show(bought)
    assert len(desk.thread()) == 1
    assert len(desk.slack.messages(FLEET)) == 1
    assert (await desk.tools.posted.load(ORDER_ID))["dm:U0GONE:purchased"].refused


async def test_nobody_can_be_reached_at_all(desk: Desk) -> None:
    """Neither thread nor person: all is logged, and the order does not come due for ever."""
    await desk.show(placed())
    desk.slack.faults.error(None, "restricted_action", times=100)
    await desk.commit(placed(state=SHORT))
    with capture_logs() as logs:
        await desk.up_to_date()
    refused = {log["key"] for log in logs if log["event"] == "message_refused"}
    assert refused == {
        *("card", "result", "result:direct", "errors", "errors:direct"),
        f"dm:{ANA}:partly_purchased",
    }
    assert await desk.due_in() is None


async def test_the_call_for_a_person_is_edited(desk: Desk) -> None:
    """Once it is settled, the message that asked for help says so in its place."""
    stuck = placed(state=OrderState.NEEDS_ATTENTION)
    await desk.show(stuck)
    (call,) = desk.slack.thread(desk.card)
    assert call.buttons() == ["Look again", "Close as not bought", "Buy again"]
    await desk.show(answered(stuck, Bought(sims=some_sims(3))))
    assert call.buttons() == []
    assert "No decision is needed now. 3 of 3 eSIMs known to be bought." in call.plain()
