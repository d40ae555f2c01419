"""Answers that could not be shown: in the log at once, and later with the person, once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock

import pytest
from structlog.testing import capture_logs

from bot.slack.answer_delivery import AnswerDelivery
from bot.slack.answers.help import usage
from bot.slack.ephemeral import Answer, plain
from bot.slack.web.client import SlackClient, web_client
from bot.store.connection import connect
from bot.store.unsent_answers import MOST, UnsentAnswer, UnsentAnswerStore
from handlers.reply import Reply
from tests.integration.slack.desk import ANA, FINANCE, OPS, answering, behind
from tests.support.hearing.interactions import a_command
from tests.support.orders import KEYS
from tests.support.typed import RULES

if TYPE_CHECKING:
    import aiohttp
    from redis.asyncio import Redis

    from sandbox.slack import SlackSandbox
    from tests.support.clock import ManualClock

ANSWER = plain("Nothing changed.")


def told(slack: SlackSandbox) -> list[str]:
    """What the bot wrote to ana directly."""
    return [message.plain() for message in slack.direct_messages("ana")]


async def tried(kept: AnswerDelivery, clock: ManualClock, seconds: float = 5) -> None:
    """Let time go by, and let everything be tried that is due then."""
    await clock.jump(seconds)
    await kept.deliver_due()


@pytest.mark.parametrize("fault", ["down", "refused"])
async def test_neither_way(
    slack: SlackSandbox,
    client: SlackClient,
    kept: AnswerDelivery,
    fault: str,
) -> None:
    """What could not be shown is in the log in its own words, with who should have seen it."""
    slack.faults.down("response_url")
    if fault == "down":
        slack.faults.down("chat.postEphemeral")
    else:
        slack.faults.error("chat.postEphemeral", "user_not_in_channel")
    address = f"{slack.serving.url}/respond/T0/x"
    with capture_logs() as logs:
        asked = a_command(address=address)
        await Reply(client, kept).send(asked, usage(RULES))
    (log,) = logs
    assert (log["event"], log["user"], log["channel"]) == ("answer_kept", ANA, OPS)
    assert "buys eSIMs.* You ask, an approver clicks" in log["words"]
    assert "At most 1,000 eSIMs in one order." in log["words"]
    assert await kept.waiting() == 1


async def test_it_is_delivered_directly(
    slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock
) -> None:
    """When Slack is back: the answer, with what it was about and where; once."""
    await kept.keep(ANA, OPS, usage(RULES), "Slack is down")
    slack.faults.down()
    await tried(kept, clock)
    slack.faults.up()
    for _ in range(5):
        await tried(kept, clock, 60)
    (text,) = told(slack)
    assert "My answer to what you did in #ops 2026-01-01 12:00 UTC" in text
    assert "/esim buy 3" in text
    assert await kept.waiting() == 0


async def test_nothing_secret_is_kept(redis: Redis, kept: AnswerDelivery) -> None:
    """No response address, and nothing of the text that looks like a secret."""
    answer = plain("Read: token xoxb-1-secret and LPA:1$smdp.example.com$MATCHING")
    await kept.keep(ANA, OPS, answer, "Slack is down")
    stored = str(await redis.hgetall(KEYS.answer_texts))
    for secret in ("xoxb-1", "MATCHING", "hooks.slack.com", "trigger"):
        assert secret not in stored
    assert "Read: token (hidden)" in stored


async def test_it_outlives_the_process(
    slack: SlackSandbox, redis: Redis, client: SlackClient, kept: AnswerDelivery, clock: ManualClock
) -> None:
    """Any process delivers it; two that try at once deliver it once."""
    await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    others = [AnswerDelivery(UnsentAnswerStore(redis, KEYS), client, clock) for _ in range(2)]
    await clock.jump(5)
    for other in others:
        await other.deliver_due()
    assert len(told(slack)) == 1


async def test_one_that_fails_keeps_no_other_waiting(
    slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours with one answer is told; it is tried later, and the next one at once."""
    post, failed = kept._post, list[str]()

    async def failing(one: UnsentAnswer) -> None:
        if not failed:
            failed.append(one.id)
            raise ValueError
        await post(one)

    monkeypatch.setattr(kept, "_post", failing)
    for _ in range(2):
        await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    with capture_logs() as logs:
        await tried(kept, clock)
    assert [log["answer"] for log in logs if log["event"] == "answer_failed"] == failed
    assert len(told(slack)) == 1
    await tried(kept, clock, 60)
    assert len(told(slack)) == 2


