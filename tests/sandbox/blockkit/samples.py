"""Small pieces of Block Kit for the tests of the checks."""

from __future__ import annotations

from typing import Any

Part = dict[str, Any]


def plain(text: str | int = "x") -> Part:
    """Return a plain text; a number makes one of so many characters."""
    return {"type": "plain_text", "text": "x" * text if isinstance(text, int) else text}


def marked(text: str = "x") -> Part:
    """Return a text with marks."""
    return {"type": "mrkdwn", "text": text}


def section(**parts: Any) -> Part:
    """Return a section."""
    return {"type": "section", "text": marked(), **parts}


def actions(*elements: Any) -> Part:
    """Return a row of elements."""
    return {"type": "actions", "elements": list(elements)}


def entry(element: Any, **parts: Any) -> Part:
    """Return an input block around an element."""
    return {"type": "input", "label": plain("Label"), "element": element, **parts}


def typed(kind: str = "plain_text_input", **parts: Any) -> Part:
    """Return an element that a person types into."""
    return {"type": kind, **parts}


def option(value: str = "1", **parts: Any) -> Part:
    """Return an option."""
    return {"text": plain("One"), "value": value, **parts}


def menu(kind: str = "static_select", **parts: Any) -> Part:
    """Return a menu of one option."""
    return {"type": kind, "options": [option()], **parts}


def modal(*blocks: Any, **parts: Any) -> Part:
    """Return a modal."""
    return {
        "type": "modal",
        "title": plain("Title"),
        "submit": plain("Go"),
        "blocks": list(blocks) or [section()],
    } | parts


def home(*blocks: Any, **parts: Any) -> Part:
    """Return a Home tab."""
    return {"type": "home", "blocks": list(blocks), **parts}


def table(*rows: list[Part], **parts: Any) -> Part:
    """Return a table, of one cell unless there are rows."""
    return {"type": "table", "rows": list(rows) or [[{"type": "raw_text", "text": "x"}]], **parts}


def rich(*pieces: Part) -> Part:
    """Return a rich text of one section."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(pieces)}],
    }


IMAGE = {"type": "image", "image_url": "https://x.example/i", "alt_text": "x"}
BLOCKS: dict[str, Part] = {
    "actions": actions(menu()),
    "alert": {"type": "alert", "text": plain()},
    "call": {"type": "call", "call_id": "R1", "call": {"v1": {"id": "R1"}}},
    "card": {"type": "card", "title": plain()},
    "carousel": {"type": "carousel", "elements": [{"type": "card", "hero_image": IMAGE}]},
    "container": {"type": "container", "title": plain(), "child_blocks": [section()]},
    "context": {"type": "context", "elements": [marked(), IMAGE]},
    "context_actions": {
        "type": "context_actions",
        "elements": [
            {"type": "icon_button", "icon": "trash", "text": plain()},
            {
                "type": "feedback_buttons",
                "positive_button": {"text": plain(), "value": "1"},
                "negative_button": {"text": plain(), "value": "0"},
            },
        ],
    },
    "data_table": {
        "type": "data_table",
        "caption": "x",
        "rows": [[{"type": "raw_text", "text": "x"}], [{"type": "raw_number", "value": 1}]],
    },
    "data_visualization": {
        "type": "data_visualization",
        "title": "x",
        "chart": {
            "type": "area",
            "series": [{"name": "A", "data": [{"label": "May", "value": 1}]}],
            "axis_config": {"categories": ["May"]},
        },
    },
    "divider": {"type": "divider"},
    "file": {"type": "file", "external_id": "x", "source": "remote"},
    "header": {"type": "header", "text": plain()},
    "image": IMAGE,
    "input": entry(typed()),
    "markdown": {"type": "markdown", "text": "x"},
    "plan": {
        "type": "plan",
        "title": "x",
        "tasks": [{"type": "task_card", "task_id": "1", "title": "x", "status": "complete"}],
    },
    "rich_text": rich({"type": "text", "text": "x"}),
    "section": section(fields=[plain()]),
    "table": table(column_settings=[{"align": "left"}]),
    "task_card": {
        "type": "task_card",
        "task_id": "1",
        "title": "x",
        "status": "pending",
        "details": rich({"type": "text", "text": "x", "style": {"bold": True}}),
        "sources": [{"type": "url", "url": "https://x.example", "text": "x"}],
    },
    "video": {
        "type": "video",
        "title": plain(),
        "alt_text": "x",
        "thumbnail_url": "https://x.example/t",
        "video_url": "https://x.example/v",
    },
}
"""A block of each kind."""
