"""What holds for every line that anybody can type."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.grammar import Buy, InvalidCommand, ListOrders, Rules, ShowOrder, parse, render
from bot.domain.grammar.problems import FOLD
from bot.domain.order_id import order_id_of
from bot.domain.request import PurchaseRequest, SimStatus
from tests.support.spellings import spellings
from tests.support.strategies import characters, requests
from tests.support.typed import RULES, typed

WORDS = [
    *("buy", "byu", "order", "orders", "all", "help", "7K2M9QXA"),
    *("0", "1", "10", "-5", "1,000", "1.5", "1001", "ten", "amount=", "amont=2"),
    *("tags=", "tags", "--tags", "taggs=a", "a", "b,c", ",", ",,"),
    *("note=", "note:", "—note", "note", "notee=", '"', "'", "“a", "b”", "'c", "d'", "\\"),
    *("whitelabel=", "status=", "status", "enabled", "standbye", "colour=red", "=", ":", "--"),
    *("group=", "6a09cdc3-8948-47f0-aa62-74ac943d6c58", "日本語", "🎉"),
]


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
def test_every_example_is_understood(line: str, limit: int, status: SimStatus) -> None:
    """What the bot proposes instead can be sent as it is, under any settings."""
    rules = Rules(max_amount=limit, default_status=status, command="/sims")
    problem = wrong(line, rules)
    assert problem is None or wrong(typed(problem.example, rules), rules) is None


@given(lines().filter(lambda line: "^" not in line))
def test_the_line_is_shown_whole_with_pointers(line: str) -> None:
    """However long, the line is there in rows that no client breaks, some with pointers below."""
    problem = wrong(line)
    if problem is None:
        return
    rows = problem.pointed().split("\n")
    shown = [row for row in rows if "^" not in row]
    assert "".join(shown).replace(" ", "") == problem.line.replace(" ", "")
    assert all(len(row) <= FOLD for row in shown)
    assert len(shown) < len(rows)


@given(lines().filter(lambda line: line.isascii() and "^" not in line))
def test_every_problem_is_pointed_at(line: str) -> None:
    """Right below the first character of every wrong part stands a pointer."""
    problem = wrong(line)
    if problem is None:
        return
    rows = [row.ljust(FOLD + 1) for row in problem.pointed().split("\n")]
    below = [under for row, under in pairwise([*rows, ""]) if "^" not in row]
    end = len(problem.line) - (len(problem.line) % FOLD == 0)
    for found in problem.problems:
        row, column = divmod(min(found.start, end), FOLD)
        assert below[row][column] == "^"


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
    assert parse(render(request), RULES) == Buy(request)


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
    command = parse(render(request), Rules(default_status=default))
    assert isinstance(command, Buy)
    assert command.request.status is (request.status if request.status_chosen else default)


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
