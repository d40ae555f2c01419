"""The CSV file: in UTF-8, and harmless when a spreadsheet opens it."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from bot.domain.form import Column
from bot.domain.order import Order
from bot.slack.downloads.rows import Row, lean_columns, lean_rows, paced

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
"""A number with a sign, such as a telephone number: harmless as a formula."""
_PARTS = ',;|"\t\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029'
"""Characters after which a spreadsheet may begin a cell, whatever its separator."""
_SKIPPED = r" \s\x00-\x1f\u200b\ufeff"
"""What a spreadsheet may skip at the beginning of a cell."""
_RUN = re.compile(
    rf"(?<![{_PARTS}{_SKIPPED}])[{_PARTS}{_SKIPPED}]*+(?=[=+\-@\uff1d\uff0b\uff0d\uff20])"
)
"""Such characters in a row before one that begins a formula, also in full width."""
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Spreadsheets take a file for UTF-8 by it; Python reads it as `utf-8-sig`."""


def lines(order: Order, columns: Sequence[Column]) -> bytes:
    """The lean columns, a line a SIM card. The same order gives the same bytes."""
    return csv_of([name for name, _ in lean_columns(columns)], lean_rows(order, columns))


def csv_of(head: Row, rows: Iterable[Row]) -> bytes:
    """A head and its lines."""
    text = io.StringIO(_BOM)
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text)
    writer.writerow([_cell(name) for name in head])
    for row in paced(rows):
        writer.writerow([_cell(cell) for cell in row])
    return text.getvalue().encode("utf-8", "replace")


def _cell(text: str) -> str:
    """The text with an apostrophe before anything that a spreadsheet would run as a formula."""
    if _NUMBER.fullmatch(text):
        return text
    harmless = _RUN.sub(_with_apostrophe, text)
    return f"'{harmless}" if harmless.startswith(("\t", "\r")) else harmless


def _with_apostrophe(run: re.Match[str]) -> str:
    begins_a_cell = run.start() == 0 or not set(_PARTS).isdisjoint(run[0])
    return f"{run[0]}'" if begins_a_cell else run[0]
