"""One thing that is wrong with blocks, and the checks that every kind of block shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ID_LIMIT = 255
TEXT_TYPES = ("plain_text", "mrkdwn")
PLAIN_ONLY = ("plain_text",)
MISSING = "missing required field: "
UNSUPPORTED = "unsupported type: "


@dataclass(frozen=True)
class Problem:
    """What is wrong and, as a JSON pointer, where."""

    what: str
    at: str

    def __str__(self) -> str:
        return f"[ERROR] {self.what} [json-pointer:{self.at}]"

    @property
    def code(self) -> str:
        """What kind of problem it is, for a program."""
        if self.what.startswith(MISSING):
            return "missing_required_field"
        return "unsupported_type" if self.what.startswith(UNSUPPORTED) else "failed_constraint"

    @property
    def field(self) -> str:
        """The name of the field that is wrong, or that is missing."""
        if self.what.startswith(MISSING):
            return self.what.removeprefix(MISSING)
        return next((part for part in reversed(self.at.split("/")) if not part.isdigit()), "")


def length_problems(value: Any, at: str, limit: int) -> Iterator[Problem]:
    """Check a required string of 1 to `limit` characters."""
    if not isinstance(value, str):
        yield Problem("must be a string", at)
    elif not value:
        yield Problem("must be more than 0 characters", at)
    elif len(value) > limit:
        yield Problem(f"must be less than {limit + 1} characters", at)


def optional_length_problems(
    holder: dict[str, Any], name: str, at: str, limit: int
) -> Iterator[Problem]:
    """Check a string of up to `limit` characters that may be left out or empty."""
    if holder.get(name) not in (None, ""):
        yield from length_problems(holder[name], f"{at}/{name}", limit)


def text_problems(
    holder: dict[str, Any], name: str, at: str, limit: int, kinds: tuple[str, ...] = TEXT_TYPES
) -> Iterator[Problem]:
    """Check a required text object of one of `kinds` with 1 to `limit` characters."""
    value = holder.get(name)
    if value is None:
        yield Problem(f"{MISSING}{name}", at)
    else:
        yield from text_object_problems(value, f"{at}/{name}", limit, kinds)


def optional_text_problems(
    holder: dict[str, Any], name: str, at: str, limit: int, kinds: tuple[str, ...] = PLAIN_ONLY
) -> Iterator[Problem]:
    """Check a text object that may be left out."""
    if holder.get(name) is not None:
        yield from text_problems(holder, name, at, limit, kinds)


def text_object_problems(
    value: Any, at: str, limit: int, kinds: tuple[str, ...] = TEXT_TYPES
) -> Iterator[Problem]:
    """Check one text object."""
    if not isinstance(value, dict):
        yield Problem("must be an object", at)
        return
    if value.get("type") not in kinds:
        yield Problem(f"must be a valid enum value: {' or '.join(kinds)}", f"{at}/type")
    yield from length_problems(value.get("text"), f"{at}/text", limit)


def list_problems(
    value: Any, at: str, most: int, kind: type = dict, least: int = 1
) -> Iterator[Problem]:
    """Check a list of `least` to `most` objects, or of lists when `kind` is list."""
    if not isinstance(value, list):
        yield Problem("must be an array", at)
        return
    if len(value) < least:
        yield Problem(f"no fewer than {least} items allowed", at)
    if len(value) > most:
        yield Problem(f"no more than {most} items allowed", at)
    for place, item in enumerate(value):
        if not isinstance(item, kind):
            yield Problem(f"must be an {'array' if kind is list else 'object'}", f"{at}/{place}")


def choice_problems(
    holder: dict[str, Any], name: str, at: str, choices: tuple[str, ...]
) -> Iterator[Problem]:
    """Check a field that may be left out, and else is one of `choices`."""
    if name in holder and holder[name] not in choices:
        yield Problem(f"must be a valid enum value: {' or '.join(choices)}", f"{at}/{name}")


def flag_problems(holder: dict[str, Any], name: str, at: str) -> Iterator[Problem]:
    """Check a boolean that may be left out."""
    if holder.get(name) is not None and not isinstance(holder[name], bool):
        yield Problem("must be a boolean", f"{at}/{name}")


def objects(value: Any) -> list[tuple[int, dict[str, Any]]]:
    """Return the objects in a list with their places, and nothing for what is no list."""
    items = value if isinstance(value, list) else []
    return [(place, item) for place, item in enumerate(items) if isinstance(item, dict)]
