"""What Slack refuses in a table. Limits: docs.slack.dev, table block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.blockkit.blocks.rich_text import rich_text_problems
from sandbox.blockkit.problem import (
    UNSUPPORTED,
    Problem,
    choice_problems,
    length_problems,
    list_problems,
    objects,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ROWS = 100
COLUMNS = 20
CELL_TEXT = 12_000  # none of its own is documented: the one for all blocks together
ALIGNMENTS = ("left", "center", "right")


def table_problems(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check a table: a list of rows, each a list of cells."""
    rows, settings = block.get("rows"), block.get("column_settings", [])
    yield from list_problems(rows, f"{at}/rows", ROWS, list)
    yield from list_problems(settings, f"{at}/column_settings", COLUMNS, object, least=0)
    for place, setting in objects(settings):
        yield from choice_problems(setting, "align", f"{at}/column_settings/{place}", ALIGNMENTS)
    for place, row in enumerate(rows if isinstance(rows, list) else []):
        yield from list_problems(row, f"{at}/rows/{place}", COLUMNS)
        for column, cell in objects(row):
            yield from _cell_problems(cell, f"{at}/rows/{place}/{column}")


def _cell_problems(cell: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check a cell: a text, a number or a rich text."""
    match cell.get("type"):
        case "raw_text":
            yield from length_problems(cell.get("text"), f"{at}/text", CELL_TEXT)
        case "rich_text":
            yield from rich_text_problems(cell, at)
        case "raw_number":
            if not isinstance(cell.get("value"), int | float):
                yield Problem("must be a number", f"{at}/value")
        case kind:
            yield Problem(f"{UNSUPPORTED}{kind}", f"{at}/type")
