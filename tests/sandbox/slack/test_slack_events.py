"""What the bot is told of what people write: mentions, direct messages, its subscriptions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from sandbox.slack import EVERY_SCOPE
from tests.sandbox.slack.calling import refusal

if TYPE_CHECKING:
    from slack_bolt.app.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox
    from tests.sandbox.slack.calling import Receiver

DIRECT = "D0ANA000000"


def manifest(*events: str) -> dict[str, Any]:
    """Return a manifest that subscribes to these events, with every scope."""
    return {
        "oauth_config": {"scopes": {"bot": sorted(EVERY_SCOPE)}},
        "settings": {"event_subscriptions": {"bot_events": list(events)}},
    }


@pytest.fixture
def scopes() -> Any:
    """Install an app that hears of mentions and of direct messages, as many apps do."""
    return manifest("app_mention", "message.im", "message.mpim")


async def heard(slack: SlackSandbox, receiver: Receiver) -> list[dict[str, Any]]:
    """Return the events that arrived, once none is under way any more."""
    await slack.until(lambda: not slack.dispatcher.announcing)
    return [json.loads(body)["event"] for _, body in receiver.requests]


def mention(slack: SlackSandbox, text: str) -> str:
    """Return a text that mentions the bot, as Slack writes it."""
    return f"<@{slack.bot_user_id}> {text}"


async def test_a_mention_in_a_channel(slack: SlackSandbox, receiver: Receiver) -> None:
    """app_mention has who, where, when and the text; words without a mention are not told."""
    slack.person("ana").says("just talking")
    message = slack.person("ana").says(mention(slack, "buy 3"))
    (event,) = await heard(slack, receiver)
    assert event == {
        "type": "app_mention",
        "user": "U0ANA000000",
        "text": mention(slack, "buy 3"),
        "ts": message.ts,
        "event_ts": message.ts,
        "channel": "C0OPS000000",
        "team": "T0SANDBOX00",
    }
    assert receiver.event()["type"] == "event_callback"


async def test_a_mention_in_a_thread_by_its_name(slack: SlackSandbox, receiver: Receiver) -> None:
    """A mention works in threads; the name that a client adds is not told."""
    parent = slack.person("ben").says("What now?")
    named = f"<@{slack.bot_user_id}|esim-bot> status"
    slack.person("ana").says(named, thread_ts=parent.ts)
    (event,) = await heard(slack, receiver)
    assert (event["text"], event["thread_ts"]) == (mention(slack, "status"), parent.ts)


async def test_a_direct_message(slack: SlackSandbox, receiver: Receiver) -> None:
    """It is a message event of the kind im, mention or not; what the bot says itself is none."""
    slack.person("ana").says(mention(slack, "help"), DIRECT)
    (event,) = await heard(slack, receiver)
    assert (event["type"], event["channel_type"], event["channel"]) == ("message", "im", DIRECT)


async def test_a_group_message(
    slack: SlackSandbox, client: AsyncWebClient, receiver: Receiver
) -> None:
    """In direct messages of several the kind is mpim."""
    opened = await client.conversations_open(users=["U0ANA000000", "U0BEN000000"])
    slack.person("ben").says("hello", opened["channel"]["id"])
    (event,) = await heard(slack, receiver)
    assert (event["type"], event["channel_type"]) == ("message", "mpim")


async def test_where_the_bot_is_no_member(slack: SlackSandbox, receiver: Receiver) -> None:
    """It hears nothing from there until it is invited."""
    slack.person("ana").says(mention(slack, "hello"), "finance")
    assert await heard(slack, receiver) == []
    slack.workspace.invite("finance")
    slack.person("ana").says(mention(slack, "hello"), "finance")
    assert len(await heard(slack, receiver)) == 1


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ((), []),
        (("message.channels",), ["message"]),
        (("message.channels", "app_mention"), ["message", "app_mention"]),
        (("message.groups", "message.im"), []),
    ],
)
async def test_only_what_is_subscribed_to(
    slack: SlackSandbox, receiver: Receiver, events: tuple[str, ...], told: list[str]
) -> None:
    """A mention in a public channel is told as often as the manifest asks for it."""
    features = slack.workspace.installation.features
    object.__setattr__(features, "events", frozenset(events))
    slack.person("ana").says(mention(slack, "hello"))
    assert [event["type"] for event in await heard(slack, receiver)] == told


async def test_only_with_the_scope(slack: SlackSandbox, receiver: Receiver) -> None:
    """Without app_mentions:read and im:history nothing is told."""
    granted = slack.workspace.installation.scopes - {"app_mentions:read", "im:history"}
    object.__setattr__(slack.workspace.installation, "scopes", granted)
    slack.person("ana").says(mention(slack, "hello"))
    slack.person("ana").says("hello", DIRECT)
    assert await heard(slack, receiver) == []


async def test_nobody_listens(slack: SlackSandbox) -> None:
    """Without an app there is nobody to tell, and nothing is tried again."""
    slack.person("ana").says(mention(slack, "hello"))
    assert (slack.dispatcher.announcing, slack.dispatcher.retries) == (set(), set())


async def test_an_event_that_is_not_taken(slack: SlackSandbox, receiver: Receiver) -> None:
    """It is sent again at once, and says so."""
    receiver.answer = lambda: web.Response(status=500 if not receiver.requests[1:] else 200)
    slack.person("ana").says(mention(slack, "hello"))
    await slack.until(lambda: len(receiver.requests) == 2)
    assert receiver.requests[1][0]["X-Slack-Retry-Num"] == "1"


@pytest.mark.usefixtures("served_bolt")
async def test_a_bolt_app_answers_a_mention(bolt: AsyncApp, slack: SlackSandbox) -> None:
    """A Bolt listener hears the mention and answers in the thread."""

    @bolt.event("app_mention")
    async def answer(event: dict[str, Any], say: Any) -> None:
        await say(text=f"Hello <@{event['user']}>", thread_ts=event["ts"])

    message = slack.person("ana").says(mention(slack, "hello"))
    (reply,) = await slack.until(lambda: slack.thread(message))
    assert reply.plain() == "Hello @ana"


async def test_groups_need_their_scope_to_be_read(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """The history of a group message needs mpim:history."""
    opened = await client.conversations_open(users=["U0ANA000000", "U0BEN000000"])
    granted = slack.workspace.installation.scopes - {"mpim:history"}
    object.__setattr__(slack.workspace.installation, "scopes", granted)
    call = client.conversations_history(channel=opened["channel"]["id"])
    assert await refusal(call) == "missing_scope"
