"""Views as a whole: what frames a modal, what a Home tab may have, and how many blocks."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.blockkit import Problem, blocks_too_long, completed, message_problems, view_problems
from tests.sandbox.blockkit.samples import (
    Part,
    actions,
    entry,
    home,
    marked,
    menu,
    modal,
    plain,
    section,
    typed,
)

TAKEN: dict[str, Part] = {
    "frame": modal(title=plain(24), submit=plain(24), close=plain(24)),
    "names": modal(private_metadata="x" * 3_000, callback_id="x" * 255, external_id="x" * 255),
    "no submit": modal(section(), submit=None),
    "hundred blocks": modal(*[{"type": "divider"}] * 100),
    "flags": modal(clear_on_close=True, notify_on_close=True, submit_disabled=False),
    "one focus": modal(entry(typed(focus_on_load=True)), entry(typed(focus_on_load=False))),
    "empty home": home(),
    "home": home(section(), private_metadata="x", callback_id="x", external_id="x"),
    "home with an input": home(entry(typed())),
    "hundred blocks at home": home(*[section() for _ in range(100)]),
}
REFUSED: dict[str, tuple[Part, str]] = {
    "no type": ({"blocks": []}, "/type"),
    "other type": (modal(type="popup"), "/type"),
    "title": (modal(title=plain(25)), "/title/text"),
    "no title": (modal(title=None), ""),
    "mrkdwn title": (modal(title=marked()), "/title/type"),
    "submit": (modal(submit=plain(25)), "/submit/text"),
    "mrkdwn close": (modal(close=marked()), "/close/type"),
    "close": (modal(close=plain(25)), "/close/text"),
    "input without submit": (modal(entry(typed()), submit=None), ""),
    "metadata": (modal(private_metadata="x" * 3_001), "/private_metadata"),
    "metadata as object": (modal(private_metadata={}), "/private_metadata"),
    "callback id": (modal(callback_id="x" * 256), "/callback_id"),
    "external id": (modal(external_id="x" * 256), "/external_id"),
    "flag": (modal(notify_on_close="yes"), "/notify_on_close"),
    "no blocks": (modal(blocks=None), ""),
    "empty modal": (modal(blocks=[]), "/blocks"),
    "blocks as object": (modal(blocks={}), "/blocks"),
    "block as text": (modal("x"), "/blocks/0"),
    "too many blocks": (modal(*[{"type": "divider"}] * 101), "/blocks"),
    "same block": (modal(section(block_id="a"), section(block_id="a")), "/blocks/1/block_id"),
    "two focuses": (modal(*[entry(typed(focus_on_load=True))] * 2), "/blocks"),
    "home with a title": (home(title=plain()), ""),
    "home with a button": (home(submit=plain()), ""),
    "home that tells": (home(notify_on_close=True), ""),
    "too many at home": (home(*[{"type": "divider"}] * 101), "/blocks"),
}


@pytest.mark.parametrize("view", TAKEN.values(), ids=TAKEN)
def test_what_is_taken(view: Part) -> None:
    """A view is taken up to the documented limits."""
    assert view_problems(view) == []


@pytest.mark.parametrize(("view", "place"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(view: Part, place: str) -> None:
    """Beyond them there is one problem, and it names the place."""
    assert [problem.at for problem in view_problems(view)] == [f"/view{place}"]


def test_every_problem_is_told() -> None:
    """All that is wrong is told at once, in the order of the view."""
    view = modal(section(text=plain(3_001)), entry(menu(options=[])), title=plain(25))
    assert [problem.at for problem in view_problems(view, at="")] == [
        "/title/text",
        "/blocks/0/text/text",
        "/blocks/1/element/options",
    ]


@pytest.mark.parametrize(
    ("problem", "code", "field", "text"),
    [
        (
            Problem("missing required field: text", "/blocks/0"),
            "missing_required_field",
            "text",
            "[ERROR] missing required field: text [json-pointer:/blocks/0]",
        ),
        (
            Problem("unsupported type: x", "/0/type"),
            "unsupported_type",
            "type",
            "[ERROR] unsupported type: x [json-pointer:/0/type]",
        ),
        (
            Problem("no more than 10 items allowed", "/blocks/0/fields/10"),
            "failed_constraint",
            "fields",
            "[ERROR] no more than 10 items allowed [json-pointer:/blocks/0/fields/10]",
        ),
        (Problem("wrong", ""), "failed_constraint", "", "[ERROR] wrong [json-pointer:]"),
    ],
)
def test_a_problem_is_for_people_and_programs(
    problem: Problem, code: str, field: str, text: str
) -> None:
    """A problem has a code and a field, and reads like one of Slack's."""
    assert (problem.code, problem.field, str(problem)) == (code, field, text)


def test_the_pointers_start_where_the_blocks_are() -> None:
    """A message's blocks can be anywhere; so can a view."""
    wrong: list[dict[str, Any]] = [{"type": "banner"}]
    assert [problem.at for problem in message_problems(wrong, "")] == ["/0/type"]
    assert [problem.at for problem in message_problems(wrong)] == ["/blocks/0/type"]
    assert [problem.at for problem in view_problems(modal(*wrong), "/v")] == ["/v/blocks/0/type"]


def test_the_cap_over_all_texts() -> None:
    """Every text counts towards the cap: in fields, buttons, cells and rich texts."""
    full = [section(text=plain(3_000)) for _ in range(4)]
    assert not blocks_too_long(full)
    for more in (
        section(),
        {"type": "section", "fields": [plain()]},
        actions({"type": "button", "text": plain()}),
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]},
    ):
        assert blocks_too_long([*full, more])


def test_what_slack_fills_in() -> None:
    """Blocks and elements get ids where they have none, in inputs too, in a copy."""
    given = [entry(typed()), section(accessory=menu(action_id="mine"), block_id="mine")]
    first, second = completed(given)
    assert len(first["block_id"]) == len(first["element"]["action_id"]) == 5
    assert first["label"]["emoji"] is True
    assert (second["block_id"], second["accessory"]["action_id"]) == ("mine", "mine")
    assert "block_id" not in given[0]
