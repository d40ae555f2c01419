"""Every kind of block and element as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.page.site import Site

PLAIN = {"type": "plain_text", "text": "<i>Words</i>"}
MRKDWN = {"type": "mrkdwn", "text": "*bold* &lt;i&gt;"}
BOLD = "<strong>bold</strong> &lt;i&gt;"
WORDS = "&lt;i&gt;Words&lt;/i&gt;"
OPTION = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
RICH: dict[str, Any] = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "<i>", "style": {"bold": True, "code": True}},
                {"type": "user", "user_id": "U0BEN000000"},
                {"type": "emoji", "name": "x"},
                {"type": "link", "url": "javascript:alert(1)", "text": "bad"},
                {"type": "link", "url": "https://a.b", "text": "good"},
                {"type": "broadcast", "range": "here"},
                {"type": "date", "timestamp": 1700000000, "format": "{time}", "fallback": "then"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]}
            ],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a\nb"}]},
    ],
}


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ({"type": "section", "text": MRKDWN}, [BOLD]),
        ({"type": "section", "fields": [MRKDWN, PLAIN]}, [BOLD, WORDS, 'class="fields"']),
        ({"type": "header", "text": PLAIN}, [WORDS, 'role="heading"']),
        ({"type": "divider"}, ["<hr"]),
        ({"type": "context", "elements": [MRKDWN, PLAIN]}, [BOLD, WORDS]),
        (
            {"type": "image", "image_url": "https://a.b/c.png", "alt_text": 'a "map"'},
            ['src="https://a.b/c.png"', 'alt="a &#34;map&#34;"'],
        ),
        ({"type": "markdown", "text": "# <i>"}, ["# &lt;i&gt;"]),
        (
            {"type": "plan", "title": "Steps", "tasks": []},
            ["<b>Steps</b>"],
        ),
        (
            {
                "type": "task_card",
                "task_id": "1",
                "title": "Buy",
                "status": "in_progress",
                "details": {"type": "rich_text", "elements": RICH["elements"][2:3]},
            },
            ["Buy", 'aria-label="in progress"', "<blockquote>said</blockquote>"],
        ),
        (
            {"type": "card", "title": PLAIN, "body": MRKDWN, "actions": []},
            [WORDS, BOLD],
        ),
        ({"type": "video", "title": PLAIN}, [WORDS, "(video)"]),
        ({"type": "alert", "text": MRKDWN, "level": "error"}, [BOLD, "alert-error"]),
        (
            {"type": "carousel", "elements": [{"type": "card", "title": PLAIN, "actions": []}]},
            [WORDS, 'class="block card"'],
        ),
        (
            {
                "type": "container",
                "title": PLAIN,
                "subtitle": MRKDWN,
                "is_collapsible": True,
                "default_collapsed": True,
                "child_blocks": [{"type": "header", "text": PLAIN}],
            },
            ["<details", "<summary", BOLD, 'role="heading"'],
        ),
        (
            {
                "type": "data_table",
                "caption": "<i>SIMs",
                "rows": [
                    [{"type": "raw_text", "text": "MB"}],
                    [{"type": "raw_number", "value": 3}],
                ],
            },
            ["<caption>&lt;i&gt;SIMs</caption>", '<th scope="col">MB</th>', "<td>3</td>"],
        ),
        (
            {
                "type": "data_visualization",
                "title": "<i>",
                "chart": {"type": "pie", "segments": [{"label": "<i>", "value": 2}]},
            },
            ["<caption>&lt;i&gt;</caption>", "<td>&lt;i&gt; 2</td>"],
        ),
    ],
)
async def test_blocks(site: Site, block: dict[str, Any], expected: list[str]) -> None:
    """Each block shows all its words, escaped where a person may have written them."""
    site.bot_says(block)
    shown = await site.region("messages")
    for part in expected:
        assert part in shown
    assert "<i>" not in shown


async def test_rich_text(site: Site) -> None:
    """Styles nest, people come by name, lists and quotes are lists and quotes."""
    site.bot_says(RICH)
    shown = await site.region("messages")
    for part in (
        "<code><strong>&lt;i&gt;</strong></code>",
        "@ben",
        ">good</a>",
        "@here",
        ">then</time>",
        "<ol><li>first</li></ol>",
        "<blockquote>said</blockquote>",
        "<pre>a",
    ):
        assert part in shown
    assert "javascript:" not in shown


async def test_a_table(site: Site) -> None:
    """The first row is the head; a cell is plain text or rich text."""
    rows = [
        [{"type": "raw_text", "text": "#"}, {"type": "raw_text", "text": "ICCID"}],
        [{"type": "raw_number", "value": 1}, RICH | {"elements": RICH["elements"][2:3]}],
    ]
    site.bot_says({"type": "table", "rows": rows})
    shown = await site.region("messages")
    assert '<th scope="col">ICCID</th>' in shown
    assert "<td>1</td><td><blockquote>said</blockquote></td>" in shown


async def test_a_button_with_a_question(site: Site) -> None:
    """The dialog has the question's title, text and both answers; the form names the button."""
    confirm = {
        "title": {"type": "plain_text", "text": "Sure?"},
        "text": MRKDWN,
        "confirm": {"type": "plain_text", "text": "Buy"},
        "deny": {"type": "plain_text", "text": "Not yet"},
        "style": "danger",
    }
    button = {"type": "button", "text": PLAIN, "action_id": "a", "style": "primary"}
    site.bot_says({"type": "actions", "block_id": "b", "elements": [button | {"confirm": confirm}]})
    shown = await site.region("messages")
    for part in (
        '<dialog aria-label="Sure?">',
        BOLD,
        "Not yet</button>",
        'class="danger">Buy</button>',
        'name="block" value="b"',
        'name="action" value="a"',
        'aria-haspopup="dialog"',
    ):
        assert part in shown


