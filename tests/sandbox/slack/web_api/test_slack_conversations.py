"""conversations.* and users.*: what a bot can see and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from tests.sandbox.slack.calling import METADATA, OPS, refusal

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox


def texts(answer: Any) -> list[str]:
    """Return the texts of the messages in an answer."""
    return [message["text"] for message in answer["messages"]]


async def fill(client: AsyncWebClient, count: int, **parts: Any) -> list[str]:
    """Post messages called 0, 1, 2 …, and return their ts."""
    answers = [
        await client.chat_postMessage(channel=OPS, text=str(number), **parts)
        for number in range(count)
    ]
    return [str(answer["ts"]) for answer in answers]


async def test_auth(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """auth.test says who the bot is."""
    answer = await client.auth_test()
    assert (answer["user_id"], answer["team_id"]) == (slack.bot_user_id, "T0SANDBOX00")
    assert answer["bot_id"] == "B0ESIMBOT00"


async def test_api_test(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """api.test gives back what it got, raises the error it is told to, and needs no token."""
    assert (await client.api_test(foo="bar"))["args"] == {"foo": "bar"}
    assert await refusal(client.api_test(error="my_error")) == "my_error"
    async with aiohttp.ClientSession() as session:
        answer = await (await session.post(f"{slack.api_url}api.test")).json()
    assert answer == {"ok": True, "args": {}}


async def test_unknown_method(client: AsyncWebClient) -> None:
    """A method that isn't there is refused by name."""
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"


async def test_broken_bodies(slack: SlackSandbox) -> None:
    """A body that is no JSON object, or of another kind, has Slack's name for that."""
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    bodies = {
        "invalid_json": ("{", "application/json"),
        "json_not_object": ("[]", "application/json"),
        "invalid_post_type": ("hello", "text/plain"),
    }
    async with aiohttp.ClientSession(headers=headers) as session:
        for error, (body, kind) in bodies.items():
            answer = await session.post(
                f"{slack.api_url}auth.test", data=body, headers={"Content-Type": kind}
            )
            assert await answer.json() == {"ok": False, "error": error}


async def test_an_empty_body_has_no_arguments(slack: SlackSandbox) -> None:
    """Also one that is said to be JSON: the official clients send that."""
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        for kind in ("application/json", "application/json; charset=utf-8", "text/plain"):
            for body in (b"", b"  ") if "json" in kind else (b"",):
                answer = await session.post(
                    f"{slack.api_url}auth.test", data=body, headers={"Content-Type": kind}
                )
                assert (await answer.json())["ok"]


