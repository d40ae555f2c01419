"""The SIM cards of an order as lines of text: the few columns that people use, and all fields."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from pydantic import JsonValue

from bot.domain.activation.assignment import Assignment, Holder
from bot.domain.events import OrderState
from bot.domain.form import Column
from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt
from bot.domain.purchase.raw import RawFields
from bot.domain.purchase.sim import Sim

_ICCID = Column("iccid", 23, lambda sim: sim.iccid or sim.fields.get("iccid"))
_ABOUT_THE_ORDER = (
    ("order", 11),
    ("requester", 14),
    ("approver", 14),
    ("bought at", 22),
    ("note", 40),
)

HOLDERS: Final = (("assigned to", 26), ("name", 22))
"""Columns about who has a SIM card: a person, and what the line is called."""
_PACE = 8
"""Lines that are made in about a millisecond."""
_PAUSE = 0.0005

Row = Sequence[str]


def with_holders(own: Sequence[Column], assignments: Mapping[str, Assignment]) -> Sequence[Column]:
    """The columns of a provider, and who has each SIM card; without the latter where nobody has.

    `assignments` are by ICCID.
    """
    if not assignments:
        return own
    return (*own, *(_of_holders(name, width, assignments) for name, width in HOLDERS))


def _of_holders(name: str, width: int, assignments: Mapping[str, Assignment]) -> Column:
    place = [column for column, _ in HOLDERS].index(name)
    return Column(name, width, lambda sim: holder_cells(assignments.get(sim.iccid or ""))[place])


def holder_cells(assignment: Assignment | None) -> Row:
    """Who has a SIM card, as `HOLDERS` say."""
    holder = assignment.holder if assignment is not None else Holder()
    return (holder.email or holder.person, holder.name)


def lean_columns(own: Sequence[Column]) -> Sequence[tuple[str, int]]:
    """The columns for people who search for a SIM card or do the accounts.

    Each is a title and a width in characters; `own` are the columns of the provider.
    """
    of_sims = [(column.name, column.width) for column in (_ICCID, *own)]
    return (*of_sims, *_ABOUT_THE_ORDER)


def lean_rows(order: Order, own: Sequence[Column]) -> Iterator[Row]:
    """One line a SIM card, as long as `lean_columns`."""
    whose, note = about(order)
    for attempt in order.attempts:
        bought = bought_at(attempt)
        for sim in attempt.counted:
            yield (*(_text(column.of(sim)) for column in (_ICCID, *own)), *whose, bought, note)


def paced(rows: Iterable[Row]) -> Iterator[Row]:
    """The lines, with a short sleep after every few of them.

    A thread that makes files gives the interpreter away then, not only when it is taken from it:
    the loop gets it within a millisecond, each time it wakes up.
    """
    for place, row in enumerate(rows, 1):
        yield row
        if not place % _PACE:
            time.sleep(_PAUSE)


def raw_rows(order: Order) -> tuple[Row, Iterator[Row]]:
    """The names of all fields that the provider returned, and one line a SIM card."""
    names = dict.fromkeys(name for row in paced(map(_names, order.sims)) for name in row)
    return list(names), _raw_lines(order.sims, list(names))


def _names(sim: Sim) -> Row:
    return tuple(_row(sim))


def _raw_lines(sims: Sequence[Sim], names: Sequence[str]) -> Iterator[Row]:
    for sim in sims:
        row = _row(sim)
        yield [_text(row.get(name)) for name in names]


def about(order: Order) -> tuple[Row, str]:
    """What is the same in every line: order, who asked, who approved; and the note."""
    return (order.id, order.requester, _approver(order)), order.request.note or ""


def _approver(order: Order) -> str:
    decision = order.decision
    approved = decision is not None and decision.state is OrderState.APPROVED
    return decision.by if decision is not None and approved else ""


def bought_at(attempt: Attempt) -> str:
    """When the provider answered, in UTC; spreadsheets and programs read it alike."""
    return f"{attempt.ended_at or attempt.started_at:%Y-%m-%d %H:%M:%SZ}"


def _row(sim: Sim) -> dict[str, JsonValue]:
    """Column to value; what the provider returned in place of an ICCID is kept as well."""
    return {
        "iccid": sim.iccid or sim.fields.get("iccid"),
        **dict(_flat(RawFields(sim.fields).read())),
    }


def _flat(fields: Mapping[str, JsonValue], prefix: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Nested objects as `outer.inner`; the ICCID has its column already."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif prefix or name != "iccid":
            yield f"{prefix}{name}", value


def _text(value: JsonValue) -> str:
    """A value in words; lists with commas between, since a tag may hold a space."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | bool) else str(value)
