"""Input blocks and what can be entered: their limits, at the limit and one beyond it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.blockkit import view_problems
from tests.sandbox.blockkit.samples import Part, entry, marked, menu, modal, option, plain, typed


def number(**parts: Any) -> Part:
    """Return a field for a number."""
    return typed("number_input", is_decimal_allowed=False) | parts


GROUP = {"label": plain(), "options": [option()]}
TAKEN: dict[str, Part] = {
    "label and hint": entry(typed(), label=plain(2_000), hint=plain(2_000)),
    "flags": entry(typed(), optional=True, dispatch_action=True),
    "placeholder": entry(typed(placeholder=plain(150))),
    "text": entry(typed(initial_value="x" * 3_000, multiline=True)),
    "lengths": entry(typed(min_length=0, max_length=3_000)),
    "equal lengths": entry(typed(min_length=5, max_length=5)),
    "number": entry(number(min_value="-1", max_value="1.5", initial_value="0")),
    "day": entry(typed("datepicker", initial_date="2026-12-31")),
    "time": entry(typed("timepicker", initial_time="23:59")),
    "moment": entry(typed("datetimepicker", initial_date_time=1_767_268_800)),
    "files": entry(typed("file_input", max_files=10)),
    "initial option": entry(menu(initial_option=option())),
    "initial options": entry(menu("checkboxes", initial_options=[option()])),
    "description": entry(menu(options=[option(description=plain(75))])),
    "marked boxes": entry(menu("checkboxes", options=[option(text=marked())])),
    "ten radio buttons": entry(menu("radio_buttons", options=[option(str(n)) for n in range(10)])),
    "option value": entry(menu(options=[option("x" * 150)])),
    "most": entry(menu("multi_static_select", max_selected_items=1)),
    "leap day": entry(typed("datepicker", initial_date="2028-02-29")),
    "groups": entry(menu(options=None, option_groups=[GROUP], initial_option=option())),
    "external": entry(typed("external_select", min_query_length=0, initial_option=option("9"))),
    "lines": entry(typed("rich_text_input", min_lines=1, max_lines=100)),
    "filter": entry(typed("conversations_select", filter={"exclude_bot_users": True})),
}
REFUSED: dict[str, tuple[Part, str]] = {
    "no label": (entry(typed(), label=None), "/0"),
    "label": (entry(typed(), label=plain(2_001)), "/0/label/text"),
    "mrkdwn label": (entry(typed(), label=marked()), "/0/label/type"),
    "hint": (entry(typed(), hint=plain(2_001)), "/0/hint/text"),
    "mrkdwn hint": (entry(typed(), hint=marked()), "/0/hint/type"),
    "no element": (entry(None), "/0"),
    "optional": (entry(typed(), optional="yes"), "/0/optional"),
    "dispatching files": (entry(typed("file_input"), dispatch_action=True), "/0/element/type"),
    "placeholder": (entry(typed(placeholder=plain(151))), "/0/element/placeholder/text"),
    "text": (entry(typed(initial_value="x" * 3_001)), "/0/element/initial_value"),
    "min length": (entry(typed(min_length=-1)), "/0/element/min_length"),
    "max length": (entry(typed(max_length=3_001)), "/0/element/max_length"),
    "no length": (entry(typed(max_length=0)), "/0/element/max_length"),
    "crossed lengths": (entry(typed(min_length=6, max_length=5)), "/0/element/min_length"),
    "multiline": (entry(typed(multiline="yes")), "/0/element/multiline"),
    "decimals": (entry(typed("number_input")), "/0/element"),
    "number as number": (entry(number(min_value=1)), "/0/element/min_value"),
    "no number": (entry(number(initial_value="ten")), "/0/element/initial_value"),
    "crossed numbers": (entry(number(min_value="2", max_value="1")), "/0/element/min_value"),
    "day": (entry(typed("datepicker", initial_date="2026-13-01")), "/0/element/initial_date"),
    **{
        f"day {day}": (entry(typed("datepicker", initial_date=day)), "/0/element/initial_date")
        for day in ("2026-02-31", "2026-02-29", "2026-00-01", "20260101", "2026-W01-1", "")
    },
    "time": (entry(typed("timepicker", initial_time="24:00")), "/0/element/initial_time"),
    "moment": (
        entry(typed("datetimepicker", initial_date_time=1_767_268_800_000)),
        "/0/element/initial_date_time",
    ),
    "files": (entry(typed("file_input", max_files=11)), "/0/element/max_files"),
    "other initial option": (
        entry(menu(initial_option=option("2"))),
        "/0/element/initial_option",
    ),
    "odd initial option": (entry(menu(initial_option="1")), "/0/element/initial_option"),
    "other initial options": (
        entry(menu("checkboxes", initial_options=[option("2")])),
        "/0/element/initial_options",
    ),
    "description": (
        entry(menu(options=[option(description=plain(76))])),
        "/0/element/options/0/description/text",
    ),
    "marked option": (
        entry(menu(options=[option(text=marked())])),
        "/0/element/options/0/text/type",
    ),
    "option text": (
        entry(menu(options=[option(text=plain(76))])),
        "/0/element/options/0/text/text",
    ),
    "option value": (entry(menu(options=[option("x" * 151)])), "/0/element/options/0/value"),
    "eleven boxes": (
        entry(menu("checkboxes", options=[option(str(n)) for n in range(11)])),
        "/0/element/options",
    ),
    "most": (
        entry(menu("multi_static_select", max_selected_items=0)),
        "/0/element/max_selected_items",
    ),
    "address of an option": (
        entry(menu(options=[option(url="https://x.example")])),
        "/0/element/options/0",
    ),
    "address of a box": (
        entry(menu("checkboxes", options=[option(url="https://x.example")])),
        "/0/element/options/0",
    ),
    "options and groups": (entry(menu(option_groups=[GROUP])), "/0/element/option_groups"),
    "neither options nor groups": (entry(menu(options=None)), "/0/element"),
    "empty groups": (entry(menu(options=None, option_groups=[])), "/0/element/option_groups"),
    "empty option value": (entry(menu(options=[option("")])), "/0/element/options/0/value"),
    "endless number": (entry(number(initial_value="inf")), "/0/element/initial_value"),
    "placeholder of boxes": (entry(menu("checkboxes", placeholder=plain())), "/0/element"),
    "several of one": (entry(menu(max_selected_items=1)), "/0/element"),
    "dispatch on nothing": (
        entry(typed(dispatch_action_config={"trigger_actions_on": []})),
        "/0/element/dispatch_action_config/trigger_actions_on",
    ),
    "odd filter": (
        entry(typed("conversations_select", filter={"include": ["dm"]})),
        "/0/element/filter/include/0",
    ),
    "crossed lines": (
        entry(typed("rich_text_input", min_lines=2, max_lines=1)),
        "/0/element/min_lines",
    ),
    "action id": (entry(typed(action_id="x" * 256)), "/0/element/action_id"),
    "focus": (entry(typed(focus_on_load="yes")), "/0/element/focus_on_load"),
}


@pytest.mark.parametrize("block", TAKEN.values(), ids=TAKEN)
def test_what_is_taken(block: Part) -> None:
    """At its limit an input is taken."""
    assert view_problems(modal(block)) == []


@pytest.mark.parametrize(("block", "place"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(block: Part, place: str) -> None:
    """Beyond a limit it is refused, and the pointer names the place."""
    assert [problem.at for problem in view_problems(modal(block))] == [f"/view/blocks{place}"]
