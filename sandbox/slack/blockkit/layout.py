"""What Slack refuses in each kind of block. Limits: docs.slack.dev, Block Kit."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.blockkit.elements import (
    context_element_problems,
    duplicate_action_problems,
    image_problems,
    interactive_problems,
)
from sandbox.slack.blockkit.newer import (
    alert_problems,
    card_problems,
    plan_problems,
    task_problems,
)
from sandbox.slack.blockkit.problem import (
    ID_LIMIT,
    PLAIN_ONLY,
    Problem,
    length_problems,
    list_problems,
    objects,
    optional_length_problems,
    text_object_problems,
    text_problems,
)
from sandbox.slack.blockkit.rich_text import rich_text_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SECTION_TEXT = 3_000
SECTION_FIELDS = 10
FIELD_TEXT = 2_000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
ACTIONS = 25
TABLE_ROWS = 100
TABLE_COLUMNS = 20
MARKDOWN_TEXT = 12_000
CELL_TEXT = 12_000  # none of its own is documented: the one for all blocks together


def block_problems(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check one block."""
    kind = block.get("type")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        yield Problem(f"unsupported type: {kind}", f"{at}/type")
        return
    yield from optional_length_problems(block, "block_id", at, ID_LIMIT)
    yield from check(block, at)


def _section(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """A section has a text, fields, or both, and may have one element beside them."""
    if "text" in block or not block.get("fields"):
        yield from text_problems(block, "text", at, SECTION_TEXT)
    if "fields" in block:
        yield from list_problems(block["fields"], f"{at}/fields", SECTION_FIELDS)
        for place, item in objects(block["fields"]):
            yield from text_object_problems(item, f"{at}/fields/{place}", FIELD_TEXT)
    accessory = block.get("accessory")
    if accessory is not None and not isinstance(accessory, dict):
        yield Problem("must be an object", f"{at}/accessory")
    elif accessory is not None:
        check = image_problems if accessory.get("type") == "image" else interactive_problems
        yield from check(accessory, f"{at}/accessory")


def _header(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """A header is one plain text."""
    yield from text_problems(block, "text", at, HEADER_TEXT, PLAIN_ONLY)


def _context(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """A context block is a row of texts and images."""
    yield from list_problems(block.get("elements"), f"{at}/elements", CONTEXT_ELEMENTS)
    for place, element in objects(block.get("elements")):
        yield from context_element_problems(element, f"{at}/elements/{place}")


def _actions(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """An actions block is a row of elements that a person can use."""
    elements = block.get("elements")
    yield from list_problems(elements, f"{at}/elements", ACTIONS)
    for place, element in objects(elements):
        yield from interactive_problems(element, f"{at}/elements/{place}")
    yield from duplicate_action_problems(elements, f"{at}/elements")


def _table(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """A table is a list of rows, each a list of cells."""
    rows, settings = block.get("rows"), block.get("column_settings", [])
    yield from list_problems(rows, f"{at}/rows", TABLE_ROWS, list)
    yield from list_problems(settings, f"{at}/column_settings", TABLE_COLUMNS, object, least=0)
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        yield from list_problems(row, f"{at}/rows/{place}", TABLE_COLUMNS)
        for column, cell in objects(row):
            yield from _cell(cell, f"{at}/rows/{place}/{column}")


def _cell(cell: dict[str, Any], at: str) -> Iterator[Problem]:
    """A cell is a text, a number or a rich text."""
    match cell.get("type"):
        case "raw_text":
            yield from length_problems(cell.get("text"), f"{at}/text", CELL_TEXT)
        case "rich_text":
            yield from rich_text_problems(cell, at)
        case "raw_number":
            if not isinstance(cell.get("value"), int | float):
                yield Problem("must be a number", f"{at}/value")
        case kind:
            yield Problem(f"unsupported type: {kind}", f"{at}/type")


def _markdown(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """A markdown block is one string."""
    yield from length_problems(block.get("text"), f"{at}/text", MARKDOWN_TEXT)


def _unchecked(block: dict[str, Any], at: str) -> Iterator[Problem]:  # noqa: ARG001 - as the others
    """Take a block that has no limits of its own here."""
    yield from ()


CHECKS: Mapping[str, Callable[[dict[str, Any], str], Iterator[Problem]]] = MappingProxyType(
    {
        "actions": _actions,
        "alert": alert_problems,
        "card": card_problems,
        "context": _context,
        "divider": _unchecked,
        "header": _header,
        "image": image_problems,
        "markdown": _markdown,
        "rich_text": rich_text_problems,
        "plan": plan_problems,
        "section": _section,
        "table": _table,
        "task_card": task_problems,
    }
    | dict.fromkeys(
        ("carousel", "container", "context_actions", "file", "input", "video"),
        _unchecked,
    )
)
