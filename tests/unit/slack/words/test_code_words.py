"""What came of a hand-out, and why there is no code of an eSIM, each with the next step."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from inline_snapshot import snapshot

from bot.domain.activation.code import WhyNoCode
from bot.domain.activation.errors import NotGiven
from bot.domain.activation.hand_out import HandOut, HandOutForm, MissingCode
from bot.slack.ephemeral import plain
from bot.slack.words.codes import missing_words, report_words
from bot.slack.words.refusals import words_of
from tests.support.orders import some_sims
from tests.unit.slack.activation.given import DANA, hand_out
from tests.unit.slack.reading import must_be_taken_by_slack, page, references
from tests.unit.slack.wild import UNHURRIED, nasty


@dataclass(frozen=True)
class Report:
    """What came of a hand-out."""

    found: int
    missing: tuple[MissingCode, ...]
    hand_out: HandOut


def missing(why: WhyNoCode, number: int = 1, detail: str = "") -> MissingCode:
    """An eSIM without a code."""
    (sim,) = some_sims(1, first=number)
    return MissingCode(number, sim.iccid or "", why, detail)


def told(found: int, *lacking: MissingCode, **parts: Any) -> str:
    """What whoever had it given reads."""
    return report_words(Report(found, lacking, hand_out(**parts)))


@pytest.mark.parametrize(
    ("why", "words", "following"),
    [
        (WhyNoCode.INSTALLED, "a code works once", "a new one must be bought"),
        (WhyNoCode.NOT_READY, "not ready yet", "Ask again in a minute"),
        (WhyNoCode.GONE, "the provider has ended it", "A new one must be bought"),
        (WhyNoCode.NOT_KNOWN, "not known to the provider", "Look at the digits"),
        (WhyNoCode.NONE, "a physical SIM card", "The provider's portal"),
        (WhyNoCode.UNREADABLE, "is no activation code", "ask again later"),
        (WhyNoCode.PROVIDER_DOWN, "could not be asked", "ask again in a few minutes"),
    ],
)
def test_each_reason_has_its_own_words(why: WhyNoCode, words: str, following: str) -> None:
    """What is so, and what the person can do about it."""
    said = missing_words(missing(why))
    assert said.startswith("eSIM `89310410106543000001` is ")
    assert words in said
    assert following in said
    assert said.endswith(".")


def test_no_two_reasons_read_alike() -> None:
    """All of them are told."""
    assert len({missing_words(missing(why)) for why in WhyNoCode}) == len(WhyNoCode)


def test_the_providers_own_words_are_added() -> None:
    """Escaped, after ours."""
    said = missing_words(missing(WhyNoCode.NOT_READY, detail="SIM <is> registering"))
    assert said.endswith("(The provider says: SIM &lt;is&gt; registering)")


def test_all_were_given() -> None:
    """To whom, how many, where they are, and when they go."""
    assert page(plain(told(3, by="U0ANA", to=DANA))) == snapshot("""\
:white_check_mark: @U0DANA has the activation codes of 3 eSIMs of order 7K2M9QXA, as direct
messages. They go when Done is pressed there, or after a while by themselves.
""")


def test_own_codes() -> None:
    """Whoever asked for themselves is spoken to."""
    said = told(1, to="U0ANA", form=HandOutForm.ARCHIVE)
    assert "You have the activation code of 1 eSIM of order `7K2M9QXA`" in said
    assert "as a ZIP file in your direct messages" in said


def test_one_code_is_one_message() -> None:
    """Nobody looks for more of them."""
    assert ", as a direct message. " in told(1, by="U0ANA", to=DANA)
    assert ", as direct messages. " in told(2, by="U0ANA", to=DANA)


def test_some_are_missing() -> None:
    """Each reason once, with its eSIMs: one eSIM has a sentence, many a count and a list."""
    lacking = [missing(WhyNoCode.INSTALLED, number) for number in range(4, 44)]
    lacking += [missing(WhyNoCode.NOT_READY, 3)]
    assert page(plain(told(2, *lacking))) == snapshot("""\
:white_check_mark: @U0DANA has the activation codes of 2 eSIMs of order 7K2M9QXA, as direct
messages. They go when Done is pressed there, or after a while by themselves.
:warning: 40 eSIMs (89310410106543000004, 89310410106543000005, 89310410106543000006,
89310410106543000007, 89310410106543000008, and 35 more) are each already installed on a
phone: a code works once, and nobody can have it again. If the eSIM was lost from that
phone, a new one must be bought.
:warning: eSIM 89310410106543000003 is not ready yet: the provider is still registering it.
Ask again in a minute.
""")


def test_none_was_given() -> None:
    """It is plain that nobody got anything, and that nothing was spent."""
    said = told(0, missing(WhyNoCode.PROVIDER_DOWN, detail="HTTP 503"))
    assert f"No activation code of order `7K2M9QXA` could be had, so <@{DANA}> got none" in said
    assert "Nothing was bought or changed." in said
    assert "you got none" in told(0, missing(WhyNoCode.GONE), to="U0ANA", order_id="")


def test_slack_is_not_blamed_for_an_interruption() -> None:
    """Where another process took a hand-out over, Slack refused nothing."""
    said = words_of(NotGiven("interrupted"))
    assert "Slack did not" not in said
    assert "what stood of them is deleted" in said
    assert "Slack did not take all of it (`fatal_error`)" in words_of(NotGiven("fatal_error"))


@UNHURRIED
@given(detail=nasty(2000), iccid=nasty(200))
def test_words_as_no_sane_provider_finds_them(detail: str, iccid: str) -> None:
    """A thousand eSIMs for every reason fit into a message, and nobody is mentioned."""
    lacking = [
        MissingCode(number, f"{iccid}{number}", why, detail)
        for why in WhyNoCode
        for number in range(1, 4)
    ]
    said = plain(told(1, *lacking))
    must_be_taken_by_slack(said)
    assert references(said) <= {f"@{DANA}"}


def test_a_thousand_without_a_code() -> None:
    """The answer still fits into one message."""
    lacking = [missing(why, number) for number, why in enumerate([*WhyNoCode] * 150, 1)]
    must_be_taken_by_slack(plain(told(0, *lacking)))
