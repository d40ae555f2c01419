"""Words of a provider: no activation code, PIN or PUK is left in them, in whatever encoding."""

import base64
import hashlib
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activation.code import ActivationCode
from bot.providers.text import clean, plain_words

LIMIT = 5000
HOSTS = st.from_regex(r"[a-z]{2,8}\.[a-z]{2,8}(\.[a-z]{2,5})?(:[0-9]{2,4})?", fullmatch=True)
IDS = st.from_regex(r"[A-Z0-9]{4,12}(-[A-Z0-9]{1,8}){0,4}", fullmatch=True)
CODES = st.builds(ActivationCode.of, HOSTS, IDS)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


WRITTEN: Final[dict[str, Callable[[ActivationCode], str]]] = {
    "whole": lambda code: code.text,
    "small prefix": lambda code: code.text.replace("LPA", "lpa"),
    "bare": lambda code: code.text[4:],
    "with a flag": lambda code: f"{code.text}$$1",
    "link for iPhones": lambda code: code.iphone_link,
    "link for Android": lambda code: code.android_link,
    "link, not encoded": lambda code: f"https://x.example/?carddata={code.text}",
}
ENCODED: Final[dict[str, Callable[[str], str]]] = {
    "as it is": lambda text: text,
    "percent": lambda text: quote(text, safe=""),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent in small letters": lambda text: quote(text, safe="").replace("%3A", "%3a"),
    "base64": _base64,
    "base64 for links": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 without padding": lambda text: _base64(text).rstrip("="),
    "base64 in percent": lambda text: quote(_base64(text), safe=""),
    "percent in base64": lambda text: _base64(quote(text, safe="")),
    "base64 twice": lambda text: _base64(_base64(text)),
}
GLUED = {
    "alone": "{}",
    "in brackets": "({})",
    "as a value": "code={};",
    "in quotes": '{{"code":"{}"}}',
    "behind a slash": "codes/{}",
    "as data": "data:text/plain;base64,{}",
}
PLAIN = st.one_of(
    st.from_regex(r"[a-z]{1,12}[.,;]?", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}", fullmatch=True),
    st.from_regex(r"[0-9]{18,22}", fullmatch=True),
    st.uuids().map(str),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
    st.from_regex(r"esim-[0-9A-Z]{8}-[1-9]{1,3}", fullmatch=True),
    st.from_regex(r"\+[0-9]{8,14}", fullmatch=True),
    st.sampled_from(["sim_card_group_id", "data_limit_exceeded", "$0.70", "5$", "100%", "8%25"]),
    st.sampled_from(["/data/attributes/amount", "https://api.example/v2/sim_cards", "a@b.example"]),
).filter(lambda word: not word.startswith(("pin", "puk")))


@st.composite
def secrets(draw: st.DrawFn) -> str:
    """An activation code in one of its forms, in an encoding, glued to something."""
    code = WRITTEN[draw(st.sampled_from(list(WRITTEN)))](draw(CODES))
    encode = ENCODED[draw(st.sampled_from(list(ENCODED)))]
    return GLUED[draw(st.sampled_from(list(GLUED)))].format(encode(code))


@given(secrets(), st.lists(PLAIN, max_size=3), st.lists(PLAIN, max_size=3))
def test_no_code_is_left(secret: str, before: list[str], after: list[str]) -> None:
    """However it is written and encoded, it goes with what it is glued to, and only that goes."""
    assert clean(" ".join([*before, secret, *after]), LIMIT) == " ".join([*before, *after])


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("form", WRITTEN)
def test_each_form_in_each_encoding(form: str, encoding: str) -> None:
    """None of them is left to chance."""
    code = ActivationCode.of("rsp.telnyx.example", "A1B2-C3D4E5")
    for glue in GLUED.values():
        assert clean(glue.format(ENCODED[encoding](WRITTEN[form](code))), LIMIT) == ""


