"""An order and its life. Every transition is a method that returns a new order."""

from bot.domain.order.approval import Approval
from bot.domain.order.attention import Attention
from bot.domain.order.facts import BOT, SCHEMA
from bot.domain.order.purchase import AFTERCARE, LATE

__all__ = ["AFTERCARE", "BOT", "LATE", "SCHEMA", "Order"]


class Order(Approval, Attention):
    """One order, from the command to the last ICCID."""
