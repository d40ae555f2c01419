"""Order ids: short enough to be read aloud, and read back from any handwriting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.thing import ID_ALPHABET, ID_LENGTH, order_id_of, read_order_id


@pytest.mark.parametrize(
    ("number", "order_id"),
    [
        (0, "00000000"),
        (31, "0000000Z"),
        (32, "00000010"),
        (2**40 - 1, "ZZZZZZZZ"),
        (0x39AC_2A5B_AA, "76P2MPXA"),
    ],
)
def test_a_number_is_written_in_crockfords_base_32(number: int, order_id: str) -> None:
    """Five bits a character, the largest first."""
    assert order_id_of(number) == order_id


def test_no_letter_looks_like_another() -> None:
    """I, L, O and U are never written, and every character is there once."""
    assert not set("ILOU") & set(ID_ALPHABET)
    assert len(set(ID_ALPHABET)) == len(ID_ALPHABET) == 32


@pytest.mark.parametrize(
    "written", ["7K2M01XA", "7k2m01xa", "#7K2M01XA", "`7K2M01XA`", "7K2MOIXA", "7k2molxa"]
)
def test_an_id_is_read_as_people_write_it(written: str) -> None:
    """Small letters, marks around it, and letters that look like digits are all understood."""
    assert read_order_id(written) == "7K2M01XA"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "7K2M9QX",
        "7K2M9QXAA",
        "7K2M9QXU",
        "7K2M-9QXA",
        " 7K2M9QXA",
        "\uff17K2M9QXA",
        "7K2M9QX\n",
    ],
)
def test_anything_else_is_no_id(written: str) -> None:
    """What can't be an id is not looked up."""
    assert read_order_id(written) is None


@given(st.integers(0, 2**40 - 1))
def test_every_id_is_read_back(number: int) -> None:
    """What the bot writes, it understands."""
    order_id = order_id_of(number)
    assert len(order_id) == ID_LENGTH
    assert read_order_id(order_id.lower()) == order_id


@given(st.integers(0, 2**40 - 1), st.integers(0, 2**40 - 1))
def test_different_numbers_have_different_ids(one: int, other: int) -> None:
    """All forty bits of chance are in the id."""
    assert (order_id_of(one) == order_id_of(other)) == (one == other)


@given(st.text())
def test_any_text_is_an_id_or_none(text: str) -> None:
    """What is read is always a proper id."""
    order_id = read_order_id(text)
    assert order_id is None or (len(order_id) == ID_LENGTH and set(order_id) <= set(ID_ALPHABET))
