"""Slack shows each order as it is: everything once, edited in place, never an older version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import OrderState
from bot.domain.purchase.outcome import Bought, Unknown
from bot.slack.delivery import Pacer, Round
from tests.integration.slack.desk import BEN, FLEET, OPS, Desk, cancelled, placed
from tests.support.order_steps import answered, looked, now_of, started
from tests.support.orders import KEYS, ORDER_ID, some_sims, terms

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.slack.delivery.retries import NextRound
    from sandbox.slack import SlackSandbox

PURCHASED = OrderState.PURCHASED


async def test_a_new_order_gets_its_card(desk: Desk) -> None:
    """The card is in the channel, with its buttons, and what the bot finds it by."""
    card = await desk.show(placed())
    assert card.buttons() == ["Approve", "Cancel"]
    assert card.metadata == {
        "event_type": "esim_order",
        "event_payload": {"order_id": ORDER_ID, "key": "card", "state": "awaiting_approval"},
    }


async def test_a_change_edits_the_card(desk: Desk) -> None:
    """The card of a decided order is the same message, without buttons."""
    card = await desk.show(placed())
    await desk.show(cancelled(placed()))
    assert desk.card is card
    assert (card.edited, card.buttons()) == (True, [])
    assert card.metadata is not None
    assert card.metadata["event_payload"]["state"] == "cancelled"


async def test_what_stands_is_left_alone(desk: Desk) -> None:
    """A pass over an order that Slack shows already writes nothing."""
    await desk.show(placed())
    before = len(desk.slack.calls)
    await desk.deliver()
    assert len(desk.slack.calls) == before


async def test_a_step_that_nobody_sees_writes_nothing(desk: Desk) -> None:
    """An answer after the end that tells no more is committed, and costs no write."""
    stuck = placed(state=OrderState.NEEDS_ATTENTION)
    closed = await desk.commit(stuck.close(BEN, now_of(stuck)))
    await desk.up_to_date()
    before = desk.calls("chat.update") + desk.calls("chat.postMessage")
    await desk.show(closed.record(1, Unknown(why="more silence"), now_of(closed)))
    assert desk.calls("chat.update") + desk.calls("chat.postMessage") == before


async def test_a_whole_life(desk: Desk) -> None:
    """Asked, approved, bought: one card, one result, one message each to whom it concerns."""
    desk.tell(FLEET)
    for state in (OrderState.AWAITING_APPROVAL, OrderState.APPROVED, OrderState.PURCHASING):
        await desk.show(placed(state=state))
        assert desk.thread() == []
    await desk.show(placed(state=PURCHASED))
    (result,) = desk.thread()
    assert result.startswith("Bought 3 of 3 eSIMs.")
    (direct,), (line,) = desk.direct(), desk.slack.messages(FLEET)
    assert "bought (3 of 3 eSIMs)" in direct
    assert "bought (3 of 3 eSIMs)" in line.plain()


async def test_news_lead_to_the_card(desk: Desk) -> None:
    """Direct message and line carry the card's address."""
    desk.tell(FLEET)
    card = await desk.show(placed(state=PURCHASED))
    link = f"/archives/{OPS}/p{card.ts.replace('.', '')}"
    (direct,), (line,) = desk.slack.direct_messages("ana"), desk.slack.messages(FLEET)
    assert link in str(direct.blocks)
    assert link in str(line.blocks)


async def test_many_sim_cards_come_as_a_file(desk: Desk, slack: SlackSandbox) -> None:
    """Table and files stand under the card; the files are uploaded once, in one message."""
    await desk.show(placed(11, state=PURCHASED))
    await desk.deliver()
    name = f"order-{ORDER_ID}"
    assert [file.name for file in slack.files] == [f"{name}.xlsx", f"{name}.csv"]
    assert {file.thread_ts for file in slack.files} == {desk.card.ts}
    assert len(desk.thread()) == 2


async def test_files_with_more_sim_cards(desk: Desk, slack: SlackSandbox) -> None:
    """Once the complete files stand, the earlier ones are deleted: one pair is in the thread."""
    doubted = placed(20, state=OrderState.IN_DOUBT, sims=some_sims(12))
    await desk.show(doubted)
    await desk.show(looked(doubted, some_sims(20)))
    titles = [file.title for file in slack.files]
    assert titles == [f"Order {ORDER_ID}: 20 eSIMs", f"Order {ORDER_ID}: 20 eSIMs, for programs"]
    assert [len(each.files) for each in slack.thread(desk.card) if each.files] == [2]
    assert "Bought 20 of 20 eSIMs." in desk.thread()[0]


