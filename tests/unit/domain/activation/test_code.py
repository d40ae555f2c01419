"""Reading activation codes: what a phone needs, and nothing of it where it could be seen."""

import logging
import traceback
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activation.code import ActivationCode, UnreadableCode

HOSTS = st.from_regex(
    r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,8}[a-zA-Z0-9])?(\.[a-z]{2,6}){1,2}", fullmatch=True
)
IDS = st.from_regex(r"[a-zA-Z0-9-]{0,24}", fullmatch=True)
PREFIXES = st.sampled_from(["LPA:", "lpa:", "Lpa:", ""])
SPACES = st.sampled_from(["", " ", "\n", "\t "])


@given(PREFIXES, HOSTS, IDS, SPACES, SPACES)
def test_whatever_the_prefix_the_rest_goes_on_as_it_came(
    prefix: str, host: str, matching_id: str, before: str, after: str
) -> None:
    """No letter of a code changes its case: that would break it; the prefix is always there."""
    code = ActivationCode(f"{before}{prefix}1${host}${matching_id}{after}")
    assert code.text == f"LPA:1${host}${matching_id}"
    assert (code.host, code.matching_id) == (host, matching_id)
    assert not code.needs_confirmation


@given(HOSTS, IDS)
def test_parts_and_whole_are_the_same(host: str, matching_id: str) -> None:
    """A provider that gives host and id apart gives the same code as one that gives the text."""
    assert ActivationCode.of(host, matching_id) == ActivationCode(f"1${host}${matching_id}")


@given(HOSTS, IDS)
def test_the_links_hold_the_whole_text(host: str, matching_id: str) -> None:
    """What a phone reads out of a link is the code to the letter."""
    code = ActivationCode.of(host, matching_id)
    for link in (code.iphone_link, code.android_link):
        assert unquote(link.partition("carddata=")[2]) == code.text
        assert "$" not in link


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("LPA:1$smdp.io$K2", False),
        ("LPA:1$smdp.io$K2$1.3.6.1$", False),
        ("LPA:1$smdp.io$K2$1.3.6.1$0", False),
        ("LPA:1$smdp.io$K2$$1", True),
        ("LPA:1$smdp.io$K2$1.3.6.1.4$1", True),
        ("LPA:1$smdp.io$K2$$1$later$parts", True),
    ],
)
def test_a_flag_says_that_a_confirmation_code_is_needed(text: str, needed: bool) -> None:
    """The fourth part is the flag; parts of later versions do no harm, and go on."""
    code = ActivationCode(text)
    assert code.needs_confirmation is needed
    assert code.text == text


def test_a_confirmation_code_stays_beside_the_text() -> None:
    """It is never in what a QR code or a link holds."""
    code = ActivationCode("LPA:1$smdp.io$K2", " 4711 ")
    assert code.confirmation == "4711"
    assert code.needs_confirmation
    assert "4711" not in code.text + code.iphone_link + code.android_link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "LPA:",
        "LPA:1",
        "LPA:1$smdp.io",
        "LPA:2$smdp.io$K2",
        "LPA:1$$K2",
        "LPA:1$not a host!$K2",
        "LPA:1$smdp.io$K\u00e4",
        "LPA:1$smdp.io$K\x00",
        "https://smdp.io/$K2",
        "iVBORw0KGgoAAAANSUhEUg==",
        "K2-only",
    ],
)
def test_what_is_no_code_is_refused_without_a_word_of_it(text: str) -> None:
    """An answer that can't be read may still hold a secret: the error says nothing of it."""
    with pytest.raises(UnreadableCode) as refused:
        ActivationCode(text)
    assert refused.value.args == ()


@pytest.mark.parametrize("parts", [("", "K2"), ("smdp.io$x", "K2"), ("smdp.io", "K$2")])
def test_parts_that_would_shift_are_refused(parts: tuple[str, str]) -> None:
    """No part can become another one."""
    with pytest.raises(UnreadableCode):
        ActivationCode.of(*parts)


def test_a_code_never_shows_itself(caplog: pytest.LogCaptureFixture) -> None:
    """Not in a repr, a formatted text, a log line, or a traceback that goes through it."""
    code = ActivationCode("LPA:1$smdp.io$SECRET-1", "4711")
    logging.getLogger().warning("%s %r", code, [code])
    told = "".join(traceback.format_exception(RuntimeError(code)))
    shown = f"{code} {code!r} {[code]} {caplog.text} {told}"
    assert "SECRET" not in shown
    assert "4711" not in shown
    assert "ActivationCode(hidden)" in shown
