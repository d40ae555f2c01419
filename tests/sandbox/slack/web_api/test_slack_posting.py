"""chat.*: what is posted, changed, deleted and linked, and what Slack refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack import SlackSandbox
from tests.sandbox.slack.calling import METADATA, NOON, OPS, refusal

if TYPE_CHECKING:
    from tests.sandbox.slack.calling import Watch

DIVIDER = [{"type": "divider"}]


async def post(client: AsyncWebClient, channel: str = "#ops", **parts: Any) -> dict[str, Any]:
    """Post a message and return the answer."""
    answer = await client.chat_postMessage(channel=channel, **({"text": "Hello"} | parts))
    assert isinstance(answer.data, dict)
    return answer.data


@pytest.mark.parametrize("channel", [OPS, "#ops", "ops"])
async def test_post_by_id_or_name(
    slack: SlackSandbox, client: AsyncWebClient, channel: str
) -> None:
    """A channel is addressed by id or by name; the answer gives its id and the message."""
    answer = await post(client, channel, metadata=METADATA)
    (message,) = slack.messages("ops")
    assert (answer["channel"], answer["ts"]) == (OPS, message.ts)
    assert answer["message"]["text"] == message.text == "Hello"
    assert answer["message"]["bot_id"] == "B0ESIMBOT00"
    assert (message.user, message.metadata) == (slack.bot_user_id, METADATA)
    assert (message.thread_ts, message.edited, message.revisions) == (None, False, [])


async def test_timestamps_follow_the_clock_and_never_meet(
    slack: SlackSandbox, client: AsyncWebClient, watch: Watch
) -> None:
    """Messages of one moment have different ts in their order, even when the clock goes back."""
    stamps = [(await post(client))["ts"], (await post(client))["ts"]]
    watch.now -= 60
    stamps.append((await post(client))["ts"])
    assert stamps[0] == "1767268800.000000"
    assert sorted(set(stamps)) == stamps == [message.ts for message in slack.messages("ops")]


async def test_replies_go_to_their_thread(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A reply, also to a reply, is in the thread and not among the channel's messages."""
    parent = (await post(client))["ts"]
    reply = await post(client, thread_ts=parent)
    nested = await post(client, thread_ts=reply["ts"])
    assert reply["message"]["thread_ts"] == nested["message"]["thread_ts"] == parent
    (message,) = slack.messages("ops")
    assert [each.ts for each in slack.thread(message)] == [reply["ts"], nested["ts"]]


