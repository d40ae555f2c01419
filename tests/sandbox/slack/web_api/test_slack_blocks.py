"""Blocks: what Slack takes, what it refuses, and what it fills in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.sandbox.slack.calling import OPS

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox

Block = dict[str, Any]


def plain(length: int) -> Block:
    """Return a plain text of so many characters."""
    return {"type": "plain_text", "text": "x" * length}


def section(length: int = 1, **parts: Any) -> Block:
    """Return a section whose text has so many characters."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": "x" * length}, **parts}


def button(**parts: Any) -> Block:
    """Return a button."""
    return {"type": "button", "text": plain(2), **parts}


def actions(*elements: Any, **parts: Any) -> Block:
    """Return a row of elements."""
    return {"type": "actions", "elements": list(elements), **parts}


def confirm(title: int = 1, text: int = 1) -> Block:
    """Return a dialog with texts of so many characters."""
    return {"title": plain(title), "text": plain(text)}


def menu(options: int, kind: str = "static_select") -> Block:
    """Return a menu with so many options."""
    return {
        "type": kind,
        "options": [{"text": plain(75), "value": str(number)} for number in range(options)],
    }


def grouped(options: int) -> Block:
    """Return a menu with so many options under one label."""
    group = {"label": plain(75), "options": menu(options)["options"]}
    return {"type": "static_select", "option_groups": [group]}


def table(rows: int = 1, columns: int = 1, **cell: Any) -> Block:
    """Return a table of the same cell."""
    one = {"type": "raw_text", "text": "x"} | cell
    return {"type": "table", "rows": [[one] * columns for _ in range(rows)]}


def image(**parts: Any) -> Block:
    """Return an image."""
    return {"type": "image", "image_url": "https://x.example/i", "alt_text": "x"} | parts


