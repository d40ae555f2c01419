"""Who has which eSIM as one person reads it, and as files; the form and what it holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activation.assignment import LONGEST_NAME, Assignment, Holder
from bot.domain.activation.lines import InvalidLines, LineProblem, read_lines
from bot.slack.answers.assign_form import FIELD, assign_form, mistakes, order_of, pasted
from bot.slack.answers.assigned import (
    all_assigned,
    assigned_files,
    assigned_list,
    forgotten,
    now_assigned,
)
from bot.slack.modals import field_errors
from tests.support.clock import NEW_YEAR
from tests.unit.slack.reading import must_be_taken_by_slack, page
from tests.unit.slack.wild import UNHURRIED, nasty

ICCIDS = tuple(f"8931080019{number:09}" for number in range(1000))


def assigned(iccid: str = ICCIDS[0], **holder: str) -> Assignment:
    """Somebody has it."""
    return Assignment(
        iccid=iccid, holder=Holder(**holder), by="U0ANA", at=NEW_YEAR, order_id="7K2M9QXA"
    )


def rich(*elements: dict[str, Any]) -> dict[str, Any]:
    """A form that was sent, with this in its field."""
    value = {"type": "rich_text", "elements": list(elements)}
    return {
        "private_metadata": "7K2M9QXA",
        "state": {"values": {FIELD: {FIELD: {"rich_text_value": value}}}},
    }


def paragraph(*parts: dict[str, Any]) -> dict[str, Any]:
    """A paragraph of the field."""
    return {"type": "rich_text_section", "elements": list(parts)}


def words(text: str) -> dict[str, Any]:
    """Plain text in it."""
    return {"type": "text", "text": text}


@given(nasty(LONGEST_NAME), st.integers(1, 120))
@UNHURRIED
def test_whatever_a_holder_is_called(name: str, count: int) -> None:
    """Slack takes every answer, and nobody is rung."""
    several = [assigned(iccid, name=name, email=name) for iccid in ICCIDS[:count]]
    for answer in (
        now_assigned(several[0], "/esim"),
        all_assigned(several, "/esim"),
        forgotten(several[0]),
        assigned_list(several, "7K2M9QXA", "/esim"),
    ):
        must_be_taken_by_slack(answer)


def test_more_than_a_message_holds() -> None:
    """How many more there are, and where, is told."""
    many = [assigned(iccid, person="U0BEN") for iccid in ICCIDS]
    read = page(assigned_list(many, "", "/esim"))
    assert "…and 960 more, which are in the files." in read
    assert "All as files" in read


def test_what_the_audit_has_of_it() -> None:
    """It keeps that somebody said it: who was told to have an eSIM is what it does not keep."""
    read = page(assigned_list([assigned(person="U0BEN")], "", "/esim"))
    assert "audit keeps that it was said, not who has the eSIM" in " ".join(read.split())


def test_no_formula_is_run() -> None:
    """A name that a spreadsheet would run is harmless in the CSV file, and text in the workbook."""
    evil = [assigned(name="=HYPERLINK(1)", email="+cmd@x.y")]
    workbook, text = assigned_files(evil, "")
    content = text.content().decode("utf-8-sig")
    assert ",'+cmd@x.y,'=HYPERLINK(1)," in content
    assert workbook.content().startswith(b"PK")
    assert (workbook.name, text.name) == ("holders.xlsx", "holders.csv")


def test_what_is_pasted() -> None:
    """Paragraphs, lines within them, lists; people, addresses and links as they were typed."""
    view = rich(
        paragraph(words("Dana\nEve, "), {"type": "link", "url": "mailto:eve@example.com"}),
        paragraph({"type": "user", "user_id": "U0BEN"}, words(" Truck 12")),
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [
                paragraph(words("Lee")),
                paragraph({"type": "link", "url": "https://a.example", "text": "a.example"}),
            ],
        },
        paragraph({"type": "emoji", "name": "truck"}, {"type": "new"}),
    )
    assert pasted(view).split("\n") == [
        *("Dana", "Eve, eve@example.com", "<@U0BEN> Truck 12", "Lee", "a.example", ":truck:"),
    ]
    assert order_of(view) == "7K2M9QXA"


@pytest.mark.parametrize(
    "element",
    [
        {"type": "usergroup", "usergroup_id": "S0FLEET"},
        {"type": "channel", "channel_id": "C0OPS000000"},
        {"type": "broadcast", "range": "here"},
    ],
)
def test_a_line_that_names_many(element: dict[str, Any]) -> None:
    """A group, a channel, everybody: the line is refused, never left out without a word."""
    lines = pasted(rich(paragraph(element, words("\nDana Smith"))))
    with pytest.raises(InvalidLines) as caught:
        read_lines(lines, ICCIDS, ())
    assert [(each.number, each.why) for each in caught.value.problems] == [
        (1, "this is no e-mail address; for a person, type @ and pick the name from the list")
    ]


@pytest.mark.parametrize("view", [{}, {"state": None}, {"state": {"values": {FIELD: {}}}}])
def test_a_form_that_holds_nothing(view: dict[str, Any]) -> None:
    """It is no failure: there are no lines."""
    assert (pasted(view), order_of(view)) == ("", None)


@pytest.mark.parametrize("assigned_ones", [(), ICCIDS[:2], ICCIDS])
def test_the_form(assigned_ones: tuple[str, ...]) -> None:
    """What is free is told; its parts are as long as Slack takes them."""
    form = assign_form("7K2M9QXA", ICCIDS, frozenset(assigned_ones))
    assert len(form["title"]["text"]) <= 24
    assert len(form["blocks"]) == 3
    free = len(ICCIDS) - len(assigned_ones)
    assert (f"{free:,} eSIMs of 1,000" in str(form)) == bool(free)


def test_many_wrong_lines() -> None:
    """The first ones are told whole, the number of the others too, within what a field shows."""
    with pytest.raises(InvalidLines) as caught:
        read_lines("x, 9999\n" * 9, ICCIDS, ())
    wrong = mistakes(caught.value, "x, 9999\n" * 9, "/esim")
    told = field_errors(wrong.problems, {FIELD: FIELD})[FIELD]
    assert told.startswith("Nothing was assigned. Line 1, 'x, 9999': no eSIM of this order")
    assert " · Line 2, 'x, 9999': " in told
    assert told.endswith("…and 7 more wrong lines.")
    assert len(told) <= 300


def test_people_in_wrong_lines() -> None:
    """A field's error shows no mention: nobody reads an id there, cut in its middle."""
    text = f"{'Lee ' * 5}<@U0BEN000000> <@U0EVE000000>"
    with pytest.raises(InvalidLines) as caught:
        read_lines(text, ICCIDS, ())
    told = mistakes(caught.value, text, "/esim").problems[0].message
    assert "U0" not in told
    assert "Lee @person" in told
    assert told.endswith("Right: @person")


def test_one_wrong_line() -> None:
    """With a line that is right."""
    problem = LineProblem(2, "Dana, 9999", "no eSIM of this order has this ICCID", "Dana, 7795")
    wrong = mistakes(InvalidLines([problem]), "a\nDana, 9999", "/esim")
    assert wrong.problems[0].message == (
        "Nothing was assigned. Line 2, 'Dana, 9999': no eSIM of this order has this ICCID. "
        "Right: Dana, 7795"
    )
    assert wrong.suggestions == ("/esim assigned",)
