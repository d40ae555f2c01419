"""The pieces that messages are made of: nothing breaks out of them, nothing is too long."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.catalogue.money import Money, Quote
from bot.domain.order import BOT
from bot.slack.mrkdwn import (
    clip,
    code,
    code_block,
    codes,
    cost,
    counted,
    duration_in_words,
    escape,
    esims,
    money,
    person,
    times,
    when,
)
from tests.support.strategies import characters
from tests.unit.slack.wild import UNHURRIED

ENTITY = re.compile(r"&(amp|lt|gt);")
RINGING = ["<!channel>", "<!here>", "<!everyone>", "<!subteam^S1|@all>", "<@U0EVE>", "<#C0EVE>"]


def texts() -> st.SearchStrategy[str]:
    """Text with everything that means something to Slack."""
    pieces = st.sampled_from([*RINGING, "&amp;", "&lt;", "```", "`", "<https://evil.example|here>"])
    return st.lists(pieces | characters(), max_size=30).map("".join)


def is_well_escaped(text: str) -> bool:
    """Whether no sign is left that Slack would act upon, and every entity is whole."""
    return not set(ENTITY.sub("", text)) & set("<>&")


@pytest.mark.parametrize("ringing", RINGING)
def test_no_mention_survives(ringing: str) -> None:
    """Text that looks like a mention is shown letter by letter, and rings nobody."""
    assert escape(ringing) == f"&lt;{ringing[1:-1]}&gt;"
    assert code(ringing) == f"`&lt;{ringing[1:-1]}&gt;`"


@given(texts(), st.integers(1, 60))
@UNHURRIED
def test_a_clip_is_escaped_and_short_enough(text: str, limit: int) -> None:
    """Whatever the text, a clip holds nothing that Slack acts upon, and never half an entity."""
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert is_well_escaped(clipped)


@given(texts(), st.integers(1, 60))
@UNHURRIED
def test_a_clip_shows_as_much_as_fits(text: str, limit: int) -> None:
    """Text that fits is shown whole; else its beginning, and a sign that there is more."""
    clipped, whole = clip(text, limit), escape(text)
    if len(whole) <= limit:
        assert clipped == whole
    else:
        assert clipped.endswith("…")
        assert whole.startswith(clipped[:-1])
        assert len(clipped) > limit - len("&amp;")


def test_a_clip_never_cuts_an_entity() -> None:
    """An entity that does not fit goes as a whole."""
    assert [clip("ab&cd", limit) for limit in range(3, 9)] == [
        "ab…",
        "ab…",
        "ab…",
        "ab…",
        "ab…",
        "ab&amp;…",
    ]
    assert clip("ab&cd", 9) == "ab&amp;cd"


@given(texts(), st.integers(1, 60))
@UNHURRIED
def test_code_can_not_be_ended_from_inside(text: str, limit: int) -> None:
    """No backtick of the text closes the fixed-width font, and nothing in it is a mention."""
    shown = code(text, limit)
    assert (shown[0], shown[-1]) == ("`", "`")
    assert "`" not in shown[1:-1]
    assert len(shown) <= limit + 2
    assert is_well_escaped(shown)


@given(texts(), st.integers(1, 60))
@UNHURRIED
def test_a_code_block_can_not_be_ended_from_inside(text: str, limit: int) -> None:
    """The fence stands at the beginning and at the end only."""
    shown = code_block(text, limit)
    assert re.findall("```", shown) == ["```"] * 2
    assert shown.startswith("```\n")
    assert shown.endswith("\n```")
    assert len(shown) <= limit + 8
    assert is_well_escaped(shown)


def test_a_code_block_keeps_single_backticks() -> None:
    """Only a fence would end the block."""
    assert code_block("a `b` ```c") == "```\na `b` '''c\n```"


@given(st.lists(texts(), max_size=40), st.integers(20, 400))
@UNHURRIED
def test_many_texts_are_shown_as_far_as_they_fit(many: list[str], limit: int) -> None:
    """The first ones in order, then how many more: none is half there, none is forgotten."""
    shown = codes(many, limit)
    told = re.search(r"and (\d+) more$", shown)
    left = int(told[1]) if told else 0
    kept = list(map(code, many[: len(many) - left]))
    assert shown == ", ".join(kept + [f"and {left} more"] * bool(left))
    assert len(", ".join(kept)) <= limit
    assert not left or len(", ".join(map(code, many[: len(kept) + 1]))) > limit


def test_texts_in_a_row() -> None:
    """Tags as the card shows them; none at all is an empty text."""
    assert codes(["fleet", "emea"]) == "`fleet`, `emea`"
    assert codes([]) == ""
    assert codes(["a" * 30] * 40, 99) == f"`{'a' * 30}`, `{'a' * 30}`, and 38 more"


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 eSIMs"), (1, "1 eSIM"), (2, "2 eSIMs"), (1000, "1,000 eSIMs")]
)
def test_a_number_of_esims(count: int, shown: str) -> None:
    """One is not several, and large numbers are easy to read."""
    assert esims(count) == shown


def test_counting() -> None:
    """Any noun; and how often something was done."""
    assert [counted(count, "look") for count in (1, 2)] == ["1 look", "2 looks"]
    assert [times(count) for count in (0, 1, 2, 1000)] == [
        "0 times",
        "once",
        "2 times",
        "1,000 times",
    ]


def test_a_person_is_mentioned_by_id() -> None:
    """Names change and repeat; the bot has no id that means something to a reader."""
    assert person("U0ANA") == "<@U0ANA>"
    assert person(BOT) == "the bot"


def test_a_time_is_shown_in_the_readers_zone() -> None:
    """Slack gets the moment, and UTC for whoever can't show it; the zone it came in is the same."""
    noon = datetime(2026, 1, 1, 12, 5, 59, tzinfo=UTC)
    shown = "<!date^1767269159^{date_short_pretty} at {time}|2026-01-01 12:05 UTC>"
    assert when(noon) == shown
    assert when(noon.astimezone(timezone(timedelta(hours=-11)))) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-5, "less than a second"),
        (0, "less than a second"),
        (0.4, "less than a second"),
        (0.6, "1 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (3600, "1 h"),
        (3605, "1 h 5 s"),
        (3661, "1 h 1 min"),
        (14_400, "4 h"),
        (30 * 86_400 + 60, "720 h 1 min"),
    ],
)
def test_a_duration_in_two_parts_at_most(seconds: float, shown: str) -> None:
    """As exact as somebody who reads it needs; clocks that disagree do no harm."""
    assert duration_in_words(timedelta(seconds=seconds)) == shown


@pytest.mark.parametrize(
    ("cents", "currency", "shown"),
    [
        (0, "USD", "$0.00"),
        (7, "USD", "$0.07"),
        (70, "EUR", "€0.70"),
        (210, "GBP", "£2.10"),
        (123_456_789, "USD", "$1,234,567.89"),
        (700, "CHF", "7.00 CHF"),
    ],
)
def test_money(cents: int, currency: str, shown: str) -> None:
    """Exact to the cent, with the currency that it is in."""
    assert money(cents, currency) == shown


def test_a_cost_is_told_in_both_its_parts() -> None:
    """What is paid at once, and what comes every month."""
    once, monthly = Money(cents=700, currency="CHF"), Money(cents=2000, currency="CHF")
    assert cost(Quote(once=once, monthly=monthly)) == "7.00 CHF once, then 20.00 CHF a month"
    assert cost(Quote(once=once)) == "7.00 CHF once"
