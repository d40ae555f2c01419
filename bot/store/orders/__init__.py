"""The orders: read, listed, and committed one step at a time."""

from bot.store.orders.audit import Audit, AuditLine
from bot.store.orders.commit import Change
from bot.store.orders.store import PATIENCE, Followers, OrderStore

__all__ = ["PATIENCE", "Audit", "AuditLine", "Change", "Followers", "OrderStore"]
