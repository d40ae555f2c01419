"""The plain sign for each sign that a keyboard of any script has for the same purpose."""

import re
from functools import lru_cache
from unicodedata import category, decimal, decomposition, name, normalize

_DOUBLE = '"“”„‟″«»「」『』〝〞〟﹁﹂﹃﹄❝❞｢｣⹂🙶🙷🙸'
_SINGLE = "'‘’‚‛′‹›❛❜"
"""Unicode's property Quotation_Mark, with the ornaments and primes that pass for quotes."""
_CLOSERS = {
    "“": "”",
    "„": "“”",
    "‟": "”",
    "«": "»",
    "»": "«»",
    "「": "」",
    "『": "』",
    "〝": "〞〟",
    "﹁": "﹂",
    "﹃": "﹄",
    "｢": "｣",
    "❝": "❞",
    "⹂": "“”",
    "🙶": "🙷",
    "🙸": "🙶🙷",
    "‘": "’",
    "‚": "‘’",
    "‛": "’",
    "‹": "›",
    "›": "‹›",
    "❛": "❜",
}
"""What closes each opening quote; any other is closed by its like."""
_SPELT_ALIKE = ("<wide>", "<narrow>", "<small>", "<font>", "<vertical>")
"""Decompositions that change a character's look alone; not `²` or `½`, which mean more."""
_OTHERS = {"−": "-", "⁃": "-", "∶": ":", "×": "x", "٬": "_", "٫": "."}
"""Minus, hyphen bullet, ratio, times; and the Arabic separators in numbers."""


_QUESTION = re.compile(
    "[?¿\u037e՞؟፧᥅⁇⁈⁉‽❓❔⳺⳻⸘⸮⹔꘏꛷︖﹖？𑅃𞥟\U0001f679-\U0001f67b\U0001fbc4]"
    "|:(?:grey_)?question:|:interrobang:"
)
"""Question marks of every script, and the names that Slack gives to its emoji of one."""


def question_in(text: str) -> re.Match[str] | None:
    """The first question mark of any script."""
    return _QUESTION.search(text)


def plainly(text: str) -> str:
    """The straightened text with plain signs and digits: each character in its place."""
    return text if text.isascii() else "".join(map(_plain, text))


def opens(quote: str) -> bool:
    """Whether this quote has a form of its own for opening."""
    return quote in _CLOSERS


def closers(quote: str) -> str:
    """The quotes that close a text that this one opened."""
    return _CLOSERS.get(quote, quote)


def is_apostrophe(quote: str) -> bool:
    """Whether it may also stand within a word."""
    return quote in "'‘’‛′＇"


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    if character.isascii():
        return character
    if character in _DOUBLE:
        return '"'
    if character in _SINGLE:
        return "'"
    return _OTHERS.get(character) or _by_kind(character)


def _by_kind(character: str) -> str:
    kind = category(character)
    if kind == "Nd":
        return str(decimal(character))
    if kind == "Pd":
        return "-"
    return _by_name(character, kind) or _by_look(character)


def _by_name(character: str, kind: str) -> str:
    """The plain sign for a comma, semicolon, colon or equals sign of any script, else nothing."""
    if kind not in {"Po", "Sm", "Sk"} or decomposition(character).startswith(("<super>", "<sub>")):
        return ""
    called = name(character, "").rpartition(" ")[2]
    if called == "SIGN" and name(character).endswith("EQUALS SIGN"):
        return "="
    return {"COMMA": ",", "SEMICOLON": ";", "COLON": ":"}.get(called, "")


def _by_look(character: str) -> str:
    if not decomposition(character).startswith(_SPELT_ALIKE):
        return character
    alike = normalize("NFKC", character)
    return alike if len(alike) == 1 else character
