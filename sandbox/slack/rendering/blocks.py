"""Blocks as plain text."""

from __future__ import annotations

from itertools import zip_longest
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.rendering.text import render_rich_text, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sandbox.mrkdwn import Directory

    Block = dict[str, Any]

RULE = "─" * 20
CARD_TEXTS = ("title", "subtitle", "body", "subtext")
STATUS_MARKS: Mapping[str, str] = MappingProxyType(
    {"pending": "○", "in_progress": "◐", "complete": "✓", "error": "✗"}
)


def render_blocks(blocks: list[Block], directory: Directory) -> str:
    """Return the blocks one below the other; what has no words is left out."""
    rendered = (_render(block, directory) for block in blocks)
    return "\n".join(text for text in rendered if text)


def _render(block: Block, directory: Directory) -> str:
    """Render one block."""
    renderer = RENDERERS.get(block["type"])
    return renderer(block, directory) if renderer else _texts(block, directory)


def _element(element: Block, directory: Directory) -> str:
    """Render a button as [label], an image as (its alt text), and a text as itself."""
    kind = element["type"]
    if kind == "image":
        return f"({element['alt_text']})"
    if kind in {"plain_text", "mrkdwn"}:
        return text_of(element, directory)
    if kind == "feedback_buttons":
        buttons = element["positive_button"], element["negative_button"]
        return " ".join(f"[{text_of(button['text'], directory)}]" for button in buttons)
    label = element.get("text") or element.get("placeholder")
    return f"[{text_of(label, directory)}]" if label else f"[{kind}]"


def _row(elements: Sequence[Block], directory: Directory, gap: str = " ") -> str:
    """Render elements beside each other."""
    return gap.join(_element(element, directory) for element in elements)


def _section(block: Block, directory: Directory) -> str:
    """Render the text, the fields below it, and the element beside it after it."""
    texts = [block["text"]] if block.get("text") else []
    lines = [text_of(value, directory) for value in [*texts, *block.get("fields", [])]]
    if accessory := block.get("accessory"):
        lines[0] = f"{lines[0]}  {_element(accessory, directory)}".rstrip()
    return "\n".join(lines)


def _input(block: Block, directory: Directory) -> str:
    """Render the label of an input, the empty element, and the hint below it."""
    hint = [text_of(block["hint"], directory)] if block.get("hint") else []
    parts = text_of(block["label"], directory), _element(block["element"], directory)
    return "\n".join([*parts, *hint])


def _card(block: Block, directory: Directory) -> str:
    """Render the texts of a card and its buttons in a row."""
    lines = [text_of(block[name], directory) for name in CARD_TEXTS if block.get(name)]
    if block.get("actions"):
        lines.append(_row(block["actions"], directory))
    return "\n".join(lines)


def _container(block: Block, directory: Directory) -> str:
    """Render the title of a container, and what it holds below it."""
    if rich := block.get("rich_text_title"):
        titles = [render_rich_text(rich["elements"], directory)]
    else:
        titles = [text_of(block["title"], directory)]
    if subtitle := block.get("subtitle"):
        titles.append(text_of(subtitle, directory))
    return "\n".join([*titles, render_blocks(block["child_blocks"], directory)])


def _plan(block: Block, directory: Directory) -> str:
    """Render the title of a plan and its tasks below it."""
    return "\n".join([block["title"], *(_task(task, directory) for task in block.get("tasks", []))])


def _task(block: Block, directory: Directory) -> str:
    """Render a task as its status and title, with its details and its output below it."""
    parts = [block[name]["elements"] for name in ("details", "output") if block.get(name)]
    heading = f"{STATUS_MARKS[block['status']]} {block['title']}"
    return "\n".join([heading, *(render_rich_text(part, directory) for part in parts)])


def _table(block: Block, directory: Directory) -> str:
    """Render a table as aligned columns, each as wide as its widest cell, under its caption."""
    rows = [[_cell(cell, directory) for cell in row] for row in block["rows"]]
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    caption = [block["caption"]] if block.get("caption") else []
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join([*caption, *lines])


def _cell(cell: Block, directory: Directory) -> str:
    """Render a cell of a table."""
    if cell["type"] == "rich_text":
        return render_rich_text(cell["elements"], directory)
    return str(cell.get("text", cell.get("value", "")))


def _chart(block: Block, directory: Directory) -> str:  # noqa: ARG001 - as the others
    """Render the title of a chart, and a line for each slice or series."""
    chart = block["chart"]
    lines = [f"{each['name']}: {_points(each['data'])}" for each in chart.get("series", [])]
    return "\n".join([block["title"], *lines, *filter(None, [_points(chart.get("segments", []))])])


def _points(points: list[Block]) -> str:
    """Render labels with their values."""
    return ", ".join(f"{point['label']} {point['value']}" for point in points)


def _texts(value: Any, directory: Directory) -> str:
    """Render every text object below `value`, one below the other."""
    if isinstance(value, list):
        rendered = (_texts(item, directory) for item in value)
        return "\n".join(text for text in rendered if text)
    if not isinstance(value, dict):
        return ""
    if value.get("type") in ("plain_text", "mrkdwn") and isinstance(value.get("text"), str):
        return text_of(value, directory)
    return _texts(list(value.values()), directory)


RENDERERS: Mapping[str, Callable[[Block, Directory], str]] = MappingProxyType(
    {
        "actions": lambda block, directory: _row(block["elements"], directory),
        "card": _card,
        "carousel": lambda block, directory: render_blocks(block["elements"], directory),
        "container": _container,
        "context": lambda block, directory: _row(block["elements"], directory, gap="  "),
        "context_actions": lambda block, directory: _row(block["elements"], directory),
        "data_table": _table,
        "data_visualization": _chart,
        "divider": lambda _block, _directory: RULE,
        "header": lambda block, directory: text_of(block["text"], directory),
        "image": _element,
        "input": _input,
        "markdown": lambda block, _directory: str(block["text"]),
        "plan": _plan,
        "rich_text": lambda block, directory: render_rich_text(block["elements"], directory),
        "section": _section,
        "table": _table,
        "task_card": _task,
    }
)
"""How each kind is rendered; of any other kind, every text that is in it."""
