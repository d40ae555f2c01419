"""A confirmation: the whole ICCIDs as far as Slack takes them, and buttons that carry the wish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activation.hand_out import MOST_MESSAGES, Columns, HandOutForm, Wish
from bot.domain.grammar import Activate, parse
from bot.slack.activation.wish_value import AskedHandOut, read_wish_value
from bot.slack.answers.confirmation import SEND, TO, confirmation, read_line, told
from tests.support.clock import NEW_YEAR
from tests.support.typed import RULES
from tests.unit.slack.reading import must_be_taken_by_slack, page
from tests.unit.slack.wild import UNHURRIED

if TYPE_CHECKING:
    from bot.slack.ephemeral import Answer

ANA, BEN, DAY = "U0ANA", "U0BEN", timedelta(hours=24)


@dataclass(frozen=True)
class Planned:
    """A plan as the engine makes it."""

    wish: Wish
    names: tuple[str, ...]
    order_id: str = "7K2M9QXA"
    title: str = "Telnyx"


def shown(count: int, called: str = "", **wish: Any) -> Answer:
    """The confirmation of so many eSIMs, as ana sees it."""
    asked = Wish(**({"subject": "7K2M9QXA", "to": ANA} | wish))
    names = tuple(f"8931080019{number:09}" for number in range(count))
    return confirmation(
        Planned(asked, names), AskedHandOut("id", NEW_YEAR, asked), ANA, called, DAY
    )


def elements(answer: Answer) -> list[dict[str, Any]]:
    """Every button and menu."""
    return [
        each for block in answer.blocks for each in block.get("elements", []) if "action_id" in each
    ]


@pytest.mark.parametrize("count", [1, MOST_MESSAGES])
def test_as_many_as_fit_messages(count: int) -> None:
    """Each whole ICCID is there, and a button that gives messages."""
    answer = shown(count)
    assert page(answer).count("8931080019") == count
    assert next(each["action_id"] for each in elements(answer)) == SEND


@pytest.mark.parametrize("count", [MOST_MESSAGES + 1, 100, 1000])
def test_more(count: int) -> None:
    """Files alone; ICCIDs that don't fit are told by number, the first and the last."""
    answer = shown(count)
    must_be_taken_by_slack(answer)
    assert SEND not in [each["action_id"] for each in elements(answer)]
    read = page(answer)
    assert f"{count:,} eSIMs" in read
    assert "8931080019000000000" in read
    assert f"8931080019{count - 1:09}" in read


def test_a_form_that_was_asked_for_has_its_button() -> None:
    """Also for many; it says which form it gives."""
    first, second, menu = elements(shown(500, form=HandOutForm.SHEET))
    assert (first["text"]["text"], first["action_id"]) == ("Send to you as sheet to print", SEND)
    assert second["text"]["text"] == "As ZIP file"
    assert menu["action_id"] == TO


def test_what_the_buttons_carry() -> None:
    """The same hand-out in each form: so it is given once, whichever is clicked."""
    asked = [read_wish_value(each["value"]) for each in elements(shown(1, to=BEN))[:3]]
    assert {each.id for each in asked if each} == {"id"}
    assert [each.wish.form for each in asked if each] == list(HandOutForm)
    assert {each.wish.to for each in asked if each} == {BEN}


@pytest.mark.parametrize("called", ["@dana", "@" + "ß" * 200, "<!channel>", "`*_"])
def test_whatever_somebody_is_called(called: str) -> None:
    """Slack takes it, and it rings nobody."""
    answer = shown(3, called, to=BEN)
    must_be_taken_by_slack(answer)
    assert "<!" not in str(elements(answer))


@given(
    st.sampled_from(HandOutForm),
    st.sampled_from(Columns),
    st.sampled_from(["", "telnyx"]),
    st.sampled_from(["7K2M9QXA", "8931080019073497795", "8" * 22]),
)
@UNHURRIED
def test_the_menu_asks_for_the_same(
    form: HandOutForm, columns: Columns, provider: str, subject: str
) -> None:
    """Its block carries the line, which is read back; a stranger's block is none."""
    columns = columns if form is HandOutForm.ARCHIVE else Columns.PLAIN
    provider = provider if form is not HandOutForm.SHEET else ""
    answer = shown(1, subject=subject, form=form, columns=columns, provider=provider)
    (block,) = [each for each in answer.blocks if TO in str(each)]
    line = read_line(block["block_id"])
    assert line is not None
    assert parse(line, RULES) == Activate(subject, "", form, columns, provider)
    assert len(block["block_id"]) <= 255


@pytest.mark.parametrize("block_id", [None, 1, "", "0-abc", "actions"])
def test_a_block_that_is_none_of_ours(block_id: object) -> None:
    """It carries no line."""
    assert read_line(block_id) is None


def test_a_long_report() -> None:
    """As many paragraphs as it needs; Slack takes them."""
    answer = told("\n".join(f"line {number} {'x' * 200}" for number in range(200)))
    must_be_taken_by_slack(answer)
    assert len(answer.blocks) > 2
    assert page(told("One line.")) == "One line.\n"
