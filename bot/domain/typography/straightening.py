"""Removes invisible characters from a typed line."""

from itertools import zip_longest
from unicodedata import category, combining, normalize

_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and signs that are drawn as nothing: a space to whoever reads."""
_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
"""Format characters that are drawn: Arabic and Syriac number signs."""
_KEYCAP = "\u20e3"
"""Makes an emoji of a digit, with a selector between them."""
_LONGEST_STACK = 30
"""Marks on one letter: Unicode's stream-safe format. More take normalising forever."""


def straighten(text: str) -> str:
    """The text in NFC, with plain spaces, and nothing invisible or unprintable.

    What joins letters or emoji stays where it joins some; quotes, dashes, widths and digits are
    the person's own. Straightening twice changes nothing more.
    """
    if text.isascii() and text.isprintable():
        return text
    composed = normalize("NFC", "".join(_stacked(text)))
    return normalize("NFC", "".join(_seen(composed)))


def fold(text: str) -> str:
    """The straightened text, trimmed, with single spaces."""
    return " ".join(straighten(text).split())


def _stacked(text: str) -> list[str]:
    """The characters without the marks that are one too many on their letter."""
    kept, height = [], 0
    for character in text:
        height = height + 1 if combining(character) else 0
        if height <= _LONGEST_STACK:
            kept.append(character)
    return kept


def _seen(text: str) -> list[str]:
    kept: list[str] = []
    for character, after in zip_longest(text, text[1:], fillvalue=""):
        seen = _printable(character)
        joined = after == _KEYCAP or (kept and _can_be_joined(kept[-1]))
        if seen and (joined or not _joins(seen)):
            kept.append(seen)
    return kept


def _printable(character: str) -> str:
    """What a reader sees of a character: itself, a space, or nothing."""
    if "!" <= character <= "~":
        return character
    kind = category(character)
    if character.isspace() or kind == "Cc" or character in _FILLERS:
        return " "
    if kind == "Cs":
        return "\ufffd"
    hidden = kind == "Cf" and character not in _VISIBLE_FORMATS and not _joins(character)
    return "" if hidden or character == "\u034f" else character


def _joins(character: str) -> bool:
    """Whether it only changes how its neighbours are drawn, like the joiner in an emoji."""
    return (
        character in {"\u200c", "\u200d"}
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0020" <= character <= "\U000e007f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def _can_be_joined(character: str) -> bool:
    """Not plain letters, digits of any script, signs or spaces: there a joiner only hides."""
    return character > "~" and category(character)[0] in "LMSC"
