"""What a person reads who asked for the purchases of an account."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.catalogue.lists import PastPurchase, PurchasePage
from bot.domain.catalogue.offer import Fact
from bot.domain.grammar import Ask, Rules
from bot.slack.answers.past_purchases import (
    AskedAgain,
    files_are_there,
    no_purchases,
    purchase_details,
    purchase_page,
    read_asked_again,
)
from bot.slack.ephemeral import Answer
from tests.support.harness.travel_agency import past
from tests.support.harness.traveller import FORM, ICCID, PURCHASES
from tests.support.requests import FORM as TELNYX
from tests.unit.slack.reading import must_be_taken_by_slack, page, read, references
from tests.unit.slack.wild import UNHURRIED, nasty

RULES = Rules({form.provider: form for form in (TELNYX, FORM)})
ASKED = Ask(PURCHASES, {"since": "2026-11-01"})
BARE = PastPurchase("", "", "", None, None, "", ())


def shown(*purchases: PastPurchase, cursor: str = "", asked: str = "") -> Answer:
    """The page with these purchases."""
    return purchase_page(ASKED, PurchasePage(purchases, cursor), asked, RULES)


def values(answer: Answer) -> list[AskedAgain | None]:
    """What each button of the answer asks."""
    text = json.dumps(answer.blocks)
    found = json.JSONDecoder().decode(text)
    return [read_asked_again(value) for value in _values(found)]


def _values(part: Any) -> list[Any]:
    if isinstance(part, dict):
        own = [part["value"]] if "value" in part else []
        return own + [value for inner in part.values() for value in _values(inner)]
    return [value for inner in part for value in _values(inner)] if isinstance(part, list) else []


def test_a_page() -> None:
    """What, for how much, when, and by what it is found again; then what there is to press."""
    assert page(shown(past(1), past(2), cursor="c")) == snapshot("""\
Purchases at Traveller · /esim purchases since=2026-11-01
France, 5 GB · $4.50 · 2026-11-01 12:01 UTC
ICCID 8988247000000000001 · purchase p-1 · reference esim-7k2m9qxa-1  [Details]
France, 5 GB · $4.50 · 2026-11-01 12:02 UTC
ICCID 8988247000000000002 · purchase p-2 · reference esim-7k2m9qxa-2  [Details]
[Next page] [All as files]
There are more on the next page.
""")


def test_what_the_buttons_ask() -> None:
    """Details by ICCID, the next page by its cursor, the files of all pages."""
    assert values(shown(past(1), past(2), cursor="c")) == [
        AskedAgain(f"purchases iccid={past(1).iccid}", "", "p-1"),
        AskedAgain(f"purchases iccid={past(2).iccid}", "", "p-2"),
        AskedAgain("purchases since=2026-11-01", "c"),
        AskedAgain("purchases since=2026-11-01"),
    ]


def test_a_purchase_without_an_iccid_is_found_on_its_page() -> None:
    """Its details are those of the same page, asked again."""
    some = past(1, iccid=""), past(2)
    asked, *_ = values(shown(*some, cursor="c2", asked="c1"))
    assert asked == AskedAgain("purchases since=2026-11-01", "c1", "p-1")


def test_a_cursor_too_long_for_a_button() -> None:
    """It is told, with another way to the rest; every other button is there."""
    answer = shown(past(1), past(2), cursor="x" * 2000)
    must_be_taken_by_slack(answer)
    assert "fits in no button: narrow them with since= and until=" in read(answer)
    assert len(values(answer)) == 3


def test_the_last_page() -> None:
    """It says so, and has no button for a next one."""
    answer = shown(past(1), asked="c")
    assert "These are all that there are." in read(answer)
    assert "Next page" not in read(answer)


def test_one_alone_is_shown_with_all_that_is_known() -> None:
    """Nobody has to press a button for the only answer."""
    assert page(shown(past(1))) == snapshot("""\
France, 5 GB · $4.50 · 2026-11-01 12:01 UTC
Purchase
p-1
ICCID
8988247000000000001
Reference
esim-7k2m9qxa-1
Source
API
Purchase type
First Purchase
""")


def test_a_purchase_of_which_nothing_is_known() -> None:
    """Each part may be absent; what is known is shown, and no button that asks for nothing."""
    answer = shown(BARE, BARE, cursor="c")
    must_be_taken_by_slack(answer)
    assert len(values(answer)) == 2
    must_be_taken_by_slack(purchase_details(ASKED, BARE))


def test_none() -> None:
    """No more, none that fits, none at all."""
    assert read(shown(asked="c")) == "Traveller lists no more purchases."
    assert read(shown()) == "Traveller lists no purchase that fits."
    assert read(no_purchases(Ask(PURCHASES))) == "Traveller lists no purchases."


def test_files_of_a_part() -> None:
    """The bound is said."""
    told = read(files_are_there(5000, "Traveller", is_whole=False))
    assert "These are the first 5,000, not all: narrow them with since= and until=." in told


@pytest.mark.parametrize(
    "value", [None, 3, "", "x", "[]", '["a","b"]', '["a","b",3]', '{"a":1}', '["a","b","c","d"]']
)
def test_a_value_that_is_none_of_ours(value: object) -> None:
    """It asks nothing."""
    assert read_asked_again(value) is None


@given(nasty(), nasty(), st.integers(1, 130), st.text(max_size=2100))
@UNHURRIED
def test_whatever_a_provider_says(text: str, other: str, count: int, cursor: str) -> None:
    """Slack takes it, and nothing of it rings or links."""
    facts = (Fact(label=text, value=other), Fact(label=other, value=text)) * 20
    odd = past(1, id=text, iccid=other, title=text, reference=other, facts=facts)
    for answer in (shown(*[odd] * count, cursor=cursor), purchase_details(ASKED, odd)):
        must_be_taken_by_slack(answer)
        assert references(answer) == set()


def test_an_iccid_is_there_once() -> None:
    """What is among the facts is not said twice."""
    known = past(1, facts=(Fact(label="ICCID", value=ICCID),), iccid=ICCID)
    assert read(purchase_details(ASKED, known)).count(ICCID) == 1
