"""What Slack's own client refuses to submit: it tells the person, and sends nothing."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.inputs.state import chosen_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.slack.inputs.state import Values

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
