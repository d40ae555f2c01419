"""What the bot depends on, asked in the same way by the start, by readiness and by the doctor."""

from bot.check import Answer, Check, Mark, Occasion, worst

__all__ = ["Answer", "Check", "Mark", "Occasion", "worst"]
