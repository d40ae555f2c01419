"""Questions, complaints and thanks: nothing of them is made a purchase."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.grammar import Buy, InvalidCommand, parse
from tests.support.typed import RULES, asked, offered, refused

MARKS = [*"?¿՞؟፧⁇⁈⁉‽❓❔⸮﹖？", "\u037e", ":question:"]
BEGINS = ["", "buy ", "byu ", "bye ", "purchase ", "/esim buy ", "buy"]
RESTS = ["5 esims", "5 tags=a b", "3x", "1,000", "5 fleet", "5 enabled", "a dozen", "10 tags=a"]


def spending(line: str) -> list[str]:
    """The suggestions for a line that would ask for a purchase."""
    try:
        parse(line, RULES)
    except InvalidCommand as wrong:
        return [shown for shown in wrong.suggestions if shown.startswith("/esim buy ")]
    return []


@given(
    st.sampled_from(BEGINS), st.sampled_from(RESTS), st.sampled_from(MARKS), st.sampled_from(" .x")
)
def test_no_question_is_answered_with_a_purchase(
    begin: str, rest: str, mark: str, between: str
) -> None:
    """In whatever script the mark is, and wherever it stands: nothing that spends."""
    assert spending(f"{begin}{rest}{between.strip()}{mark}") == []
    assert spending(f"{begin}{rest}{between.strip()} {mark} thanks") == []


@pytest.mark.parametrize("line", ["buy 5 eSIMs?", "buy 5 sims ？", "buy 3 where are they?"])
def test_a_question_is_told_why_nothing_is_offered(line: str) -> None:
    """The mark is pointed at: without it the line is read again."""
    told = [problem.message for problem in refused(line).problems]
    assert "a question orders nothing; to order, write the line without the question mark" in told
    assert offered(line) == ["/esim help"]


def test_a_question_in_a_named_note_is_a_note() -> None:
    """A line that is right as it is may have any sign in its texts."""
    assert asked('buy 5 note="for Ben?"').note == "for Ben?"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        *[("10 esims cost?", "help"), ("100 esims left?", "help"), ("5 esims in stock?", "help")],
        *[("10 esims cancelled?", "orders"), ("5 esims approved", "orders")],
        *[("3 esims lost", "orders"), ("5 esims refund", "orders")],
        *[("3 esims please cancel", "help"), ("5 sims bought by ben", "help")],
        *[("2 esims wanted back", "help"), ("bug 3 esims do not work", "help")],
        *[("bye 3 esims missing", "orders"), ("boy 3 esims are slow", "help")],
        *[("guy 5", "help"), ("busy 5", "help"), ("but 5", "help"), ("buyer 10", "help")],
        *[("by 5 esims broke", "help"), ("purchase 5 broken", "help"), ("5 sims tags=?", "help")],
        *[("2 esims: what now", "help"), ("3 esims status pending", "help")],
        *[("5 esims tags=a cancel", "help"), ("10 broken tags=a", "help"), ("bay 3", "help")],
    ],
)
def test_a_complaint_is_answered_with_what_shows_something(line: str, shown: str) -> None:
    """A line with an amount and a noun is no purchase where it goes on about something."""
    assert offered(line) == [f"/esim {shown}"]


@pytest.mark.parametrize(
    ("line", "bought"),
    [
        *[("5 esims", "buy 5"), ("5 esims please", "buy 5"), ("5 SIM cards, thanks!", "buy 5")],
        *[("5 esims tags=a status=enabled", "buy 5 tags=a status=enabled")],
        *[("bye 3 tags=fleet", "buy 3 tags=fleet"), ("by 5", "buy 5"), ("byu 5 bitte", "buy 5")],
    ],
)
def test_a_purchase_without_its_verb_is_still_understood(line: str, bought: str) -> None:
    """Where nothing but options and courtesies follow, that is what was meant."""
    assert offered(line) == [f"/esim {bought}"]


COURTESIES = [
    *("please", "thanks", "thank you", "Thanks!", "thx", "🙏", "🙏🏽", ":pray:", "please, thanks"),
    *("bitte", "danke", "s'il vous plaît", "s'il te plait", "svp", "merci", "por favor"),
    *("gracias", "obrigado", "per favore", "grazie", "alstublieft", "dank je", "tak", "venligst"),
]


@given(st.integers(1, 1000), st.sampled_from(COURTESIES))
def test_a_courtesy_changes_nothing(amount: int, courtesy: str) -> None:
    """In the eight languages: who asks politely asks for the same."""
    assert asked(f"buy {amount} {courtesy}") == asked(f"buy {amount}")
    line = f"buy amount={amount} status=enabled {courtesy}"
    assert asked(line) == asked(f"buy {amount} status=enabled")


def test_a_courtesy_among_other_words_is_a_word() -> None:
    """Where something else is loose, or it stands in quotes, it may be part of a name."""
    thanked = ['/esim buy 5 tags="fleet thanks"', '/esim buy 5 note="fleet thanks"']
    assert offered("buy 5 fleet thanks") == thanked
    assert offered('buy 5 "thanks"') == ["/esim buy 5 tags=thanks", "/esim buy 5 note=thanks"]
    assert isinstance(parse("buy 5 note=thanks", RULES), Buy)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        *[("cancel 10", "orders"), ("approve 5", "orders"), ("confirm 5", "orders")],
        *[("list 2026", "orders"), ("list 2026-01-01", "orders"), ("status 12", "orders")],
        *[
            ("where 123", "help"),
            ("cancel10", "help"),
            ("approve5", "help"),
            ("order5 now", "orders"),
        ],
        *[("cancel order 123", "orders"), ("cancel esims 123", "orders")],
        *[("approve ben 12345", "orders"), ("order for 12345", "orders")],
        *[("cancel 7K2M 9QXA", "order 7K2M9QXA"), ("order 7K2M 9QXA", "order 7K2M9QXA")],
        *[("cancel 7k2m-9qxa", "order 7K2M9QXA"), ("approve 7K2M9QXA!", "order 7K2M9QXA")],
    ],
)
def test_no_order_id_is_made_of_other_words(line: str, shown: str) -> None:
    """An id is put together only of parts that can be one."""
    assert offered(line) == [f"/esim {shown}"]
