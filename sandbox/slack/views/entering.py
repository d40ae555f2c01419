"""What a person enters, as the state that Slack sends, and what its client refuses."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.blockkit import options_of
from sandbox.slack.views.rich_input import rich_text_of
from sandbox.slack.views.state import SEVERAL, chosen_in, stateful

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.slack.views.state import Field, Values
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

    A text for a rich_text_input may have several lines, with @names and addresses in them.
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
    if kind == "external_select":
        return _offered
    if kind == "rich_text_input":
        return lambda value: value if isinstance(value, dict) else rich_text_of(value, workspace)
    return _written


def _option(element: dict[str, Any], key: Any) -> dict[str, Any]:
    """Return the option with this value or text, as the payload carries it."""
    return named_option(options_of(element), key)


def named_option(options: list[dict[str, Any]], key: Any) -> dict[str, Any]:
    """Return the option with this value or text. Raises NoSuchFieldError."""
    for option in options:
        if key in (option["value"], option["text"]["text"]):
            return option
    names = ", ".join(option["text"]["text"] for option in options)
    raise NoSuchFieldError(f"no option {key!r}; there are {names}")


def _offered(value: Any) -> Any:
    """Return an option that the app offered. Raises NoSuchFieldError for anything else."""
    if not isinstance(value, dict):
        raise NoSuchFieldError(f"the app has to be asked for options first: {value!r} is none")
    return value


def _written(value: Any) -> Any:
    """Return a text, a day, a time of day or a moment the way that Slack writes it."""
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


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


PATTERNS: Mapping[str, tuple[re.Pattern[str], str]] = MappingProxyType(
    {
        "datepicker": (re.compile(r"\d{4}-\d{2}-\d{2}"), "Please enter a valid date."),
        "email_text_input": (
            re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
            "Please enter a valid email address.",
        ),
        "timepicker": (re.compile(r"\d{2}:\d{2}"), "Please enter a valid time."),
        "url_text_input": (re.compile(r"https?://\S+"), "Please enter a valid URL."),
    }
)
REQUIRED = "Please complete this required field."


class CannotSubmitError(AssertionError):
    """Slack's client would not submit this: `complaints` by block_id are what it shows."""

    def __init__(self, complaints: dict[str, str]) -> None:
        lines = (f"{block_id}: {text}" for block_id, text in complaints.items())
        super().__init__("; ".join(lines))
        self.complaints = complaints


def complaints(blocks: list[dict[str, Any]], values: Values) -> dict[str, str]:
    """Return what is wrong with what was entered, by block_id; nothing when it can be sent."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] == "input" and block["block_id"] in values:
            state = values[block["block_id"]][block["element"]["action_id"]]
            complaint = _complaint(block, chosen_in(state))
            if complaint:
                found[block["block_id"]] = complaint
    return found


def _complaint(block: dict[str, Any], chosen: Any) -> str:
    """Return what is wrong in one input, or nothing."""
    if chosen in (None, "", []):
        return "" if block.get("optional") else REQUIRED
    element = block["element"]
    check = CHECKS.get(element["type"])
    if check is not None:
        return check(element, chosen)
    pattern = PATTERNS.get(element["type"])
    if pattern is not None and not pattern[0].fullmatch(str(chosen)):
        return pattern[1]
    most = element.get("max_selected_items")
    if most is not None and len(chosen) > most:
        return f"Please choose at most {most}."
    return ""


def _text(element: dict[str, Any], chosen: Any) -> str:
    """Check the length of a text."""
    least, most = element.get("min_length") or 0, element.get("max_length") or 3_000
    if len(chosen) < least:
        return f"Please enter at least {least} characters."
    return f"Please enter at most {most} characters." if len(chosen) > most else ""


def _number(element: dict[str, Any], chosen: Any) -> str:
    """Check a number: whole if it has to be, and within its bounds."""
    decimals = r"(\.\d+)?" if element["is_decimal_allowed"] else ""
    if not re.fullmatch(rf"-?\d+{decimals}", chosen):
        return "Please enter a valid number."
    least, most = element.get("min_value"), element.get("max_value")
    if least is not None and float(chosen) < float(least):
        return f"Please enter a number of at least {least}."
    if most is not None and float(chosen) > float(most):
        return f"Please enter a number of at most {most}."
    return ""


CHECKS: Mapping[str, Callable[[dict[str, Any], Any], str]] = MappingProxyType(
    {"number_input": _number, "plain_text_input": _text}
)
