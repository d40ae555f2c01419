"""What passes is tried until it is taken; what is a message's own fault is shown plainly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.domain.events import OrderState
from bot.domain.purchase.sim import Oddity
from bot.slack.delivery import Round
from tests.integration.slack.desk import ANA, BEN, FLEET, OPS, Desk, placed
from tests.support.order_steps import NO_STOCK, now_of, started
from tests.support.orders import ORDER_ID, some_sims

if TYPE_CHECKING:
    from bot.slack.delivery.retries import NextRound
    from bot.slack.message import Message

PURCHASED = OrderState.PURCHASED
PASSING = [
    *("missing_scope", "message_limit_exceeded", "org_login_required", "accesslimited"),
    *("team_access_not_granted", "ekm_access_denied", "token_revoked", "fatal_error"),
    *("an_error_of_tomorrow", "edit_window_closed", "update_failed"),
]


def iccids_in(texts: list[str], count: int) -> bool:
    """Whether each of so many SIM cards stands somewhere in these texts."""
    everything = "\n".join(texts)
    return all(str(sim.iccid) in everything for sim in some_sims(count))


@pytest.mark.parametrize("error", PASSING)
async def test_the_workspace_refuses_while_an_order_ends(desk: Desk, error: str) -> None:
    """Known or not: hours later everything is there, once, and the card tells the truth."""
    desk.tell(FLEET)
    card = await desk.show(placed())
    desk.slack.faults.refuse(None, error)
    await desk.commit(placed(state=PURCHASED))
    await desk.up_to_date(patience=590)
    assert desk.thread() == []
    assert await desk.delivery.waiting_reasons() == {error: 1}
    desk.slack.faults.up()
    await desk.up_to_date(patience=600)
    assert "Bought 3 of 3 eSIMs" in card.plain()
    assert iccids_in(desk.thread(), 3)
    counts = [len(desk.thread()), len(desk.direct()), len(desk.slack.messages(FLEET))]
    assert counts == [1, 1, 1]
    assert await desk.due_in() is None


async def test_a_refused_edit_holds_nothing_up(desk: Desk) -> None:
    """The card can't be edited for days: result and direct message are there at once."""
    card = await desk.show(placed())
    desk.slack.faults.refuse("chat.update", "update_failed")
    await desk.commit(placed(state=PURCHASED))
    await desk.deliver()
    assert iccids_in(desk.thread(), 3)
    assert len(desk.direct()) == 1
    await desk.clock.advance(3 * 24 * 3600)
    await desk.deliver()
    desk.slack.faults.up()
    await desk.up_to_date(patience=600)
    assert "Bought 3 of 3 eSIMs" in card.plain()


async def test_a_new_content_is_tried_at_once(desk: Desk) -> None:
    """A verdict is about what was refused: the next state of the card does not wait for it."""
    await desk.show(placed())
    desk.slack.faults.refuse("chat.update", "update_failed")
    approved = await desk.commit(placed().approve(BEN, now_of(placed())))
    await desk.up_to_date(patience=300)
    due = await desk.due_in()
    assert due is not None
    assert due > 200
    desk.slack.faults.up()
    await desk.clock.advance(1)
    await desk.commit(started(approved))
    assert await desk.due_in() == 1
    await desk.clock.advance(1)
    await desk.deliver()
    assert "Buying 3 of 3" in desk.card.plain()


async def test_an_error_without_a_word(desk: Desk) -> None:
    """`ok` false and no reason is no verdict."""
    desk.slack.faults.refuse("chat.postMessage", "")
    await desk.commit(placed())
    await desk.up_to_date(patience=10)
    assert await desk.delivery.waiting_reasons() == {"unreachable": 1}
    desk.slack.faults.up()
    await desk.up_to_date(patience=60)
    assert desk.card.buttons() == ["Approve", "Cancel"]


async def test_a_page_of_something_in_between(desk: Desk) -> None:
    """A 404 that Slack never sent is an outage like any other."""
    desk.slack.faults.miss()
    await desk.commit(placed())
    await desk.up_to_date(patience=10)
    desk.slack.faults.up()
    await desk.up_to_date(patience=60)
    assert desk.card.buttons() == ["Approve", "Cancel"]


async def test_a_card_that_slack_finds_fault_with(desk: Desk) -> None:
    """Three tries, then plain text in its place, with its buttons; the log says which and why."""
    desk.slack.faults.error("chat.postMessage", "invalid_blocks", times=3)
    await desk.commit(placed())
    with capture_logs() as logs:
        await desk.up_to_date()
    assert desk.card.buttons() == ["Approve", "Cancel"]
    assert "Shown plainly" in desk.card.plain()
    (log,) = [log for log in logs if log["event"] == "message_refused"]
    assert (log["order"], log["key"], log["error"]) == (ORDER_ID, "card", "invalid_blocks")
    assert await desk.due_in() is None
    await desk.show(placed().approve(BEN, now_of(placed())))
    assert "Shown plainly" not in desk.card.plain()


async def test_a_result_that_slack_finds_fault_with(desk: Desk) -> None:
    """The ICCIDs come as plain text; direct message and card did not wait for them."""
    card = await desk.show(placed())
    desk.slack.faults.error("chat.postMessage", "msg_blocks_too_long")
    await desk.commit(placed(state=PURCHASED))
    await desk.deliver()
    assert (len(desk.thread()), len(desk.direct())) == (0, 1)
    assert "Bought 3 of 3 eSIMs" in card.plain()
    desk.slack.faults.error("chat.postMessage", "msg_blocks_too_long", times=2)
    await desk.up_to_date()
    (text,) = desk.thread()
    assert iccids_in([text], 3)
    assert await desk.due_in() is None


