"""What the bodies of the calls may hold: each field, its length, its pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sandbox.celitech.errors import BAD_REQUEST, Refusal
from sandbox.celitech.state.catalogue import DURATIONS, SIZES
from sandbox.provider.answer import read_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.provider.answer import Json

    Check = Callable[[str, Any], None]

MOST: Final = 5
LANGUAGES: Final = ("en", "es", "fr", "de", "pt-br")
LARGEST_EPOCH: Final = 10**14


@dataclass(frozen=True)
class Shape:
    """The fields that a body may hold, and those that it must."""

    checks: Mapping[str, Check]
    required: tuple[str, ...] = ()

    def read(self, raw: bytes, *, refuses_unknown: bool) -> Json:
        """Return the body, which is right. Raises Refusal (400) with the first thing wrong."""
        body = _object(raw)
        for name in self.required:
            if body.get(name) is None:
                raise _wrong(f"{name} is required.")
        for name, value in body.items():
            if name in self.checks:
                if value is not None:
                    self.checks[name](name, value)
            elif refuses_unknown:
                raise _wrong(f"{name} is not allowed.")
        return body


def _object(raw: bytes) -> Json:
    try:
        body = read_json(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _wrong("The body must be a JSON object.")
    return body


def _text(pattern: str, shortest: int, longest: int, said: str) -> Check:
    """Return a check of a text; `said` is what it must be."""
    known = re.compile(pattern)

    def check(name: str, value: Any) -> None:
        fits = isinstance(value, str) and shortest <= len(value) <= longest
        if not fits or not known.fullmatch(value):
            raise _wrong(f"{name} must be {said}.")

    return check


def _one_of(*values: Any) -> Check:
    def check(name: str, value: Any) -> None:
        # In Python True is 1; in JSON it is not.
        if isinstance(value, bool) or value not in values:
            raise _wrong(f"{name} must be one of {', '.join(map(str, values))}.")

    return check


def _epoch(name: str, value: Any) -> None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= LARGEST_EPOCH:
        raise _wrong(f"{name} must be an epoch.")


def _wrong(message: str) -> Refusal:
    return Refusal(BAD_REQUEST, message)


_ANY_TEXT: Final = _text(r"(?s).*", 1, 255, "a text")
_CODE: Final = _text(r"[A-Z]{2,3}", 2, 3, "an ISO code of two or three capital letters")
_ICCID: Final = _text(r"\d{18,22}", 18, 22, "an ICCID of 18 to 22 digits")
_EMAIL: Final = _text(r"[^@\s]+@[^@\s]+\.[^@\s]+", 3, 255, "an email address")
_REFERENCE: Final = _text(r"[a-zA-Z0-9\-_.@+]+", 1, 255, "at most 255 of a-z A-Z 0-9 - _ . @ +")
_NETWORK_BRAND: Final = _text(r"[a-zA-Z0-9.& ]+", 1, 15, "at most 15 letters, digits, . & spaces")
_EMAIL_BRAND: Final = _text(r"[a-zA-Z0-9 ]+", 1, 25, "at most 25 letters, digits, spaces")

_DATES: Final[Mapping[str, Check]] = {"startDate": _ANY_TEXT, "endDate": _ANY_TEXT}
_EPOCHS: Final[Mapping[str, Check]] = {"startTime": _epoch, "endTime": _epoch}
_ORDER: Final[Mapping[str, Check]] = {
    "dataLimitInGB": _one_of(*SIZES),
    "email": _EMAIL,
    "referenceId": _REFERENCE,
    "emailBrand": _EMAIL_BRAND,
    **_DATES,
}
_FIRST: Final[Mapping[str, Check]] = {
    "destination": _CODE,
    "networkBrand": _NETWORK_BRAND,
    "language": _one_of(*LANGUAGES),
    **_ORDER,
}

PURCHASE: Final = Shape(
    {**_FIRST, "quantity": _one_of(*range(1, MOST + 1)), "duration": _one_of(*DURATIONS)},
    ("destination", "dataLimitInGB", "quantity"),
)
PURCHASE_V1: Final = Shape(
    {**_FIRST, **_EPOCHS}, ("destination", "dataLimitInGB", "startDate", "endDate")
)
TOP_UP: Final = Shape(
    {**_ORDER, **_EPOCHS, "iccid": _ICCID, "duration": _one_of(*DURATIONS)},
    ("iccid", "dataLimitInGB"),
)
EDIT: Final = Shape(
    {**_DATES, **_EPOCHS, "purchaseId": _ANY_TEXT}, ("purchaseId", "startDate", "endDate")
)
