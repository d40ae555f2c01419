"""What an operator asks on the command line: orders, the audit trail, and a look right now."""

from bot.operating.commands import operator

__all__ = ["operator"]