async def test_even_plain_text_is_refused(desk: Desk) -> None:
    """Then it goes without buttons, and is tried at growing intervals for as long as it takes."""
    desk.slack.faults.error("chat.postMessage", "invalid_blocks", times=7)
    await desk.commit(placed())
    await desk.up_to_date(patience=600)
    assert "approve or cancel" in desk.card.plain()
    assert desk.card.buttons() == []


def undrawable(*_: object) -> Message:
    """Draw nothing."""
    raise ValueError("no such block")


@pytest.mark.parametrize(
    "name", ["result", "errors", "attention_messages", "requester_notice", "channel_notice"]
)
async def test_a_message_that_can_not_be_drawn(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Plain text in its place, at once; everything else is as it should be."""
    monkeypatch.setattr(f"bot.slack.messages.recipients.{name}", undrawable)
    desk.tell(FLEET)
    order = placed(state=OrderState.NEEDS_ATTENTION, sims=some_sims(2), errors=[NO_STOCK])
    with capture_logs() as logs:
        await desk.show(order)
    told = {str(log) for log in logs if log["event"] == "message_not_drawn"}
    assert len(told) == 1
    assert ORDER_ID in told.pop()
    assert iccids_in(desk.thread(), 2)
    counts = [len(desk.thread()), len(desk.direct()), len(desk.slack.messages(FLEET))]
    assert counts == [3, 1, 1]
    assert await desk.due_in() is None


async def test_a_card_that_can_not_be_drawn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The order is told of in plain text, and what it bought hangs under that."""
    monkeypatch.setattr("bot.slack.delivery.round.card", undrawable)
    await desk.show(placed(state=PURCHASED))
    assert f"Order {ORDER_ID} of @ana for 3 eSIMs: bought (3 of 3 eSIMs)." in desk.card.plain()
    assert iccids_in(desk.thread(), 3)


@pytest.mark.parametrize("where", ["files.getUploadURLExternal", "upload"])
@pytest.mark.parametrize("sims", [11, 120, 600])
async def test_a_file_that_can_not_be_uploaded(desk: Desk, where: str, sims: int) -> None:
    """The ICCIDs as text meanwhile, wherever it fails; both files in one message later."""
    if where == "upload":
        desk.slack.faults.miss(where)
    else:
        desk.slack.faults.refuse(where, "storage_limit_reached")
    desk.tell(FLEET)
    await desk.show(placed(sims, state=PURCHASED))
    assert iccids_in(desk.thread(), sims)
    assert (len(desk.direct()), len(desk.slack.messages(FLEET))) == (1, 1)
    await desk.clock.advance(3600)
    desk.slack.faults.up()
    await desk.up_to_date(patience=600)
    assert [file.thread_ts for file in desk.slack.files] == [desk.card.ts] * 2
    assert await desk.due_in() is None


async def test_a_stray_is_deleted_later(desk: Desk) -> None:
    """ICCIDs that Slack put into the channel are deleted once that is allowed."""
    await desk.show(placed())
    desk.slack.workspace.delete(desk.card)
    desk.slack.faults.down("chat.delete")
    await desk.commit(placed(state=PURCHASED))
    await desk.deliver()
    desk.slack.faults.up()
    await desk.up_to_date(patience=60)
    assert iccids_in(desk.thread(), 3)
    assert len(desk.slack.messages(OPS)) == 1


async def test_a_thread_that_can_not_be_read(desk: Desk) -> None:
    """A lost post that can't be looked for is posted all the same, rather than never."""
    await desk.show(placed())
    desk.slack.faults.drop_after_storing("chat.postMessage")
    desk.slack.faults.refuse("conversations.replies", "an_error_of_tomorrow")
    await desk.go_on(placed(state=PURCHASED))
    await desk.up_to_date(patience=300)
    assert iccids_in(desk.thread(), 3)
    assert await desk.due_in() is None


async def test_refusals_are_counted(desk: Desk) -> None:
    """By Slack's own word."""
    desk.slack.faults.error("chat.postMessage", "accesslimited")
    await desk.commit(placed())
    await desk.deliver()
    text = desk.metrics.text()
    assert b'esim_slack_refusals_total{error="accesslimited"} 1.0' in text
    assert ANA.encode() not in text


async def test_a_fault_of_our_own(desk: Desk) -> None:
    """It is told with its order, and tried again at growing intervals; then all is as usual."""
    broken = desk.delivering(Broken)
    await desk.commit(placed())
    for usual in (5, 10, 20):
        with capture_logs() as logs:
            await broken.deliver(ORDER_ID)
        (log,) = logs
        assert (log["event"], log["order"]) == ("delivery_failed", ORDER_ID)
        due = await desk.due_in()
        assert due is not None
        assert 0.8 * usual <= due <= usual
    await desk.up_to_date()
    assert desk.card.buttons() == ["Approve", "Cancel"]


class Broken(Round):
    """A round with a fault."""

    async def run(self) -> NextRound:
        """Fail."""
        raise ValueError("nobody thought of this")


async def test_a_file_that_can_not_be_drawn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ICCID stands in plain text in its place, also one that another order got before."""
    monkeypatch.setattr("bot.slack.messages.recipients.files", undrawable)
    order = placed(61, state=PURCHASED)
    (attempt,), odd = order.attempts, {"odd": (Oddity.ELSEWHERE,), "elsewhere": "0THER0RD"}
    sims = (*attempt.sims[:-1], attempt.sims[-1].model_copy(update=odd))
    changed = {"attempts": (attempt.model_copy(update={"sims": sims}),)}
    await desk.show(order.model_copy(update=changed))
    assert iccids_in(desk.thread(), 61)
    assert "(order 0THER0RD got it before)" in "\n".join(desk.thread())
