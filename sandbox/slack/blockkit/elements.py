"""What Slack refuses in buttons and other elements. Limits: docs.slack.dev, Block Kit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.blockkit.menus import menu_problems
from sandbox.slack.blockkit.problem import (
    ID_LIMIT,
    PLAIN_ONLY,
    Problem,
    choice_problems,
    length_problems,
    objects,
    optional_length_problems,
    text_object_problems,
    text_problems,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

BUTTON_TEXT = 75
BUTTON_VALUE = 2_000
BUTTON_URL = 3_000
CONFIRM_TITLE = 100
CONFIRM_TEXT = 300
CONFIRM_CHOICE = 30
CONTEXT_TEXT = 3_000
ALT_TEXT = 2_000
IMAGE_URL = 3_000
STYLES = ("primary", "danger")
INTERACTIVE = frozenset(
    {
        "button",
        "channels_select",
        "checkboxes",
        "conversations_select",
        "datepicker",
        "datetimepicker",
        "external_select",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_static_select",
        "multi_users_select",
        "overflow",
        "radio_buttons",
        "static_select",
        "timepicker",
        "users_select",
        "workflow_button",
    }
)


def interactive_problems(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check an element that a person can use."""
    kind = element.get("type")
    if not isinstance(kind, str) or kind not in INTERACTIVE:
        yield Problem(f"unsupported type: {kind}", f"{at}/type")
        return
    yield from optional_length_problems(element, "action_id", at, ID_LIMIT)
    if kind == "button":
        yield from _button_problems(element, at)
    else:
        yield from menu_problems(element, at)
    if "confirm" in element:
        yield from _confirm_problems(element["confirm"], f"{at}/confirm")


def _button_problems(button: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check what only a button has."""
    yield from text_problems(button, "text", at, BUTTON_TEXT, PLAIN_ONLY)
    yield from optional_length_problems(button, "value", at, BUTTON_VALUE)
    yield from optional_length_problems(button, "url", at, BUTTON_URL)
    yield from choice_problems(button, "style", at, STYLES)


def _confirm_problems(confirm: Any, at: str) -> Iterator[Problem]:
    """Check a confirmation dialog."""
    if not isinstance(confirm, dict):
        yield Problem("must be an object", at)
        return
    yield from text_problems(confirm, "title", at, CONFIRM_TITLE, PLAIN_ONLY)
    yield from text_problems(confirm, "text", at, CONFIRM_TEXT)
    for choice in ("confirm", "deny"):
        if choice in confirm:
            yield from text_problems(confirm, choice, at, CONFIRM_CHOICE, PLAIN_ONLY)


def image_problems(image: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check an image: it needs a source and a text in its place."""
    if not image.get("image_url") and not image.get("slack_file"):
        yield Problem("missing required field: image_url", at)
    yield from optional_length_problems(image, "image_url", at, IMAGE_URL)
    yield from length_problems(image.get("alt_text"), f"{at}/alt_text", ALT_TEXT)


def context_element_problems(element: dict[str, Any], at: str) -> Iterator[Problem]:
    """Check an element of a context block: a text or an image."""
    if element.get("type") == "image":
        yield from image_problems(element, at)
    else:
        yield from text_object_problems(element, at, CONTEXT_TEXT)


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
