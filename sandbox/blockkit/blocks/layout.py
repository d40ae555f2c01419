"""What Slack refuses in each kind of block. Limits: docs.slack.dev, Block Kit."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.blockkit.blocks.newer import (
    alert_problems,
    card_problems,
    plan_problems,
    task_problems,
)
from sandbox.blockkit.blocks.rich_text import rich_text_problems
from sandbox.blockkit.blocks.table import table_problems
from sandbox.blockkit.elements.interactive import duplicate_action_problems, interactive_problems
from sandbox.blockkit.elements.kinds import IN_ACTIONS, IN_INPUT, IN_SECTION
from sandbox.blockkit.elements.pictures import context_element_problems, image_problems
from sandbox.blockkit.problem import (
    ID_LIMIT,
    MISSING,
    PLAIN_ONLY,
    UNSUPPORTED,
    Problem,
    flag_problems,
    length_problems,
    list_problems,
    objects,
    optional_length_problems,
    optional_text_problems,
    text_object_problems,
    text_problems,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

SECTION_TEXT = 3_000
SECTION_FIELDS = 10
FIELD_TEXT = 2_000
HEADER_TEXT = 150
CONTEXT_ELEMENTS = 10
ACTIONS = 25
INPUT_LABEL = 2_000
MARKDOWN_TEXT = 12_000


def block_problems(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check one block."""
    kind = block.get("type")
    check = CHECKS.get(kind) if isinstance(kind, str) else None
    if check is None:
        yield Problem(f"{UNSUPPORTED}{kind}", f"{at}/type")
        return
    yield from optional_length_problems(block, "block_id", at, ID_LIMIT)
    yield from check(block, at)


def _section(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """A section has a text, fields, or both, and may have one element beside them."""
    if "text" in block or not block.get("fields"):
        yield from text_problems(block, "text", at, SECTION_TEXT)
    if "fields" in block:
        yield from list_problems(block["fields"], f"{at}/fields", SECTION_FIELDS)
        for place, item in objects(block["fields"]):
            yield from text_object_problems(item, f"{at}/fields/{place}", FIELD_TEXT)
    accessory = block.get("accessory")
    if accessory is not None and not isinstance(accessory, dict):
        yield Problem("must be an object", f"{at}/accessory")
    elif accessory is not None:
        yield from _accessory(accessory, f"{at}/accessory")


def _accessory(accessory: dict[str, Any], at: str) -> Iterator[Problem]:
    """An element beside a section is an image, or one that a person can use."""
    if accessory.get("type") == "image":
        yield from image_problems(accessory, at)
    else:
        yield from interactive_problems(accessory, at, IN_SECTION)


def _header(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """A header is one plain text."""
    yield from text_problems(block, "text", at, HEADER_TEXT, PLAIN_ONLY)


def _context(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """A context block is a row of texts and images."""
    yield from list_problems(block.get("elements"), f"{at}/elements", CONTEXT_ELEMENTS)
    for place, element in objects(block.get("elements")):
        yield from context_element_problems(element, f"{at}/elements/{place}")


def _actions(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """An actions block is a row of elements that a person can use."""
    elements = block.get("elements")
    yield from list_problems(elements, f"{at}/elements", ACTIONS)
    for place, element in objects(elements):
        yield from interactive_problems(element, f"{at}/elements/{place}", IN_ACTIONS)
    yield from duplicate_action_problems(elements, f"{at}/elements")


def _input(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """An input has a label, an element to enter something into, and perhaps a hint."""
    yield from text_problems(block, "label", at, INPUT_LABEL, PLAIN_ONLY)
    yield from optional_text_problems(block, "hint", at, INPUT_LABEL)
    for name in ("optional", "dispatch_action"):
        yield from flag_problems(block, name, at)
    element = block.get("element")
    if not isinstance(element, dict):
        yield Problem(f"{MISSING}element", at)
        return
    yield from interactive_problems(element, f"{at}/element", IN_INPUT)
    if element.get("type") == "file_input" and block.get("dispatch_action"):
        yield Problem(f"{UNSUPPORTED}file_input", f"{at}/element/type")


def _markdown(block: dict[str, Any], at: str) -> Iterator[Problem]:
    """A markdown block is one string."""
    yield from length_problems(block.get("text"), f"{at}/text", MARKDOWN_TEXT)


def _unchecked(block: dict[str, Any], at: str) -> Iterator[Problem]:  # noqa: ARG001 - as the others
    """Take a block that has no limits of its own here."""
    yield from ()


CHECKS: Mapping[str, Callable[[dict[str, Any], str], Iterator[Problem]]] = MappingProxyType(
    {
        "actions": _actions,
        "alert": alert_problems,
        "card": card_problems,
        "context": _context,
        "divider": _unchecked,
        "header": _header,
        "image": image_problems,
        "input": _input,
        "markdown": _markdown,
        "rich_text": rich_text_problems,
        "plan": plan_problems,
        "section": _section,
        "table": table_problems,
        "task_card": task_problems,
    }
    | dict.fromkeys(
        ("carousel", "container", "context_actions", "file", "video"),
        _unchecked,
    )
)
