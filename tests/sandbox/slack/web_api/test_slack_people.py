"""users.*, bots.info, usergroups.*, conversations.members and reactions.add."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.slack import Person, SlackSandbox
from tests.sandbox.slack.calling import OPS, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

    from tests.sandbox.slack.calling import Receiver

SCOPES = (
    "channels:history",
    "channels:read",
    "chat:write",
    "groups:read",
    "im:read",
    "reactions:write",
    "usergroups:read",
    "users.profile:read",
    "users:read",
    "users:read.email",
)


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    """Start a workspace whose bot may see people and react."""
    sandbox = await SlackSandbox.start(scopes=SCOPES)
    yield sandbox
    await sandbox.stop()


async def posted(slack: SlackSandbox, client: AsyncWebClient) -> str:
    """Post a message and return its ts."""
    await client.chat_postMessage(channel=OPS, text="Hello")
    return slack.messages("ops")[-1].ts


async def test_everybody_is_listed(client: AsyncWebClient) -> None:
    """The list has every person and bot, page by page, with the fields that bots filter by."""
    names: list[str] = []
    cursor: str | None = None
    while cursor != "":
        answer = await client.users_list(limit=3, cursor=cursor)
        names += [member["name"] for member in answer["members"]]
        assert all(member["deleted"] is False for member in answer["members"])
        cursor = answer["response_metadata"]["next_cursor"]
    assert names == ["ana", "ben", "carla", "dan", "olga", "esim-bot", "slackbot"]
    bots = [member for member in (await client.users_list())["members"] if member["is_bot"]]
    assert len(bots) == 2


async def test_groups(client: AsyncWebClient) -> None:
    """Groups are listed by handle, with members or their number only when asked for."""
    (approvers, _) = (await client.usergroups_list())["usergroups"]
    assert (approvers["handle"], approvers["name"]) == ("approvers", "Approvers")
    assert not {"users", "user_count"} & set(approvers)
    answer = await client.usergroups_list(include_users=True, include_count=True)
    assert answer["usergroups"][0]["users"] == ["U0BEN000000", "U0CARLA0000"]
    assert answer["usergroups"][0]["user_count"] == 2


async def test_members_of_a_group(client: AsyncWebClient) -> None:
    """The members of a group are ids; a group that isn't there is refused."""
    answer = await client.usergroups_users_list(usergroup="S0APPROVERS")
    assert answer["users"] == ["U0BEN000000", "U0CARLA0000"]
    missing = client.usergroups_users_list(usergroup="S0NOBODY000")
    assert await refusal(missing) == "no_such_subteam"


async def test_a_group_is_mentioned(slack: SlackSandbox, receiver: Receiver) -> None:
    """A group's handle becomes a reference when it is typed, and reads as its name."""
    await slack.person("ana").types("/esim ask @approvers now")
    assert receiver.form()["text"] == "ask <!subteam^S0APPROVERS|@approvers> now"
    assert slack.workspace.name_of("S0APPROVERS") == "approvers"


