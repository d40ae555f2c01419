"""`esim-bot orders`: a line for each, newest first, as they are read."""

import sys
from collections.abc import Sequence
from datetime import datetime

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.policy import Action
from bot.errors import SettingsError
from bot.operating.asking import Memory
from bot.operating.terminal import Column, Rows, say_json

_PAGE = 100
"""Lines that are written at once."""
_COLUMNS = (
    Column("order", 8),
    Column("state", 17),
    Column("placed", 20),
    Column("asked", 6),
    Column("bought", 6),
    Column("requester", 12),
    Column("channel", 12),
)


def state_of(text: str | None) -> OrderState | None:
    """The state that somebody wrote; None for none. Raises SettingsError with those there are."""
    if text is None:
        return None
    try:
        return OrderState(text.strip().lower().replace("-", "_").replace(" ", "_"))
    except ValueError:
        known = ", ".join(OrderState)
        raise SettingsError(
            f"--state {text!r} is no state of an order: write one of {known}; for example "
            f"--state {OrderState.NEEDS_ATTENTION}."
        ) from None


async def list_orders(
    memory: Memory,
    state: OrderState | None,
    since: datetime | None,
    requester: str | None,
    *,
    as_json: bool,
) -> None:
    """Write them; at the end, on standard error, those that can't be read."""
    memory.may(Action.LIST)
    unread: list[str] = []
    found = memory.store.listed(state, since, requester, left_out=unread.append)
    rows, page = Rows(*_COLUMNS), list[Sequence[object]]()
    async for order in found:
        if as_json:
            say_json(_facts(order))
            continue
        page.append(_row(order))
        if len(page) == _PAGE:
            rows.write(page)
            page.clear()
    if page:
        rows.write(page)
    if unread:
        sys.stderr.write(f"{len(unread)} can't be read by this version: {', '.join(unread)}\n")


def _row(order: Order) -> Sequence[object]:
    amount, bought = order.request.amount, len(order.sims)
    facts = (order.id, order.state, order.created_at, amount, bought)
    return (*facts, order.requester, order.channel)


def _facts(order: Order) -> dict[str, object]:
    return {
        "order": order.id,
        "state": order.state,
        "placed": order.created_at.isoformat(),
        "asked": order.request.amount,
        "bought": len(order.sims),
        "requester": order.requester,
        "channel": order.channel,
        "provider": order.provider,
        "version": order.version,
        "due": order.due_at.isoformat() if order.due_at else None,
    }