async def test_an_unknown_thread_is_ignored(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A reply to a message that isn't there lands in the channel without an error."""
    answer = await post(client, thread_ts="1.000001")
    assert "thread_ts" not in answer["message"]
    assert [message.ts for message in slack.messages("ops")] == [answer["ts"]]


async def test_a_person_is_written_to_directly(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A message to a person's id lands in their direct messages, whose id the answer gives."""
    answer = await post(client, slack.person("ana").id, text="psst")
    assert answer["channel"] == "D0ANA000000"
    assert [message.text for message in slack.direct_messages("ana")] == ["psst"]
    assert slack.direct_messages("ben") == []
    slack.person("ana").says("what?", channel=answer["channel"])
    assert [message.text for message in slack.direct_messages("ana")] == ["psst"]


async def test_long_text_is_cut(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A posted text ends after 40,000 characters, without an error."""
    await post(client, text="x" * 40_001)
    assert len(slack.messages("ops")[0].text) == 40_000


async def test_an_update_keeps_what_was_there(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A text without blocks removes the blocks, metadata stays, and the past is remembered."""
    ts = (await post(client, blocks=DIVIDER, metadata=METADATA))["ts"]
    answer = await client.chat_update(channel=OPS, ts=ts, text="Done")
    (message,) = slack.messages("ops")
    assert (answer["ts"], answer["text"], message.blocks) == (ts, "Done", [])
    assert (message.text, message.edited, message.metadata) == ("Done", True, METADATA)
    ((text, blocks),) = message.revisions
    assert (text, [block["type"] for block in blocks]) == ("Hello", ["divider"])


async def test_an_update_replaces_or_removes_metadata(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """Metadata that is given replaces the earlier, and an empty one removes it."""
    ts = (await post(client, metadata=METADATA))["ts"]
    for given, kept in ((METADATA | {"event_type": "sale"}, "sale"), ({}, None)):
        await client.chat_update(channel=OPS, ts=ts, text="Done", metadata=given)
        metadata = slack.messages("ops")[0].metadata
        assert (metadata and metadata["event_type"]) == kept


async def test_update_limits(client: AsyncWebClient) -> None:
    """An update takes 4,000 characters, wants something to show, and takes ids alone."""
    ts = (await post(client))["ts"]
    await client.chat_update(channel=OPS, ts=ts, text="x" * 4_000)
    long = client.chat_update(channel=OPS, ts=ts, text="x" * 4_001)
    assert await refusal(long) == "msg_too_long"
    empty = client.api_call("chat.update", json={"channel": OPS, "ts": ts, "text": ""})
    assert await refusal(empty) == "no_text"
    by_name = client.chat_update(channel="#ops", ts=ts, text="Done")
    assert await refusal(by_name) == "channel_not_found"
    unknown = client.chat_update(channel=OPS, ts="1.000001", text="Done")
    assert await refusal(unknown) == "message_not_found"


async def test_only_own_messages_change(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Neither another's message nor an ephemeral one can be updated or deleted."""
    answer = await client.chat_postEphemeral(channel=OPS, user=slack.person("ana").id, text="psst")
    foreign = slack.person("ana").says("mine")
    for ts in (foreign.ts, answer["message_ts"]):
        update = client.chat_update(channel=OPS, ts=ts, text="Done")
        assert await refusal(update) == "cant_update_message"
        delete = client.chat_delete(channel=OPS, ts=ts)
        assert await refusal(delete) == "cant_delete_message"


async def test_delete(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A message goes away; one with replies leaves a note, and its replies stay."""
    alone, parent = (await post(client))["ts"], (await post(client))["ts"]
    await post(client, thread_ts=parent)
    for ts in (alone, parent):
        await client.chat_delete(channel=OPS, ts=ts)
    (message,) = slack.messages("ops")
    assert (message.ts, message.text, message.deleted) == (
        parent,
        "This message was deleted.",
        True,
    )
    assert len(slack.thread(message)) == 1


async def test_permalinks(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A link names the channel and the message, and a reply's link its thread."""
    ts = (await post(client))["ts"]
    reply = (await post(client, thread_ts=ts))["ts"]
    answer = await client.chat_getPermalink(channel=OPS, message_ts=reply)
    assert answer["permalink"] == (
        f"https://sandbox.slack.com/archives/{OPS}/p{reply.replace('.', '')}"
        f"?thread_ts={ts}&cid={OPS}"
    )
    unknown = client.chat_getPermalink(channel=OPS, message_ts="1.000001")
    assert await refusal(unknown) == "message_not_found"
    assert len(slack.messages("ops")) == 1


async def test_where_the_bot_may_post(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """With chat:write.public any public channel will do; a private one has to be joined."""
    await post(client, "#finance")
    assert [message.text for message in slack.messages("finance")] == ["Hello"]
    secret = slack.workspace.channel("secret").id
    for channel in (secret, "#secret", "C0NOWHERE00", "U0NOBODY000", slack.bot_user_id):
        assert await refusal(post(client, channel)) == "channel_not_found"
    slack.workspace.invite("secret")
    await post(client, secret)
    slack.workspace.kick("secret")
    assert await refusal(post(client, secret)) == "channel_not_found"


async def test_archived_channels(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Nothing can be posted or changed in an archived channel."""
    ts = (await post(client))["ts"]
    slack.workspace.archive("ops")
    assert await refusal(post(client)) == "is_archived"
    update = client.chat_update(channel=OPS, ts=ts, text="Done")
    assert await refusal(update) == "is_inactive"


async def test_ephemeral_messages(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """One person sees an ephemeral message, in a channel where the bot and they are members."""
    ana = slack.person("ana").id
    answer = await client.chat_postEphemeral(channel=OPS, user=ana, text="psst")
    (message,) = slack.ephemerals("ana")
    assert (message.ts, message.plain(), message.channel) == (answer["message_ts"], "psst", OPS)
    assert slack.messages("ops") == slack.ephemerals("ben") == []
    away = client.chat_postEphemeral(channel="C0FINANCE00", user=ana, text="psst")
    assert await refusal(away) == "not_in_channel"
    slack.workspace.invite("secret")
    stranger = client.chat_postEphemeral(
        channel="C0SECRET000", user=slack.person("dan").id, text="psst"
    )
    assert await refusal(stranger) == "user_not_in_channel"
    nobody = client.chat_postEphemeral(channel=OPS, user="U0NOBODY000", text="psst")
    assert await refusal(nobody) == "user_not_found"


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"text": "", "blocks": []}, "no_text"),
        ({"metadata": {"event_type": "order"}}, "invalid_metadata_format"),
        ({"metadata": {"event_type": 1, "event_payload": {}}}, "invalid_metadata_format"),
        ({"metadata": {"event_type": "order", "event_payload": []}}, "invalid_metadata_format"),
        ({"metadata": "{"}, "invalid_metadata_format"),
        ({"blocks": [{"type": "nonsense"}]}, "invalid_blocks"),
        ({"blocks": "{"}, "invalid_blocks_format"),
        ({"blocks": {"type": "divider"}}, "invalid_blocks_format"),
        ({"text": 5}, "invalid_arguments"),
        ({"channel": ""}, "invalid_arguments"),
        ({"metadata": []}, "invalid_metadata_format"),
    ],
)
async def test_refused_posts(
    slack: SlackSandbox, client: AsyncWebClient, parts: dict[str, Any], error: str
) -> None:
    """A post that Slack would refuse is refused by its name, and nothing is stored."""
    given = {"channel": "#ops", "text": "Hello"} | parts
    assert await refusal(client.api_call("chat.postMessage", json=given)) == error
    assert slack.messages("ops") == []
    call = slack.calls[-1]
    assert (call.method, call.ok, call.error) == ("chat.postMessage", False, error)


@pytest.mark.parametrize(
    ("token", "error"),
    [("", "not_authed"), ("xoxb-wrong", "invalid_auth"), ("app", "not_allowed_token_type")],
)
async def test_tokens(slack: SlackSandbox, token: str, error: str) -> None:
    """A call needs the bot's token, and the record never shows any."""
    given = slack.app_token if token == "app" else token
    client = AsyncWebClient(given, base_url=slack.api_url)
    assert await refusal(client.auth_test()) == error
    assert slack.calls[-1].arguments == {}


async def test_scopes() -> None:
    """Without its scope a method says which one it needs; without chat:write.public no guests."""
    slack = await SlackSandbox.start(scopes=["chat:write"])
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
    try:
        with pytest.raises(SlackApiError) as caught:
            await client.users_info(user=slack.person("ana").id)
        answer = caught.value.response
        assert (answer["error"], answer["needed"]) == ("missing_scope", "users:read")
        assert answer["provided"] == "chat:write"
        assert await refusal(post(client, "#finance")) == "not_in_channel"
        for call in (
            client.conversations_history(channel=OPS),
            client.conversations_info(channel=OPS),
            client.conversations_open(users=slack.person("ana").id),
            client.files_getUploadURLExternal(filename="a.csv", length=1),
        ):
            assert await refusal(call) == "missing_scope"
    finally:
        await slack.stop()


async def test_scopes_of_a_manifest() -> None:
    """An app manifest grants the scopes that it lists for the bot."""
    manifest = {"oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}}}
    slack = await SlackSandbox.start(scopes=manifest)
    await slack.stop()
    assert slack.workspace.installation.scopes == {"chat:write", "commands"}


async def test_the_record_of_calls(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Each call is kept with its arguments and its time."""
    await post(client, metadata=METADATA)
    (call,) = slack.calls
    assert (call.method, call.ok, call.error, call.at) == (
        "chat.postMessage",
        True,
        None,
        NOON,
    )
    assert call.arguments == {"channel": "#ops", "text": "Hello", "metadata": METADATA}
