"""Rich text as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.slack.rendering.mrkdwn import Directory


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
    match element.get("type"):
        case "user":
            return f"@{directory.name_of(element['user_id']) or element['user_id']}"
        case "channel":
            return f"#{directory.name_of(element['channel_id']) or element['channel_id']}"
        case "broadcast":
            return f"@{element['range']}"
        case "emoji":
            return f":{element['name']}:"
        case "link":
            return str(element.get("text") or element["url"])
        case _:
            return str(element.get("text", ""))
