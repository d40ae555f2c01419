"""The operator's commands: orders, one order, the audit trail, and requeue."""

from bot.operating.cli import operator

__all__ = ["operator"]
