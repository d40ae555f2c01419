"""Which blocks and elements may be in a message, a modal and a Home tab, and in which blocks."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.blockkit import HOME, MESSAGE, MODAL, message_problems, view_problems
from tests.sandbox.blockkit.samples import (
    BLOCKS,
    IMAGE,
    Part,
    actions,
    entry,
    home,
    menu,
    modal,
    plain,
    section,
    typed,
)

ALL = {MESSAGE, MODAL, HOME}
SHOWN: dict[str, set[str]] = {
    "alert": {MODAL},
    "call": {MESSAGE},
    "carousel": {MESSAGE, HOME},
    "container": {MESSAGE, HOME},
    "context_actions": {MESSAGE},
    "data_table": {MESSAGE, HOME},
    "data_visualization": {MESSAGE, HOME},
    "file": {MESSAGE},
    "markdown": {MESSAGE},
    "plan": {MESSAGE},
    "table": {MESSAGE, HOME},
    "task_card": {MESSAGE},
}
WORKFLOW = typed(
    "workflow_button", text=plain(), workflow={"trigger": {"url": "https://x.example"}}
)
WHERE: dict[str, tuple[Part, set[str]]] = {
    **{kind: (block, SHOWN.get(kind, ALL)) for kind, block in BLOCKS.items()},
    "nothing in rich text": ({"type": "rich_text", "elements": []}, ALL),
    "moment in a row": (actions(typed("datetimepicker")), {MESSAGE, MODAL}),
    "moment in an input": (entry(typed("datetimepicker")), {MESSAGE, MODAL}),
    "files": (entry(typed("file_input")), {MODAL}),
    "workflow": (actions(WORKFLOW), {MESSAGE}),
    "workflow in a container": (
        BLOCKS["container"] | {"child_blocks": [actions(WORKFLOW)]},
        {MESSAGE},
    ),
}


def problems_on(surface: str, block: Part) -> list[str]:
    """Return what is wrong with one block on a surface."""
    if surface == MESSAGE:
        return [problem.what for problem in message_problems([block])]
    view = modal(block) if surface == MODAL else home(block)
    return [problem.what for problem in view_problems(view)]


@pytest.mark.parametrize(("block", "surfaces"), WHERE.values(), ids=WHERE)
def test_where_blocks_may_be(block: Part, surfaces: set[str]) -> None:
    """A block is taken where Slack shows it, and an unsupported type elsewhere."""
    for surface in ALL:
        found = problems_on(surface, block)
        assert (found == []) is (surface in surfaces), (surface, found)
        assert all(what.startswith("unsupported type: ") for what in found)


TYPED = ("email_text_input", "file_input", "plain_text_input", "rich_text_input", "url_text_input")
SELECTS = ("channels_select", "conversations_select", "external_select", "users_select")
PICKERS = ("datepicker", "timepicker", *SELECTS, *(f"multi_{kind}" for kind in SELECTS))
BUTTON = {"type": "button", "text": plain()}
HOLDERS: dict[str, tuple[Any, set[str]]] = {
    **{kind: (typed(kind), {"section", "actions", "input"}) for kind in PICKERS},
    **{kind: (typed(kind), {"input"}) for kind in TYPED},
    "number_input": (typed("number_input", is_decimal_allowed=True), {"input"}),
    "static_select": (menu(), {"section", "actions", "input"}),
    "checkboxes": (menu("checkboxes"), {"section", "actions", "input"}),
    "radio_buttons": (menu("radio_buttons"), {"section", "actions", "input"}),
    "overflow": (menu("overflow"), {"section", "actions"}),
    "button": (BUTTON, {"section", "actions"}),
    "datetimepicker": (typed("datetimepicker"), {"actions", "input"}),
    "image": (IMAGE, {"section"}),
    "workflow_button": (WORKFLOW, set()),  # in messages alone
    "unknown": (typed("lever"), set()),
}


@pytest.mark.parametrize(("element", "holders"), HOLDERS.values(), ids=HOLDERS)
def test_which_blocks_take_an_element(element: Any, holders: set[str]) -> None:
    """An element is taken in the blocks that Slack documents for it, and in no other."""
    blocks = {
        "section": section(accessory=element),
        "actions": actions(element),
        "input": entry(element),
    }
    for holder, block in blocks.items():
        found = view_problems(modal(block))
        assert (found == []) is (holder in holders), (holder, found)


@pytest.mark.parametrize(
    "block",
    [
        {"type": "actions", "elements": "x"},
        {"type": "actions", "elements": [1]},
        {"type": "actions"},
        {"type": "card", "title": plain(), "actions": {}},
        {"type": "section", "text": plain(), "accessory": []},
        {"type": ["section"]},
        {"type": "input", "label": plain(), "element": "x"},
        actions(typed(["x"])),  # type: ignore[arg-type]
    ],
)
def test_malformed_blocks_are_refused_everywhere(block: Part) -> None:
    """What has the wrong shape is told of, and breaks no check."""
    for surface in ALL:
        assert problems_on(surface, block)
