"""Tables and lines for a terminal. Text from people can't control the terminal."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

NARROWEST = 80
"""Columns of a terminal whose width is not known."""


class Column(NamedTuple):
    """One column: its title, and its width in characters; 0: the rest of the line."""

    title: str
    width: int


class Rows:
    """A table that is written row by row: its columns have fixed widths."""

    def __init__(self, *columns: Column) -> None:
        self._columns = columns
        needed = sum(column.width + 2 for column in columns) + 20
        self._console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
        if not self._console.is_terminal:
            self._console = Console(
                file=sys.stdout, highlight=False, markup=False, emoji=False, width=max(needed, 160)
            )
        self._begun = False

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Add rows; the titles stand above the first ones."""
        table = Table(box=None, show_header=not self._begun, pad_edge=False, expand=True)
        self._begun = True
        for title, width in self._columns:
            table.add_column(title, width=width or None, ratio=None if width else 1, no_wrap=True)
        for row in rows:
            table.add_row(*(Text(shown(cell)) for cell in row))
        self._console.print(table)
        sys.stdout.flush()


def say(line: str) -> None:
    """Write a line of the bot; text from elsewhere must go through `shown` first."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say_json(facts: Mapping[str, object]) -> None:
    """Write an object on a line of its own, in plain ASCII."""
    say(json.dumps(facts, default=str))


def shown(value: object) -> str:
    """A value as text: a control character is replaced by its number."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return "".join(one if one.isprintable() else _named(one) for one in str(value))


def _named(character: str) -> str:
    return character.encode("unicode_escape").decode()