async def test_a_button_that_leads_elsewhere(site: Site) -> None:
    """An https address makes it a link; any other address does not."""
    for url in ("https://a.b", "javascript:alert(1)"):
        button = {"type": "button", "text": PLAIN, "action_id": url, "url": url}
        site.bot_says({"type": "section", "text": MRKDWN, "accessory": button})
    shown = await site.region("messages")
    assert 'href="https://a.b"' in shown
    assert 'href="javascript' not in shown


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (
            {"type": "static_select", "options": [OPTION], "initial_option": OPTION},
            '<option value="1" selected>One</option>',
        ),
        (
            {
                "type": "static_select",
                "option_groups": [
                    {"label": {"type": "plain_text", "text": "G"}, "options": [OPTION]}
                ],
            },
            '<optgroup label="G"><option value="1">One</option></optgroup>',
        ),
        ({"type": "multi_users_select"}, "multiple>"),
        ({"type": "users_select", "initial_user": "U0BEN000000"}, 'value="U0BEN000000" selected'),
        ({"type": "conversations_select"}, '<option value="C0OPS000000">#ops</option>'),
        ({"type": "overflow", "options": [OPTION]}, '<option value="1">One</option>'),
        ({"type": "datepicker", "initial_date": "2026-01-02"}, 'type="date"'),
        ({"type": "timepicker", "initial_time": "10:00"}, 'value="10:00"'),
        ({"type": "checkboxes", "options": [OPTION]}, '<input type="checkbox"'),
        (
            {"type": "radio_buttons", "options": [OPTION], "initial_option": OPTION},
            'value="1" checked',
        ),
    ],
)
async def test_menus_and_choices(site: Site, element: dict[str, Any], expected: str) -> None:
    """Each kind of choice is the browser's own, with what is chosen now."""
    element = {"action_id": "pick", **element}
    site.bot_says({"type": "actions", "block_id": "b", "elements": [element]})
    assert expected in await site.region("messages")
