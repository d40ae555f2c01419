"""Messages and channels as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.slack.calling import OPS, card

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from sandbox.slack import SlackSandbox
    from tests.sandbox.slack.calling import Watch

TEXT = {"type": "plain_text", "text": "plain *text*"}
MARKED = {"type": "mrkdwn", "text": "*bold*"}
BUTTON = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
VIDEO = {
    "title": TEXT,
    "thumbnail_url": "https://x.example/t",
    "video_url": "https://x.example/v",
}
SECTION = {"type": "rich_text_section", "elements": [{"type": "text", "text": "rich"}]}
RICH = {"type": "rich_text", "elements": [SECTION]}


def words(
    *elements: dict[str, Any], kind: str = "rich_text_section", **parts: Any
) -> dict[str, Any]:
    """Return a rich text of one paragraph."""
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(elements), **parts}]}


def task(title: str, status: str, **parts: Any) -> dict[str, Any]:
    """Return a task."""
    return {"type": "task_card", "task_id": title, "title": title, "status": status, **parts}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("*bold* _slanted_ ~gone~ *_both_*", "bold slanted gone both"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("`*code*` and ```\nblock\n```", "*code* and block"),
        ("<@U0ANA000000> in <#C0OPS000000>", "@ana in #ops"),
        ("<@U0NOBODY000|someone> <#C0NOWHERE00>", "@someone #C0NOWHERE00"),
        ("<https://x.example|a link> <https://y.example>", "a link https://y.example"),
        ("<!channel> <!subteam^S1|@team> <!date^1^{date}|today>", "@channel @team today"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2 &amp;lt;", "1 < 2 && 3 > 2 &lt;"),
        ("&lt;!channel&gt;", "<!channel>"),
    ],
)
async def test_mrkdwn(slack: SlackSandbox, client: AsyncWebClient, text: str, seen: str) -> None:
    """Marks and entities are read as a person reads them."""
    await client.chat_postMessage(channel=OPS, text=text)
    assert slack.messages("ops")[0].plain() == seen


@pytest.mark.parametrize(
    ("blocks", "seen"),
    [
        ([{"type": "header", "text": TEXT}], "plain *text*"),
        (
            [{"type": "section", "text": MARKED, "fields": [TEXT, MARKED]}],
            "bold\nplain *text*\nbold",
        ),
        ([{"type": "section", "fields": [MARKED], "accessory": BUTTON}], "bold  [Go]"),
        ([{"type": "divider"}, {"type": "section", "text": MARKED}], "─" * 20 + "\nbold"),
        ([{"type": "image", "image_url": "https://x.example/i", "alt_text": "a map"}], "(a map)"),
        ([{"type": "context", "elements": [MARKED, TEXT]}], "bold  plain *text*"),
        ([{"type": "markdown", "text": "# Title"}], "# Title"),
        ([{"type": "actions", "elements": [BUTTON, BUTTON]}], "[Go] [Go]"),
        (
            [{"type": "card", "title": MARKED, "body": TEXT, "actions": [BUTTON]}],
            "bold\nplain *text*\n[Go]",
        ),
        (
            [
                {
                    "type": "plan",
                    "title": "Buying",
                    "tasks": [
                        task("first", "complete", output=RICH),
                        task("second", "in_progress"),
                    ],
                }
            ],
            "Buying\n✓ first\nrich\n◐ second",
        ),
        (
            [
                {
                    "type": "context_actions",
                    "elements": [
                        {"type": "icon_button", "icon": "trash", "text": TEXT},
                        {
                            "type": "feedback_buttons",
                            "positive_button": {"text": TEXT, "value": "1"},
                            "negative_button": {"text": TEXT, "value": "0"},
                        },
                    ],
                }
            ],
            "[plain *text*] [plain *text*] [plain *text*]",
        ),
        (
            [
                {
                    "type": "container",
                    "title": TEXT,
                    "subtitle": MARKED,
                    "child_blocks": [{"type": "divider"}, RICH],
                }
            ],
            "plain *text*\nbold\n" + "─" * 20 + "\nrich",
        ),
        (
            [
                {
                    "type": "carousel",
                    "elements": [{"type": "card", "title": MARKED}, {"type": "card", "body": TEXT}],
                }
            ],
            "bold\nplain *text*",
        ),
        (
            [
                {
                    "type": "data_visualization",
                    "title": "Sold",
                    "chart": {
                        "type": "line",
                        "series": [{"name": "SIMs", "data": [{"label": "May", "value": 3}]}],
                        "axis_config": {"categories": ["May"]},
                    },
                },
                {
                    "type": "data_visualization",
                    "title": "Shares",
                    "chart": {"type": "pie", "segments": [{"label": "A", "value": 1.5}]},
                },
            ],
            "Sold\nSIMs: May 3\nShares\nA 1.5",
        ),
        ([{"type": "video", "alt_text": "x", **VIDEO}], "plain *text*"),
    ],
)
async def test_blocks(
    slack: SlackSandbox, client: AsyncWebClient, blocks: list[dict[str, Any]], seen: str
) -> None:
    """Each kind of block reads as in Slack, its buttons in brackets, instead of the text."""
    await client.chat_postMessage(channel=OPS, text="not seen", blocks=blocks)
    assert slack.messages("ops")[0].plain() == seen


@pytest.mark.parametrize(
    ("block", "seen"),
    [
        (words({"type": "user", "user_id": "U0ANA000000"}, {"type": "text", "text": "!"}), "@ana!"),
        (words({"type": "channel", "channel_id": OPS}), "#ops"),
        (words({"type": "broadcast", "range": "here"}), "@here"),
        (words({"type": "emoji", "name": "tada"}), ":tada:"),
        (words({"type": "link", "url": "https://x.example"}), "https://x.example"),
        (words({"type": "link", "url": "https://x.example", "text": "x"}), "x"),
        (words({"type": "date", "timestamp": 5, "format": "{date}", "fallback": "then"}), "then"),
        (words(SECTION, SECTION, kind="rich_text_list", style="bullet"), "• rich\n• rich"),
    ],
)
async def test_rich_text(
    slack: SlackSandbox, client: AsyncWebClient, block: dict[str, Any], seen: str
) -> None:
    """Each piece of a rich text reads as in Slack."""
    await client.chat_postMessage(channel=OPS, text="not seen", blocks=[block])
    assert slack.messages("ops")[0].plain() == seen


async def test_tables(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """A table is aligned columns, whatever its cells are."""
    rows = [
        [{"type": "raw_text", "text": "ICCID"}, {"type": "raw_text", "text": "MB"}],
        [RICH, {"type": "raw_number", "value": 12}],
    ]
    await client.chat_postMessage(channel=OPS, text="x", blocks=[{"type": "table", "rows": rows}])
    assert slack.messages("ops")[0].plain() == "ICCID  MB\nrich   12"
    data_table = {"type": "data_table", "caption": "SIMs", "rows": rows}
    await client.chat_postMessage(channel=OPS, text="x", blocks=[data_table])
    assert slack.messages("ops")[1].plain() == "SIMs\nICCID  MB\nrich   12"


async def test_buttons_are_in_reading_order(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Labels of buttons come from sections, rows and cards; other elements are none."""
    menu = {"type": "users_select", "placeholder": {"type": "plain_text", "text": "Who?"}}
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": MARKED, "accessory": BUTTON},
        {"type": "actions", "elements": [menu]},
        *card("Order"),
        {"type": "card", "title": MARKED, "actions": [BUTTON]},
    ]
    await client.chat_postMessage(channel=OPS, text="x", blocks=blocks)
    (message,) = slack.messages("ops")
    assert message.buttons() == ["Go", "Approve", "Go"]
    assert "[Who?]" in message.plain()


