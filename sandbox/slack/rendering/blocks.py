"""Blocks as plain text."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.rendering.elements import render_element, render_row, text_of
from sandbox.slack.rendering.newer import render_card, render_plan, render_task, render_texts
from sandbox.slack.rendering.rich_text import render_rich_text
from sandbox.slack.rendering.table import aligned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.slack.rendering.mrkdwn import Directory

RULE = "─" * 20


def render_blocks(blocks: list[dict[str, Any]], directory: Directory) -> str:
    """Return the blocks one below the other; what has no words is left out."""
    rendered = (_render(block, directory) for block in blocks)
    return "\n".join(text for text in rendered if text)


def _render(block: dict[str, Any], directory: Directory) -> str:
    """Render one block."""
    renderer = RENDERERS.get(block["type"])
    return renderer(block, directory) if renderer else render_texts(block, directory)


def _section(block: dict[str, Any], directory: Directory) -> str:
    """Render the text, the fields below it, and the element beside it after it."""
    texts = [block["text"]] if block.get("text") else []
    lines = [text_of(value, directory) for value in [*texts, *block.get("fields", [])]]
    if accessory := block.get("accessory"):
        lines[0] = f"{lines[0]}  {render_element(accessory, directory)}".rstrip()
    return "\n".join(lines)


def _header(block: dict[str, Any], directory: Directory) -> str:
    """Render a header."""
    return text_of(block["text"], directory)


def _context(block: dict[str, Any], directory: Directory) -> str:
    """Render the small print in a row."""
    return render_row(block["elements"], directory, gap="  ")


def _actions(block: dict[str, Any], directory: Directory) -> str:
    """Render the buttons in a row."""
    return render_row(block["elements"], directory)


def _input(block: dict[str, Any], directory: Directory) -> str:
    """Render the label of an input, the empty element, and the hint below it."""
    element, hint = block["element"], block.get("hint")
    lines = [text_of(block["label"], directory), render_element(element, directory)]
    return "\n".join([*lines, *([text_of(hint, directory)] if hint else [])])


def _divider(block: dict[str, Any], directory: Directory) -> str:  # noqa: ARG001 - as the others
    """Render a rule."""
    return RULE


def _image(block: dict[str, Any], directory: Directory) -> str:
    """Render an image block."""
    return render_element(block, directory)


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
        "card": render_card,
        "context": _context,
        "divider": _divider,
        "header": _header,
        "image": _image,
        "input": _input,
        "markdown": _markdown,
        "rich_text": _rich_text,
        "plan": render_plan,
        "section": _section,
        "table": _table,
        "task_card": render_task,
    }
)
