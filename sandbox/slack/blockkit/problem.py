"""One thing that is wrong with blocks, and the checks that every kind of block shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ID_LIMIT = 255
TEXT_TYPES = ("plain_text", "mrkdwn")
PLAIN_ONLY = ("plain_text",)


@dataclass(frozen=True)
class Problem:
    """What is wrong and, as a JSON pointer, where."""

    what: str
    at: str

    def __str__(self) -> str:
        return f"[ERROR] {self.what} [json-pointer:{self.at}]"


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
    if holder.get(name):
        yield from length_problems(holder[name], f"{at}/{name}", limit)


def text_problems(
    holder: dict[str, Any], name: str, at: str, limit: int, kinds: tuple[str, ...] = TEXT_TYPES
) -> Iterator[Problem]:
    """Check a required text object of one of `kinds` with 1 to `limit` characters."""
    value = holder.get(name)
    if value is None:
        yield Problem(f"missing required field: {name}", at)
    else:
        yield from text_object_problems(value, f"{at}/{name}", limit, kinds)


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


def list_problems(value: Any, at: str, most: int) -> Iterator[Problem]:
    """Check a list of 1 to `most` objects."""
    if not isinstance(value, list):
        yield Problem("must be an array", at)
    elif not value:
        yield Problem("no fewer than 1 items allowed", at)
    elif len(value) > most:
        yield Problem(f"no more than {most} items allowed", at)


def objects(value: Any) -> list[tuple[int, dict[str, Any]]]:
    """Return the objects in a list with their places, and nothing for what is no list."""
    items = value if isinstance(value, list) else []
    return [(place, item) for place, item in enumerate(items) if isinstance(item, dict)]
