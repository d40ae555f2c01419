"""The fields of a SIM card as the provider returned them: kept as text, read when needed.

An order of ten thousand eSIMs has some hundred thousand values. As objects they take ten times the
room of their text, and each full collection of the interpreter's garbage walks through them.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import JsonValue

_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


class RawFields(Mapping[str, JsonValue]):
    """A JSON object. What is read of it must not be changed."""

    __slots__ = ("_text",)

    def __init__(self, fields: Mapping[str, Any]) -> None:
        """Keep these, so that they can be written down.

        Halves of characters become `?` (JSON may hold them, UTF-8 can't), numbers that are none
        become null (JSON has no word for them).
        """
        if isinstance(fields, RawFields):
            self._text: str = fields.text
        else:
            text = _written(fields if isinstance(fields, dict) else dict(fields))
            self._text = text if text.isascii() else text.encode("utf-8", "replace").decode()

    @classmethod
    def of(cls, text: str) -> "RawFields":
        """What `text` was written down as."""
        raw = cls.__new__(cls)
        raw._text = text  # noqa: SLF001 - its own
        return raw

    @property
    def text(self) -> str:
        """The object as JSON."""
        return self._text

    def read(self) -> dict[str, JsonValue]:
        """All of them; for a whole list of SIM cards this is quicker than one after the other."""
        return _read(self._text)

    def __getitem__(self, name: str) -> JsonValue:
        """The value of this field. Raises KeyError."""
        return _read(self._text)[name]

    def __iter__(self) -> Iterator[str]:
        """The names, in the order in which they were returned."""
        return iter(_read(self._text))

    def __len__(self) -> int:
        """How many fields there are."""
        return len(_read(self._text))

    def __eq__(self, other: object) -> bool:
        """Equal fields are equal in any order."""
        if isinstance(other, RawFields) and other.text == self._text:
            return True
        return isinstance(other, Mapping) and dict(self) == dict(other)

    def __hash__(self) -> int:
        """Equal fields have the same names."""
        return hash(frozenset(self))

    def __repr__(self) -> str:
        """As a dictionary shows them."""
        return repr(dict(self))


def _written(fields: dict[str, Any]) -> str:
    try:
        return _JSON.encode(fields)
    except ValueError:
        text = json.dumps(fields)
        return _JSON.encode(json.loads(text, parse_constant=lambda _: None))


@lru_cache(maxsize=4)
def _read(text: str) -> dict[str, JsonValue]:
    """The fields of this text; those of one SIM card are mostly read one after the other."""
    read: dict[str, JsonValue] = json.loads(text)
    return read
