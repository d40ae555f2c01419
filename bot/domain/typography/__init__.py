"""How text is written: what a line means to a reader, and what a fixed-width font makes of it."""

from bot.domain.typography.columns import clipped, clusters, length, width
from bot.domain.typography.numerals import number_of, numbers_in_words
from bot.domain.typography.quotes import end_of_quoted, unescaped
from bot.domain.typography.signs import plainly, question_in
from bot.domain.typography.straightening import fold, straighten

__all__ = [
    "clipped",
    "clusters",
    "end_of_quoted",
    "fold",
    "length",
    "number_of",
    "numbers_in_words",
    "plainly",
    "question_in",
    "straighten",
    "unescaped",
    "width",
]
