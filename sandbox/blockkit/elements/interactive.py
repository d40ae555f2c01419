"""What Slack refuses in buttons and other elements. Limits: docs.slack.dev, Block Kit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.blockkit.elements.inputs import input_problems
from sandbox.blockkit.elements.kinds import IN_ACTIONS
from sandbox.blockkit.elements.menus import menu_problems
from sandbox.blockkit.problem import (
    ID_LIMIT,
    PLAIN_ONLY,
    UNSUPPORTED,
    Problem,
    choice_problems,
    flag_problems,
    objects,
    optional_length_problems,
    text_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
BUTTON_URL = 3_000
ACCESSIBILITY_LABEL = 75
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_CHOICE = 30
STYLES = ("primary", "danger")


def interactive_problems(
    element: dict[str, Any], at: str, allowed: frozenset[str] = IN_ACTIONS
) -> Iterator[Problem]:
    """Check an element that a person can use, where the `allowed` kinds may be."""
    kind = element.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        yield Problem(f"{UNSUPPORTED}{kind}", f"{at}/type")
        return
    yield from optional_length_problems(element, "action_id", at, ID_LIMIT)
    yield from flag_problems(element, "focus_on_load", at)
    if kind == "button":
        yield from _button_problems(element, at)
    else:
        yield from menu_problems(element, at)
        yield from input_problems(element, at)
    if "confirm" in element:
        yield from confirm_problems(element["confirm"], f"{at}/confirm")


def _button_problems(button: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check what only a button has."""
    yield from text_problems(button, "text", at, BUTTON_TEXT, PLAIN_ONLY)
    yield from optional_length_problems(button, "value", at, BUTTON_VALUE)
    yield from optional_length_problems(button, "url", at, BUTTON_URL)
    yield from optional_length_problems(button, "accessibility_label", at, ACCESSIBILITY_LABEL)
    yield from choice_problems(button, "style", at, STYLES)


def confirm_problems(confirm: Any, at: str) -> Iterator[Problem]:
    """Check a confirmation dialog."""
    if not isinstance(confirm, dict):
        yield Problem("must be an object", at)
        return
    yield from text_problems(confirm, "title", at, CONFIRM_TITLE, PLAIN_ONLY)
    yield from text_problems(confirm, "text", at, CONFIRM_TEXT)
    yield from choice_problems(confirm, "style", at, STYLES)
    for choice in ("confirm", "deny"):
        if choice in confirm:
            yield from text_problems(confirm, choice, at, CONFIRM_CHOICE, PLAIN_ONLY)


def duplicate_action_problems(elements: Any, at: str) -> Iterator[Problem]:
    """Check that no action_id comes twice in a block."""
    seen: set[str] = set()
    for place, element in objects(elements):
        action_id = element.get("action_id")
        if not isinstance(action_id, str) or not action_id:
            continue
        if action_id in seen:
            yield Problem(f"`action_id` {action_id} already exists", f"{at}/{place}/action_id")
        seen.add(action_id)
