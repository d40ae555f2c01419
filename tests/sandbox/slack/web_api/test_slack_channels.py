"""conversations.*: channels that are made, changed and archived, their members, group messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack import EVERY_SCOPE
from tests.sandbox.slack.calling import OPS, refusal

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox

FINANCE, SECRET, DIRECT = "C0FINANCE00", "C0SECRET000", "D0ANA000000"
ANA, BEN, CARLA = "U0ANA000000", "U0BEN000000", "U0CARLA0000"


@pytest.fixture
def scopes() -> Any:
    """Let the bot do everything."""
    return EVERY_SCOPE


async def created(client: AsyncWebClient, name: str = "orders", **parts: Any) -> str:
    """Make a channel and return its id."""
    return str((await client.conversations_create(name=name, **parts))["channel"]["id"])


async def test_a_new_channel(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The bot is its creator and only member, and can write there at once."""
    answer = await client.conversations_create(name="orders-2026")
    shown = answer["channel"]
    assert (shown["name"], shown["is_member"], shown["is_private"]) == ("orders-2026", True, False)
    assert (shown["creator"], shown["created"]) == (slack.bot_user_id, 1_767_268_800)
    await client.chat_postMessage(channel="#orders-2026", text="Hello")
    assert [each.text for each in slack.messages("orders-2026")] == ["Hello"]
    private = await client.conversations_create(name="hidden", is_private=True)
    assert (private["channel"]["is_private"], private["channel"]["is_group"]) == (True, True)


async def test_names_that_no_channel_can_have(client: AsyncWebClient) -> None:
    """Each wrong name has Slack's error, for a new channel and for a renamed one."""
    channel = await created(client)
    wrong = {
        "": "invalid_name_required",
        "x" * 81: "invalid_name_maxlength",
        "--__": "invalid_name_punctuation",
        "Orders": "invalid_name_specials",
        "two words": "invalid_name_specials",
        "ops": "name_taken",
    }
    for name, error in wrong.items():
        assert await refusal(client.conversations_create(name=name)) == error
        assert await refusal(client.conversations_rename(channel=channel, name=name)) == error


