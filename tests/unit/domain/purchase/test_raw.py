"""What a provider returned of a SIM card: kept as text, and the same when it is read."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.domain.purchase.raw import RawFields
from bot.domain.purchase.sim import Sim


def storable(text: str) -> bool:
    """Whether UTF-8 can hold it."""
    return text.encode("utf-8", "replace").decode() == text


@given(st.dictionaries(st.text().filter(storable), st.text().filter(storable) | st.integers()))
def test_fields_are_read_as_they_were_returned(fields: dict[str, str | int]) -> None:
    """The same names in the same order, each with its value; equal in any order."""
    raw = RawFields(fields)
    assert list(raw.items()) == list(fields.items())
    assert len(raw) == len(fields)
    assert raw == fields == raw.read() == eval(repr(raw))  # noqa: S307 - of our own making
    backwards = RawFields(dict(reversed(fields.items())))
    assert raw == backwards == RawFields(backwards)
    assert hash(raw) == hash(backwards)
    assert raw != {**fields, "another": 1, "one": 2}
    assert raw != 1


def test_what_cannot_be_written_down() -> None:
    """Halves of characters and numbers that are none are replaced; the rest is kept."""
    raw = RawFields(
        {"half": "a\ud83d", "none": math.nan, "much": math.inf, "deep": [{"x": -math.inf}]}
    )
    assert raw == {"half": "a?", "none": None, "much": None, "deep": [{"x": None}]}


def test_sim_cards_have_fields_of_their_own() -> None:
    """A SIM card without fields has none, and one that is read back has its own."""
    assert Sim().fields == {}
    sim = Sim(iccid="89", fields={"outer": {"inner": [1]}, "ß": "漢"})
    assert Sim.model_validate_json(sim.model_dump_json()) == sim
    assert sim.model_copy(update={"fields": {"other": 1}}).model_dump()["fields"] == {"other": 1}
    with pytest.raises(KeyError):
        _ = sim.fields["none"]


@pytest.mark.parametrize("fields", [[], "text", 1, None])
def test_fields_that_are_no_object(fields: object) -> None:
    """A SIM card never gets anything else in place of its fields."""
    with pytest.raises(ValidationError):
        Sim.model_validate({"iccid": "89", "fields": fields})
