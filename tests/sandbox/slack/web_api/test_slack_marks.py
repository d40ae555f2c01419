"""reactions.*, pins.* and bookmarks.*: what is put on messages and at the top of channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.slack import EVERY_SCOPE
from tests.sandbox.slack.calling import OPS, refusal

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox
    from tests.sandbox.slack.calling import Watch

FINANCE = "C0FINANCE00"
LINK = "https://example.com/orders"


@pytest.fixture
def scopes() -> Any:
    """Let the bot do everything."""
    return EVERY_SCOPE


@pytest.fixture
async def ts(client: AsyncWebClient) -> str:
    """Post a message to #ops."""
    return str((await client.chat_postMessage(channel=OPS, text="card"))["ts"])


@pytest.mark.parametrize(
    "name",
    [
        "thumbsup",
        "+1",
        "+1::skin-tone-3",
        "white_check_mark",
        "large_green_circle",
        "flag-gb",
        "man-shrugging",
        "hourglass_flowing_sand",
        "slack",
        "simple_smile",
    ],
)
async def test_emoji_that_there_are(client: AsyncWebClient, ts: str, name: str) -> None:
    """Slack's own names, families of names, skin tones and the workspace's own are taken."""
    await client.reactions_add(channel=OPS, timestamp=ts, name=name)


@pytest.mark.parametrize(
    "name", ["greentick", "no such", "Thumbsup", "+1::skin-tone-9", "✅", "::"]
)
async def test_emoji_that_there_are_not(client: AsyncWebClient, ts: str, name: str) -> None:
    """What Slack does not know is invalid_name, not only what is no name at all."""
    assert await refusal(client.reactions_add(channel=OPS, timestamp=ts, name=name)) == (
        "invalid_name"
    )


async def test_a_custom_emoji(slack: SlackSandbox, client: AsyncWebClient, ts: str) -> None:
    """A workspace's own emoji is listed, and can be reacted with."""
    slack.workspace.emoji["greentick"] = "https://emoji.example.com/greentick.png"
    assert (await client.emoji_list())["emoji"]["greentick"].endswith("greentick.png")
    await client.reactions_add(channel=OPS, timestamp=ts, name="greentick")


async def test_reactions_are_read_and_taken_back(
    slack: SlackSandbox, client: AsyncWebClient, ts: str
) -> None:
    """Both get and list show them with the message and its address; remove takes only one's own."""
    await client.reactions_add(channel=OPS, timestamp=ts, name="eyes")
    got = (await client.reactions_get(channel=OPS, timestamp=ts))["message"]
    assert got["reactions"] == [{"name": "eyes", "users": [slack.bot_user_id], "count": 1}]
    assert got["permalink"].endswith(ts.replace(".", ""))
    (item,) = (await client.reactions_list())["items"]
    assert (item["channel"], item["message"]["ts"]) == (OPS, ts)
    assert (await client.reactions_list(user=slack.person("ana").id))["items"] == []
    assert await refusal(client.reactions_list(user="U0X")) == "user_not_found"
    await client.reactions_remove(channel=OPS, timestamp=ts, name="eyes")
    gone = client.reactions_remove(channel=OPS, timestamp=ts, name="eyes")
    assert await refusal(gone) == "no_reaction"
    assert (await client.reactions_get(channel=OPS, timestamp=ts))["message"]["reactions"] == []


async def test_pins(slack: SlackSandbox, client: AsyncWebClient, ts: str, watch: Watch) -> None:
    """A pinned message says so, is listed newest pin first, and can be unpinned once."""
    second = str((await client.chat_postMessage(channel=OPS, text="two"))["ts"])
    await client.pins_add(channel=OPS, timestamp=ts)
    watch.now += 5
    await client.pins_add(channel=OPS, timestamp=second)
    items = (await client.pins_list(channel=OPS))["items"]
    assert [each["message"]["ts"] for each in items] == [second, ts]
    assert (items[0]["created"], items[0]["created_by"]) == (int(watch.now), slack.bot_user_id)
    assert items[0]["message"]["pinned_to"] == [OPS]
    assert await refusal(client.pins_add(channel=OPS, timestamp=ts)) == "already_pinned"
    await client.pins_remove(channel=OPS, timestamp=ts)
    assert await refusal(client.pins_remove(channel=OPS, timestamp=ts)) == "no_pin"
    await client.chat_delete(channel=OPS, ts=second)
    assert (await client.pins_list(channel=OPS))["items"] == []


async def test_pins_that_can_not_be(client: AsyncWebClient) -> None:
    """No message, none there, and a channel that the bot is not in."""
    wrong: list[tuple[dict[str, str], str]] = [
        ({"channel": OPS}, "no_item_specified"),
        ({"channel": OPS, "timestamp": "1.000001"}, "message_not_found"),
        ({"channel": FINANCE, "timestamp": "1.000001"}, "not_in_channel"),
        ({"channel": "C0X", "timestamp": "1.000001"}, "channel_not_found"),
    ]
    for given, error in wrong:
        assert await refusal(client.api_call("pins.add", params=given)) == error


async def test_bookmarks(client: AsyncWebClient, watch: Watch) -> None:
    """They are added, listed, changed in part and removed."""
    added = await client.bookmarks_add(
        channel_id=OPS, title="Orders", type="link", link=LINK, emoji=":memo:"
    )
    mark = added["bookmark"]
    assert (mark["title"], mark["link"], mark["emoji"]) == ("Orders", LINK, ":memo:")
    watch.now += 60
    given = {"channel_id": OPS, "bookmark_id": mark["id"]}
    edited = (await client.bookmarks_edit(**given, title="All orders"))["bookmark"]
    assert (edited["title"], edited["link"]) == ("All orders", LINK)
    assert (edited["date_created"], edited["date_updated"]) == (
        int(watch.now) - 60,
        int(watch.now),
    )
    assert (await client.bookmarks_list(channel_id=OPS))["bookmarks"] == [edited]
    await client.bookmarks_remove(**given)
    assert await refusal(client.bookmarks_remove(**given)) == "not_found"
    assert (await client.bookmarks_list(channel_id=OPS))["bookmarks"] == []


async def test_bookmarks_that_can_not_be(client: AsyncWebClient) -> None:
    """Another kind, a link that is none, no emoji, a channel without the bot, one too many."""
    good = {"channel_id": OPS, "title": "Orders", "type": "link", "link": LINK}
    wrong = {
        "invalid_bookmark_type": {"type": "file"},
        "invalid_link": {"link": "example.com"},
        "invalid_emoji": {"emoji": "memo"},
        "permission_denied": {"channel_id": FINANCE},
        "channel_not_found": {"channel_id": "C0X"},
        "invalid_arguments": {"title": ""},
    }
    for error, part in wrong.items():
        assert await refusal(client.bookmarks_add(**(good | part))) == error
    for _ in range(100):
        await client.bookmarks_add(**good)
    assert await refusal(client.bookmarks_add(**good)) == "too_many_bookmarks"
