"""What each kind of block needs, may have and must not have, down to its smallest parts."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sandbox.blockkit import message_problems, view_problems
from tests.sandbox.blockkit.samples import (
    BLOCKS,
    Part,
    actions,
    entry,
    marked,
    menu,
    modal,
    option,
    plain,
    rich,
    section,
    table,
    typed,
)


def button(**parts: Any) -> Part:
    """Return a button."""
    return {"type": "button", "text": plain(), **parts}


def asking(**parts: Any) -> Part:
    """Return a button with a dialog."""
    return actions(button(confirm={"title": plain(), "text": marked()} | parts))


def overflow(**parts: Any) -> Part:
    """Return a row with an overflow menu of one option."""
    return actions(menu("overflow", options=[{"text": plain(), **parts}]))


def data_table(*rows: list[Part], **parts: Any) -> Part:
    """Return a data table."""
    return BLOCKS["data_table"] | ({"rows": list(rows)} if rows else {}) | parts


def chart(**parts: Any) -> Part:
    """Return a bar chart of one series over one category."""
    bars = {
        "type": "bar",
        "series": [{"name": "A", "data": [{"label": "May", "value": 1}]}],
        "axis_config": {"categories": ["May"]},
    }
    return {"type": "data_visualization", "title": "x", "chart": bars | parts}


def pie(*segments: Part) -> Part:
    """Return a pie chart."""
    chosen = list(segments) or [{"label": "A", "value": 0.5}]
    return {
        "type": "data_visualization",
        "title": "x",
        "chart": {"type": "pie", "segments": chosen},
    }


def container(**parts: Any) -> Part:
    """Return a container of a section."""
    return BLOCKS["container"] | parts


TEXT = {"type": "raw_text", "text": "x"}
NUMBER = {"type": "raw_number", "value": 1.5, "text": "1.50"}
CARD = BLOCKS["card"]
TAKEN: dict[str, Part] = {
    "dialog": asking(confirm=plain(30), deny=plain(30), style="danger"),
    "accessibility": actions(button(accessibility_label="x" * 75)),
    "link": actions(button(url="https://x.example")),
    "prompt": actions(button(agent_prompt="x", agent_prompt_display="x")),
    "columns": table(column_settings=[{"align": "right", "is_wrapped": True}, None]),
    "empty button": section(accessory=button(action_id="", value="")),
    "overflow with an address": overflow(value="1", url="https://x.example"),
    "overflow with an address alone": overflow(url="https://x.example"),
    "null is no value": section(accessory=None, block_id=None),
    "file of Slack's": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "x"},
    "data table": data_table([TEXT, TEXT], *[[rich(), NUMBER]] * 100, page_size=100),
    "team": rich({"type": "team", "team_id": "T1"}),
    "broadcast": rich({"type": "broadcast", "range": "here"}, {"type": "color", "value": "#fff"}),
    "attachment": rich({"type": "attachment_mention", "url": "x", "app_id": "A1", "text": "x"}),
    "emoji": rich({"type": "emoji", "name": "wave", "skin_tone": 6, "unicode": "1f44b"}),
    "date": rich({"type": "date", "timestamp": 1, "format": "{date}", "fallback": "x", "url": "x"}),
    "style": rich({"type": "link", "url": "x", "style": {"bold": True, "code": False}}),
    "pie": pie(*[{"label": "x" * 20, "value": 1}] * 6),
    "line chart": chart(type="line", axis_config={"categories": ["May"], "x_label": "x" * 50}),
    "three cards' buttons": CARD | {"actions": [button(action_id=str(n)) for n in range(3)]},
    "carousel of ten": {"type": "carousel", "elements": [CARD] * 10},
    "folded container": container(is_collapsible=True, default_collapsed=True, width="full"),
    "container under rich text": container(title=None, rich_text_title=rich()),
    "plan of steps without a type": {
        "type": "plan",
        "title": "x",
        "tasks": [{"task_id": "1", "title": "x", "status": "pending"}],
    },
}
REFUSED: dict[str, tuple[Part, str]] = {
    "dialog without title": (asking(title=None), "/0/elements/0/confirm"),
    "mrkdwn dialog title": (asking(title=marked()), "/0/elements/0/confirm/title/type"),
    "yes": (asking(confirm=plain(31)), "/0/elements/0/confirm/confirm/text"),
    "no": (asking(deny=plain(31)), "/0/elements/0/confirm/deny/text"),
    "dialog style": (asking(style="loud"), "/0/elements/0/confirm/style"),
    "accessibility": (
        actions(button(accessibility_label="x" * 76)),
        "/0/elements/0/accessibility_label",
    ),
    "mrkdwn button": (actions(button(text=marked())), "/0/elements/0/text/type"),
    "empty address": (actions(button(url="")), "/0/elements/0/url"),
    "prompt's display alone": (actions(button(agent_prompt_display="x")), "/0/elements/0"),
    "emoji on mrkdwn": (section(text=marked() | {"emoji": True}), "/0/text"),
    "verbatim on plain text": (section(text=plain() | {"verbatim": True}), "/0/text"),
    "empty address of an option": (overflow(value="1", url=""), "/0/elements/0/options/0/url"),
    "overflow without value": (overflow(), "/0/elements/0/options/0"),
    "columns": (table(column_settings=[{"align": "middle"}]), "/0/column_settings/0/align"),
    "too many columns": (table(column_settings=[{}] * 21), "/0/column_settings"),
    "ragged table": (table([TEXT], [TEXT, TEXT]), "/0/rows/1"),
    "shrinking table": (table([TEXT, TEXT], [TEXT, TEXT], [TEXT]), "/0/rows/2"),
    "empty row": (table([]), "/0/rows/0"),
    "ragged data table": (data_table([TEXT], [TEXT, TEXT]), "/0/rows/1"),
    "data table without data": (data_table([TEXT]), "/0/rows"),
    "data table of 102 rows": (data_table(*[[TEXT]] * 102), "/0/rows"),
    "rich header": (data_table([rich()], [TEXT]), "/0/rows/0/0/type"),
    "column that is not there": (
        data_table(row_header_column_index=1),
        "/0/row_header_column_index",
    ),
    "page of nothing": (data_table(page_size=0), "/0/page_size"),
    "no number": (data_table([TEXT], [NUMBER | {"value": float("nan")}]), "/0/rows/1/0/value"),
    "truth as a number": (table([NUMBER | {"value": True}]), "/0/rows/0/0/value"),
    "image title": (
        {"type": "image", "image_url": "x", "alt_text": "x", "title": marked()},
        "/0/title/type",
    ),
    "image without words": (
        {"type": "context", "elements": [{"type": "image", "image_url": "x"}]},
        "/0/elements/0",
    ),
    "image of two sources": (
        {"type": "image", "image_url": "x", "slack_file": {"id": "F1"}, "alt_text": "x"},
        "/0/slack_file",
    ),
    "file named twice": (
        {"type": "image", "slack_file": {"id": "F1", "url": "x"}, "alt_text": "x"},
        "/0/slack_file/url",
    ),
    "empty words": (rich({"type": "text", "text": ""}), "/0/elements/0/elements/0/text"),
    "odd broadcast": (
        rich({"type": "broadcast", "range": "all"}),
        "/0/elements/0/elements/0/range",
    ),
    "odd style": (
        rich({"type": "text", "text": "x", "style": {"loud": True}}),
        "/0/elements/0/elements/0/style",
    ),
    "skin of no tone": (
        rich({"type": "emoji", "name": "wave", "skin_tone": 7}),
        "/0/elements/0/elements/0/skin_tone",
    ),
    "nothing of a pie": (pie({"label": "A", "value": 0}), "/0/chart/segments/0/value"),
    "seven slices": (pie(*[{"label": "A", "value": 1}] * 7), "/0/chart/segments"),
    "another category": (chart(axis_config={"categories": ["June"]}), "/0/chart/series/0/data"),
    "same series": (chart(series=chart()["chart"]["series"] * 2), "/0/chart/series/1/name"),
    "odd chart": (chart(type="radar"), "/0/chart/type"),
    "four buttons on a card": (CARD | {"actions": [button()] * 4}, "/0/actions"),
    "two icons": (
        CARD | {"icon": BLOCKS["image"], "slack_icon": {"type": "icon", "name": "book"}},
        "/0/slack_icon",
    ),
    "unknown icon": (CARD | {"slack_icon": {"type": "icon", "name": "cow"}}, "/0/slack_icon/name"),
    "card on a card": ({"type": "carousel", "elements": [section()]}, "/0/elements/0/type"),
    "container in a container": (container(child_blocks=[container()]), "/0/child_blocks/0/type"),
    "eleven in a container": (container(child_blocks=[section()] * 11), "/0/child_blocks"),
    "container without title": (container(title=None), "/0"),
    "folded for ever": (container(default_collapsed=True), "/0"),
    "same id in a container": (
        container(block_id="a", child_blocks=[section(block_id="a")]),
        "/0/child_blocks/0/block_id",
    ),
    "insecure video": (BLOCKS["video"] | {"video_url": "http://x.example"}, "/0/video_url"),
    "same step": (
        {
            "type": "plan",
            "title": "x",
            "tasks": [{"task_id": "1", "title": "x", "status": "pending"}] * 2,
        },
        "/0/tasks/1/task_id",
    ),
}


@pytest.mark.parametrize("block", TAKEN.values(), ids=TAKEN)
def test_what_is_taken(block: Part) -> None:
    """At its limit a detail is taken."""
    assert message_problems([block]) == []


@pytest.mark.parametrize(("block", "place"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(block: Part, place: str) -> None:
    """Beyond it the pointer names the place, and nothing else is wrong."""
    assert [problem.at for problem in message_problems([block])] == [f"/blocks{place}"]


NEEDED: dict[str, set[str]] = {
    "actions": {"elements"},
    "call": {"call_id"},
    "carousel": {"elements"},
    "container": {"child_blocks"},
    "context": {"elements"},
    "context_actions": {"elements"},
    "data_table": {"caption", "rows"},
    "data_visualization": {"chart", "title"},
    "file": {"external_id", "source"},
    "header": {"text"},
    "image": {"alt_text"},
    "markdown": {"text"},
    "plan": {"title"},
    "rich_text": {"elements"},
    "table": {"rows"},
    "task_card": {"status", "task_id", "title"},
    "video": {"alt_text", "thumbnail_url", "title", "video_url"},
}


@pytest.mark.parametrize(("kind", "needed"), NEEDED.items(), ids=NEEDED)
def test_a_block_without_its_parts(kind: str, needed: set[str]) -> None:
    """A block that is but its type is refused, and every part that it lacks is named."""
    problems = message_problems([{"type": kind}])
    assert {problem.at for problem in problems} == {"/blocks/0"}
    assert {problem.what for problem in problems} == {
        f"missing required field: {name}" for name in needed
    }


def objects_in(value: Any, at: str = "") -> list[str]:
    """Return the pointer of every object below a value."""
    if isinstance(value, list):
        return [
            each for place, item in enumerate(value) for each in objects_in(item, f"{at}/{place}")
        ]
    if not isinstance(value, dict):
        return []
    below = (objects_in(item, f"{at}/{name}") for name, item in value.items())
    return [at, *(each for found in below for each in found)]


INPUTS: dict[str, Part] = {
    "menu": entry(menu(options=[option(description=plain())], placeholder=plain())),
    "groups": entry(menu(options=None, option_groups=[{"label": plain(), "options": [option()]}])),
    "boxes": entry(menu("checkboxes", options=[option(text=marked())])),
    "filter": entry(typed("conversations_select", filter={"include": ["im"]})),
    "dispatch": entry(typed(dispatch_action_config={"trigger_actions_on": ["on_enter_pressed"]})),
    "files": entry(typed("file_input", filetypes=["csv"])),
    "dialog": section(accessory=button(confirm={"title": plain(), "text": marked()})),
    "workflow": actions(
        {
            "type": "workflow_button",
            "text": plain(),
            "workflow": {"trigger": {"url": "https://x.example"}},
        }
    ),
}
SAMPLES = [[kind, block] for kind, block in (BLOCKS | INPUTS).items() if kind != "call"]


@pytest.mark.parametrize(("kind", "block"), SAMPLES, ids=[str(kind) for kind, _ in SAMPLES])
def test_no_unknown_property_anywhere(kind: str, block: Part) -> None:
    """A property that Slack does not know is refused in every object, and the object is named."""
    for place in objects_in(block):
        spoilt = copy.deepcopy(block)
        holder: Any = spoilt
        for step in place.split("/")[1:]:
            holder = holder[int(step) if step.isdigit() else step]
        holder["colour"] = "red"
        found = [str(problem) for problem in view_problems(modal(spoilt), "")]
        text = f"[ERROR] invalid additional property: colour [json-pointer:/blocks/0{place}]"
        assert text in found, (kind, place)


def test_caps_over_a_message() -> None:
    """One table, two charts, and 20,000 characters in all data tables, however they are nested."""
    wide = data_table([TEXT], [TEXT | {"text": "x" * 10_000}])
    assert message_problems([wide]) == []
    assert [str(problem) for problem in message_problems([wide, wide])] == [
        "[ERROR] data_table must be less than 20001 characters [json-pointer:/blocks]"
    ]
    assert message_problems([pie(), chart()]) == []
    assert [problem.at for problem in message_problems([pie(), chart(), pie()])] == ["/blocks"]
    nested = container(child_blocks=[table()])
    assert [problem.at for problem in message_problems([table(), nested])] == ["/blocks"]
