"""Cards, plans, tasks and blocks of any other kind as plain text."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.rendering.elements import render_row, text_of
from sandbox.slack.rendering.rich_text import render_rich_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.slack.rendering.mrkdwn import Directory

CARD_TEXTS = ("title", "subtitle", "body")
STATUS_MARKS: Mapping[str, str] = MappingProxyType(
    {"pending": "○", "in_progress": "◐", "complete": "✓", "error": "✗"}
)


def render_card(block: dict[str, Any], directory: Directory) -> str:
    """Render the texts of a card and its buttons in a row."""
    lines = [text_of(block[name], directory) for name in CARD_TEXTS if block.get(name)]
    if block.get("actions"):
        lines.append(render_row(block["actions"], directory))
    return "\n".join(lines)


def render_plan(block: dict[str, Any], directory: Directory) -> str:
    """Render the title of a plan and its tasks below it."""
    tasks = [render_task(task, directory) for task in block.get("tasks", [])]
    return "\n".join([block["title"], *tasks])


def render_task(block: dict[str, Any], directory: Directory) -> str:
    """Render a task as its status and title, with its details and its output below it."""
    parts = [block[name]["elements"] for name in ("details", "output") if block.get(name)]
    heading = f"{STATUS_MARKS[block['status']]} {block['title']}"
    return "\n".join([heading, *(render_rich_text(part, directory) for part in parts)])


def render_texts(value: Any, directory: Directory) -> str:
    """Render every text object below `value`, one below the other."""
    if isinstance(value, list):
        rendered = (render_texts(item, directory) for item in value)
        return "\n".join(text for text in rendered if text)
    if not isinstance(value, dict):
        return ""
    if value.get("type") in ("plain_text", "mrkdwn") and isinstance(value.get("text"), str):
        return text_of(value, directory)
    return render_texts(list(value.values()), directory)
