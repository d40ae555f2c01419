"""What people and programs download of an order: a workbook, and beside it plain lines."""

from bot.slack.downloads.files import files_of

__all__ = ["files_of"]
