"""Straightens what phones and keyboards make of a typed line."""

from unicodedata import category

_QUOTES = {
    **dict.fromkeys(map(ord, "“”„‟″«»"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛′"), "'"),
}
_INVISIBLE = dict.fromkeys(
    (0xAD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


def straighten(text: str) -> str:
    """The text with straight quotes, plain spaces, and nothing invisible or unprintable."""
    plain = text.translate(_QUOTES | _INVISIBLE)
    return "".join(map(_printable, plain))


def fold(text: str) -> str:
    """The straightened text, trimmed, with single spaces."""
    return " ".join(straighten(text).split())


def _printable(character: str) -> str:
    if character.isspace() or category(character) == "Cc":
        return " "
    return "\ufffd" if "\ud800" <= character <= "\udfff" else character
