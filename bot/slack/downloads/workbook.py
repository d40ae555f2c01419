"""The workbook: every cell is text, so that no digit is lost and no formula is run."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.form import Column
from bot.domain.order import Order
from bot.slack.downloads.rows import Row, lean_columns, lean_rows, paced, raw_rows

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_OPTIONS = {
    "constant_memory": True,  # lines go to a temporary file, one after the other
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
_RAW_WIDTH = 20
"""Width of the column of a raw field, in characters."""
_MOST_COLUMNS = 16_384
"""Columns of a sheet."""
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What the format itself can't hold."""


def workbook(order: Order, columns: Sequence[Column]) -> bytes:
    """The lean sheet first, then one with all fields. The same order gives the same bytes."""
    names, rows = raw_rows(order)
    wide = [(name, _RAW_WIDTH) for name in names]
    sheets = (
        Sheet("eSIMs", lean_columns(columns), lean_rows(order, columns), order.bought),
        Sheet("All fields", wide, rows, order.bought),
    )
    return book_of(f"Order {order.id}", order.created_at, sheets)


class Sheet(NamedTuple):
    """A sheet: its columns are titles with widths in characters; `height` lines follow."""

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Row]
    height: int


def book_of(title: str, created: datetime, sheets: Iterable[Sheet]) -> bytes:
    """A workbook of these sheets. `created`: the present time would give other bytes each time."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - 30 ms that only large orders need

    content = io.BytesIO()
    with Workbook(content, _OPTIONS) as book:
        # No author and no company: the cells say whose order it is.
        book.set_properties({"title": title, "created": created.replace(tzinfo=None)})
        for sheet in sheets:
            _add(book, sheet)
    return content.getvalue()


def _add(book: "Workbook", made: Sheet) -> None:
    """Add a sheet with a fixed head and filters; widths must be set before the first line."""
    sheet, columns = book.add_worksheet(made.name), made.columns[:_MOST_COLUMNS]
    for place, (_, width) in enumerate(columns):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, made.height, len(columns) - 1)
    bold = book.add_format({"bold": True})
    for place, (head, _) in enumerate(columns):
        sheet.write_string(0, place, _cell(head), bold)
    _write(sheet, made.rows)


def _write(sheet: "Worksheet", rows: Iterable[Row]) -> None:
    for line, row in enumerate(paced(rows), 1):
        for place, text in enumerate(row[:_MOST_COLUMNS]):
            if text:
                sheet.write_string(line, place, _cell(text))


def _cell(text: str) -> str:
    """The text as a cell can hold it, without anything that XlsxWriter takes for markup."""
    shown = _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
    return f"{shown} " if shown.startswith("<r>") and shown.endswith("</r>") else shown