async def test_the_transcript(slack: SlackSandbox, client: AsyncWebClient, watch: Watch) -> None:
    """A channel reads from top to bottom, its threads indented, with times, names and files."""
    ts = (await client.chat_postMessage(channel=OPS, text="x", blocks=card("*Order*")))["ts"]
    watch.now += 61
    slack.person("ana").says("Hello\nthere")
    await client.chat_postEphemeral(channel=OPS, user=slack.person("ana").id, text="psst")
    await client.files_upload_v2(
        channel=OPS, thread_ts=ts, filename="sims.csv", content="x" * 1_234, initial_comment="SIMs"
    )
    assert slack.transcript("ops").splitlines() == [
        "#ops",
        "12:00:00 esim-bot: Order",
        "    [Approve]",
        "    12:01:01 esim-bot: SIMs",
        "        [file sims.csv, 1,234 bytes]",
        "12:01:01 ana: Hello",
        "    there",
        "12:01:01 esim-bot (only ana sees this): psst",
    ]


async def test_the_transcript_of_everything(slack: SlackSandbox, client: AsyncWebClient) -> None:
    """Without a channel every conversation is shown in which something was written."""
    await client.chat_postMessage(channel=OPS, text="Hello")
    await client.chat_postMessage(channel=slack.person("ana").id, text="psst")
    assert slack.transcript(None) == (
        "#ops\n12:00:00 esim-bot: Hello\n\n@ana (direct messages)\n12:00:00 esim-bot: psst"
    )