async def test_renaming(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A channel keeps its id and remembers its names; only its creator may rename it."""
    channel = await created(client)
    shown = (await client.conversations_rename(channel=channel, name="buys"))["channel"]
    assert (shown["id"], shown["name"], shown["previous_names"]) == (channel, "buys", ["orders"])
    assert slack.workspace.channel("buys").id == channel
    assert await refusal(client.conversations_rename(channel=OPS, name="x")) == "not_authorized"
    assert await refusal(client.conversations_rename(channel=FINANCE, name="x")) == "not_in_channel"


async def test_an_archived_channel_takes_nothing(client: AsyncWebClient) -> None:
    """Posts, reactions, pins, topics and members are refused until it is opened again."""
    ts = (await client.chat_postMessage(channel=OPS, text="x"))["ts"]
    await client.conversations_archive(channel=OPS)
    assert await refusal(client.conversations_archive(channel=OPS)) == "already_archived"
    for call in (
        client.chat_postMessage(channel=OPS, text="x"),
        client.chat_postEphemeral(channel=OPS, user=ANA, text="x"),
        client.reactions_add(channel=OPS, timestamp=ts, name="eyes"),
        client.pins_add(channel=OPS, timestamp=ts),
        client.conversations_setTopic(channel=OPS, topic="x"),
        client.conversations_invite(channel=OPS, users="U0DAN000000"),
        client.conversations_join(channel=OPS),
        client.conversations_leave(channel=OPS),
    ):
        assert await refusal(call) == "is_archived"
    assert (await client.conversations_history(channel=OPS))["messages"]
    await client.conversations_unarchive(channel=OPS)
    await client.chat_postMessage(channel=OPS, text="x")
    assert await refusal(client.conversations_unarchive(channel=OPS)) == "not_archived"


async def test_joining_and_leaving(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Public channels are joined; a second time is a warning, leaving twice is told, too."""
    assert (await client.conversations_join(channel=FINANCE))["channel"]["is_member"]
    again = await client.conversations_join(channel=FINANCE)
    assert again["warning"] == "already_in_channel"
    assert (await client.conversations_leave(channel=FINANCE)).data == {"ok": True}
    assert (await client.conversations_leave(channel=FINANCE))["not_in_channel"]
    assert await refusal(client.conversations_join(channel=SECRET)) == "channel_not_found"
    slack.workspace.invite("secret")
    wrong = "method_not_supported_for_channel_type"
    assert await refusal(client.conversations_join(channel=SECRET)) == wrong
    assert await refusal(client.conversations_leave(channel=await created(client))) == "last_member"


async def test_inviting(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """All are invited or nobody, unless it is forced; who can't be is named."""
    channel = await created(client)
    shown = (await client.conversations_invite(channel=channel, users=[ANA, BEN]))["channel"]
    assert shown["num_members"] == 3
    assert slack.person("ana").says("hello", channel)
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_invite(channel=channel, users=[CARLA, BEN, "U0NOBODY000"])
    assert caught.value.response["error"] == "already_in_channel"
    errors = {each["user"]: each["error"] for each in caught.value.response["errors"]}
    assert errors == {BEN: "already_in_channel", "U0NOBODY000": "user_not_found"}
    await client.conversations_invite(channel=channel, users=[CARLA, BEN], force=True)
    assert CARLA in slack.workspace.channels[channel].members
    for user, error in {slack.bot_user_id: "cant_invite_self", "U0X": "user_not_found"}.items():
        assert await refusal(client.conversations_invite(channel=channel, users=user)) == error
    outside = client.conversations_invite(channel=FINANCE, users=ANA)
    assert await refusal(outside) == "not_in_channel"


async def test_kicking(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A member goes; the bot itself, strangers and non-members can't be kicked."""
    await client.conversations_kick(channel=OPS, user=BEN)
    with pytest.raises(LookupError):
        slack.person("ben").says("hello?")
    wrong = {
        BEN: "not_in_channel",
        slack.bot_user_id: "cant_kick_self",
        "U0NOBODY000": "user_not_found",
    }
    for user, error in wrong.items():
        assert await refusal(client.conversations_kick(channel=OPS, user=user)) == error


async def test_topic_and_purpose(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """They are shown with who set them when; 250 characters at most."""
    answer = await client.conversations_setTopic(channel=OPS, topic="eSIMs")
    note = {"value": "eSIMs", "creator": slack.bot_user_id, "last_set": 1_767_268_800}
    assert answer["channel"]["topic"] == note
    assert (await client.conversations_setPurpose(channel=OPS, purpose="buy"))["purpose"] == "buy"
    shown = (await client.conversations_info(channel=OPS))["channel"]
    assert (shown["topic"], shown["purpose"]["value"]) == (note, "buy")
    assert await refusal(client.conversations_setTopic(channel=OPS, topic="x" * 251)) == "too_long"
    outside = client.conversations_setPurpose(channel=FINANCE, purpose="x")
    assert await refusal(outside) == "not_in_channel"


async def test_direct_messages_are_no_channels(client: AsyncWebClient) -> None:
    """They can't be archived, renamed, left, or given a topic or members."""
    for call in (
        client.conversations_archive(channel=DIRECT),
        client.conversations_rename(channel=DIRECT, name="x"),
        client.conversations_leave(channel=DIRECT),
        client.conversations_setTopic(channel=DIRECT, topic="x"),
        client.conversations_invite(channel=DIRECT, users=BEN),
        client.conversations_kick(channel=DIRECT, user=ANA),
    ):
        assert await refusal(call) == "method_not_supported_for_channel_type"


async def test_a_group_message(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Two people or more have one conversation with the bot, from the first time on."""
    first = await client.conversations_open(users=[ANA, BEN], return_im=True)
    shown = first["channel"]
    assert (shown["is_mpim"], shown["is_private"], shown["is_im"]) == (True, True, False)
    assert shown["name"] == "mpdm-ana--ben--esim-bot-1"
    again = await client.conversations_open(users=[BEN, ANA, slack.bot_user_id])
    assert (again["channel"]["id"], again["already_open"]) == (shown["id"], True)
    await client.chat_postMessage(channel=shown["id"], text="You two")
    assert slack.person("ben").sees("You two")
    assert slack.person("carla").sees("You two") is None
    listed = await client.conversations_list(types="mpim")
    assert [each["id"] for each in listed["channels"]] == [shown["id"]]
    assert (await client.conversations_history(channel=shown["id"]))["messages"]


async def test_group_messages_that_can_not_be(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Unknown people, bots, more than eight, and one that may not begin now."""
    many = ",".join(f"U0P{number:08d}" for number in range(9))
    for key in many.split(","):
        slack.workspace.welcome(type(slack.workspace.bot)(id=key, name=key.lower(), real_name=key))
    wrong = {f"{ANA},U0NOBODY000": "user_not_found", f"{ANA},USLACKBOT": "cannot_dm_bot"}
    for users, error in (wrong | {many: "too_many_users"}).items():
        assert await refusal(client.conversations_open(users=users)) == error
    later = client.conversations_open(users=[ANA, CARLA], prevent_creation=True)
    assert await refusal(later) == "channel_not_found"
    wrong_kind = client.conversations_open(channel=OPS)
    assert await refusal(wrong_kind) == "method_not_supported_for_channel_type"


@pytest.mark.parametrize(
    ("scope", "call"),
    [
        ("channels:manage", ("conversations.create", {"name": "x"})),
        ("groups:write", ("conversations.create", {"name": "x", "is_private": "true"})),
        ("channels:join", ("conversations.join", {"channel": FINANCE})),
        ("mpim:write", ("conversations.open", {"users": f"{ANA},{BEN}"})),
        ("im:write", ("conversations.open", {"users": ANA})),
    ],
)
async def test_scopes(
    slack: SlackSandbox, client: AsyncWebClient, scope: str, call: tuple[str, dict[str, str]]
) -> None:
    """Each is refused without its scope."""
    granted = slack.workspace.installation.scopes - {scope}
    object.__setattr__(slack.workspace.installation, "scopes", granted)
    assert await refusal(client.api_call(call[0], params=call[1])) == "missing_scope"