async def test_users(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A person is found by id."""
    user = (await client.users_info(user=slack.person("ana").id))["user"]
    assert (user["name"], user["is_bot"]) == ("ana", False)
    assert user["profile"]["display_name"] == "ana"
    assert await refusal(client.users_info(user="U0NOBODY000")) == "user_not_found"


@pytest.mark.parametrize(
    ("name", "member", "private"),
    [("ops", True, False), ("fleet", True, False), ("finance", False, False)],
)
async def test_channel_info(
    slack: SlackSandbox, client: AsyncWebClient, name: str, member: bool, private: bool
) -> None:
    """A channel says whether the bot is in it, and what kind it is."""
    channel = slack.workspace.channel(name)
    shown = (await client.conversations_info(channel=channel.id))["channel"]
    assert (shown["name"], shown["is_member"], shown["is_private"]) == (name, member, private)
    assert (shown["is_archived"], shown["is_im"]) == (False, False)
    slack.workspace.archive(name)
    assert (await client.conversations_info(channel=channel.id))["channel"]["is_archived"]


async def test_private_channels_are_hidden(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A private channel is nowhere to be found until the bot is invited."""
    secret = slack.workspace.channel("secret").id
    assert await refusal(client.conversations_info(channel=secret)) == "channel_not_found"
    assert await refusal(client.conversations_info(channel="#ops")) == "channel_not_found"
    slack.workspace.invite("secret")
    shown = (await client.conversations_info(channel=secret))["channel"]
    assert (shown["is_private"], shown["is_member"], shown["is_group"]) == (True, True, True)


async def test_channel_list(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The list has the asked-for kinds, page by page, and archived channels unless left out."""
    slack.workspace.archive("fleet")
    names: list[str] = []
    cursor = None
    for _ in range(3):
        answer = await client.conversations_list(limit=1, cursor=cursor)
        names += [channel["name"] for channel in answer["channels"]]
        cursor = answer["response_metadata"]["next_cursor"]
    assert (names, cursor) == (["ops", "fleet", "finance"], "")
    hidden = await client.conversations_list(types="private_channel")
    assert hidden["channels"] == []
    slack.workspace.invite("secret")
    both = await client.conversations_list(
        types="public_channel,private_channel", exclude_archived=True
    )
    assert [channel["name"] for channel in both["channels"]] == ["ops", "finance", "secret"]
    assert await refusal(client.conversations_list(types="rooms")) == "invalid_arguments"
    assert await refusal(client.conversations_list(limit=-1)) == "invalid_limit"
    for cursor in ("nonsense!", "bmV4dDpub3doZXJl"):
        assert await refusal(client.conversations_list(cursor=cursor)) == "invalid_cursor"
    unclear = client.api_call("conversations.list", params={"exclude_archived": "maybe"})
    assert await refusal(unclear) == "invalid_arguments"


async def test_direct_messages_are_opened(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """conversations.open gives the channel of a person's direct messages."""
    answer = await client.conversations_open(users=slack.person("ana").id, return_im=True)
    channel = answer["channel"]
    assert (channel["id"], channel["is_im"], channel["user"]) == (
        "D0ANA000000",
        True,
        slack.person("ana").id,
    )
    again = await client.conversations_open(channel="D0ANA000000")
    assert again["channel"] == {"id": "D0ANA000000"}
    assert await refusal(client.conversations_open(users="U0NOBODY000")) == "user_not_found"
    assert await refusal(client.conversations_open(users=slack.bot_user_id)) == "cannot_dm_bot"


async def test_history_is_newest_first(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The history has neither replies nor ephemeral messages, and comes in pages."""
    stamps = await fill(client, 3)
    await fill(client, 1, thread_ts=stamps[0])
    await client.chat_postEphemeral(channel=OPS, user=slack.person("ana").id, text="psst")
    first = await client.conversations_history(channel=OPS, limit=2)
    assert (texts(first), first["has_more"]) == (["2", "1"], True)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel=OPS, limit=2, cursor=cursor)
    assert (texts(second), second["has_more"]) == (["0"], False)
    parent = second["messages"][0]
    assert (parent["reply_count"], parent["thread_ts"]) == (1, stamps[0])


async def test_history_between(client: AsyncWebClient) -> None:
    """`oldest` and `latest` leave themselves out unless they are included."""
    stamps = await fill(client, 3)
    bounds: dict[str, Any] = {"channel": OPS, "oldest": stamps[0], "latest": stamps[2]}
    assert texts(await client.conversations_history(**bounds)) == ["1"]
    inclusive = await client.conversations_history(**bounds, inclusive=True)
    assert texts(inclusive) == ["2", "1", "0"]
    assert texts(await client.conversations_history(channel=OPS, oldest=stamps[1])) == ["2"]
    for wrong in ("yesterday", "nan"):
        call = client.conversations_history(channel=OPS, oldest=wrong)
        assert await refusal(call) == "invalid_ts_oldest"


async def test_history_from_the_oldest_on(client: AsyncWebClient) -> None:
    """With `oldest` alone the pages go forward from there, each newest first; a 0 is no limit."""
    stamps = await fill(client, 5)
    given: dict[str, Any] = {"channel": OPS, "oldest": stamps[0], "limit": 2}
    pages, cursor = list[list[str]](), ""
    for more in (True, False):
        answer = await client.conversations_history(**given, cursor=cursor)
        pages.append(texts(answer))
        assert answer["has_more"] is more
        following: dict[str, str] = answer.get("response_metadata") or {}
        cursor = following.get("next_cursor", "")
    assert pages == [["2", "1"], ["4", "3"]]
    everything = await client.conversations_history(channel=OPS, limit=0)
    assert texts(everything) == ["4", "3", "2", "1", "0"]
    between = await client.conversations_history(**given, latest=stamps[4])
    assert texts(between) == ["3", "2"]


async def test_a_page_of_a_thread_and_of_a_channel(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """Without a limit a thread comes by the thousand, a channel by the hundred."""
    ts = (await client.chat_postMessage(channel=OPS, text="card"))["ts"]
    for _ in range(1_001):
        slack.person("ana").says("reply", thread_ts=ts)
        slack.person("ana").says("more")
    thread = await client.conversations_replies(channel=OPS, ts=ts)
    assert (len(thread["messages"]), thread["has_more"]) == (1_000, True)
    channel = await client.conversations_history(channel=OPS)
    assert (len(channel["messages"]), channel["has_more"]) == (100, True)
    most = await client.conversations_history(channel=OPS, limit=5_000)
    assert len(most["messages"]) == 999


async def test_metadata_only_when_asked_for(client: AsyncWebClient) -> None:
    """History and replies give metadata only with include_all_metadata."""
    (ts,) = await fill(client, 1, metadata=METADATA)
    for method in ("conversations.history", "conversations.replies"):
        given = {"channel": OPS, "ts": ts}
        without = await client.api_call(method, params=given)
        assert "metadata" not in without["messages"][0]
        asked = await client.api_call(method, params=given | {"include_all_metadata": "true"})
        assert asked["messages"][0]["metadata"] == METADATA


async def test_replies(client: AsyncWebClient) -> None:
    """A thread begins with its first message, on every page."""
    (ts,) = await fill(client, 1)
    stamps = await fill(client, 3, thread_ts=ts)
    whole = await client.conversations_replies(channel=OPS, ts=ts)
    assert [message["ts"] for message in whole["messages"]] == [ts, *stamps]
    page = await client.conversations_replies(channel=OPS, ts=ts, limit=2)
    cursor = page["response_metadata"]["next_cursor"]
    rest = await client.conversations_replies(channel=OPS, ts=ts, limit=2, cursor=cursor)
    assert [message["ts"] for message in rest["messages"]] == [ts, *stamps[1:]]
    alone = await client.conversations_replies(channel=OPS, ts=stamps[0])
    assert [message["ts"] for message in alone["messages"]] == [stamps[0]]
    unknown = client.conversations_replies(channel=OPS, ts="1.000001")
    assert await refusal(unknown) == "thread_not_found"


async def test_only_members_read(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The bot reads where it is a member, direct messages included."""
    finance = client.conversations_history(channel="C0FINANCE00")
    assert await refusal(finance) == "not_in_channel"
    secret = client.conversations_history(channel="C0SECRET000")
    assert await refusal(secret) == "channel_not_found"
    slack.person("ana").says("hello bot", channel="D0ANA000000")
    assert texts(await client.conversations_history(channel="D0ANA000000")) == ["hello bot"]
    for channel in ("finance", "secret"):
        slack.workspace.invite(channel)
        slack.person("ana").says("hello", channel=channel)
        key = slack.workspace.channel(channel).id
        assert texts(await client.conversations_history(channel=key)) == ["hello"]


async def test_the_conversations_of_the_bot(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """users.conversations lists those that it is in, of the asked-for types."""
    answer = await client.users_conversations(types="public_channel")
    assert [channel["name"] for channel in answer["channels"]] == ["ops", "fleet"]
    first = await client.users_conversations(types="public_channel", limit=1)
    rest = await client.users_conversations(
        types="public_channel", limit=5, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [channel["name"] for channel in rest["channels"]] == ["fleet"]
    dan = await client.users_conversations(user=slack.person("dan").id)
    assert [channel["name"] for channel in dan["channels"]] == ["ops", "fleet", "finance"]
    assert await refusal(client.users_conversations(user="U0X")) == "user_not_found"
    slack.workspace.archive("fleet")
    answer = await client.users_conversations(types="public_channel", exclude_archived=True)
    assert [channel["name"] for channel in answer["channels"]] == ["ops"]
