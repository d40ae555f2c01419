"""What phones, keyboards and copying do to a line, undone."""

from unittest.mock import Mock

import pytest
import text_to_num
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.typography import (
    clipped,
    clusters,
    fold,
    length,
    numbers_in_words,
    plainly,
    question_in,
    straighten,
    width,
)
from tests.support.strategies import characters


@pytest.mark.parametrize("quote", '"“”„‟″«»「」『』〝〞〟﹁﹂﹃﹄＂｢｣')
def test_double_quotes_have_one_plain_sign(quote: str) -> None:
    """Every kind of double quote opens and closes a text, and stays what it is within one."""
    assert plainly(f"a{quote}b") == 'a"b'
    assert straighten(f"a{quote}b") == f"a{quote}b"


@pytest.mark.parametrize("quote", "'‘’‚‛′‹›＇")
def test_single_quotes_have_one_plain_sign(quote: str) -> None:
    """Every kind of single quote and apostrophe means the plain one, and stays what it is."""
    assert plainly(f"a{quote}b") == "a'b"
    assert straighten(f"a{quote}b") == f"a{quote}b"


@pytest.mark.parametrize(
    ("signs", "plain"),
    [
        (",，、،､﹐﹑፣᠂꓾߸", ","),
        (";；؛﹔⁏", ";"),
        ("|｜", "|"),
        (":：﹕︓∶፥", ":"),
        ("=＝﹦꞊", "="),
        ("-–—−‒―‐‑－﹣﹘⸺〜־᠆", "-"),
        ("5５٥۵५๕৫𝟓𝟧", "5"),
        ("bｂ𝐛𝒃𝗯", "b"),
        ("×", "x"),
    ],
)
def test_every_script_has_its_own_signs(signs: str, plain: str) -> None:
    """Separators, dashes, digits and wide letters of every script mean the plain ones."""
    assert plainly(signs) == plain * len(signs)


@pytest.mark.parametrize("text", ["²", "½", "⑤", "Ⅴ", "五", "ʻ", "é", "ß", "漢", "⁼", "🎉", "・"])
def test_what_means_more_than_a_plain_sign_stays(text: str) -> None:
    """A power, a fraction, or a letter that looks like a sign is not made another one."""
    assert plainly(text) == text


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
    "text",
    [
        "",
        "plain text",
        "日本語",
        "🎉",
        "👩\u200d🚀",
        "5\ufe0f\u20e3",
        "می\u200cخواهم",
        "—–-",
        "“`~^”",
    ],
)
def test_other_text_stays(text: str) -> None:
    """Scripts, emoji and their joiners, quotes and dashes are the person's own."""
    assert straighten(text) == text


def test_letters_are_composed() -> None:
    """A letter and its accent are one letter, however a keyboard or a file name wrote them."""
    assert straighten("Cafe\u0301") == "Caf\u00e9"
    assert straighten("Cafe\u200b\u0301") == "Caf\u00e9"


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d", "\ufe0f", "\U000e0061"])
def test_a_joiner_that_joins_nothing_is_gone(joiner: str) -> None:
    """No invisible sign makes another word of `buy` or another number of 5."""
    assert straighten(f"{joiner}b{joiner}uy 5{joiner} ５{joiner}") == "buy 5 ５"


def test_a_letter_carries_only_so_many_marks() -> None:
    """A line of nothing but marks is read in no time, where composing it would take minutes."""
    assert len(straighten("a" + "\u0316\u0301" * 20_000)) < 40


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("ab", [1, 1]),
        ("日本", [2, 2]),
        ("e\u0301x", [1, 1]),
        ("👩\u200d🚀!", [2, 1]),
        ("👍🏽", [2]),
        ("🇩🇪🇫🇷", [2, 2]),
        ("❤\ufe0f", [2]),
        ("Ａ", [2]),
    ],
)
def test_characters_are_counted_as_people_do(text: str, widths: list[int]) -> None:
    """A letter with its marks is one, and so is an emoji; each has its columns."""
    assert [width(cluster) for cluster in clusters(text)] == widths
    assert length(text) == len(widths)


