"""Slack away, slow or silent, and crashes in between: each message is there, and there once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.domain.events import OrderState
from bot.errors import StoreUnavailable
from bot.slack.web.client import SlackClient, web_client
from bot.store.connection import connect
from bot.store.posted import Posted, PostedStore
from sandbox.slack import SlackSandbox
from tests.integration.slack.desk import BEN, FLEET, OPS, Desk, cancelled, placed
from tests.support.order_steps import now_of
from tests.support.orders import KEYS, ORDER_ID

if TYPE_CHECKING:
    from pathlib import Path

    import aiohttp
    from redis.asyncio import Redis

    from tests.support.clock import ManualClock

PURCHASED = OrderState.PURCHASED
LOOKS = ("conversations.history", "conversations.replies")


def everything(desk: Desk) -> list[int]:
    """How many messages are in #ops, under the card, with ana, and in #fleet."""
    slack = desk.slack
    under = slack.thread(desk.card)
    return [
        len(each) for each in (slack.messages(OPS), under, desk.direct(), slack.messages(FLEET))
    ]


async def test_nothing_is_looked_for_without_need(desk: Desk) -> None:
    """What was never begun is posted at once: the usual way reads no history."""
    await desk.show(placed(11, state=PURCHASED))
    assert not any(desk.calls(method) for method in LOOKS)


@pytest.mark.parametrize("lost", [1, 2, 3, 4])
async def test_a_post_whose_answer_was_lost(desk: Desk, lost: int) -> None:
    """Card, result, direct message, line: whichever answers are lost, each is there once."""
    desk.tell(FLEET)
    desk.slack.faults.drop_after_storing("chat.postMessage", times=lost)
    await desk.show(placed(state=PURCHASED))
    assert everything(desk) == [1, 1, 1, 1]


async def test_a_file_whose_answer_was_lost(desk: Desk) -> None:
    """An uploaded file is known by its name, and is not uploaded again."""
    desk.slack.faults.drop_after_storing("files.completeUploadExternal")
    await desk.show(placed(11, state=PURCHASED))
    assert len(desk.slack.files) == 2
    assert desk.calls("files.completeUploadExternal") == 1
    assert desk.calls("chat.update") == 0


async def test_an_edit_whose_answer_was_lost(desk: Desk) -> None:
    """An edit can be made twice: it is simply made again."""
    card = await desk.show(placed())
    desk.slack.faults.drop_after_storing("chat.update")
    await desk.show(cancelled(placed()))
    assert desk.card is card
    assert card.buttons() == []
    assert desk.calls("chat.update") == 2


async def test_a_card_that_changed_while_its_answer_was_lost(desk: Desk) -> None:
    """The card that is found is edited to what it should show by now."""
    desk.slack.faults.drop_after_storing("chat.postMessage")
    waiting = await desk.commit(placed())
    await desk.deliver()
    await desk.show(cancelled(waiting))
    assert (desk.card.buttons(), desk.card.edited) == ([], True)


async def test_a_crash_between_intent_and_post(desk: Desk) -> None:
    """A post that was only meant to be made is looked for, not found, and made once."""
    await desk.commit(placed())
    await desk.forget("card", Posted(begun_at=desk.clock.now()))
    await desk.up_to_date()
    assert desk.calls("conversations.history") == 1
    assert len(desk.slack.messages(OPS)) == 1


async def test_a_crash_between_post_and_note(desk: Desk) -> None:
    """A card that was posted and not written down is found, with clocks that differ a little."""
    card = await desk.show(placed())
    await desk.forget("card", Posted(begun_at=desk.clock.now()))
    card.ts = f"{float(card.ts) - 299:.6f}"
    await desk.show(cancelled(placed()))
    assert desk.card is card
    assert desk.calls("chat.postMessage") == 1 + len(desk.direct())


async def test_slack_away_and_back(desk: Desk) -> None:
    """While Slack is away the order is tried at growing intervals; then all follows, once."""
    desk.tell(FLEET)
    desk.slack.faults.down()
    await desk.commit(placed(state=PURCHASED))
    for usual in (5, 10, 20, 40, 60, 60):
        await desk.deliver()
        due = await desk.due_in()
        assert due is not None
        assert 0.8 * usual <= due <= usual
        await desk.clock.advance(due)
    assert desk.slack.messages(OPS) == []
    desk.slack.faults.up()
    await desk.up_to_date()
    assert everything(desk) == [1, 1, 1, 1]