async def test_an_old_file_that_can_not_be_deleted_yet(desk: Desk, slack: SlackSandbox) -> None:
    """The complete file comes all the same; the earlier one goes when Slack lets it."""
    doubted = placed(20, state=OrderState.IN_DOUBT, sims=some_sims(12))
    await desk.show(doubted)
    slack.faults.down("files.delete")
    await desk.show(looked(doubted, some_sims(20)))
    assert len(slack.files) == 4
    slack.faults.up()
    await desk.up_to_date(patience=60)
    assert len(slack.files) == 2
    assert await desk.due_in() is None


async def test_steps_that_came_meanwhile_are_one_edit(desk: Desk) -> None:
    """A burst of steps costs one edit: Slack gets the newest only."""
    order = await desk.commit(placed(4, under=terms(batch_size=1)))
    await desk.up_to_date()
    order = await desk.commit(order.approve(BEN, now_of(order)))
    for number in range(1, 5):
        order = await desk.commit(started(order))
        order = await desk.commit(answered(order, Bought(sims=some_sims(1, number))))
    edits = desk.calls("chat.update")
    await desk.up_to_date()
    assert desk.calls("chat.update") == edits + 1
    assert "Bought 4 of 4 eSIMs" in desk.card.plain()


async def test_an_order_that_nobody_knows(desk: Desk) -> None:
    """An id without an order leaves the queue, and costs nothing on Slack."""
    await desk.redis.zadd(KEYS.deliveries, {f"order:{ORDER_ID}": 0})
    await desk.deliver()
    assert await desk.due_in() is None
    assert desk.slack.calls == []


async def overtake(desk: Desk, happens: Callable[[], Awaitable[object]]) -> None:
    """Make a pass of another process, that waits while something happens before it writes."""
    services = replace(desk.services, pacer=Pacer(desk.clock))

    class Overtaken(Round):
        """Lets it happen, and then shows what was the newest step before."""

        async def run(self) -> NextRound:
            """Make the round."""
            await happens()
            return await super().run()

    await desk.delivering(
        lambda order, _, now, **how: Overtaken(order, services, now, **how)
    ).deliver(ORDER_ID)


async def test_a_step_during_a_pass_is_shown_next(desk: Desk) -> None:
    """A pass that was overtaken is not the last one: the order is due again at once."""
    waiting = await desk.commit(placed())
    await overtake(desk, lambda: desk.commit(cancelled(waiting)))
    assert desk.card.buttons() == ["Approve", "Cancel"]
    assert await desk.due_in() == 0
    await desk.up_to_date()
    assert desk.card.buttons() == []


async def test_an_older_version_never_has_the_last_word(desk: Desk) -> None:
    """A pass over an old step that ends after one over a new step is followed by another."""
    waiting = await desk.commit(placed())
    await desk.up_to_date()
    approved = await desk.commit(waiting.approve(BEN, now_of(waiting)))

    async def others_buy() -> None:
        await desk.show(started(approved))
        await desk.show(answered(started(approved), Bought(sims=some_sims(3))))

    await overtake(desk, others_buy)
    assert "Bought 3 of 3 eSIMs" not in desk.card.plain()
    assert await desk.due_in() == 0
    await desk.up_to_date()
    assert "Bought 3 of 3 eSIMs" in desk.card.plain()
    assert len(desk.thread()) == 1


@pytest.mark.parametrize("state", [OrderState.APPROVED, PURCHASED, OrderState.EXPIRED])
async def test_a_card_that_comes_late_has_no_buttons(desk: Desk, state: OrderState) -> None:
    """An order that was decided before its card could be posted gets the card of today."""
    card = await desk.show(placed(state=state))
    assert (card.buttons(), card.edited) == ([], False)


async def test_a_message_is_not_edited_faster_than_slack_takes_it(desk: Desk) -> None:
    """A second edit within a second waits for the rest of it, and nothing is lost."""
    order = await desk.commit(placed())
    await desk.deliver()
    approved = await desk.commit(order.approve(BEN, now_of(order)))
    await desk.deliver()
    await desk.commit(started(approved))
    await desk.deliver()
    assert await desk.due_in() == 1
    assert "Approved by" in desk.card.plain()
    await desk.up_to_date()
    assert "Buying 3 of 3" in desk.card.plain()


async def test_many_messages_come_one_after_the_other(desk: Desk) -> None:
    """More posts than a channel takes at once follow a second later, each once."""
    order = placed(20, state=OrderState.NEEDS_ATTENTION, sims=some_sims(12), errors=[])
    await desk.commit(order)
    await desk.deliver()
    assert await desk.due_in() == 1
    await desk.up_to_date()
    assert len(desk.thread()) == 3
    assert desk.calls("chat.postMessage") == 4
