"""What holds for every line about codes and holders that anybody can type."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.activation.assignment import LONGEST_NAME
from bot.domain.activation.hand_out import Columns, HandOutForm
from bot.domain.activation.holders import is_address, is_mention
from bot.domain.grammar import (
    Activate,
    Assign,
    Assigned,
    AssignLines,
    Buy,
    CodeCommand,
    Command,
    InvalidCommand,
    Unassign,
    parse,
    written,
)
from bot.domain.grammar.codes.code_forms import NOBODY
from bot.domain.thing import order_id_of
from bot.domain.typography import fold
from tests.support.requests import FORMS
from tests.support.strategies import characters, folded
from tests.support.typed import RULES, typed

OTHERS = {"me", "myself", *NOBODY}
"""What is never a name."""
WORDS = [
    *("activate", "handout", "assign", "unassign", "assigned", "7K2M9QXA", "send", "codes", "of"),
    *("8931080019073497795", "8931", "0800", "1907 3497 795", "795F", "to=", "to", "@dana", "@"),
    *("dana", "dana@example.com", "name=", "Truck 12", "as=", "as", "zip", "sheet", "format="),
    *(
        "android",
        "apple",
        "from=",
        "telnyx",
        "not",
        "don't",
        "for",
        "me",
        "?",
        '"',
        "'",
        ",",
        "x=1",
    ),
]


def lines() -> st.SearchStrategy[str]:
    """Lines that are almost ours, and any text behind one of our verbs."""
    verbs = st.sampled_from(WORDS[:5])
    words = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
    return words | st.builds("{} {}".format, verbs, words | st.text(characters(), max_size=40))


def iccids() -> st.SearchStrategy[str]:
    """Digits of an ICCID of any length that there is."""
    return st.text("0123456789", min_size=18, max_size=22)


def mentions() -> st.SearchStrategy[str]:
    """Names as Slack shows them."""
    return folded(20, but="@").map("@{}".format).map(fold).filter(is_mention)


def names() -> st.SearchStrategy[str]:
    """Names of people and of lines."""
    return (
        folded(LONGEST_NAME)
        .map(lambda text: " ".join(text.split()))
        .filter(lambda text: not text.startswith("@") and text.lower() not in {*OTHERS, ""})
    )


def activations() -> st.SearchStrategy[Activate]:
    """Every wish for codes that can be typed."""
    ids = st.integers(0, 2**40 - 1).map(order_id_of)
    archive = st.builds(
        Activate,
        ids | iccids(),
        st.just("") | mentions(),
        st.just(HandOutForm.ARCHIVE),
        st.sampled_from(Columns),
        st.sampled_from(["", "telnyx"]),
    )
    others = st.builds(
        Activate,
        ids | iccids(),
        st.just("") | mentions(),
        st.sampled_from([HandOutForm.MESSAGES, HandOutForm.SHEET]),
    )
    return archive | others


def assigning() -> st.SearchStrategy[CodeCommand]:
    """Every line about holders that can be typed."""
    ids = st.integers(0, 2**40 - 1).map(order_id_of)
    people = mentions() | st.just("me") | st.just("dana@example.com")
    return (
        st.builds(Assign, iccids(), people, st.just("") | names())
        | st.builds(Assign, iccids(), names())
        | st.builds(Assign, iccids(), st.just(""), names())
        | st.builds(AssignLines, ids)
        | st.builds(Unassign, iccids())
        | st.builds(Assigned, st.just("") | ids | iccids())
    )


def read_or_refused(line: str) -> Command | InvalidCommand:
    """What the line asks for, or what is wrong with it."""
    try:
        return parse(line, RULES)
    except InvalidCommand as wrong:
        return wrong


@given(activations() | assigning())
def test_what_is_written_is_read_back(command: CodeCommand) -> None:
    """No name, with whatever quotes or backslashes, changes on the way."""
    assert parse(written(command, FORMS), RULES) == command


@given(lines())
def test_a_line_is_understood_or_refused_with_a_right_one(line: str) -> None:
    """Every suggestion can be sent as it is, comes back as it is written, and buys nothing."""
    read = read_or_refused(line)
    if not isinstance(read, InvalidCommand):
        assert parse(written(read, FORMS), RULES) == read
        return
    assert read.problems
    assert read.suggestions
    for suggestion in read.suggestions:
        again = parse(typed(suggestion), RULES)
        assert written(again, FORMS) == typed(suggestion)
        assert not isinstance(again, Buy)


@given(lines())
def test_nobody_gets_codes_whom_the_line_does_not_name(line: str) -> None:
    """Whoever is read as the recipient, or as the holder, stands in the line."""
    command = read_or_refused(line)
    if isinstance(command, Activate | Assign) and command.to != "me":
        assert " ".join(command.to.split()) in " ".join(fold(line).split())
    if isinstance(command, Assign) and is_address(command.to):
        assert "@" in line


@pytest.mark.parametrize("junk", ["1 ", "8931 ", "7K2M9QXA ", "of ", "@a ", "to=@a ", "not ", "- "])
@pytest.mark.parametrize("begin", ["activate ", "assign 7K2M9QXA to=", "assigned "])
def test_time_does_not_explode_with_the_line(begin: str, junk: str) -> None:
    """A line of junk four times as long takes about four times as long, not sixteen."""
    read_or_refused(begin + junk * 10)
    quarter, whole = (min(_seconds(begin + (junk * n)[:n]) for _ in range(3)) for n in (950, 3800))
    assert whole < 10 * quarter + 0.02


def _seconds(line: str) -> float:
    start = time.process_time()
    read_or_refused(line)
    return time.process_time() - start