@given(st.lists(PLAIN, max_size=8))
def test_what_is_harmless_stays(words: list[str]) -> None:
    """Ids, ICCIDs, times, amounts, paths and sentences come out as they were."""
    assert clean(" ".join(words), LIMIT) == " ".join(words)


@given(st.binary(max_size=8), st.integers(60, 900))
def test_pictures_are_left_out(seed: bytes, size: int) -> None:
    """Long base64 is the picture of a code, with or without what says so."""
    picture = base64.b64encode(hashlib.shake_256(seed).digest(size)).decode()
    for text in (picture, f"data:image/png;base64,{picture}"):
        assert clean(f"see {text} here", LIMIT) == "see here"


def test_a_picture_that_is_cut() -> None:
    """The start of a picture is enough to know it."""
    assert clean("see iVBORw0KGgoAAAANSUhEUg here", LIMIT) == "see here"


@pytest.mark.parametrize(
    "text",
    [
        "PIN 1234",
        "pin1: 1234",
        "PIN1=1234",
        "pin_1 1234",
        "PUK 12345678",
        "puk2:12345678",
        "PUK code is 12345678",
        "PUK1 is '12345678'",
        "PIN/PUK: 1234 / 12345678",
        "pin-code: 4321",
        "PIN1 1234 PUK1 12345678",
        '"pin1":"1234","puk1":"12345678"',
        "PIN LPA:1$a.example$B 1234",
    ],
)
def test_no_pin_is_left(text: str) -> None:
    """Neither a PIN nor a PUK is left, however it is written."""
    left = clean(f"Use {text} now", LIMIT)
    assert not any(sign.isdigit() and sign != "1" for sign in left), left
    assert left.startswith("Use")
    assert left.endswith("now")


@pytest.mark.parametrize(
    "text", ["shipping 12345", "PIN 123456789", "a spin 1234", "PIN codes differ", "puk", "Pinned"]
)
def test_what_is_no_pin(text: str) -> None:
    """Other words and other numbers stay."""
    assert clean(text, LIMIT) == text


@pytest.mark.parametrize("value", [None, True, False, 1.5, [], {}, ["a"], b"a"])
def test_what_is_no_text(value: object) -> None:
    """It is left out."""
    assert clean(value, LIMIT) == ""


def test_one_printable_line() -> None:
    """Breaks, tabs and control characters become spaces, one between two words."""
    assert clean(" a\x1b\n  b\u2028c ", LIMIT) == "a b c"
    assert clean(8931, 3) == "893"


def test_what_is_cut_has_no_space_at_its_end() -> None:
    """A cut between two words leaves no space."""
    assert clean("ab cd", 3) == "ab"


@given(st.text(max_size=300), st.integers(0, 40))
def test_any_text(text: str, limit: int) -> None:
    """Whatever it holds, it comes out as one printable line within its limit, and stays so."""
    cleaned = clean(text, limit)
    assert len(cleaned) <= limit
    assert cleaned.isprintable()
    assert clean(cleaned, limit) == cleaned


@given(CODES, st.sampled_from(["{}", "'{}'", "(id:{})", "{}."]))
def test_words_about_a_code(code: ActivationCode, glue: str) -> None:
    """A part of a code alone can't be told from other words: so only plain words are kept."""
    matching_id, host, whole = (
        glue.format(part) for part in (code.matching_id, code.host, code.text)
    )
    text = f"The eSIM {matching_id} at {host} is installed, {whole} was used."
    assert plain_words(text, LIMIT) == "The eSIM at is installed, was used."


def test_plain_words() -> None:
    """Sentences stay readable; they are cut like all others, and what is no text is none."""
    assert plain_words("SIM card can't be activated (it is in use).", 99) == (
        "SIM card can't be activated (it is in use)."
    )
    assert plain_words("The PIN, not 1234, of ABCDEFG", 99) == "The PIN, not of"
    assert plain_words("already installed", 8) == "already"
    assert plain_words(["no"], 99) == ""
