"""Cleans text from a provider before it is stored and shown."""

import math
from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

from bot.domain.purchase.raw import RawFields

_DEPTH: Final = 20
"""Levels of nesting that are kept; pydantic and the store have limits too."""
_LPA: Final = "lpa:1$"
"""How the text of an activation code starts, under whatever name (SGP.22)."""


def clean(value: object, limit: int) -> str:
    """Text or a whole number as one line of at most `limit` printable characters; else "".

    An activation code is removed, with the text around it up to the next spaces.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else " " for sign in text)
    words = (word for word in text.split() if not _is_secret(word))
    return " ".join(words)[:limit].rstrip()


def without_secrets(fields: dict[str, JsonValue]) -> Mapping[str, JsonValue]:
    """The fields without activation codes, at any depth.

    What can't be stored becomes null: infinite numbers, and nesting of more than twenty levels.
    """
    try:
        written = RawFields(fields)
    except RecursionError:
        return _fields(fields, _DEPTH)
    return written if _is_harmless(written.text) else _fields(fields, _DEPTH)


def _is_harmless(text: str) -> bool:
    """Whether there is nothing to remove in fields that are written down like this.

    That tells it of the whole at once; to look at each field takes ten times as long.
    """
    shown, nested = text.casefold(), text.count("{") + text.count("[")
    return nested <= _DEPTH and _LPA not in shown and "activation" not in shown


def _fields(fields: dict[str, JsonValue], depth: int) -> dict[str, JsonValue]:
    return {
        name: _value(value, depth - 1)
        for name, value in fields.items()
        if not (_is_secret(name) or _is_secret(value) or "activation" in name.casefold())
    }


def _value(value: JsonValue, depth: int) -> JsonValue:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if not isinstance(value, dict | list):
        return value
    return _inner(value, depth) if depth else None


def _inner(value: dict[str, JsonValue] | list[JsonValue], depth: int) -> JsonValue:
    if isinstance(value, dict):
        return _fields(value, depth)
    return [_value(item, depth - 1) for item in value if not _is_secret(item)]


def _is_secret(value: JsonValue) -> bool:
    return isinstance(value, str) and _LPA in value.casefold()
