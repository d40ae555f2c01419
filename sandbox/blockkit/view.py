"""What Slack refuses in a view: a modal or a Home tab. Limits: docs.slack.dev, views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.blockkit.buttons import interactive
from sandbox.blockkit.message import block_list_problems
from sandbox.blockkit.problem import (
    ID_LIMIT,
    MISSING,
    PLAIN_ONLY,
    Problem,
    flag_problems,
    list_problems,
    optional_length_problems,
    optional_text_problems,
    text_problems,
)
from sandbox.blockkit.surfaces import HOME, MODAL, surface_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = 100
TITLE = 24
PRIVATE_METADATA = 3_000
FLAGS = ("clear_on_close", "notify_on_close", "submit_disabled")
MODAL_ONLY = ("title", "submit", "close", "clear_on_close", "notify_on_close")


def view_problems(view: dict[str, Any], at: str = "/view") -> list[Problem]:
    """Return what is wrong with a view; nothing when Slack takes it. `at` is for the pointers."""
    if view.get("type") not in {MODAL, HOME}:
        return [Problem("must be a valid enum value: modal or home", f"{at}/type")]
    return [*_field_problems(view, at), *_own_problems(view, at), *_content_problems(view, at)]


def _field_problems(view: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check what both kinds of view may have."""
    yield from optional_length_problems(view, "private_metadata", at, PRIVATE_METADATA)
    yield from optional_length_problems(view, "callback_id", at, ID_LIMIT)
    yield from optional_length_problems(view, "external_id", at, ID_LIMIT)
    for name in FLAGS:
        yield from flag_problems(view, name, at)


def _own_problems(view: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check the title and the buttons, which only a modal has."""
    if view["type"] == HOME:
        for name in MODAL_ONLY:
            if view.get(name) is not None:
                yield Problem(f"invalid additional property: {name}", at)
        return
    yield from text_problems(view, "title", at, TITLE, PLAIN_ONLY)
    for name in ("submit", "close"):
        yield from optional_text_problems(view, name, at, TITLE)
    if _has_inputs(view) and not view.get("submit"):
        yield Problem(f"{MISSING}submit", at)


def _content_problems(view: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check the blocks; a Home tab may have none."""
    blocks, here = view.get("blocks"), f"{at}/blocks"
    if blocks is None:
        yield Problem(f"{MISSING}blocks", at)
        return
    wrong = list(list_problems(blocks, here, BLOCKS, least=int(view["type"] == MODAL)))
    yield from wrong
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        return
    yield from block_list_problems(blocks, here, len(blocks))
    yield from surface_problems(blocks, view["type"], here)
    if sum(_takes_focus(block) for block in blocks) > 1:
        yield Problem("only one element can have focus_on_load set to true", here)


def _has_inputs(view: dict[str, Any]) -> bool:
    """Whether there is anything to submit."""
    blocks = view.get("blocks")
    return isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )


def _takes_focus(block: dict[str, Any]) -> bool:
    """Whether an element of a block asks for the focus."""
    malformed = any(not isinstance(block.get(name, []), list) for name in ("elements", "actions"))
    return not malformed and any(
        isinstance(element, dict) and element.get("focus_on_load") is True
        for element in interactive(block)
    )