async def test_members_of_a_channel(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The members of a channel come page by page; a hidden channel has none."""
    members: list[str] = []
    cursor: str | None = None
    while cursor != "":
        answer = await client.conversations_members(channel=OPS, limit=4, cursor=cursor)
        members += answer["members"]
        cursor = answer["response_metadata"]["next_cursor"]
    assert set(members) == slack.workspace.channel("ops").members
    assert len(members) == 6
    secret = client.conversations_members(channel="C0SECRET000")
    assert await refusal(secret) == "channel_not_found"
    direct = await client.conversations_members(channel="D0ANA000000")
    assert set(direct["members"]) == {slack.bot_user_id, "U0ANA000000"}


async def test_reacting(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A reaction is on the message, and comes with it in the history."""
    ts = await posted(slack, client)
    await client.reactions_add(channel=OPS, timestamp=ts, name="white_check_mark")
    await client.reactions_add(channel=OPS, timestamp=ts, name="+1::skin-tone-3")
    assert slack.messages("ops")[0].reactions["white_check_mark"] == [slack.bot_user_id]
    (message,) = (await client.conversations_history(channel=OPS))["messages"]
    assert message["reactions"][0] == {
        "name": "white_check_mark",
        "users": [slack.bot_user_id],
        "count": 1,
    }


async def test_reactions_that_are_refused(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Once is enough; the emoji, the message and the membership have to be there."""
    ts = await posted(slack, client)
    await client.reactions_add(channel=OPS, timestamp=ts, name="eyes")
    refused = {
        "already_reacted": (OPS, ts, ":eyes:"),
        "invalid_name": (OPS, ts, "two words"),
        "message_not_found": (OPS, "1.000001", "eyes"),
        "not_in_channel": ("C0FINANCE00", ts, "eyes"),
        "channel_not_found": ("C0SECRET000", ts, "eyes"),
    }
    for error, (channel, timestamp, name) in refused.items():
        call = client.reactions_add(channel=channel, timestamp=timestamp, name=name)
        assert await refusal(call) == error
    slack.workspace.archive("ops")
    late = client.reactions_add(channel=OPS, timestamp=ts, name="tada")
    assert await refusal(late) == "is_archived"
    assert list(slack.messages("ops")[0].reactions) == ["eyes"]


async def test_a_person_by_email(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """An address finds its person, in any case; with the scope a profile has it."""
    user = (await client.users_lookupByEmail(email="Ana@example.com"))["user"]
    assert (user["id"], user["profile"]["email"]) == (slack.person("ana").id, "ana@example.com")
    unknown = client.users_lookupByEmail(email="nobody@example.com")
    assert await refusal(unknown) == "users_not_found"
    granted = slack.workspace.installation.scopes - {"users:read.email"}
    object.__setattr__(slack.workspace.installation, "scopes", granted)
    info = await client.users_info(user=slack.person("ana").id)
    assert "email" not in info["user"]["profile"]
    assert await refusal(client.users_lookupByEmail(email="x@example.com")) == "missing_scope"


async def test_profiles(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A person's profile, or without one the bot's own."""
    profile = (await client.users_profile_get(user=slack.person("ana").id))["profile"]
    assert (profile["real_name"], profile["first_name"]) == ("Ana Requester", "Ana")
    assert (await client.users_profile_get())["profile"]["display_name"] == "esim-bot"
    assert await refusal(client.users_profile_get(user="U0X")) == "user_not_found"


async def test_the_bot_itself(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """bots.info leads from the bot's id to its user."""
    bot = (await client.bots_info(bot="B0ESIMBOT00"))["bot"]
    assert (bot["user_id"], bot["app_id"]) == (slack.bot_user_id, "A0ESIMBOT00")
    assert await refusal(client.bots_info(bot="B0X")) == "bot_not_found"


async def test_everybody_at_once(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """users.list without a limit leaves nobody out, however many there are."""
    for number in range(150):
        key = f"U0P{number:08d}"
        slack.workspace.welcome(Person(key, key.lower(), key))
    answer = await client.users_list()
    assert len(answer["members"]) == len(slack.workspace.people)
    assert answer["response_metadata"]["next_cursor"] == ""


OTHERS = {
    "ana": {"deleted": False, "is_restricted": False, "team_id": "T0SANDBOX00"},
    "gus": {"deleted": False, "is_restricted": True, "team_id": "T0SANDBOX00"},
    "eva": {"deleted": False, "is_restricted": False, "team_id": "T0PARTNER00"},
    "max": {"deleted": True, "team_id": "T0SANDBOX00"},
}


@pytest.mark.parametrize(("name", "flags"), OTHERS.items())
async def test_who_somebody_is(
    slack: SlackSandbox, client: AsyncWebClient, name: str, flags: dict[str, object]
) -> None:
    """A guest, an external person and one who has left are told by their flags."""
    slack.workspace.welcome_others()
    user = (await client.users_info(user=slack.person(name).id))["user"]
    assert flags.items() <= user.items()
    assert ("is_restricted" in user) is not user["deleted"]
    assert ("is_stranger" in user) is (name == "eva")
    assert user["profile"]["team"] == user["team_id"]


async def test_a_stranger_and_a_guest_of_one_channel(
    slack: SlackSandbox, client: AsyncWebClient
) -> None:
    """Both are told by flags of their own."""
    slack.workspace.welcome(Person("U0X", "x", "X", team="T0PARTNER00", is_stranger=True))
    slack.workspace.welcome(Person("U0Y", "y", "Y", is_restricted=True, is_ultra_restricted=True))
    assert (await client.users_info(user="U0X"))["user"]["is_stranger"] is True
    guest = (await client.users_info(user="U0Y"))["user"]
    assert (guest["is_restricted"], guest["is_ultra_restricted"]) == (True, True)


async def test_who_can_not_be_written_to(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Nothing is posted or uploaded to a bot or to one who has left, and no address finds them."""
    slack.workspace.welcome_others()
    gone = slack.person("max").id
    dm = slack.workspace.direct(slack.workspace.person("max")).id
    scopes = slack.workspace.installation.scopes | {"im:write", "files:write"}
    object.__setattr__(slack.workspace.installation, "scopes", scopes)
    upload = client.files_upload_v2(channel=dm, filename="esim.png", content=b"\x89PNG")
    for error, call in (
        ("user_disabled", client.conversations_open(users=gone)),
        ("user_disabled", client.conversations_open(channel=dm)),
        ("user_disabled", client.chat_postMessage(channel=gone, text="x")),
        ("user_disabled", client.chat_postMessage(channel=dm, text="x")),
        ("user_disabled", upload),
        ("cannot_dm_bot", client.conversations_open(users="USLACKBOT")),
        ("channel_not_found", client.chat_postMessage(channel="USLACKBOT", text="x")),
        ("users_not_found", client.users_lookupByEmail(email="max@example.com")),
    ):
        assert await refusal(call) == error
    assert slack.history.stood == []


async def test_somebody_leaves(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Who was there is told as deactivated from then on, and can't be written to."""
    await client.chat_postMessage(channel="U0DAN000000", text="x")
    slack.workspace.change_person("dan", deleted=True)
    assert (await client.users_info(user="U0DAN000000"))["user"]["deleted"] is True
    late = client.chat_postMessage(channel="U0DAN000000", text="y")
    assert await refusal(late) == "user_disabled"
    assert len(slack.direct_messages("dan")) == 1


async def test_a_guest_is_in_one_channel(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """The others are in ops, and there alone; they can be written to."""
    slack.workspace.welcome_others()
    for name in ("gus", "eva"):
        person = slack.workspace.person(name)
        places = [each.name for each in slack.workspace.channels.values() if each.is_named]
        assert [key for key in places if person.id in slack.workspace.channel(key).members] == [
            "ops"
        ]
        await client.chat_postMessage(channel=person.id, text="x")
        assert len(slack.direct_messages(name)) == 1
