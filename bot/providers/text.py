"""Cleans text from a provider before it is stored and shown.

It is the second lock: of what a provider says of a SIM card only named properties are kept.
"""

import base64
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

_PLAIN: Final = re.compile(
    r"[0-9a-f:.TZ+-]{1,40}"  # an id, a number, a time
    r"|[+(-]?"
    r"(?:(?![pP](?:[iI][nN]|[uU][kK]))(?:\d{1,32}+|[A-Za-z0-9]{1,14}+)(?![A-Za-z0-9])"
    r"[-_.:+,;'!?()]*+ ?+)++",
    re.ASCII,
)
"""What most text is: short words and numbers that are no PIN. Nothing is looked for in it.

That saves most of the time. An activation code has a `$`, encoded it has longer words.
"""
_CODE: Final = re.compile(
    r"lpa:"
    r"|\d\$[^\s$]*\$"  # the bare code: version, host, matching id
    r"|\d\$[a-z0-9-]+\."
    r"|carddata|esimsetup\."
    r"|ivborw0kggo",  # a picture (PNG) as base64
    re.ASCII | re.IGNORECASE,
)
"""An activation code or a link with one (SGP.22, Apple, Google), or the picture of one."""
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{12,}", re.ASCII)
_PICTURE: Final = 64
"""Characters of mixed base64 that are taken for a picture; ids are shorter."""
_WRAPPINGS: Final = 3
"""How often an activation code may be encoded and is still found."""
_PIN: Final = re.compile(
    r"(?<![a-z0-9])p(?:in|uk)(?:s|[ _-]?codes?)?(?:[ _-]?[12](?!\d))?"
    r"(?:[^a-z0-9]+(?:is[^a-z0-9]+)?)?\d{4,8}(?:[^a-z0-9]+\d{4,8})*(?![0-9])",
    re.ASCII | re.IGNORECASE,
)
"""PIN or PUK with its digits, also several in a row."""
_WORD: Final = re.compile(
    r"[\"'(]*(?:e?SIMs?|ICCIDs?|EIDs?|API|ID|PIN|PUK|QR|A|I|[A-Z]?[a-z'-]+)[.,;:!?)\"']*", re.ASCII
)


def clean(value: object, limit: int) -> str:
    """Text or a whole number as one line of at most `limit` printable characters; else "".

    What looks like an activation code is removed, in each encoding that it is known in, with the
    text around it up to the next spaces; and so is a PIN or PUK with its digits.
    """
    if isinstance(value, str):
        text = value
    elif isinstance(value, int) and not isinstance(value, bool):
        text = str(value)
    else:
        return ""
    if not _PLAIN.fullmatch(text):
        text = _without_secrets(text)
    return text[:limit].rstrip()


def plain_words(value: object, limit: int) -> str:
    """Only the plain words of a text: what is said of an activation code may quote a part of it.

    Words with digits or odd signs are left out, and all in capitals but a few abbreviations.
    """
    words = clean(value, len(value) if isinstance(value, str) else 0).split()
    return " ".join(word for word in words if _WORD.fullmatch(word))[:limit].rstrip()


def _without_secrets(text: str) -> str:
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    words = " ".join(word for word in text.split() if not _holds_code(word, _WRAPPINGS))
    return " ".join(_PIN.sub(" ", words).split())


def _holds_code(word: str, wrappings: int) -> bool:
    """Whether an activation code, or its picture, stands in this word, however encoded."""
    for _ in range(_WRAPPINGS):
        word = unquote(word, "latin-1") if "%" in word else word
    if _CODE.search(word):
        return True
    for run in _BASE64.findall(word):
        if _is_mixed(run) and len(run) >= _PICTURE:
            return True
        if wrappings and any(_holds_code(each, wrappings - 1) for each in _decoded(run)):
            return True
    return False


def _is_mixed(run: str) -> bool:
    """Whether it has letters of both cases and digits, as long base64 always has."""
    return run.lower() != run and run.upper() != run and any(sign.isdigit() for sign in run)


def _decoded(run: str) -> Iterator[str]:
    """What these characters are base64 of; where it begins among them is not known."""
    run = run.replace("-", "+").replace("_", "/")
    for start in range(4):
        whole = run[start:]
        # A last character that stands for fewer than eight bits stands for none.
        whole = whole[:-1] if len(whole) % 4 == 1 else whole
        yield base64.b64decode(whole + "=" * (-len(whole) % 4)).decode("latin-1")
