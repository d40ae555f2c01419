"""What an operator asks on the command line: orders, the audit trail, and a look right now."""

from bot.operating.cli import operator

__all__ = ["operator"]
