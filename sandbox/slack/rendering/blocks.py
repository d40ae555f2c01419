"""Blocks as plain text."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.rendering.mrkdwn import readable
from sandbox.slack.rendering.rich_text import render_rich_text
from sandbox.slack.rendering.table import aligned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.slack.rendering.mrkdwn import Directory

RULE = "─" * 20


def render_blocks(blocks: list[dict[str, Any]], directory: Directory) -> str:
    """Return the blocks one below the other; a kind without words of its own is left out."""
    rendered = (_render(block, directory) for block in blocks)
    return "\n".join(text for text in rendered if text)


def _render(block: dict[str, Any], directory: Directory) -> str:
    """Render one block."""
    renderer = RENDERERS.get(block["type"])
    return renderer(block, directory) if renderer else ""


def text_of(value: dict[str, Any], directory: Directory) -> str:
    """Render a text object: plain text as it is, mrkdwn as it reads."""
    if value["type"] == "mrkdwn":
        return readable(value["text"], directory)
    return str(value["text"])


def _section(block: dict[str, Any], directory: Directory) -> str:
    """Render the text, the fields below it, and the element beside it after it."""
    texts = [block["text"]] if block.get("text") else []
    lines = [text_of(value, directory) for value in [*texts, *block.get("fields", [])]]
    if accessory := block.get("accessory"):
        lines[0] = f"{lines[0]}  {_element(accessory, directory)}".rstrip()
    return "\n".join(lines)


def _header(block: dict[str, Any], directory: Directory) -> str:
    """Render a header."""
    return text_of(block["text"], directory)


def _context(block: dict[str, Any], directory: Directory) -> str:
    """Render the small print in a row."""
    return "  ".join(_element(element, directory) for element in block["elements"])


def _actions(block: dict[str, Any], directory: Directory) -> str:
    """Render the buttons in a row."""
    return " ".join(_element(element, directory) for element in block["elements"])


def _element(element: dict[str, Any], directory: Directory) -> str:
    """Render a button as [label], an image as (its alt text), and a text as itself."""
    kind = element["type"]
    if kind == "image":
        return f"({element['alt_text']})"
    if kind in {"plain_text", "mrkdwn"}:
        return text_of(element, directory)
    label = element.get("text") or element.get("placeholder")
    return f"[{text_of(label, directory)}]" if label else f"[{kind}]"


def _divider(block: dict[str, Any], directory: Directory) -> str:  # noqa: ARG001 - as the others
    """Render a rule."""
    return RULE


def _image(block: dict[str, Any], directory: Directory) -> str:
    """Render an image block."""
    return _element(block, directory)


def _markdown(block: dict[str, Any], directory: Directory) -> str:  # noqa: ARG001 - as the others
    """Render a markdown block as it was written."""
    return str(block["text"])


def _rich_text(block: dict[str, Any], directory: Directory) -> str:
    """Render a rich text."""
    return render_rich_text(block["elements"], directory)


def _table(block: dict[str, Any], directory: Directory) -> str:
    """Render a table."""
    return aligned([[_cell(cell, directory) for cell in row] for row in block["rows"]])


def _cell(cell: dict[str, Any], directory: Directory) -> str:
    """Render a cell of a table."""
    if cell["type"] == "rich_text":
        return render_rich_text(cell["elements"], directory)
    return str(cell.get("text", cell.get("value", "")))


RENDERERS: Mapping[str, Callable[[dict[str, Any], Directory], str]] = MappingProxyType(
    {
        "actions": _actions,
        "context": _context,
        "divider": _divider,
        "header": _header,
        "image": _image,
        "markdown": _markdown,
        "rich_text": _rich_text,
        "section": _section,
        "table": _table,
    }
)
