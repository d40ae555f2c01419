"""Hides activation codes in log lines, in every form that they could get there in.

It is the second lock: codes are not logged at all. A matching id that stands alone and unnamed
looks like any other word, and gets through.
"""

import re
from typing import Final

HIDDEN: Final = "(hidden)"
_DOLLAR = r"(?:\$|%(?:25)*24|\\*u0024|&(?:amp;)*#(?:36|x24);)"
_COLON = r"(?::|%(?:25)*3a|\\*u003a|&(?:amp;)*#(?:58|x3a);)"
_START = r"(?:(?<![a-z0-9$.])|(?<=%[0-9a-f]{2})|(?<=\\[nrt])|(?<=u00[0-9a-f]{2}))"
"""Where a word begins, also behind a sign that is written by its number."""
_FORMS: Final = (
    rf"lpa{_COLON}\s?1{_DOLLAR}[^\s\"']*",
    rf"{_START}1{_DOLLAR}(?:[^\s\"'$%&\\]|{_COLON})+{_DOLLAR}[^\s\"'&]*",
    r"esimsetup(?:\.|%(?:25)*2e)[^\s\"'<>]*",
    r"(?<![a-z0-9+/_-])[a-z0-9+/_-]*(?:TFBBOjEk|xQQToxJ|MUEE6MS|bHBhOjEk|xwYToxJ|scGE6MS)[a-z0-9+/_=%-]*",
    r"data(?:%3a|:)image[^\s\"'<>]*",
    r"iVBORw0KGgo[a-z0-9+/_=%\\-]*",
    r"\\x89PNG[^\"'\s]*",
    r"(?<![a-z0-9+/_-])[a-z0-9+/_-]{200,}={0,2}",
)
"""The text and the bare code, encoded in any way; links; base64 of `LPA:1$`, in small letters too,
at each place within four characters; pictures, and any text that is as long as one."""
_CODE: Final = re.compile("|".join(_FORMS), re.IGNORECASE)
_HINTS: Final = ("$", "24", "#36", "esimsetup", "iVBOR", "x89PNG", "data:image", "data%3A")
"""A code in a text brings one of these along, or one of those in base64: they are found quickly."""
_CODED: Final = ("TFBBOjEk", "xQQToxJ", "MUEE6MS", "bHBhOjEk", "xwYToxJ", "scGE6MS")
_LONG: Final = 200
"""Characters of a word that may be a picture."""
_NAMED: Final = re.compile(
    r"((?:activation|confirmation|matching|card|qr)[_ -]?(?:code|link|id|data)s?(?:\\*[\"'])?\s*"
    r"(?:[:=,]|%(?:25)*3[ad])\s*(?:\\*[\"'])?)[^\s\"'\\&,;)]+"
    r"|((?<![a-z])(?:pin|puk|confirmation)(?:[_ -]?codes?)?[_ -]?[12]?(?:[\"'\\\s:=#*`]|is){1,8})"
    r"[0-9]{4,12}(?![0-9a-z])",
    re.IGNORECASE,
)
"""A code behind its name, a PIN or a PUK."""
_NAMES: Final = ("activation", "confirm", "matching", "card", "qr", "pin", "puk")


def without_codes(text: str) -> str:
    """The text without activation codes, pictures and links of them, and their numbers."""
    small = text.lower()
    if any(name in small for name in _NAMES):
        text = _NAMED.sub(_behind_its_name, text)
    if any(hint in text for hint in (*_HINTS, *_CODED)) or _has_a_long_word(text):
        text = _CODE.sub(HIDDEN, text)
    return text


def _has_a_long_word(text: str) -> bool:
    return len(text) >= _LONG and any(len(word) >= _LONG for word in text.split())


def _behind_its_name(found: re.Match[str]) -> str:
    return f"{found[1] or found[2]}{HIDDEN}"
