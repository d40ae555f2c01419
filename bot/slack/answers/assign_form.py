"""The form in which the eSIMs of an order are assigned: a paste of lines, and what it holds."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.domain.activation.lines import MOST_LINES, InvalidLines, LineProblem
from bot.domain.line.problems import InvalidCommand, Problem
from bot.domain.thing import read_order_id
from bot.domain.typography import length
from bot.slack.message import Block, rendered, section
from bot.slack.modals import LONGEST_ERROR
from bot.slack.mrkdwn import counted, esims

FORM: Final = "assign_lines"
"""Callback id of the form."""
OPEN: Final = "assign_open"
"""Action id of a button that opens it."""
FIELD: Final = "lines"
"""The one field of it: what it is called in a problem, and the id of its block."""
_LONGEST: Final = 3000
"""Characters that Slack takes in the field."""
_SHOWN: Final = 3
"""Problems that are told under the field at most, as far as they fit whole."""
_LAST_DIGITS: Final = 6
_PERSON: Final = re.compile("<@[UW][A-Z0-9]+>")
"""Somebody in a line; the error of a field has no mentions."""
_INTRODUCTION: Final = (
    "One line an eSIM: a name, an e-mail address or @person, a name with one of them, with commas "
    "between. They go to the eSIMs without holder, in the order's sequence; the ICCID, or its last "
    "digits behind a comma, names another one. No code is sent."
)


def assign_form(order_id: str, iccids: Sequence[str], assigned: frozenset[str]) -> dict[str, Any]:
    """The form for these eSIMs of an order; `assigned` are those that somebody has."""
    left = [iccid for iccid in iccids if iccid not in assigned]
    first = f" The next one ends with {left[0][-_LAST_DIGITS:]}." if left else ""
    free = (
        f"{esims(len(left))} of {len(iccids):,} have no holder yet."
        if left
        else (f"All {len(iccids):,} eSIMs have a holder: name those that go to somebody else.")
    )
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": order_id,
        "title": {"type": "plain_text", "text": "Who has which eSIM"},
        "submit": {"type": "plain_text", "text": "Assign"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            *rendered(section(f"*Order* `{order_id}`: {free}{first}"), section(_INTRODUCTION)),
            _field(),
        ],
    }


def _field() -> Block:
    hint = f"At most {MOST_LINES:,} lines; Slack takes {_LONGEST:,} characters at once."
    return {
        "type": "input",
        "block_id": FIELD,
        "label": {"type": "plain_text", "text": "Lines"},
        "hint": {"type": "plain_text", "text": hint},
        "element": {
            "type": "rich_text_input",
            "action_id": FIELD,
            "focus_on_load": True,
            "placeholder": {"type": "plain_text", "text": "Dana Smith, dana@example.com"},
        },
    }


def order_of(view: Mapping[str, Any]) -> str | None:
    """The order that a form is about; None for none of ours."""
    order_id = view.get("private_metadata")
    if not isinstance(order_id, str) or read_order_id(order_id) != order_id:
        return None
    return order_id


def pasted(view: Mapping[str, Any]) -> str:
    """The lines of a form that was sent; people in them as `<@U123>`."""
    state = view.get("state") or {}
    field = ((state.get("values") or {}).get(FIELD) or {}).get(FIELD) or {}
    return "\n".join(_lines(field.get("rich_text_value") or {})).strip("\n")


def _lines(rich: Mapping[str, Any]) -> Iterator[str]:
    """Each paragraph, and each item of a list, begins a line of its own."""
    for part in rich.get("elements") or ():
        if part.get("type") == "rich_text_list":
            yield from _lines(part)
        else:
            yield "".join(map(_text, part.get("elements") or ()))


def _text(element: Mapping[str, Any]) -> str:
    """What stands there, whatever Slack made of it: a link is its address again."""
    match element.get("type"):
        case "user":
            return f"<@{element.get('user_id', '')}>"
        case "link":
            address = str(element.get("url", ""))
            told = address.removeprefix("mailto:").removeprefix("tel:")
            return told if told != address else str(element.get("text") or address)
        case "emoji":
            return f":{element.get('name', '')}:"
        case "usergroup" | "channel" | "broadcast" as many:
            return f"@{many}"  # nobody's name: the line is refused
    return str(element.get("text", ""))


def mistakes(wrong: InvalidLines, lines: str, command: str) -> InvalidCommand:
    """The problems of the lines, as they are shown under the field: the first ones whole."""
    most = min(len(wrong.problems), _SHOWN)
    texts = [_together(wrong.problems, shown) for shown in range(most, 0, -1)]
    told = next((text for text in texts if length(text) <= LONGEST_ERROR), texts[-1])
    return InvalidCommand(
        lines, [Problem(0, len(lines), told, field=FIELD)], [f"{command} assigned"]
    )


def _together(problems: Sequence[LineProblem], shown: int) -> str:
    """The first ones, and how many others there are."""
    more = len(problems) - shown
    told = " · ".join(map(_told, problems[:shown]))
    others = f" …and {counted(more, 'more wrong line')}." if more else ""
    return f"Nothing was assigned. {told}{others}"


def _told(problem: LineProblem) -> str:
    text, right = (_PERSON.sub("@person", each) for each in (problem.text, problem.right))
    which = f", {text[:30]!r}" if text else ""
    return f"Line {problem.number}{which}: {problem.why}. Right: {right[:60]}"
