"""Durations as people write them: `4h`, `90s`, `1h30m`, `2 days`, `0.5h`, `14400`."""

import re
import unicodedata
from math import isfinite

EXAMPLE = "for example 4h, 90s, 1h30m, 2 days, or 14400 for seconds"
_UNITS = {
    "ms": 0.001,
    "s": 1,
    "sec": 1,
    "second": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "h": 3600,
    "hr": 3600,
    "hour": 3600,
    "d": 86_400,
    "day": 86_400,
    "w": 604_800,
    "week": 604_800,
}
"""Seconds in each; an `s` behind one with more than a letter makes it the plural."""
_PART = re.compile(r"(\d+(?:_\d+)*(?:\.\d+)?|\.\d+)\s*([a-z]*)\s*", re.ASCII)


def seconds_in(text: str) -> float:
    """The duration in seconds; a bare number is seconds. Raises ValueError that says the fault.

    Several parts go from the greater unit to the smaller one, each once: `1d 12h`.
    """
    text = unicodedata.normalize("NFKC", text).strip().lower()
    parts = _PART.findall(text)
    if not parts or "".join(f"{number}{unit}" for number, unit in parts) != "".join(text.split()):
        raise ValueError("is no duration")
    if len(parts) == 1 and not parts[0][1]:
        return _finite(float(parts[0][0]))
    return _finite(_summed([(float(number), _unit(unit)) for number, unit in parts]))


def durations_in(text: str) -> list[str]:
    """The parts of a list of durations. Raises ValueError where it can mean two things."""
    if not re.search(r"[,;]", text):
        return _spaced(text)
    parts = [part.strip() for part in re.split(r"[,;]", text)]
    return [each for part in parts if part for each in _numbers(part)]


def _spaced(text: str) -> list[str]:
    parts = re.split(r"\s+(?=[\d.])", text.strip())
    if len(parts) > 1 and _is_one(text):
        together = "".join(text.split())
        raise ValueError(f"can mean two things: write {together} or {','.join(parts)}")
    return [part for part in parts if part]


def _numbers(part: str) -> list[str]:
    """Bare numbers with spaces between are several; anything else is one duration."""
    words = part.split()
    return words if all(re.fullmatch(r"[\d.]+", word) for word in words) else [part]


def _is_one(text: str) -> bool:
    try:
        seconds_in(text)
    except ValueError:
        return False
    return True


def _unit(word: str) -> float:
    if not word:
        raise ValueError("has a number without a unit")
    singular = word.removesuffix("s") if len(word) > 2 else word  # noqa: PLR2004 - `ms`, `s`
    if singular not in _UNITS:
        raise ValueError("has a unit that I don't know (w, d, h, m, s)")
    return _UNITS[singular]


def _summed(parts: list[tuple[float, float]]) -> float:
    units = [unit for _, unit in parts]
    if sorted(set(units), reverse=True) != units:
        raise ValueError("must go from the greater unit to the smaller one, each once")
    return sum(number * unit for number, unit in parts)


def _finite(seconds: float) -> float:
    if not isfinite(seconds):
        raise ValueError("is too long")
    return seconds