def test_a_long_text_is_clipped_by_its_columns() -> None:
    """Wide letters need two, and none is cut in half."""
    assert clipped("日本語の長い", 8) == "日本語…"
    assert clipped("a" * 8, 8) == "a" * 8
    assert clipped("a" * 9, 8) == "a" * 7 + "…"


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("ten", [10]),
        ("TWENTY-five", [25]),
        ("one hundred and five", [105]),
        ("fünfundzwanzig", [25]),
        ("vingt et un", [21]),
        ("veintiuno", [21]),
        ("vinte e cinco", [25]),
        ("ventuno", [21]),
        ("vijfentwintig", [25]),
        ("femogtyve", [25]),
    ],
)
def test_numbers_are_read_in_eight_languages(words: str, numbers: list[int]) -> None:
    """English, German, French, Spanish, Portuguese, Italian, Dutch and Danish."""
    assert numbers_in_words(words.split()) == (numbers, True)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("tres", [3, 60]),
        ("once", [11]),
        ("due", [2]),
        ("to", [2]),
        ("a dozen", [12]),
        ("two dozen", [24]),
        ("a hundred", [100]),
        ("second", []),
        ("non", []),
        ("zero five", []),
        ("ten or", []),
        ("fleet", []),
        ("", []),
        ("-", []),
        ("5", []),
        ("日本", []),
    ],
)
def test_numbers_that_nobody_can_be_sure_of(words: str, numbers: list[int]) -> None:
    """A word with two readings, or a common word of another language, is never simply taken."""
    assert numbers_in_words(words.split() or [""]) == (numbers, False)


class Panic(BaseException):
    """What a compiled library raises where it breaks."""


@pytest.mark.parametrize("raised", [Panic, ValueError, RuntimeError, OverflowError])
def test_a_number_reader_that_breaks_reads_no_number(
    raised: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A panic in compiled code is no exception of Python's, and still ends nothing."""
    monkeypatch.setattr(text_to_num, "text2num", Mock(side_effect=raised("broken")))
    assert numbers_in_words(["ten"]) == ([], False)


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_ends_the_process_is_passed_on(
    raised: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop that comes while a number is read is a stop."""
    monkeypatch.setattr(text_to_num, "text2num", Mock(side_effect=raised))
    with pytest.raises(raised):
        numbers_in_words(["ten"])


@pytest.mark.parametrize(
    "word", ["десять", "δέκα", "日本", "tenʻ", "ｔｅｎ", "te\u0301n", "𝐭𝐞𝐧", "ﬁve"]
)
def test_only_letters_of_the_languages_are_read_as_numbers(
    word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The compiled reader is never given what none of its languages can have."""
    reader = Mock(side_effect=Panic("broken"))
    monkeypatch.setattr(text_to_num, "text2num", reader)
    assert numbers_in_words([word]) == ([], False)
    assert not reader.called


@pytest.mark.parametrize("mark", [*"?¿՞؟፧‽❓？", "\u037e", ":question:", ":interrobang:"])
def test_every_script_has_its_question_mark(mark: str) -> None:
    """A question is seen in whatever script it was asked."""
    found = question_in(f"so {mark}")
    assert found is not None
    assert found[0] == mark


def test_folding_leaves_single_spaces() -> None:
    """Text is the same however it was wrapped."""
    assert fold("  two\n\n words \u200b ") == "two words"
    assert fold(" \t ") == ""


@given(st.text(characters()) | st.text())
def test_straightening_once_is_enough(text: str) -> None:
    """A line that is shown and copied back is read as before."""
    assert straighten(straighten(text)) == straighten(text)
    assert fold(fold(text)) == fold(text)
    assert plainly(plainly(text)) == plainly(text)
    assert len(plainly(text)) == len(text)


@given(st.text(characters()) | st.text())
def test_straight_text_can_be_stored_and_has_only_plain_spaces(text: str) -> None:
    """Whatever was typed fits into UTF-8, and its words are separated by plain spaces alone."""
    straight = straighten(text)
    assert straight.encode().decode() == straight
    assert straight.split() == [word for word in straight.split(" ") if word]
