"""Files: a workbook for people, a CSV file for programs; of an order, or of past purchases."""

from bot.slack.downloads.files import files_of
from bot.slack.downloads.purchase_files import purchase_files

__all__ = ["files_of", "purchase_files"]