async def test_slack_goes_away_in_the_middle(desk: Desk) -> None:
    """What stands already is not posted again when the rest follows."""
    desk.slack.faults.down("files.getUploadURLExternal")
    await desk.commit(placed(11, state=PURCHASED))
    await desk.deliver()
    assert everything(desk) == [1, 1, 1, 0]
    desk.slack.faults.up()
    await desk.up_to_date()
    assert everything(desk) == [1, 2, 1, 0]
    assert desk.calls("chat.postMessage") == 3


async def test_the_log_says_why_slack_is_waited_for(desk: Desk) -> None:
    """An operator learns which order waits, how long, and what Slack said."""
    desk.slack.faults.error("chat.postMessage", "invalid_auth")
    await desk.commit(placed())
    with capture_logs() as logs:
        await desk.deliver()
    (log,) = [log for log in logs if log["event"] == "message_waits"]
    assert (log["order"], log["key"], log["error"]) == (ORDER_ID, "card", "invalid_auth")
    assert (log["retry_in"] <= 5, log["log_level"]) == (True, "warning")
    assert log["reason"] == "Slack says invalid_auth"


async def test_a_rate_limit_is_respected(desk: Desk) -> None:
    """After a 429 the order is due when Slack said, and the call was not repeated before."""
    desk.slack.faults.rate_limit("chat.postMessage", retry_after=30)
    await desk.commit(placed())
    await desk.deliver()
    assert await desk.due_in() == 30
    assert desk.calls("chat.postMessage") == 1
    await desk.up_to_date()
    assert everything(desk)[0] == 1


async def test_a_step_while_slack_is_waited_for(desk: Desk) -> None:
    """A new step is looked at, but does not shorten the wait that Slack asked for."""
    desk.slack.faults.rate_limit("chat.postMessage", retry_after=30)
    waiting = await desk.commit(placed())
    await desk.deliver()
    await desk.commit(cancelled(waiting))
    assert await desk.due_in() == 0
    await desk.deliver()
    assert await desk.due_in() == 30
    assert desk.calls("chat.postMessage") == 1


async def test_where_the_bot_may_not_read(
    redis: Redis, clock: ManualClock, session: aiohttp.ClientSession
) -> None:
    """Without the scope to look before it posts, it can only post; the log says that."""
    slack = await SlackSandbox.start(now=clock.time, scopes=["chat:write"])
    client = SlackClient(web_client(slack.bot_token, session, slack.api_url))
    desk = Desk(slack, client, redis, clock)
    await desk.commit(placed())
    await desk.forget("card", Posted(begun_at=clock.now()))
    with capture_logs() as logs:
        await desk.up_to_date()
    assert len(slack.messages(OPS)) == 1
    assert [(log["event"], log["error"]) for log in logs] == [
        ("message_lookup_failed", "missing_scope")
    ]
    await slack.stop()


async def test_a_post_is_begun_before_it_is_made(desk: Desk) -> None:
    """The intent is in Redis by the time that Slack gets the post, so no crash is too early."""
    desk.slack.faults.down("chat.postMessage")
    await desk.commit(placed())
    await desk.deliver()
    known = await desk.known("card")
    assert (known.begun_at, known.ts, known.digest) == (desk.clock.now(), "", "")


async def test_redis_is_away(desk: Desk, tmp_path: Path) -> None:
    """Without Redis nothing is posted, as it could not be known later; the order stays due."""
    await desk.commit(placed())
    redis = connect(f"unix://{tmp_path}/nobody.sock")
    desk.services = replace(desk.services, posted=PostedStore(redis, KEYS))
    desk.restart()
    with pytest.raises(StoreUnavailable):
        await desk.deliver()
    await redis.aclose()
    assert desk.slack.calls == []
    assert await desk.due_in() == 0


async def test_each_step_is_safe_to_repeat(desk: Desk) -> None:
    """Passes made over and over, with the record of one message lost each time, add nothing."""
    desk.tell(FLEET)
    order = await desk.commit(placed(11, state=PURCHASED))
    await desk.up_to_date()
    keys = await desk.services.posted.load(ORDER_ID)
    for key, known in keys.items():
        await desk.forget(key, Posted(begun_at=desk.clock.now()))
        await desk.clock.advance(2)
        await desk.pass_over(order)
        assert (await desk.services.posted.load(ORDER_ID))[key].digest == known.digest
    assert everything(desk) == [1, 2, 1, 1]
    assert len(desk.slack.files) == 2


async def test_an_approval_between_two_passes(desk: Desk) -> None:
    """A card whose first post failed shows, when it comes, what was decided meanwhile."""
    desk.slack.faults.down("chat.postMessage")
    waiting = await desk.commit(placed())
    await desk.deliver()
    desk.slack.faults.up()
    await desk.show(waiting.approve(BEN, now_of(waiting)))
    assert "Approved by @ben" in desk.card.plain()
    assert desk.card.buttons() == []