def rich(*elements: Any) -> Block:
    """Return a rich text of one section."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(elements)}],
    }


TAKEN: dict[str, list[Block]] = {
    "fifty blocks": [{"type": "divider"}] * 50,
    "section text": [section(3_000)],
    "section fields": [{"type": "section", "fields": [plain(100)] * 10}],
    "field text": [{"type": "section", "fields": [plain(2_000)]}],
    "header": [{"type": "header", "text": plain(150)}],
    "context": [{"type": "context", "elements": [plain(1)] * 9 + [image()]}],
    "actions": [actions(*[button() for _ in range(25)])],
    "button": [actions(button(text=plain(75), value="x" * 2_000, action_id="x" * 255))],
    "styles": [actions(button(style="primary"), button(style="danger"))],
    "dialog": [actions(button(confirm=confirm(100, 300)))],
    "option groups": [actions(grouped(100), {"type": "users_select", "placeholder": plain(150)})],
    "menu": [actions(menu(100), menu(5, "overflow"))],
    "same action in two blocks": [actions(button(action_id="a")), actions(button(action_id="a"))],
    "table": [table(100, 20)],
    "markdown": [{"type": "markdown", "text": "x" * 12_000}],
    "all together": [section(3_000) for _ in range(4)],
    "rich text": [rich({"type": "text", "text": "x"}, {"type": "emoji", "name": "tada"})],
    "block id": [section(block_id="x" * 255)],
    "empty block ids": [section(block_id=""), section(block_id="")],
}
REFUSED: dict[str, tuple[list[Any], str]] = {
    "fifty-one blocks": ([{"type": "divider"}] * 51, "/blocks"),
    "unknown kind": ([{"type": "banner"}], "/blocks/0/type"),
    "no kind": ([{}], "/blocks/0/type"),
    "odd kind": ([{"type": []}], "/blocks/0/type"),
    "empty section": ([{"type": "section"}], "/blocks/0"),
    "section text": ([section(3_001)], "/blocks/0/text/text"),
    "empty text": ([section(0)], "/blocks/0/text/text"),
    "text as a string": ([{"type": "section", "text": "x"}], "/blocks/0/text"),
    "eleven fields": ([{"type": "section", "fields": [plain(1)] * 11}], "/blocks/0/fields"),
    "field text": ([{"type": "section", "fields": [plain(2_001)]}], "/blocks/0/fields/0/text"),
    "field as a string": ([{"type": "section", "fields": ["x"]}], "/blocks/0/fields/0"),
    "odd accessory": ([section(accessory="x")], "/blocks/0/accessory"),
    "header": ([{"type": "header", "text": plain(151)}], "/blocks/0/text/text"),
    "mrkdwn header": ([{"type": "header", "text": section()["text"]}], "/blocks/0/text/type"),
    "context": ([{"type": "context", "elements": [plain(1)] * 11}], "/blocks/0/elements"),
    "empty context": ([{"type": "context", "elements": []}], "/blocks/0/elements"),
    "no actions": ([actions()], "/blocks/0/elements"),
    "actions": ([actions(*[button() for _ in range(26)])], "/blocks/0/elements"),
    "odd element": ([actions({"type": "lever"})], "/blocks/0/elements/0/type"),
    "button text": ([actions(button(text=plain(76)))], "/blocks/0/elements/0/text/text"),
    "no button text": ([actions({"type": "button"})], "/blocks/0/elements/0"),
    "button value": ([actions(button(value="x" * 2_001))], "/blocks/0/elements/0/value"),
    "number as value": ([actions(button(value=0))], "/blocks/0/elements/0/value"),
    "button style": ([actions(button(style="loud"))], "/blocks/0/elements/0/style"),
    "action id": ([actions(button(action_id="x" * 256))], "/blocks/0/elements/0/action_id"),
    "same action": (
        [actions(button(action_id="a"), button(action_id="a"))],
        "/blocks/0/elements/1/action_id",
    ),
    "dialog title": ([actions(button(confirm=confirm(title=101)))], "/confirm/title/text"),
    "dialog text": ([actions(button(confirm=confirm(text=301)))], "/confirm/text/text"),
    "odd dialog": ([actions(button(confirm="sure?"))], "/blocks/0/elements/0/confirm"),
    "option groups": ([actions(grouped(101))], "/option_groups/0/options"),
    "placeholder": (
        [actions({"type": "users_select", "placeholder": plain(151)})],
        "/blocks/0/elements/0/placeholder/text",
    ),
    "options": ([actions(menu(101))], "/blocks/0/elements/0/options"),
    "no options": ([actions(menu(0))], "/blocks/0/elements/0/options"),
    "overflow": ([actions(menu(6, "overflow"))], "/blocks/0/elements/0/options"),
    "block id": ([section(block_id="x" * 256)], "/blocks/0/block_id"),
    "same block": ([section(block_id="a"), section(block_id="a")], "/blocks/1/block_id"),
    "image without text": ([image(alt_text="")], "/blocks/0/alt_text"),
    "image without source": ([{"type": "image", "alt_text": "x"}], "/blocks/0"),
    "table rows": ([table(101)], "/blocks/0/rows"),
    "table columns": ([table(1, 21)], "/blocks/0/rows/0"),
    "two tables": ([table(), table()], "/blocks"),
    "odd row": ([{"type": "table", "rows": ["x"]}], "/blocks/0/rows/0"),
    "odd cell": ([table(type="raw_colour")], "/blocks/0/rows/0/0/type"),
    "empty cell": ([table(text="")], "/blocks/0/rows/0/0/text"),
    "markdown in all": ([{"type": "markdown", "text": "x" * 6_001}] * 2, "/blocks"),
    "rich text": ([{"type": "rich_text"}], "/blocks/0"),
    "odd paragraph": ([{"type": "rich_text", "elements": [{"type": "x"}]}], "/elements/0"),
    "odd list item": (
        [{"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": [plain(1)]}]}],
        "/blocks/0/elements/0/elements/0",
    ),
    "word as a string": ([rich("x")], "/blocks/0/elements/0/elements"),
    "number as text": ([table(type="raw_number", value="1")], "/blocks/0/rows/0/0/value"),
    "odd details": (
        [{"type": "task_card", "task_id": "1", "title": "x", "status": "error", "details": "x"}],
        "/blocks/0/details",
    ),
    "odd word": ([rich({"type": "shout"})], "/blocks/0/elements/0/elements/0/type"),
    "word without text": ([rich({"type": "text"})], "/blocks/0/elements/0/elements/0"),
    "alert level": ([{"type": "alert", "text": plain(1), "level": "mad"}], "/blocks/0/level"),
    "empty card": ([{"type": "card"}], "/blocks/0"),
    "card title": ([{"type": "card", "title": plain(151)}], "/blocks/0/title/text"),
    "plan without title": ([{"type": "plan"}], "/blocks/0"),
    "task status": (
        [{"type": "task_card", "task_id": "1", "title": "x", "status": "idle"}],
        "/blocks/0/status",
    ),
}


@pytest.mark.parametrize("blocks", TAKEN.values(), ids=TAKEN)
async def test_what_is_taken(
    slack: SlackSandbox, client: AsyncWebClient, blocks: list[Block]
) -> None:
    """At its limit a message is taken, and gets ids where it has none."""
    await client.chat_postMessage(channel=OPS, text="x", blocks=blocks)
    (message,) = slack.messages("ops")
    ids = [block["block_id"] for block in message.blocks]
    assert all(ids)
    assert len(set(ids)) == len(blocks)


@pytest.mark.parametrize(("blocks", "place"), REFUSED.values(), ids=REFUSED)
async def test_what_is_refused(
    slack: SlackSandbox, client: AsyncWebClient, blocks: list[Any], place: str
) -> None:
    """Beyond a limit the whole message is refused, and the answer points at the place."""
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=OPS, text="x", blocks=blocks)
    answer = caught.value.response
    assert answer["error"] == "invalid_blocks"
    pointers = [text.partition("json-pointer:")[2] for text in answer["errors"]]
    assert any(place in pointer for pointer in pointers), pointers
    assert answer["response_metadata"]["messages"][0].startswith("[ERROR] ")
    assert slack.messages("ops") == []


async def test_the_cap_over_all_blocks(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """All texts together may have 12,000 characters, in a post as in an update."""
    blocks = [section(3_000) for _ in range(4)] + [section(1)]
    ts = (await client.chat_postMessage(channel=OPS, text="Hello"))["ts"]
    for call in (
        client.chat_postMessage(channel=OPS, text="x", blocks=blocks),
        client.chat_update(channel=OPS, ts=ts, text="x", blocks=blocks),
    ):
        with pytest.raises(SlackApiError, match="msg_blocks_too_long"):
            await call
    assert [message.text for message in slack.messages("ops")] == ["Hello"]


async def test_what_is_filled_in(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Ids that were given stay, others are made up, and texts get their defaults."""
    blocks = [section(block_id="mine"), actions(button(), button(action_id="mine"))]
    answer = await client.chat_postMessage(channel=OPS, text="x", blocks=blocks)
    first, second = answer["message"]["blocks"]
    assert (first["block_id"], first["text"]["verbatim"]) == ("mine", False)
    made_up, given = second["elements"]
    assert made_up["action_id"]
    assert (given["action_id"], given["text"]["emoji"]) == ("mine", True)
    assert answer["message"]["blocks"] == slack.messages("ops")[0].blocks
    assert "block_id" not in blocks[1]
