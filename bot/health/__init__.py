"""The checks of what the bot depends on; the start, readiness and the doctor run them."""

from bot.check import Answer, Check, Mark, Occasion, worst

__all__ = ["Answer", "Check", "Mark", "Occasion", "worst"]
