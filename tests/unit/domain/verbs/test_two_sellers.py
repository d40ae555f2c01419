"""A purchase where several providers sell: what is needed, and options that only one has."""

import pytest
from inline_snapshot import snapshot

from bot.domain.grammar import InvalidCommand, Rules, parse
from tests.support.harness.traveller import FORM
from tests.support.requests import FORM as TELNYX
from tests.support.typed import asked, explained, messages, offered

RULES = Rules({form.provider: form for form in (TELNYX, FORM)})
TRAVEL = "to=France data=5GB days=7"


@pytest.mark.parametrize(
    "line",
    [
        f"buy 3 from=traveller {TRAVEL}",
        "buy 3 from=traveller to=france data=5 GB days=7 days",
        "buy data=5 GB 3 from=traveller to=fr days=7",
        "buy from=traveller to=France data=5 GB days=7 3",
    ],
)
def test_a_value_in_two_words(line: str) -> None:
    """`5 GB` is one value where its field takes it, and no number of it becomes the amount."""
    request = asked(line, RULES)
    assert request.amount == 3
    assert request.options == {"destination": "France", "data": "5GB", "days": "7"}


def test_a_number_behind_a_value_is_never_a_part_of_it() -> None:
    """The amount may stand there."""
    assert asked("buy from=traveller to=France days=7 data=5 3", RULES).amount == 3


def test_what_is_missing_is_told_at_once() -> None:
    """Each with how it is written; the pointer is where it belongs, and the rule is the form's."""
    lines = ["buy 3 from=traveller", "buy 3 from=traveller to=Mars data=5GB", "buy from=traveller"]
    assert explained(*lines, rules=RULES) == snapshot("""\
/esim buy 3 from=traveller
                          ^
- : to= is missing: to=France
- : data= is missing: data=5GB
- : for how long? Write days=7, or start= and end=
> /esim help

/esim buy 3 from=traveller to=Mars
                              ^^^^
data=5GB
- Mars: there is no destination Mars
> /esim help

/esim buy from=traveller
                        ^
- : how many eSIMs? Write the amount: /esim buy 10
- : to= is missing: to=France
- : data= is missing: data=5GB
- : for how long? Write days=7, or start= and end=
> /esim help
""")


def test_what_options_break_together_is_pointed_at() -> None:
    """At the option that is too much."""
    line = f"buy 3 from=traveller {TRAVEL} start=2026-12-01"
    assert explained(line, rules=RULES) == snapshot("""\
/esim buy 3 from=traveller to=France
data=5GB days=7 start=2026-12-01
                ^^^^^^^^^^^^^^^^
- start=2026-12-01: write days=, or start= and end=, not both
> /esim help
""")


@pytest.mark.parametrize(
    "line", ["buy 3 France 5GB 7 days", "buy 3 esims for France with 5GB for 7 days"]
)
def test_what_only_another_provider_sells_is_not_offered_as_a_note(line: str) -> None:
    """All that it needs is there: nobody means cards of the usual one with these words on them."""
    assert offered(line, RULES) == ["/esim buy 3 from=traveller to=France data=5GB days=7"]
    (told,) = messages(line, RULES)
    assert told == "these are options of Traveller: from=traveller orders there"


@pytest.mark.parametrize(
    "line", ["buy 3,000 France 5GB 7 days", 'buy 3 France 5GB 7 days note="for x', "buy France 5GB"]
)
def test_another_doubt_in_such_a_line_stays(line: str) -> None:
    """A line is offered for the other provider only where nothing else is wrong."""
    assert offered(line, RULES) == ["/esim help"]


def test_a_part_of_what_another_provider_needs_stays_a_note() -> None:
    """`for Japan` alone may be either."""
    assert '/esim buy 1 note="for Japan"' in offered("buy 1 esim for Japan", RULES)


def test_values_without_names_are_offered_with_them() -> None:
    """Never taken: what they are is seen first."""
    assert explained("buy 3 from=traveller France 5GB 7 days", rules=RULES) == snapshot("""\
/esim buy 3 from=traveller France
                           ^^^^^^^
5GB 7 days
^^^^^^^^^^
- France 5GB 7 days: did you mean to=France data=5GB days=7?
> /esim buy 3 from=traveller to=France data=5GB days=7
""")


