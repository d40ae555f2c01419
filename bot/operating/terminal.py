"""Tables and lines for a terminal. Text from people can't control the terminal."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from rich.console import Console
from rich.table import Table
from rich.text import Text

_GAP = 1
"""Columns between two columns of a table."""
_LEAST = 8
"""Characters that a column keeps where it says nothing else: an order's id is never broken."""
_NO_TERMINAL = 200
"""Columns of a file or a pipe."""


class Column(NamedTuple):
    """One column: its title, and its width in characters; 0: all that is left.

    `least` is the width that it keeps in a narrow terminal.
    """

    title: str
    width: int
    least: int = _LEAST


class Rows:
    """A table that is written while its rows come: columns are as wide as was said.

    Where a terminal has less room, the widest give way, and what does not fit goes on below:
    nothing is cut off.
    """

    def __init__(self, *columns: Column) -> None:
        self._columns = columns
        self._console = Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
        if not self._console.is_terminal:
            self._console.width = _NO_TERMINAL
        self._begun = False

    def write(self, rows: Sequence[Sequence[object]]) -> None:
        """Add rows; the titles stand above the first ones."""
        table = Table(
            box=None, show_header=not self._begun, pad_edge=False, padding=(0, _GAP, 0, 0)
        )
        self._begun = True
        for column, width in zip(self._columns, self._widths(), strict=True):
            table.add_column(column.title, width=width, overflow="fold")
        for row in rows:
            table.add_row(*(Text(shown(cell)) for cell in row))
        with self._console.capture() as drawn:
            self._console.print(table)
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in drawn.get().splitlines())
        sys.stdout.flush()

    def _widths(self) -> list[int]:
        """The width of each column, so that all of them fit."""
        widths = [column.width or column.least for column in self._columns]
        room = self._console.width - _GAP * (len(widths) - 1)
        while sum(widths) > room:
            spare = [w - c.least for w, c in zip(widths, self._columns, strict=True)]
            if max(spare) <= 0:
                break
            widths[spare.index(max(spare))] -= 1
        left = max(0, room - sum(widths))
        return [w + left * (not c.width) for w, c in zip(widths, self._columns, strict=True)]


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
