"""The forms in which a secret of an eSIM could stand somewhere, and a search for all of them.

Matching ids are searched without regard to case. What spells a text out around its matching id
(`LPA:`, percent-encoding once or twice, JSON, HTML) does not change letters, digits and hyphens, so
the matching id alone finds all of that; where an id is short or empty, the forms of the whole text
are searched.
"""

import base64
import binascii
import html
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

_GRAM: Final = 10
"""Bytes at the end of a form by which it is found; no form is shorter."""
_LONG_ID: Final = 10
"""Characters that tell a matching id from any other text."""
_LONG_NUMBER: Final = 8
"""Digits that stand nowhere by chance; shorter numbers are searched beside their name only."""
_PICTURE: Final = 400
"""Characters in base64 that only a picture has."""
_PIECES: Final = (0.3, 0.5, 0.7)
"""Where pieces of a picture are taken: behind what all pictures begin with."""
_PIECE: Final = 32
_NUMBER: Final = re.compile(rb"(?<![0-9a-z])[0-9]{4,}(?![0-9a-z])")
_NAME: Final = re.compile(rb"(?:(?<![a-z])pin|puk|confirm)[a-z0-9_ -]{0,24}[^a-z0-9]{0,6}$")
"""What a number of few digits stands behind where it is a secret; in small letters."""
_BEFORE: Final = 48
"""Bytes before a number in which its name is looked for."""


@dataclass(frozen=True)
class Form:
    """One way to write a secret; `what` says which, `secret` whose it is."""

    what: str
    secret: str
    text: bytes
    """In small letters."""


def forms_of(secret: str) -> Iterator[Form]:
    """All forms of an activation code, a matching id, a picture; none of a number."""
    if secret.isdigit():
        return
    if len(secret) >= _PICTURE and "$" not in secret:
        texts = _picture(secret)
    else:
        texts = (each for value in _values(secret) for each in _written(value))
    for what, text in texts:
        if len(text) >= _GRAM:
            yield Form(what, secret, text.lower())


def _values(secret: str) -> Iterator[str]:
    """The matching id, or the whole text where that has none which tells it from others."""
    bare = secret[4:] if secret[:4].upper() == "LPA:" else secret
    parts = bare.split("$")
    matching_id = parts[2] if len(parts) > 2 else ""
    yield matching_id if len(matching_id) >= _LONG_ID else bare


def _written(value: str) -> Iterator[tuple[str, bytes]]:
    once = quote(value, safe="")
    yield "as it is", value.encode()
    yield "percent-encoded", once.encode()
    yield "percent-encoded twice", quote(once, safe="").encode()
    yield "escaped for JSON", json.dumps(value)[1:-1].replace("$", "\\u0024").encode()
    yield "escaped for HTML", html.escape(value).replace("$", "&#36;").encode()
    yield "without hyphens", value.replace("-", "").encode()
    yield "in hexadecimal", value.encode().hex().encode()
    yield "in UTF-16", value.encode("utf-16-le")
    for inner in _aligned(value.encode()):
        yield "in base64", inner
        yield "in base64url", inner.translate(bytes.maketrans(b"+/", b"-_"))
        yield "in base64, percent-encoded", quote(inner, safe="").encode()


def _aligned(value: bytes) -> Iterator[bytes]:
    """Base64 of the value after any number of other bytes, without what these share with it."""
    for before in range(3):
        coded = base64.b64encode(bytes(before) + value)
        begin, rest = -(-before * 8 // 6), (before + len(value)) % 3
        yield coded[begin : len(coded) - (4 if rest else 0)]


def _picture(coded: str) -> Iterator[tuple[str, bytes]]:
    """Pieces of a picture, in base64 and as it is."""
    for piece in _pieces(coded.encode()):
        yield "a picture in base64", piece
        yield "a picture in base64url", piece.translate(bytes.maketrans(b"+/", b"-_"))
    try:
        content = base64.b64decode(coded, validate=True)
    except binascii.Error:
        return
    for piece in _pieces(content):
        yield "a picture's bytes", piece


def _pieces(whole: bytes) -> Iterator[bytes]:
    for part in _PIECES:
        at = int(len(whole) * part)
        yield whole[at : at + _PIECE]


class Needles:
    """Secrets to look for. One pass over a text finds all forms of all of them."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """`secrets`: whole activation codes, matching ids, base64 pictures, and numbers."""
        self.secrets = frozenset(filter(None, secrets))
        self.count = 0
        """How many forms are searched."""
        self.texts = frozenset(each for each in self.secrets if each.startswith("LPA:"))
        """The whole activation codes: what pictures show."""
        self._numbers = {each.encode() for each in self.secrets if each.isdigit()}
        self._by_end: dict[bytes, list[Form]] = defaultdict(list)
        seen: set[bytes] = set()
        for form in (each for secret in self.secrets for each in forms_of(secret)):
            if form.text not in seen:
                seen.add(form.text)
                self._by_end[form.text[-_GRAM:]].append(form)
        self.count = len(seen) + len(self._numbers)

    def found(self, data: bytes) -> set[Form]:
        """The forms that stand in it, also across line breaks and spaces."""
        text = data.lower()
        together = b"".join(text.split())
        found = set(self._forms(text)) | set(self._found_numbers(text))
        return found if together == text else found | set(self._forms(together))

    def _forms(self, text: bytes) -> Iterator[Form]:
        ends = self._by_end
        for at in range(len(text) - _GRAM + 1):
            if (end := text[at : at + _GRAM]) in ends:
                yield from (form for form in ends[end] if text.endswith(form.text, 0, at + _GRAM))

    def _found_numbers(self, text: bytes) -> Iterator[Form]:
        for found in _NUMBER.finditer(text):
            number = found[0]
            if number in self._numbers and (
                len(number) >= _LONG_NUMBER
                or _NAME.search(text, max(0, found.start() - _BEFORE), found.start())
            ):
                yield Form("a number", number.decode(), number)
