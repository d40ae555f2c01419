"""`esim-bot audit`: the steps of orders, oldest first; with `--follow` also new ones."""

from datetime import datetime

from bot.domain.events import Entry
from bot.domain.policy import Action
from bot.operating.asking import OperatorAccess
from bot.operating.terminal import Column, Rows, say_json
from bot.store.orders import AuditLine

COLUMNS = (
    Column("at", 20, least=10),
    Column("order", 8),
    Column("step", 4, least=4),
    Column("event", 18, least=16),
    Column("state", 17, least=17),
    Column("by", 24, least=11),
    Column("detail", 0),
)
_PAGE = 100
"""Lines that are written together, without `--follow`."""


async def show_audit(
    access: OperatorAccess,
    order_id: str | None,
    since: datetime | None,
    *,
    follow: bool,
    as_json: bool,
) -> None:
    """Write each step. Raises UnknownOrder when there is no such order."""
    if order_id:
        await access.order(order_id, Action.AUDIT)
    else:
        access.may(Action.AUDIT)
    lines, page = Rows(*COLUMNS), list[AuditLine]()
    async for line in access.audit.lines(order_id, since, follow=follow):
        if as_json:
            say_json(facts_of(line))
            continue
        page.append(line)
        if follow or len(page) == _PAGE:
            lines.write([row_of(each) for each in page])
            page.clear()
    if page:
        lines.write([row_of(each) for each in page])


def row_of(line: AuditLine) -> tuple[object, ...]:
    """A step in the columns above."""
    entry = line.entry
    state = entry.state if isinstance(entry, Entry) else ""
    step = line.version or ""
    return (entry.at, line.order_id, step, entry.event, state, entry.by, entry.detail)


def facts_of(line: AuditLine) -> dict[str, object]:
    """The same for programs."""
    entry = line.entry.model_dump(mode="json")
    return {"order": line.order_id, "version": line.version, **entry}
