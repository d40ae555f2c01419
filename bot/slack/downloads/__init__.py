"""The files of an order: a workbook for people, a CSV file for programs."""

from bot.slack.downloads.files import files_of

__all__ = ["files_of"]
