"""Which status a line asks for, and where nobody can say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.grammar import InvalidCommand, parse
from bot.domain.grammar.commands import written
from bot.providers.telnyx.form import SimStatus
from tests.support.requests import FORMS
from tests.support.typed import RULES, asked, offered

OPPOSITES = [
    *("not-enabled", '"not enabled"', "not enabled", "notenabled", "un-enabled", "unenabled"),
    *("unable", "enabled-later", "disenabled", "nonstandby", "never enabled", "undisabled"),
    *("kein standby", "isn't enabled", "pas enabled", "no-standby", "anti-enabled"),
    *("sinenabled", "senzastandby", "enabledoff"),
]
DENIALS = ["not", "un", "non", "dis", "no", "never", "nicht", "pas", "sin", "without", "don't"]


def meanings(line: str) -> list[str]:
    """What is taken from a line, or suggested for it."""
    try:
        return [written(parse(line, RULES), FORMS)]
    except InvalidCommand as wrong:
        return list(wrong.suggestions)


@pytest.mark.parametrize("status", OPPOSITES)
def test_the_opposite_of_a_status_is_no_misspelt_one(status: str) -> None:
    """Nobody who rules a status out is offered a line that asks for it."""
    assert offered(f"buy 5 status={status}") == ["/esim help"]


@pytest.mark.parametrize(
    "words", [word for word in OPPOSITES if not word.startswith(('"', "unable"))]
)
def test_a_loose_word_that_denies_a_status_is_unclear(words: str) -> None:
    """Without the name of the option it is no tag, no note, and no status either."""
    assert offered(f"buy 5 {words}") == ["/esim help"]


@given(
    st.sampled_from(DENIALS),
    st.sampled_from(["", "-", " ", " to be "]),
    st.sampled_from(SimStatus),
    st.sampled_from(["", "status=", "status: ", "tags=a status="]),
)
def test_no_denied_status_is_ever_offered(
    denial: str, between: str, status: SimStatus, name: str
) -> None:
    """However the two are joined, nothing with that status is taken or suggested."""
    line = f"{name}{denial}{between}{status}"
    assert not any(f"status={status}" in meant for meant in meanings(f"buy 5 {line}"))


@pytest.mark.parametrize(
    "several",
    [
        *("status=enabled,standby", "status=enabled/standby", "status=enabled or standby"),
        *("enabled/standby", "enabled or standby", "enabled, standby", "enabled standby"),
        *("status=enabled status=standby", 'status="enabled|standby"', "enabled & standby"),
    ],
)
def test_several_statuses_are_all_shown(several: str) -> None:
    """Of two statuses none is chosen: there is a line for each."""
    lines = ["/esim buy 5 status=enabled", "/esim buy 5 status=standby"]
    assert offered(f"buy 5 {several}") == lines


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        *[("enabeld", "enabled"), ("enable", "enabled"), ("Enabled.", "enabled")],
        *[("disbled", "disabled"), ("disable", "disabled"), ("stanby", "standby")],
    ],
)
def test_a_real_typo_of_a_status_is_still_understood(typo: str, meant: str) -> None:
    """A letter that is missing or in another's place leaves no doubt."""
    assert offered(f"buy 5 status={typo}") == [f"/esim buy 5 status={meant}"]
    assert offered(f"buy 5 {typo}") == [f"/esim buy 5 status={meant}"]


@pytest.mark.parametrize("words", ["enabled fleet", "fleet enabled"])
def test_a_status_at_the_edge_of_loose_words_may_be_one(words: str) -> None:
    """What stands next to a status is offered with it, and as one text."""
    assert set(offered(f"buy 5 {words}")) == {
        f'/esim buy 5 tags="{words}"',
        f'/esim buy 5 note="{words}"',
        "/esim buy 5 tags=fleet status=enabled",
        "/esim buy 5 status=enabled note=fleet",
    }


@pytest.mark.parametrize("words", ["enabled fleet standby", "fleet, not enabled", "enablement"])
def test_words_that_cloud_a_status_are_asked_back(words: str) -> None:
    """With two statuses, a no, or half a status among loose words, nothing is offered."""
    assert offered(f"buy 5 {words}") == ["/esim help"]


@pytest.mark.parametrize("note", ["not enabled", "enabled or standby", "please don't standby"])
def test_a_note_about_a_status_is_a_note(note: str) -> None:
    """The end of a named text is no option where it belongs to the word before it."""
    assert asked(f"buy 5 note={note}").note == note
