"""What was bought: ICCIDs in the thread, and every returned field as a CSV file."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence

import slackblocks
from pydantic import JsonValue

from bot.domain.order import Order
from bot.domain.outcome import Sim
from bot.domain.state import OrderState
from bot.slack.message import Message, TextFile, actions, rendered, section, table
from bot.slack.messages.progress import bought_of
from bot.slack.text import clip, code, esims

ORDER_REST = "order_rest"
"""Action id of the button that asks for what is missing; its value is the order's id."""
INLINE = 10
"""ICCIDs that are listed in the text; more also come as a file."""
TABLED = 50
"""ICCIDs that are shown at all; more are in the file only."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of a cell that a spreadsheet would run as a formula."""
_SETTLED_ENOUGH = frozenset({OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION})


def shows_result(order: Order) -> bool:
    """Whether the thread should say what was bought: once it ended, or while in doubt."""
    return bool(order.sims) and (order.state.is_final or order.state in _SETTLED_ENOUGH)


def result(order: Order) -> Message:
    """The one message with the ICCIDs."""
    told = f"*Bought {bought_of(order)}.*{_more(order)}"
    return Message(
        order.channel,
        f"Bought {bought_of(order)}.",
        rendered(section(told), *_listing(order.sims), *_rest(order)),
        in_thread=True,
        or_else=order.requester,
    )


def csv_file(order: Order) -> Message:
    """The file with every field that the provider returned, one SIM card a line."""
    count = len(order.sims)
    name = f"order-{order.id}-{count}-sims.csv"
    file = TextFile(name, f"Order {order.id}: {esims(count)}", _csv(order.sims))
    return Message(order.channel, file.title, in_thread=True, file=file, or_else=order.requester)


def _more(order: Order) -> str:
    if order.state in _SETTLED_ENOUGH:
        return " That is what I know of so far."
    extra = len(order.sims) - order.request.amount
    if extra > 0:
        return f" The provider sold {esims(extra)} more than ordered."
    if order.remaining:
        return f" {esims(order.remaining)} missing: I buy no more for this order."
    return ""


def _rest(order: Order) -> Iterator[slackblocks.Block]:
    """A button for what is missing: a new order, which somebody must approve again."""
    if order.state is OrderState.PARTLY_PURCHASED and order.remaining:
        label = f"Order the missing {order.remaining:,}"
        yield actions(slackblocks.Button(label, ORDER_REST, value=order.id))


def _listing(sims: Sequence[Sim]) -> Iterator[slackblocks.Block]:
    if len(sims) <= INLINE:
        yield section("\n".join(f"• {_line(sim)}" for sim in sims))
    elif len(sims) <= TABLED:
        rows = [[str(i), iccid_of(sim), sim.status or ""] for i, sim in enumerate(sims, 1)]
        yield table(["#", "ICCID", "Status"], [[cell[:100] for cell in row] for row in rows])
    else:
        yield section("The ICCIDs are in the CSV file below.")


def _line(sim: Sim) -> str:
    status = f" · {clip(sim.status, 60)}" if sim.status else ""
    return f"{code(iccid_of(sim), 120)}{status}"


def iccid_of(sim: Sim) -> str:
    """The ICCID, or whatever else identifies the SIM card."""
    if sim.iccid:
        return sim.iccid
    return f"no ICCID was returned; the provider's id is {sim.provider_id or 'missing too'}"


def _csv(sims: Sequence[Sim]) -> str:
    rows = [_row(sim) for sim in sims]
    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_cell(name) for name in names])
    writer.writerows([[_cell(row.get(name)) for name in names] for row in rows])
    return text.getvalue()


def _row(sim: Sim) -> dict[str, JsonValue]:
    """Column to value; what the provider returned in place of an ICCID is kept as well."""
    return {"iccid": sim.iccid or sim.fields.get("iccid"), **dict(_flat(sim.fields))}


def _flat(fields: Mapping[str, JsonValue], prefix: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Nested objects as `outer.inner`; the ICCID has its column already."""
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif prefix or name != "iccid":
            yield f"{prefix}{name}", value


def _cell(value: JsonValue) -> str:
    """Text that no spreadsheet takes for a formula; lists with spaces between."""
    text = _text(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(map(_text, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | bool) else str(value)