def test_options_of_another_provider() -> None:
    """By name: without `from=` the line is offered with it; with it, what that provider takes."""
    lines = [
        f"buy 3 {TRAVEL}",
        f"buy 3x {TRAVEL} note=for Ben",
        f"buy 3 from=traveller {TRAVEL} tags=fleet",
    ]
    assert explained(*lines, rules=RULES) == snapshot("""\
/esim buy 3 to=France data=5GB
            ^^^^^^^^^^^^^^^^^^^
days=7
^^^^^^
- to=France data=5GB days…: this is an option of Traveller: from=traveller orders there
> /esim buy 3 from=traveller to=France data=5GB days=7

/esim buy 3x to=France data=5GB
          ^^ ^^^^^^^^^^^^^^^^^^^
days=7 note=for Ben
^^^^^^
- 3x: write the amount in digits alone
- to=France data=5GB days…: this is an option of Traveller: from=traveller orders there
> /esim buy 3 from=traveller to=France data=5GB days=7 note="for Ben"

/esim buy 3 from=traveller to=France
data=5GB days=7 tags=fleet
                ^^^^^^^^^^
- tags=fleet: this is an option of Telnyx; from=traveller takes to, data, days, start, end
> /esim buy 3 from=traveller to=France data=5GB days=7
""")


def test_options_of_another_provider_than_the_one_named() -> None:
    """All that the other one needs is there: its line is offered, beside what this one takes."""
    line = f"buy 3 from=telnyx {TRAVEL}"
    (told,) = messages(line, RULES)
    takes = "from=telnyx takes tags, whitelabel, group, status"
    assert told == f"this is an option of Traveller; {takes}"
    assert offered(line, RULES) == [f"/esim buy 3 from=traveller {TRAVEL}"]


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"buy 3 tags=a {TRAVEL}", ["from=telnyx tags=a", f"from=traveller {TRAVEL}"]),
        (f"buy 3 from=telnyx tags=a {TRAVEL}", ["from=telnyx tags=a"]),
        (f"buy 3 from=traveller tags=a status=enabled {TRAVEL}", [f"from=traveller {TRAVEL}"]),
        (f'buy 3 {TRAVEL} note="to=Mars"', [f'from=traveller {TRAVEL} note="to=Mars"']),
    ],
)
def test_a_mixed_line_is_offered_for_each_provider_that_may_be_meant(
    line: str, shown: list[str]
) -> None:
    """What the other one alone has is left out, which is seen; the named provider holds."""
    assert offered(line, RULES) == [f"/esim buy 3 {each}" for each in shown]


@pytest.mark.parametrize(
    "line",
    [
        "buy 3 to=France",
        "buy 3 from=telnyx to=France data=5GB",
        "buy 3 from=traveller tags=fleet",
        f"buy 2000 {TRAVEL}",
        f"buy 3 {TRAVEL} mood=red",
        f"buy 3 {TRAVEL}?",
    ],
)
def test_no_line_is_made_up_for_what_is_not_whole(line: str) -> None:
    """Where something is missing, unknown or only asked, nothing that spends is offered."""
    assert offered(line, RULES) == ["/esim help"]


def test_a_line_for_the_usual_provider_lacks_nothing_of_the_other_one() -> None:
    """What a form needs is asked of its own lines alone, and not of another provider's."""
    travel_first = Rules({form.provider: form for form in (FORM, TELNYX)})
    assert messages("buy 3 tags=a", travel_first) == [
        "this is an option of Telnyx: from=telnyx orders there"
    ]
    assert offered("buy 3 tags=a", travel_first) == ["/esim buy 3 from=telnyx tags=a"]


def test_no_line_of_many_meanings_is_offered() -> None:
    """A line that can mean too much is answered with help."""
    with pytest.raises(InvalidCommand) as caught:
        parse(f"buy 1,000 2,000 3,000 {TRAVEL}", RULES)
    assert caught.value.suggestions == ("/esim help",)


@pytest.mark.parametrize("quote", ['"', "'", "\u201c"])
def test_a_quote_that_is_never_closed(quote: str) -> None:
    """It swallows what follows, also the provider that is written in: nothing is offered then."""
    line = f"buy 3 x {quote}for data=5GB {TRAVEL}"
    assert all("from=" not in shown or "traveller" in shown for shown in offered(line, RULES))
    assert offered(f"buy amount=2 France x for data=5GB {quote} data=5GB", RULES) == ["/esim help"]
