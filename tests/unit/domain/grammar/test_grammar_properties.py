"""What holds for every line that anybody can type."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.grammar import Buy, InvalidCommand, ListOrders, Rules, ShowOrder, parse, render
from bot.domain.grammar.commands import written
from bot.domain.line.problems import FOLD
from bot.domain.request import PurchaseRequest
from bot.domain.thing import order_id_of
from bot.domain.typography import clusters, fold, straighten, width
from bot.providers.telnyx.form import SimStatus
from tests.support.requests import FORMS, rules
from tests.support.strategies import characters, requests
from tests.support.typed import RULES, typed
from tests.unit.domain.spellings import spellings

WORDS = [
    *("buy", "byu", "order", "orders", "all", "help", "7K2M9QXA"),
    *("0", "1", "10", "-5", "1,000", "1.5", "1001", "ten", "amount=", "amont=2"),
    *("tags=", "tags", "--tags", "taggs=a", "a", "b,c", ",", ",,"),
    *("note=", "note:", "—note", "note", "notee=", '"', "'", "“a", "b”", "'c", "d'", "\\"),
    *("whitelabel=", "status=", "status", "enabled", "standbye", "colour=red", "=", ":", "--"),
    *("eSIMs", "or", "x", "please", "５", "٣", "a dozen", "tres", "tags=my fleet", "thanks", "my"),
    *(
        "，",
        "、",
        "»a«",
        "「b」",
        "＝",
        "–",
        "\u200d",
        "e\u0301",
        "what",
        "approve",
        "list",
        "/esim",
    ),
    *("group=", "6a09cdc3-8948-47f0-aa62-74ac943d6c58", "日本語", "🎉"),
]

BUYS = re.compile(
    r"/|b|.?uy|\W*\d|\W*[^\W\d]*[٣५５²½]|ten|one|tres|a? ?dozen|amount|purchase|kauf|compr"
)
"""How a line may begin that asks to buy: a verb, perhaps misspelt, or an amount."""
NUMBERS = ["1", "2", "10", "000", "one", "two", "ten", "twenty", "hundred", "thousand", "or", "x"]


def spends(suggestion: str) -> bool:
    """Whether sending this line would ask for a purchase."""
    return suggestion.split(" ")[1] == "buy"


def lines() -> st.SearchStrategy[str]:
    """Lines of any characters, and lines that are almost commands."""
    words = st.lists(st.sampled_from(WORDS), max_size=12)
    almost = st.tuples(words, st.sampled_from([" ", "", "  "])).map(
        lambda line: line[1].join(line[0])
    )
    return st.text(characters(), max_size=60) | almost | almost.map("buy 10 {}".format)


def wrong(line: str, rules: Rules = RULES) -> InvalidCommand | None:
    """What is wrong with a line, or None when it is understood."""
    try:
        parse(line, rules)
    except InvalidCommand as problem:
        return problem
    return None


@given(lines())
def test_a_line_is_understood_or_refused_with_a_reason(line: str) -> None:
    """Nothing that is typed breaks the parser: any other exception fails this test."""
    problem = wrong(line)
    assert problem is None or all(found.message for found in problem.problems)
    assert problem is None or problem.problems


@given(st.text())
def test_any_text_at_all_is_answered(line: str) -> None:
    """The same for text without any thought of the grammar."""
    answers = [wrong(line), wrong(f"buy 10 {line}"), wrong(f"buy 10 note={line}")]
    assert all(answer is None or answer.problems for answer in answers)


@given(lines(), st.integers(1, 12), st.sampled_from(SimStatus))
def test_every_suggestion_is_understood(line: str, limit: int, status: SimStatus) -> None:
    """What the bot proposes can be sent as it is, and comes back as it is written."""
    own = rules(max_amount=limit, default_status=status, command="/sims")
    problem = wrong(line, own)
    for suggestion in problem.suggestions if problem else ():
        assert written(parse(typed(suggestion, own), own), FORMS) == typed(suggestion, own)
    assert problem is None or len(set(problem.suggestions)) == len(problem.suggestions) > 0


@given(lines().filter(lambda line: not BUYS.match(straighten(line).strip().lower())))
def test_only_a_purchase_is_answered_with_one(line: str) -> None:
    """A suggestion never spends where the line does not begin with a verb or an amount."""
    problem = wrong(line)
    bought = [] if problem is None else list(filter(spends, problem.suggestions))
    assert bought == []
    assert problem or not isinstance(parse(line, RULES), Buy)


@given(
    st.text(alphabet="0123456789 .,x-'eabc", max_size=12), st.sampled_from(["", " note=a", " b"])
)
def test_no_amount_is_larger_than_what_was_typed(amount: str, rest: str) -> None:
    """However a number is written, the one that is bought was there, digit by digit."""
    try:
        command = parse(f"buy {amount}{rest}", RULES)
    except InvalidCommand:
        return
    assert isinstance(command, Buy)
    assert str(command.request.amount) in [run.lstrip("0") for run in re.findall(r"\d+", amount)]


@given(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=4))
def test_only_one_number_is_taken(numbers: list[str]) -> None:
    """Of numbers in a row only those in words can make one; digits stand alone."""
    try:
        command = parse("buy " + " ".join(numbers), rules(max_amount=10**9))
    except InvalidCommand:
        return
    assert isinstance(command, Buy)
    assert len(numbers) == 1 or " ".join(numbers).replace(" ", "").isalpha()


@given(lines())
def test_a_line_is_shown_whole_in_rows_that_fit(line: str) -> None:
    """However long, the line is there in rows that no phone breaks, some with pointers below."""
    problem = wrong(line.replace("^", "*"))
    if problem is None:
        return
    rows = problem.pointed().split("\n")
    shown = [row for row in rows if set(row) - set("^ ")]
    assert "".join(shown).replace(" ", "") == problem.line.replace(" ", "")
    assert all(sum(map(width, clusters(row))) <= FOLD + 1 for row in rows)
    assert len(shown) < len(rows)


@given(lines().filter(lambda line: line.isascii() and "^" not in line))
def test_every_problem_is_pointed_at(line: str) -> None:
    """Right below the characters of every wrong part stand the pointers, and nowhere else."""
    problem = wrong(line)
    if problem is None:
        return
    rows = problem.pointed().split("\n")
    pairs = [(row, under) for row, under in pairwise([*rows, ""]) if set(row) - set("^ ")]
    pointed = [
        row[column]
        for row, under in pairs
        for column in range(len(row))
        if under[column:][:1] == "^"
    ]
    wanted = {
        n  # what is missing is pointed at where it should stand
        for found in problem.problems
        for n in range(found.start, max(found.end, found.start + 1))
    }
    expected = [problem.line[n] for n in sorted(wanted) if n < len(problem.line)]
    assert "".join(pointed).replace(" ", "") == "".join(expected).replace(" ", "")


@given(lines())
def test_every_problem_names_its_word(line: str) -> None:
    """Who reads the explanation sees which part it is about; only what is missing has no name."""
    problem = wrong(line)
    for found in problem.problems if problem else ():
        part = problem.line[found.start : found.end] if problem else ""
        assert bool(found.word) == bool(part.strip())
        assert found.word.rstrip("…") in fold(part)


@pytest.mark.parametrize(
    "junk",
    [
        *("x ", "-", "x=1 ", "x y=1 ", "tags=a,", "a,", '"', "“x", "' ", "\\", "ten ", "1 000 "),
        *(
            "tags x ",
            "note=a ",
            "status=a ",
            "status x ",
            "=",
            ":",
            "a=b ",
            "\u0301\u0316",
            "🎉",
            "٣",
        ),
    ],
)
@pytest.mark.parametrize("begin", ["", "buy ", "buy 1 note=", "buy 1 tags=", "order "])
def test_time_does_not_explode_with_the_line(begin: str, junk: str) -> None:
    """A line of junk four times as long takes about four times as long, not sixteen."""
    wrong(begin + junk * 10)
    quarter, whole = (min(_seconds(begin + (junk * n)[:n]) for _ in range(3)) for n in (950, 3800))
    assert whole < 10 * quarter + 0.02


def _seconds(line: str) -> float:
    start = time.process_time()
    problem = wrong(line)
    if problem:
        problem.pointed()
    return time.process_time() - start


@given(lines())
def test_places_are_in_the_line_and_in_order(line: str) -> None:
    """A problem begins in the line, or right after it when something is missing."""
    problem = wrong(line)
    if problem is None:
        return
    starts = [found.start for found in problem.problems]
    assert starts == sorted(starts)
    assert all(0 <= found.start <= len(problem.line) for found in problem.problems)
    assert all(found.start <= found.end <= len(problem.line) + 1 for found in problem.problems)


@given(requests())
def test_a_request_that_is_written_is_read_back(request: PurchaseRequest) -> None:
    """No tag, name or note, with whatever quotes or backslashes, changes on the way."""
    assert parse(render(request, FORMS), RULES) == Buy(request)


@given(st.data(), requests())
def test_every_spelling_of_a_request_asks_for_the_same(
    data: st.DataObject, request: PurchaseRequest
) -> None:
    """Order, names, signs, quotes and spaces never change what is bought."""
    line = data.draw(spellings(request))
    assert parse(line, RULES) == Buy(request)


@given(requests(), st.sampled_from(SimStatus))
def test_a_status_that_was_chosen_does_not_follow_the_setting(
    request: PurchaseRequest, default: SimStatus
) -> None:
    """A setting that changes between asking and asking again changes only what nobody chose."""
    command = parse(render(request, FORMS), rules(default_status=default))
    assert isinstance(command, Buy)
    assert command.request.options["status"] == (
        request.options["status"] if "status" in request.chosen else default
    )


@given(st.integers(0, 2**40 - 1), st.sampled_from(["{}", "#{}", "`{}`", " {} "]))
def test_every_order_can_be_asked_for(number: int, written: str) -> None:
    """Every id that the bot gives out is read back, in any case."""
    order_id = order_id_of(number)
    for shown in (order_id, order_id.lower()):
        assert parse(f"order {written.format(shown)}", RULES) == ShowOrder(order_id)


@given(st.text(characters(), max_size=10))
def test_only_all_lists_everybodys_orders(rest: str) -> None:
    """No stray text shows a channel what somebody asked to see alone."""
    try:
        command = parse(f"orders {rest}", RULES)
    except InvalidCommand:
        return
    assert command in {ListOrders(), ListOrders(everybody=True)}
    assert (command == ListOrders(everybody=True)) == (rest.strip().lower() == "all")
