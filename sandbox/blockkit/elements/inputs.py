"""What Slack refuses in the elements that a person types into, and in pickers."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.blockkit.problem import (
    MISSING,
    Problem,
    flag_problems,
    optional_length_problems,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

INPUT_TEXT = 3_000
FILES = 10
PATTERNS: Mapping[str, tuple[str, re.Pattern[str]]] = MappingProxyType(
    {
        "datepicker": ("initial_date", re.compile(r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])")),
        "timepicker": ("initial_time", re.compile(r"([01]\d|2[0-3]):[0-5]\d")),
    }
)
UNIX_TIME = re.compile(r"\d{10}")


def input_problems(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check what is particular to the kind of the element."""
    check = CHECKS.get(element["type"])
    if check is not None:
        yield from check(element, at)


def _text(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check a field for text: lengths from 0 to 3,000, the least not over the most."""
    yield from optional_length_problems(element, "initial_value", at, INPUT_TEXT)
    yield from flag_problems(element, "multiline", at)
    least, most = element.get("min_length"), element.get("max_length")
    for name, value, floor in (("min_length", least, 0), ("max_length", most, 1)):
        if value is not None and not (isinstance(value, int) and floor <= value <= INPUT_TEXT):
            yield Problem(f"must be between {floor} and {INPUT_TEXT}", f"{at}/{name}")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield Problem("must not be greater than max_length", f"{at}/min_length")


def _number(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check a field for a number; its bounds are strings."""
    if not isinstance(element.get("is_decimal_allowed"), bool):
        yield Problem(f"{MISSING}is_decimal_allowed", at)
    bounds = {name: element.get(name) for name in ("min_value", "max_value", "initial_value")}
    for name, value in bounds.items():
        if value is not None and _as_number(value) is None:
            yield Problem("must be a string that is a number", f"{at}/{name}")
    least, most = _as_number(bounds["min_value"]), _as_number(bounds["max_value"])
    if least is not None and most is not None and least > most:
        yield Problem("must not be greater than max_value", f"{at}/min_value")


def _as_number(value: Any) -> float | None:
    """Return the number in a string, or None."""
    try:
        return float(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _picker(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check the initial day or time of day."""
    name, pattern = PATTERNS[element["type"]]
    value = element.get(name)
    if value is not None and not (isinstance(value, str) and pattern.fullmatch(value)):
        yield Problem("does not match the expected pattern", f"{at}/{name}")


def _moment(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check the initial moment: a Unix time of ten digits."""
    value = element.get("initial_date_time")
    if value is not None and not UNIX_TIME.fullmatch(str(value)):
        yield Problem("must be a UNIX timestamp of 10 digits", f"{at}/initial_date_time")


def _files(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check how many files may be chosen."""
    most = element.get("max_files", FILES)
    if not isinstance(most, int) or not 1 <= most <= FILES:
        yield Problem(f"must be between 1 and {FILES}", f"{at}/max_files")


CHECKS: Mapping[str, Callable[[dict[str, Any], str], Iterator[Problem]]] = MappingProxyType(
    {
        "datepicker": _picker,
        "datetimepicker": _moment,
        "file_input": _files,
        "number_input": _number,
        "plain_text_input": _text,
        "timepicker": _picker,
    }
)
