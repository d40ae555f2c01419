"""Rich text as plain text."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.slack.rendering.mrkdwn import Directory

NAMED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "broadcast": ("@", "range"),
        "channel": ("#", "channel_id"),
        "user": ("@", "user_id"),
        "usergroup": ("@", "usergroup_id"),
    }
)


def render_rich_text(elements: list[dict[str, Any]], directory: Directory) -> str:
    """Return the sections, lists, quotes and preformatted texts one below the other."""
    return "\n".join(_paragraph(element, directory) for element in elements)


def _paragraph(element: dict[str, Any], directory: Directory) -> str:
    """Render one paragraph, or a list with a line for each item."""
    children = element.get("elements", [])
    if element.get("type") == "rich_text_list":
        return "\n".join(f"• {_paragraph(child, directory)}" for child in children)
    return "".join(_word(child, directory) for child in children)


def _word(element: dict[str, Any], directory: Directory) -> str:
    """Render a piece of running text."""
    kind = element["type"]
    if kind in NAMED:
        sign, field = NAMED[kind]
        return f"{sign}{directory.name_of(element[field]) or element[field]}"
    if kind == "emoji":
        return f":{element['name']}:"
    shown = (element.get(field) for field in ("text", "fallback", "url", "value", "timestamp"))
    return str(next((value for value in shown if value is not None), ""))
