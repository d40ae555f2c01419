"""What phones, keyboards and copying do to a line, undone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.typography import fold, straighten
from tests.support.strategies import characters


@pytest.mark.parametrize("quote", "“”„‟″«»")
def test_double_quotes_are_straight(quote: str) -> None:
    """Every kind of double quote opens and closes a text."""
    assert straighten(f"a{quote}b") == 'a"b'


@pytest.mark.parametrize("quote", "‘’‚‛′")
def test_single_quotes_are_straight(quote: str) -> None:
    """Every kind of single quote and apostrophe is the plain one."""
    assert straighten(f"a{quote}b") == "a'b"


@pytest.mark.parametrize(
    "space", ["\t", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\xa0", "\u2003", "\u2028", "\u3000"]
)
def test_every_space_is_plain(space: str) -> None:
    """Line breaks, tabs and typographic spaces separate words like a space."""
    assert straighten(f"a{space}b") == "a b"


@pytest.mark.parametrize("control", ["\0", "\a", "\x1b", "\x7f", "\x80", "\x9f"])
def test_control_characters_are_spaces(control: str) -> None:
    """Nothing that moves a terminal's cursor reaches a log or a message."""
    assert straighten(f"a{control}b") == "a b"


@pytest.mark.parametrize(
    "invisible",
    [*"\u00ad\u200b\u200e\u200f\u2060\ufeff", *"\u202a\u202b\u202c\u202d\u202e", *"\u2066\u2069"],
)
def test_invisible_characters_are_gone(invisible: str) -> None:
    """No two lines look the same and mean something else, or read backwards."""
    assert straighten(f"a{invisible}b") == "ab"


def test_half_a_character_is_shown_as_unreadable() -> None:
    """A lone surrogate, which nothing could store, becomes the replacement character."""
    assert straighten("a\ud83db\udfff") == "a\ufffdb\ufffd"


@pytest.mark.parametrize(
    "text", ["", "plain text", "日本語", "🎉", "👩\u200d🚀", "e\u0301", "—–-", "`~^"]
)
def test_other_text_stays(text: str) -> None:
    """Scripts, emoji and their joiners, accents and dashes are the person's own."""
    assert straighten(text) == text


def test_folding_leaves_single_spaces() -> None:
    """Text is the same however it was wrapped."""
    assert fold("  two\n\n words \u200b ") == "two words"
    assert fold(" \t ") == ""


@given(st.text(characters()) | st.text())
def test_straightening_once_is_enough(text: str) -> None:
    """A line that is shown and copied back is read as before."""
    assert straighten(straighten(text)) == straighten(text)
    assert fold(fold(text)) == fold(text)


@given(st.text(characters()) | st.text())
def test_straight_text_can_be_stored_and_has_only_plain_spaces(text: str) -> None:
    """Whatever was typed fits into UTF-8, and its words are separated by plain spaces alone."""
    straight = straighten(text)
    assert straight.encode().decode() == straight
    assert straight.split() == [word for word in straight.split(" ") if word]
