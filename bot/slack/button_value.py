"""What a button about an order carries: which order, and the revision that the person saw."""

import re
from typing import NamedTuple

from bot.domain.order import Order
from bot.domain.thing import read_order_id

_REVISION = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


class PressedButton(NamedTuple):
    """What the button of a message said."""

    order_id: str
    revision: int | None
    """None on cards of earlier versions, and where another order is meant: any revision."""


def button_value(order: Order) -> str:
    """The value of a button about this order, as it is shown now."""
    return f"{order.id}:{order.revision}"


def read_button_value(value: object) -> PressedButton | None:
    """What it says; None for what none of ours carries."""
    if not isinstance(value, str):
        return None
    order_id, colon, revision = value.partition(":")
    if read_order_id(order_id) != order_id:
        return None
    if not colon:
        return PressedButton(order_id, None)
    return PressedButton(order_id, int(revision)) if _REVISION.fullmatch(revision) else None
