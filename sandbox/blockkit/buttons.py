"""Finding the buttons and the other elements that a person can use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    """Return the buttons of `blocks`, in reading order."""
    return [
        Button(element, block)
        for block in blocks
        for element in interactive(block)
        if element.get("type") == "button"
    ]


def interactive(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the elements of a block that a person can use."""
    if block.get("type") == "actions":
        yield from block.get("elements", [])
    if block.get("type") == "card":
        yield from block.get("actions", [])
    if block.get("type") == "input" and isinstance(block.get("element"), dict):
        yield block["element"]
    accessory = block.get("accessory")
    if isinstance(accessory, dict) and accessory.get("type") != "image":
        yield accessory
