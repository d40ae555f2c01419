"""A table block as aligned columns."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = "  "


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Return `rows` as lines, each column as wide as its widest cell."""
    columns = zip_longest(*rows, fillvalue="")
    widths = [max(len(cell) for cell in column) for column in columns]
    return "\n".join(_line(row, widths) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    """Return one row; its end is not padded."""
    cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=False))
    return GAP.join(cells).rstrip()
