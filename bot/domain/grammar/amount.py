"""Reads the amount, and says what is wrong with whatever else stands in its place."""

import re
from dataclasses import dataclass

from bot.domain.grammar.problems import Problem
from bot.domain.grammar.scanner import Piece

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve"
_WORDS = {word: number for number, word in enumerate(_SMALL.split(" "))} | {
    "twenty": 20,
    "fifty": 50,
    "hundred": 100,
    "thousand": 1000,
}
_SEPARATED = re.compile(r"\d{1,3}([,._']\d{3})+")
_FRACTION = re.compile(r"(\d+)[.,]\d+")
_NEGATIVE = re.compile(r"[-−–—](\d+)")
_DIGITS = re.compile(r"\d+", re.ASCII)
_LARGEST_READ = 12
"""Digits above which a number is over any limit, so it need not be turned into one."""


@dataclass(frozen=True)
class Amount:
    """The amount meant, if one can tell, and what is wrong with it."""

    value: int | None
    problem: Problem | None = None


def read_amount(piece: Piece, limit: int) -> Amount:
    """Read a whole number from 1 to `limit`."""
    text = piece.text.strip()
    if not _DIGITS.fullmatch(text):
        value, message = _no_number(text)
        return Amount(_within(value, limit), Problem(piece.start, piece.end, message))
    digits = text.lstrip("0") or "0"
    value = int(digits) if len(digits) <= _LARGEST_READ else limit + 1
    message = _out_of_range(value, limit)
    problem = Problem(piece.start, piece.end, message) if message else None
    return Amount(_within(value, limit), problem)


def _out_of_range(value: int, limit: int) -> str:
    if value == 0:
        return "0 eSIMs would buy nothing: the smallest amount is 1"
    if value > limit:
        return f"that is over the limit of {limit} eSIMs in one order"
    return ""


def _no_number(text: str) -> tuple[int | None, str]:
    if text.lower() in _WORDS:
        value = _WORDS[text.lower()]
        return value, f"write the amount in digits: {value}"
    if match := _NEGATIVE.fullmatch(text):
        return _short(match[1]), "the amount can't be negative"
    if _SEPARATED.fullmatch(text):
        plain = re.sub(r"\D", "", text)
        return _short(plain), f"write the amount without separators: {plain}"
    if match := _FRACTION.fullmatch(text):
        return _short(match[1]), "the amount must be whole: there is no part of an eSIM"
    return None, "the amount must be a whole number in digits, like 10"


def _short(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LARGEST_READ else None


def _within(value: int | None, limit: int) -> int | None:
    return None if value is None else min(max(value, 1), limit)
