"""`esim-bot orders`: a line for each order, newest first, written as they are read."""

import re
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.policy import Action
from bot.errors import SettingsError
from bot.operating.asking import OperatorAccess
from bot.operating.terminal import Column, Rows, say_json

_PAGE = 100
"""Lines that are written at once."""
_COLUMNS = (
    Column("order", 8),
    Column("state", 17),
    Column("placed (UTC)", 16),
    Column("asked", 5),
    Column("bought", 6),
    Column("requester", 11),
    Column("channel", 11),
)
"""As wide together as the narrowest usual terminal, which has 80 columns."""


def state_of(text: str | None) -> OrderState | None:
    """The state with this name; None for no name. Raises SettingsError that lists the names."""
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


def digits_of(text: str | None) -> str | None:
    """The ICCID that somebody wrote, or its last digits; None for none.

    Spaces, hyphens and an F at the end are left out. Raises SettingsError with an example.
    """
    if text is None:
        return None
    digits = re.sub(r"[\s-]", "", text).rstrip("Ff")
    if not re.fullmatch(r"[0-9]{4,22}", digits):
        raise SettingsError(
            f"--iccid {text!r} is no ICCID: write all of it, or its last digits, at least four; "
            "for example --iccid 4321."
        )
    return digits


@dataclass(frozen=True)
class Wanted:
    """Which orders: those for which everything that is not None holds."""

    state: OrderState | None = None
    since: datetime | None = None
    requester: str | None = None
    iccid: str | None = None
    """The last digits of a SIM card that it bought."""


async def list_orders(access: OperatorAccess, wanted: Wanted, *, as_json: bool) -> None:
    """Write them; at the end, on standard error, what can't be read, or that there are none."""
    access.may(Action.LIST)
    unread: list[str] = []
    found = (
        _having_bought(access, wanted)
        if wanted.iccid
        else access.store.listed(
            wanted.state, wanted.since, wanted.requester, left_out=unread.append
        )
    )
    rows, page = Rows(*_COLUMNS), list[Sequence[object]]()
    none = True
    async for order in found:
        none = False
        if as_json:
            say_json(_facts(order))
            continue
        page.append(_row(order))
        if len(page) == _PAGE:
            rows.write(page)
            page.clear()
    if page:
        rows.write(page)
    if none and not unread:
        sys.stderr.write("No order matches: esim-bot orders alone lists all that there are.\n")
    if unread:
        sys.stderr.write(f"{len(unread)} can't be read by this version: {', '.join(unread)}\n")


async def _having_bought(access: OperatorAccess, wanted: Wanted) -> AsyncIterator[Order]:
    """The orders whose SIM cards have these last digits, newest first: never many."""
    owners = await access.store.find_by_last_digits(wanted.iccid or "")
    loaded = [await access.store.load(order_id) for order_id in sorted(set(owners.values()))]
    known = (order for order in loaded if order is not None)
    for order in sorted(known, key=lambda order: order.created_at, reverse=True):
        fits = wanted.state in {None, order.state} and wanted.requester in {None, order.requester}
        if fits and (wanted.since is None or order.created_at >= wanted.since):
            yield order


def _row(order: Order) -> Sequence[object]:
    amount, bought = order.request.amount, order.bought
    placed = order.created_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M")
    facts = (order.id, order.state, placed, amount, bought)
    return (*facts, order.requester, order.channel)


def _facts(order: Order) -> dict[str, object]:
    return {
        "order": order.id,
        "state": order.state,
        "placed": order.created_at.isoformat(),
        "asked": order.request.amount,
        "bought": order.bought,
        "requester": order.requester,
        "channel": order.channel,
        "provider": order.provider,
        "version": order.version,
        "due": order.due_at.isoformat() if order.due_at else None,
    }
