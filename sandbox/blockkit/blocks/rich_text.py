"""What Slack refuses in a rich text."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.blockkit.problem import Problem, objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PARAGRAPHS = (
    "rich_text_section",
    "rich_text_list",
    "rich_text_quote",
    "rich_text_preformatted",
)
REQUIRED: Mapping[str, str] = MappingProxyType(
    {
        "broadcast": "range",
        "channel": "channel_id",
        "color": "value",
        "date": "timestamp",
        "emoji": "name",
        "link": "url",
        "text": "text",
        "user": "user_id",
        "usergroup": "usergroup_id",
    }
)


def rich_text_problems(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check a rich text: sections, lists, quotes and preformatted texts."""
    for place, element in _elements(block):
        if element.get("type") not in PARAGRAPHS:
            yield Problem(f"unsupported type: {element.get('type')}", f"{at}/elements/{place}")
        else:
            yield from _paragraph_problems(element, f"{at}/elements/{place}")
    yield from _list_problems(block, at)


def _paragraph_problems(paragraph: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check a paragraph, or a list, whose items are sections."""
    for place, element in _elements(paragraph):
        here = f"{at}/elements/{place}"
        if paragraph["type"] == "rich_text_list":
            if element.get("type") != "rich_text_section":
                yield Problem(f"unsupported type: {element.get('type')}", here)
            yield from _paragraph_problems(element | {"type": "rich_text_section"}, here)
        else:
            yield from _word_problems(element, here)
    yield from _list_problems(paragraph, at)


def _word_problems(word: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check a piece of running text: each kind has one field that it can't do without."""
    kind = word.get("type")
    field = REQUIRED.get(kind) if isinstance(kind, str) else None
    if field is None:
        yield Problem(f"unsupported type: {kind}", f"{at}/type")
    elif field not in word:
        yield Problem(f"missing required field: {field}", at)


def _elements(holder: dict[str, Any]) -> list[tuple[int, dict[str, Any]]]:
    """Return the objects among the elements, with their places."""
    return objects(holder.get("elements"))


def _list_problems(holder: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check that the elements are a list of objects; it may be empty."""
    elements = holder.get("elements")
    if not isinstance(elements, list):
        yield Problem("missing required field: elements", at)
    elif len(_elements(holder)) != len(elements):
        yield Problem("must be an array of objects", f"{at}/elements")
