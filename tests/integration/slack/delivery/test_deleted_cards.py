"""A card that somebody deleted is posted again, with what hangs under it, and told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock

from structlog.testing import capture_logs

from bot.domain.events import OrderState
from bot.slack.delivery.open_cards import EVERY
from bot.slack.message import CARD
from tests.integration.slack.desk import BEN, OPS, Desk, cancelled, placed
from tests.support.order_steps import looked, now_of
from tests.support.orders import KEYS, ORDER_ID, some_sims

if TYPE_CHECKING:
    import pytest

    from sandbox.slack import SlackSandbox

PURCHASED = OrderState.PURCHASED


async def look(desk: Desk) -> None:
    """Look after the open cards, and do what follows."""
    await desk.cards.look()
    if await desk.due_in() is not None:
        await desk.up_to_date()


async def test_a_card_that_waits(desk: Desk) -> None:
    """It is noticed without anybody's doing, stands again with its buttons, and ana is told."""
    gone = await desk.show(placed())
    desk.slack.workspace.delete(gone)
    await look(desk)
    assert desk.card.ts != gone.ts
    assert desk.card.buttons() == ["Approve", "Cancel"]
    (told,) = desk.slack.direct_messages("ana")
    assert "Somebody deleted the card of your order" in told.plain()
    assert f"/archives/{OPS}/p{desk.card.ts.replace('.', '')}" in str(told.blocks)


async def test_a_card_that_stands(desk: Desk) -> None:
    """One question, and nothing is written; nobody asks again within a few minutes."""
    await desk.show(placed())
    await look(desk)
    await look(desk)
    assert desk.calls("conversations.history") == 1
    assert desk.calls("chat.postMessage") == 1


async def test_a_watch(desk: Desk) -> None:
    """It looks every quarter of an hour by itself."""
    gone = await desk.show(placed())
    desk.slack.workspace.delete(gone)
    watch = asyncio.create_task(desk.cards.watch())
    await desk.clock.until_asleep()
    await desk.clock.advance(EVERY)
    await desk.clock.until_asleep()
    watch.cancel()
    await desk.up_to_date()
    assert desk.card.ts != gone.ts


async def test_one_that_fails_keeps_no_other_from_it(desk: Desk) -> None:
    """What is known of one card can't be read: that is told, and the next one is looked at."""
    gone = await desk.show(placed())
    desk.slack.workspace.delete(gone)
    await desk.redis.zadd(KEYS.state("awaiting_approval"), {"0BAD": 0})
    await desk.redis.hset(KEYS.posted("0BAD"), CARD, "no JSON")
    look = asyncio.create_task(desk.cards.look())
    with capture_logs() as logs:
        await desk.clock.until_asleep()
        await desk.clock.advance(2)
        await look
    failed = [log["order"] for log in logs if log["event"] == "card_not_checked"]
    await desk.up_to_date()
    assert (failed, desk.card.ts != gone.ts) == (["0BAD"], True)


async def test_a_fault_does_not_end_the_watch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong in one look at all cards, the next one is made."""
    cards, look = desk.cards, AsyncMock(side_effect=[ValueError, None, None, None])
    monkeypatch.setattr(cards, "look", look)
    watch = asyncio.create_task(cards.watch())
    for _ in range(3):
        await desk.clock.until_asleep()
        await desk.clock.advance(EVERY)
    watch.cancel()
    assert look.await_count >= 2


async def test_slack_does_not_tell(desk: Desk) -> None:
    """Where it can't look, the card is taken to stand."""
    await desk.show(placed())
    for error in ("missing_scope", "not_in_channel"):
        desk.slack.faults.error("conversations.history", error)
        await desk.redis.delete("esim:{T0SANDBOX00}:cards_looked_at")
        await look(desk)
    assert desk.calls("chat.postMessage") == 1


async def test_a_card_without_a_thread_when_the_order_ends(desk: Desk) -> None:
    """No ICCID stays in the channel: card and result are posted anew, in one thread."""
    gone = await desk.show(placed())
    desk.slack.workspace.delete(gone)
    await desk.go_on(placed(state=PURCHASED))
    assert "Bought 3 of 3 eSIMs" in desk.card.plain()
    assert all(str(sim.iccid) in desk.thread()[0] for sim in some_sims(3))
    (told,) = desk.direct()
    assert "bought (3 of 3 eSIMs)" in told


async def test_a_card_over_its_thread(desk: Desk) -> None:
    """The thread of a deleted card is not the place for news: they come under the new one."""
    doubted = placed(state=OrderState.IN_DOUBT, sims=some_sims(1))
    gone = await desk.show(doubted)
    desk.slack.workspace.delete(gone)
    await desk.go_on(looked(doubted, some_sims(3)))
    note, card = desk.slack.messages(OPS)
    assert note.ts == gone.ts
    (result,) = desk.slack.thread(card)
    assert "Bought 3 of 3 eSIMs." in result.plain()
    assert "Bought 3 of 3 eSIMs" in card.plain()


async def test_a_file_moves_with_its_card(desk: Desk, slack: SlackSandbox) -> None:
    """The files stand once, under the card that stands."""
    doubted = placed(20, state=OrderState.IN_DOUBT, sims=some_sims(12))
    gone = await desk.show(doubted)
    desk.slack.workspace.delete(gone)
    await desk.go_on(looked(doubted, some_sims(20)))
    card = desk.slack.messages(OPS)[-1]
    assert [file.thread_ts for file in slack.files] == [card.ts, card.ts]


async def test_somebody_deletes_it_over_and_over(desk: Desk) -> None:
    """It comes again, after longer and longer times, and each time ana is told."""
    await desk.show(placed())
    for number in range(1, 4):
        desk.slack.workspace.delete(desk.card)
        await desk.redis.delete("esim:{T0SANDBOX00}:cards_looked_at")
        await look(desk)
        assert len(desk.direct()) == number
    desk.slack.workspace.delete(desk.card)
    await desk.commit(cancelled(placed()))
    await desk.deliver()
    await desk.deliver()
    assert desk.slack.messages(OPS) == []
    await desk.up_to_date(patience=60)
    assert "Cancelled by" in desk.card.plain()


async def test_an_approval_finds_the_card_gone(desk: Desk) -> None:
    """At the next edit: it stands again as what it is by now."""
    gone = await desk.show(placed())
    desk.slack.workspace.delete(gone)
    await desk.go_on(placed().approve(BEN, now_of(placed())))
    assert "Approved by @ben" in desk.card.plain()
    assert (await desk.known("card")).again == 1
    assert ORDER_ID in desk.card.plain()
