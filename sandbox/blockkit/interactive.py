"""Finding the parts of blocks that a person can use, and filling in what Slack makes up."""

from __future__ import annotations

import copy
import secrets
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHILDREN: Mapping[str, str] = MappingProxyType(
    {"carousel": "elements", "container": "child_blocks"}
)
"""Blocks that hold other blocks, and in which property."""
USABLE: Mapping[str, str] = MappingProxyType(
    {
        "actions": "elements",
        "card": "actions",
        "context_actions": "elements",
        "input": "element",
        "section": "accessory",
    }
)
"""Blocks with elements that a person can use, and in which property."""


@dataclass(frozen=True)
class Button:
    """A button and the block that it is in, both as the message carries them."""

    element: dict[str, Any]
    block: dict[str, Any]

    @property
    def label(self) -> str:
        """What is written on it."""
        return str(self.element["text"]["text"])


def buttons(blocks: list[dict[str, Any]]) -> list[Button]:
    """Return the buttons of `blocks`, in reading order, those in containers included."""
    return [
        Button(button, block)
        for _, block in placed(blocks)
        for element in interactive(block)
        for button in _buttons_of(element)
    ]


def _buttons_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what can be clicked of an element: both buttons of a pair for feedback."""
    if element.get("type") == "feedback_buttons":
        pair = element["positive_button"], element["negative_button"]
        return [{**element, **button} for button in pair]
    return [element] if element.get("type") in {"button", "icon_button"} else []


def placed(blocks: list[Any], at: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each block with its JSON pointer, and after it the blocks that it holds."""
    for place, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        here = f"{at}/{place}"
        yield here, block
        name = CHILDREN.get(str(block.get("type")))
        children = block.get(name) if name else None
        if isinstance(children, list):
            yield from placed(children, f"{here}/{name}")


def interactive(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the elements of a block that a person can use; the block may be malformed."""
    found = block.get(USABLE.get(str(block.get("type")), ""))
    for element in found if isinstance(found, list) else [found]:
        if isinstance(element, dict) and element.get("type") != "image":
            yield element


def options_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the options of an element, those in groups included."""
    holders = [element, *element.get("option_groups", [])]
    return [option for holder in holders for option in holder.get("options", [])]


def completed(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a copy of `blocks` with each block_id, action_id and text default in place."""
    blocks = copy.deepcopy(blocks)
    for _, block in placed(blocks):
        block["block_id"] = block.get("block_id") or _random_id()
        for element in interactive(block):
            element["action_id"] = element.get("action_id") or _random_id()
    _fill_in_texts(blocks)
    return blocks


def _random_id() -> str:
    """Return an id like the ones that Slack makes up: five characters."""
    return secrets.token_urlsafe(4)[:5]


def _fill_in_texts(value: Any) -> None:
    """Give each text object below `value` the fields that Slack adds."""
    if isinstance(value, list):
        for item in value:
            _fill_in_texts(item)
    elif isinstance(value, dict):
        if value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        _fill_in_texts(list(value.values()))
