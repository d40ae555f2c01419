"""The button of a confirmation says what is given to whom; what is not ours is not read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activation.hand_out import Columns, HandOutForm, Wish
from bot.slack.activation.wish_value import AskedHandOut, read_wish_value, wish_value

AT = datetime(2026, 11, 27, 23, 40, 12, 345000, UTC)
WISH = Wish(
    subject="7K2M9QXA", to="U0DANA", form=HandOutForm.ARCHIVE, columns=Columns.ANDROID, provider="x"
)
ASKED = AskedHandOut("h-1_A", AT, WISH)


def changed(**parts: Any) -> str:
    """The value of a button, with parts changed."""
    return json.dumps({**json.loads(wish_value(ASKED)), **parts})


def test_a_value_says_what_was_written() -> None:
    """Every part comes back as it was, the time to the microsecond."""
    assert read_wish_value(wish_value(ASKED)) == ASKED
    assert len(wish_value(ASKED)) < 300


@given(form=st.sampled_from(HandOutForm), columns=st.sampled_from(Columns), at=st.datetimes())
def test_every_wish_comes_back(form: HandOutForm, columns: Columns, at: datetime) -> None:
    """Each form and each kind of columns, at any time."""
    asked = AskedHandOut(
        "x", at.replace(tzinfo=UTC), Wish(subject="89", to="W1", form=form, columns=columns)
    )
    assert read_wish_value(wish_value(asked)) == asked


def test_a_value_that_no_button_takes_is_not_made() -> None:
    """Slack would refuse the whole message."""
    with pytest.raises(ValueError, match="more than a button takes"):
        wish_value(ASKED._replace(wish=WISH.model_copy(update={"subject": "8" * 2000})))


@pytest.mark.parametrize(
    "value",
    [
        None,
        7,
        "",
        "7K2M9QXA:3",
        "[]",
        "null",
        "{",
        changed(id=""),
        changed(id="a b"),
        changed(id=7),
        changed(at="2026-11-27T23:40:12"),
        changed(at="yesterday"),
        changed(more=1),
        changed(wish=None),
        changed(wish={"subject": "7K2M9QXA"}),
        changed(wish={"subject": "7K2M9QXA", "to": "dana"}),
        changed(wish={"subject": "7K2M9QXA", "to": "U0DANA", "form": "poster"}),
        changed(wish={"subject": "7K2M9QXA", "to": "U0DANA", "code": "x"}),
        " " * 2001,
    ],
)
def test_what_is_not_ours_is_not_read(value: object) -> None:
    """Half a value, a stranger's, one of another button: nobody is given anything by it."""
    assert read_wish_value(value) is None
