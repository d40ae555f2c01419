"""What a message can carry: attachments, markdown, another name; a broadcast; a later time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.slack import EVERY_SCOPE, SlackSandbox
from sandbox.testing import MovedClock
from tests.sandbox.slack.calling import METADATA, NOON, OPS, card, plain, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

    from tests.sandbox.slack.calling import Receiver

OFFER = {"pretext": "New", "title": "Offer", "text": "3 eSIMs", "color": "#36a64f"}
FIELDS = {"fallback": "price", "fields": [{"title": "Price", "value": "*4* USD", "short": True}]}


@pytest.fixture
def clock() -> MovedClock:
    """Make the workspace's clock, on which it sleeps as well."""
    return MovedClock(NOON)


@pytest.fixture
async def slack(clock: MovedClock) -> AsyncIterator[SlackSandbox]:
    """Start a workspace whose bot may do everything."""
    sandbox = await SlackSandbox.start(
        now=clock.time, sleep=clock.sleep, scopes=EVERY_SCOPE, rate_limits=None
    )
    yield sandbox
    await sandbox.stop()


async def test_attachments_alone_are_a_message(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """They are numbered, get a fallback, and are read below the text."""
    given = {"channel": OPS, "attachments": [OFFER, FIELDS]}
    answer = await client.api_call("chat.postMessage", json=given)
    first, second = answer["message"]["attachments"]
    assert (first["id"], first["fallback"], first["color"]) == (1, "3 eSIMs", "#36a64f")
    assert (second["id"], second["fallback"]) == (2, "price")
    (message,) = slack.messages("ops")
    assert message.plain() == "New\nOffer\n3 eSIMs\nPrice\n4 USD"


async def test_a_button_in_an_attachment(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """It is clicked like any other; the payload says which attachment it was in."""
    blocks = {"blocks": card("Buy?")}
    await client.chat_postMessage(channel=OPS, text="Look", attachments=[OFFER, blocks])
    (message,) = slack.messages("ops")
    assert message.buttons() == ["Approve"]
    await slack.person("ben").clicks("Approve", message)
    container = receiver.payload()["container"]
    assert (container["type"], container["attachment_id"]) == ("message_attachment", 2)
    assert receiver.payload()["actions"][0]["action_id"] == "approve"


async def test_attachments_that_slack_refuses(client: AsyncWebClient) -> None:
    """Wrong kinds, too many, empty ones and wrong blocks each have their error."""
    wrong: dict[str, Any] = {
        "invalid_attachments": "nonsense",
        "too_many_attachments": [OFFER] * 101,
        "no_text": [{"color": "#fff"}],
        "invalid_blocks": [{"blocks": [{"type": "nonsense"}]}],
    }
    for error, attachments in wrong.items():
        call = client.api_call(
            "chat.postMessage", json={"channel": OPS, "attachments": attachments}
        )
        assert await refusal(call) == error
    assert await refusal(client.chat_postMessage(channel=OPS, text="", attachments=[])) == "no_text"


async def test_an_update_keeps_attachments_until_it_empties_them(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """Left out they stay, an empty list takes them away."""
    ts = (await client.chat_postMessage(channel=OPS, text="x", attachments=[OFFER]))["ts"]
    kept = await client.chat_update(channel=OPS, ts=ts, text="y")
    assert len(kept["message"]["attachments"]) == 1
    gone = await client.chat_update(channel=OPS, ts=ts, text="y", attachments=[])
    assert "attachments" not in gone["message"]
    assert slack.messages("ops")[0].plain() == "y"


async def test_markdown(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """markdown_text stands in place of text and blocks, up to 12,000 characters."""
    await client.chat_postMessage(channel=OPS, markdown_text="**Three** eSIMs")
    (message,) = slack.messages("ops")
    assert "Three" in message.plain()
    assert message.blocks[0]["type"] == "markdown"
    await client.chat_update(channel=OPS, ts=message.ts, markdown_text="x" * 5_000)
    assert message.text == "x" * 5_000
    both = client.chat_postMessage(channel=OPS, markdown_text="a", text="b")
    assert await refusal(both) == "markdown_text_conflict"
    long = client.chat_postMessage(channel=OPS, markdown_text="x" * 12_001)
    assert await refusal(long) == "msg_too_long"


async def test_a_broadcast_reply(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """It is in the thread and in the channel; without a thread there is nothing to broadcast."""
    ts = (await client.chat_postMessage(channel=OPS, text="card", reply_broadcast=True))["ts"]
    reply = await client.chat_postMessage(
        channel=OPS, thread_ts=ts, text="bought", reply_broadcast=True
    )
    await client.chat_postMessage(channel=OPS, thread_ts=ts, text="detail")
    assert reply["message"]["subtype"] == "thread_broadcast"
    history = await client.conversations_history(channel=OPS)
    assert [each["text"] for each in history["messages"]] == ["bought", "card"]
    assert "subtype" not in history["messages"][1]
    assert [each.text for each in slack.thread(slack.messages("ops")[0])] == ["bought", "detail"]


async def test_another_name(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """With chat:write.customize a message has a name and an icon of its own, and no user."""
    answer = await client.chat_postMessage(
        channel=OPS, text="x", username="Shop", icon_emoji=":moneybag:"
    )
    shown = answer["message"]
    assert (shown["subtype"], shown["username"]) == ("bot_message", "Shop")
    assert shown["icons"] == {"emoji": ":moneybag:"}
    assert "user" not in shown
    assert "Shop: x" in slack.transcript("ops")
    granted = slack.workspace.installation.scopes - {"chat:write.customize"}
    object.__setattr__(slack.workspace.installation, "scopes", granted)
    plainly = await client.chat_postMessage(channel=OPS, text="x", username="Shop")
    assert "username" not in plainly["message"]
    assert plainly["message"]["user"] == slack.bot_user_id


async def test_a_broken_thread_ts(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """What is no ts is refused everywhere; an unknown one posts top-level, as Slack does."""
    ana = slack.person("ana").id
    for wrong in ("abc", "1767268800", "1767268800.000000 "):
        calls = [
            client.chat_postMessage(channel=OPS, text="x", thread_ts=wrong),
            client.chat_postEphemeral(channel=OPS, user=ana, text="x", thread_ts=wrong),
            client.chat_scheduleMessage(
                channel=OPS, text="x", post_at=int(NOON) + 60, thread_ts=wrong
            ),
        ]
        for call in calls:
            assert await refusal(call) == "invalid_thread_ts"
    answer = await client.chat_postMessage(channel=OPS, text="x", thread_ts="1.000001")
    assert "thread_ts" not in answer["message"]


async def test_a_deleted_parent_is_not_found(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The note in its place can't be deleted, changed, linked, pinned or reacted to."""
    ts = (await client.chat_postMessage(channel=OPS, text="card"))["ts"]
    await client.chat_postMessage(channel=OPS, thread_ts=ts, text="reply")
    await client.chat_delete(channel=OPS, ts=ts)
    for call in (
        client.chat_delete(channel=OPS, ts=ts),
        client.chat_update(channel=OPS, ts=ts, text="x"),
        client.chat_getPermalink(channel=OPS, message_ts=ts),
        client.pins_add(channel=OPS, timestamp=ts),
        client.reactions_add(channel=OPS, timestamp=ts, name="eyes"),
    ):
        assert await refusal(call) == "message_not_found"
    assert slack.messages("ops")[0].text == "This message was deleted."


async def scheduled(client: AsyncWebClient, seconds: int = 60, **parts: Any) -> str:
    """Schedule a message so many seconds from noon, and return its id."""
    given: dict[str, Any] = {
        "channel": OPS,
        "text": "later",
        "post_at": int(NOON) + seconds,
    } | parts
    answer = await client.chat_scheduleMessage(**given)
    assert (answer["post_at"], answer["message"]["type"]) == (given["post_at"], "delayed_message")
    return str(answer["scheduled_message_id"])


async def test_a_scheduled_message_is_posted_at_its_time(
    slack: SlackSandbox, client: AsyncWebClient, clock: MovedClock
) -> None:
    """By the workspace's clock, and not before; until then it is listed."""
    later, sooner = await scheduled(client, 120), await scheduled(client, 60, text="sooner")
    listed = (await client.chat_scheduledMessages_list(channel=OPS))["scheduled_messages"]
    assert [each["id"] for each in listed] == [sooner, later]
    clock.move(59)
    await asyncio.sleep(0)
    assert slack.messages("ops") == []
    clock.move(1)
    (message,) = await slack.until(lambda: slack.messages("ops"))
    assert (message.text, message.ts) == ("sooner", f"{int(NOON) + 60}.000000")
    clock.move(60)
    await slack.until(lambda: len(slack.messages("ops")) == 2)
    assert (await client.chat_scheduledMessages_list())["scheduled_messages"] == []
    gone = client.chat_deleteScheduledMessage(channel=OPS, scheduled_message_id=later)
    assert await refusal(gone) == "invalid_scheduled_message_id"


async def test_a_scheduled_message_that_never_comes(
    slack: SlackSandbox, client: AsyncWebClient, clock: MovedClock
) -> None:
    """It was taken back, its channel was archived, or it has metadata (a bug of Slack's)."""
    key = await scheduled(client)
    await client.chat_deleteScheduledMessage(channel=OPS, scheduled_message_id=key)
    await scheduled(client, channel="C0FLEET0000")
    await scheduled(client, metadata=METADATA)
    slack.workspace.archive("fleet")
    clock.move(3_600)
    await slack.until(lambda: not slack.workspace.schedule.entries)
    assert slack.workspace.timeline == []


async def test_when_and_where_nothing_can_be_scheduled(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """The past, more than 120 days, no time, an archived channel, 31 within five minutes."""
    times: dict[str, Any] = {
        "time_in_past": int(NOON),
        "time_too_far": int(NOON) + 121 * 86_400,
        "invalid_time": "noon",
    }
    for error, post_at in times.items():
        call = client.chat_scheduleMessage(channel=OPS, text="x", post_at=post_at)
        assert await refusal(call) == error
    for number in range(30):
        await scheduled(client, 60 + number)
    assert await refusal(scheduled(client, 100)) == "restricted_too_many"
    await scheduled(client, 1_000)
    slack.workspace.archive("ops")
    assert await refusal(scheduled(client)) == "is_archived"


async def test_blocks_of_an_attachment_keep_what_is_chosen(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """A menu in an attachment is filled in, and the message's state has the choice."""
    options = [{"text": plain(text), "value": text.lower()} for text in ("One", "Two")]
    menu = {"type": "static_select", "action_id": "menu", "options": options}
    block = {"type": "actions", "block_id": "in", "elements": [menu]}
    await client.chat_postMessage(channel=OPS, text="x", attachments=[{"blocks": [block]}])
    await slack.person("ana").fills(slack.messages("ops")[0], {"menu": "Two"})
    state = receiver.payload()["state"]["values"]["in"]["menu"]
    assert state["selected_option"]["value"] == "two"
