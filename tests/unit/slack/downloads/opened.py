"""The files of an order as a spreadsheet, and as a program, opens them."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from python_calamine import CalamineWorkbook

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought
from bot.domain.purchase.sim import Sim
from tests.support.order_steps import answered, started
from tests.support.orders import an_order
from tests.unit.slack.shown import files_of


def bought(*sims: Sim, **parts: Any) -> Order:
    """An order of as many eSIMs as there are SIM cards, all bought in one call."""
    approved = an_order(len(sims), state=OrderState.APPROVED, **parts)
    return answered(started(approved), Bought(sims=sims))


def card_with(**fields: Any) -> Sim:
    """A SIM card with an ICCID and these fields returned."""
    return Sim(iccid="8931", provider_id="sim-1", fields={"iccid": "8931", **fields})


def contents(order: Order) -> tuple[bytes, bytes]:
    """The bytes of the workbook and of the CSV file."""
    workbook, lines = files_of(order)
    return workbook.content(), lines.content()


def sheet(order: Order, place: int) -> list[list[Any]]:
    """All cells of one sheet of the workbook, in the type that a spreadsheet gives them."""
    return cells(contents(order)[0], place)


def cells(workbook: bytes, place: int = 0) -> list[list[Any]]:
    """The same of any workbook."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return book.get_sheet_by_index(place).to_python()


def lean(order: Order) -> list[dict[str, Any]]:
    """The first sheet, by column."""
    return _by_column(sheet(order, 0))


def raw(order: Order) -> list[dict[str, Any]]:
    """The second sheet, by column."""
    return _by_column(sheet(order, 1))


def rows_of(order: Order) -> list[dict[str, str]]:
    """The lines of the CSV file, by column, as a program reads them."""
    text = contents(order)[1].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _by_column(rows: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    head, *lines = rows
    return [dict(zip(head, line, strict=True)) for line in lines]
