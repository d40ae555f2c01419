"""An order and its life. Every transition is a method that returns a new order."""

from bot.domain.order.aftercare import AFTERCARE
from bot.domain.order.approval import Approval
from bot.domain.order.attention import Attention
from bot.domain.order.facts import BOT, REST_ORDERED, SCHEMA, Wish
from bot.domain.order.looks import UNPROVEN, Found
from bot.domain.order.purchase import LATE, NEEDLESS
from bot.domain.order.rest import CHECK_FAILED, LOWERED, NOTHING_MISSING, Rest

__all__ = [
    "AFTERCARE",
    "BOT",
    "CHECK_FAILED",
    "LATE",
    "LOWERED",
    "NEEDLESS",
    "NOTHING_MISSING",
    "REST_ORDERED",
    "SCHEMA",
    "UNPROVEN",
    "Found",
    "Order",
    "Wish",
]


class Order(Approval, Attention, Rest):
    """One order, from the command to the last ICCID."""