async def test_a_fault_does_not_end_the_deliveries(
    kept: AnswerDelivery, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong in one look for what is due, the next one is made."""
    due = AsyncMock(side_effect=[ValueError, None, None, None])
    monkeypatch.setattr(kept, "deliver_due", due)
    run = asyncio.create_task(kept.run())
    for _ in range(3):
        await clock.until_asleep()
        await clock.advance(5)
    run.cancel()
    assert due.await_count >= 2


async def test_a_post_whose_answer_was_lost(
    slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock
) -> None:
    """It is found by its metadata, and not posted again."""
    await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    slack.faults.drop_after_storing("chat.postMessage")
    for _ in range(3):
        await tried(kept, clock, 60)
    assert len(told(slack)) == 1
    assert await kept.waiting() == 0


async def test_a_process_that_died_after_the_post(
    slack: SlackSandbox,
    redis: Redis,
    client: SlackClient,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever takes it over looks first whether it stands."""
    store = UnsentAnswerStore(redis, KEYS)
    first = AnswerDelivery(store, client, clock)
    await first.keep(ANA, OPS, ANSWER, "Slack is down")
    with monkeypatch.context() as patch:
        patch.setattr(first, "_finish", AsyncMock())
        await tried(first, clock)
    assert (len(told(slack)), await first.waiting()) == (1, 1)
    await tried(AnswerDelivery(store, client, clock), clock, 61)
    assert (len(told(slack)), await first.waiting()) == (1, 0)


async def test_tries_become_rare(
    slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock
) -> None:
    """Each wait is twice as long, up to ten minutes: Slack is not hammered all day."""
    await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    slack.faults.down()
    for _ in range(17_280 // 4):
        await tried(kept, clock, 5)
    assert 30 < len(slack.calls) < 60


async def test_slack_says_how_long_to_wait(
    slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock
) -> None:
    """Nothing is tried before Retry-After is over."""
    await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    slack.faults.rate_limit("conversations.open", retry_after=120)
    await tried(kept, clock)
    calls = len(slack.calls)
    await tried(kept, clock, 119)
    assert len(slack.calls) == calls
    await tried(kept, clock, 1)
    assert len(told(slack)) == 1


@pytest.mark.parametrize("error", ["user_not_found", "user_disabled", "cannot_dm_bot"])
async def test_nobody_to_tell(
    slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock, error: str
) -> None:
    """Somebody who is gone is not written to for ever; the log has the end of it."""
    await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    slack.faults.error("conversations.open", error)
    with capture_logs() as logs:
        await tried(kept, clock)
    assert [(log["event"], log["reason"]) for log in logs] == [("answer_dropped", error)]
    assert await kept.waiting() == 0


@pytest.mark.parametrize("error", ["missing_scope", "org_login_required", "new_words_of_slacks"])
async def test_whatever_is_not_final_passes(
    slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock, error: str
) -> None:
    """Only a closed list ends an answer: all else is mended, and then it arrives."""
    await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    slack.faults.error("chat.postMessage", error, times=3)
    for _ in range(8):
        await tried(kept, clock, 60)
    assert len(told(slack)) == 1


async def test_an_answer_that_slack_does_not_take(
    slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock
) -> None:
    """Without its blocks it may; if not even so, it is dropped with a line in the log."""
    await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    slack.faults.error("chat.postMessage", "invalid_blocks")
    for _ in range(3):
        await tried(kept, clock, 60)
    assert "Nothing changed." in told(slack)[0]
    await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    slack.faults.error("chat.postMessage", "msg_too_long", times=2)
    for _ in range(3):
        await tried(kept, clock, 60)
    assert len(told(slack)) == 1
    assert await kept.waiting() == 0


@pytest.mark.parametrize("error", ["invalid_attachments", "msg_blocks_too_long"])
async def test_without_its_blocks_all_of_it_is_told(
    slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock, error: str
) -> None:
    """Whatever Slack has against its blocks: what stands in them comes as text."""
    answer = Answer("Order X: bought", plain("Bought 3 of 3 eSIMs.").blocks)
    await kept.keep(ANA, OPS, answer, "Slack is down")
    slack.faults.error("chat.postMessage", error)
    for _ in range(3):
        await tried(kept, clock, 60)
    assert "Bought 3 of 3 eSIMs." in told(slack)[0]


async def test_an_old_answer(slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock) -> None:
    """After a week it helps nobody."""
    await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    await tried(kept, clock, timedelta(days=7, seconds=1).total_seconds())
    assert (told(slack), await kept.waiting()) == ([], 0)


async def test_a_long_answer(slack: SlackSandbox, kept: AnswerDelivery, clock: ManualClock) -> None:
    """What would take too much room is kept as words."""
    long = Answer("Much", tuple(plain("word " * 500).blocks[0] for _ in range(40)))
    await kept.keep(ANA, OPS, long, "Slack is down")
    await tried(kept, clock)
    assert "word word" in told(slack)[0]


async def test_too_many_answers(redis: Redis, client: SlackClient, clock: ManualClock) -> None:
    """The store has an end; what finds no room is in the log."""
    store = UnsentAnswerStore(redis, KEYS)
    kept = AnswerDelivery(store, client, clock)
    async with redis.pipeline() as pipe:
        for number in range(MOST):
            pipe.zadd(KEYS.answers, {str(number): 1e15})
        await pipe.execute()
    with capture_logs() as logs:
        await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    assert [log["event"] for log in logs] == ["answer_kept", "answer_dropped"]
    assert await kept.waiting() == MOST


async def test_redis_is_away_too(
    slack: SlackSandbox, client: SlackClient, clock: ManualClock
) -> None:
    """It is kept in memory and delivered from there; the log has its words at once."""
    nowhere = connect("redis://127.0.0.1:1/0")
    kept = AnswerDelivery(UnsentAnswerStore(nowhere, KEYS), client, clock)
    with capture_logs() as logs:
        await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    assert "Nothing changed." in [log.get("words") for log in logs]
    slack.faults.down()
    await tried(kept, clock)
    slack.faults.up()
    for _ in range(3):
        await tried(kept, clock, 60)
    assert len(told(slack)) == 1
    await nowhere.aclose()


async def test_redis_comes_back_before_slack(
    slack: SlackSandbox, client: SlackClient, clock: ManualClock, redis: Redis
) -> None:
    """What was kept in memory goes into the store, where it outlives the process."""
    nowhere = connect("redis://127.0.0.1:1/0")
    store = UnsentAnswerStore(redis, KEYS)
    kept = AnswerDelivery(UnsentAnswerStore(nowhere, KEYS), client, clock)
    await kept.keep(ANA, OPS, ANSWER, "Slack is down")
    kept._store = store
    slack.faults.down()
    await tried(kept, clock)
    assert await store.size() == 1
    slack.faults.up()
    await tried(AnswerDelivery(store, client, clock), clock, 60)
    assert len(told(slack)) == 1
    await nowhere.aclose()


async def test_answers_on_their_way_when_the_bot_stops(kept: AnswerDelivery) -> None:
    """Slack hangs, the bot must end: what was not shown yet is kept."""
    async with behind(answering()) as client:
        reply = Reply(client, kept)
        reply._sending[1] = a_command(), ANSWER
        await reply.keep_unsent()
    assert await kept.waiting() == 1


async def test_outsiders_are_not_kept(
    session: aiohttp.ClientSession, kept: AnswerDelivery, slack: SlackSandbox
) -> None:
    """Only people of the bot's own workspace have a place there."""
    slack.faults.down()
    outsider = a_command(channel=FINANCE, member=False)
    client = SlackClient(web_client(slack.bot_token, session, slack.api_url))
    with capture_logs() as logs:
        await Reply(client, kept).send(outsider, ANSWER)
    assert [log["event"] for log in logs] == ["answer_dropped"]
    assert await kept.waiting() == 0
