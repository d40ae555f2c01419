"""Runs a wired bot: wait for Slack, hear, work, and stop when told to."""

from bot.running.lifetime import serve

__all__ = ["serve"]
