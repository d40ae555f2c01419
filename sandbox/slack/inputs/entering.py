"""What a person enters, by the names that people see, as the state that Slack sends."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import options_of
from sandbox.slack.inputs.state import SEVERAL, stateful

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.slack.inputs.state import Field
    from sandbox.slack.workspace.workspace import Workspace


class NoSuchFieldError(AssertionError):
    """There is no such field or no such choice; the text names those that there are."""


def find_field(blocks: list[dict[str, Any]], key: str) -> Field:
    """Return the field with this block_id, action_id or label, whichever fits one field first.

    "block_id/action_id" fits, too. Raises NoSuchFieldError.
    """
    fields = [*stateful(blocks), *_overflows(blocks)]
    for name_of in (_both_ids, _block_id, _action_id, _label):
        found = [field for field in fields if name_of(field) == key]
        if len(found) == 1:
            return found[0]
    names = ", ".join(_label(field) or _action_id(field) for field in fields) or "no fields"
    raise NoSuchFieldError(f"no field {key!r}, or several; there are {names}")


def chosen(element: dict[str, Any], value: Any, workspace: Workspace) -> Any:
    """Return what goes into the state for `value`; None or "" empties the field.

    Options are named by their value or their text, people and channels by name or id, a day, a
    time of day and a moment as text or as Python's own. Raises NoSuchFieldError for a choice
    that isn't there.
    """
    kind = element["type"]
    several = kind in SEVERAL
    if value in (None, "", []):
        return [] if several else None
    one = _reader(element, workspace)
    return [one(each) for each in value] if several else one(value)


def _reader(element: dict[str, Any], workspace: Workspace) -> Callable[[Any], Any]:
    """Return what turns one value into what Slack sends for this kind of element."""
    kind = element["type"].removeprefix("multi_")
    if kind == "users_select":
        return lambda value: workspace.person(value).id
    if kind in {"conversations_select", "channels_select"}:
        return lambda value: workspace.channel(value).id
    if kind in {"static_select", "checkboxes", "radio_buttons", "overflow"}:
        return lambda value: _option(element, value)
    return _rich_text if kind == "rich_text_input" else _written


def _option(element: dict[str, Any], key: Any) -> dict[str, Any]:
    """Return the option with this value or text, as the payload carries it."""
    options = options_of(element)
    for option in options:
        if key in (option["value"], option["text"]["text"]):
            return option
    names = ", ".join(option["text"]["text"] for option in options)
    raise NoSuchFieldError(f"no option {key!r}; there are {names}")


def _written(value: Any) -> Any:
    """Return a text, a day, a time of day or a moment the way that Slack writes it."""
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def _rich_text(value: Any) -> Any:
    """Return a rich text; plain text becomes one section."""
    if isinstance(value, dict):
        return value
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": str(value)}]}
    return {"type": "rich_text", "elements": [section]}


def _overflows(blocks: list[dict[str, Any]]) -> list[Field]:
    """Return the overflow menus, which are chosen from but keep no state."""
    return [
        (block, element)
        for block in blocks
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if element.get("type") == "overflow"
    ]


def _both_ids(field: Field) -> str:
    """Return the names of the block and the element."""
    return f"{_block_id(field)}/{_action_id(field)}"


def _block_id(field: Field) -> str:
    """Return the name of the block."""
    return str(field[0]["block_id"])


def _action_id(field: Field) -> str:
    """Return the name of the element."""
    return str(field[1]["action_id"])


def _label(field: Field) -> str:
    """Return what is written above an input, or in the element while it is empty."""
    block, element = field
    words = block.get("label") or element.get("placeholder") or {}
    return str(words.get("text", ""))
