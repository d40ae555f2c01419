"""The grammar is written once, over a form: any form that somebody can declare."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.form import Field, FieldKind, Form
from bot.domain.grammar import Buy, InvalidCommand, Rules, parse, render
from bot.domain.request import PurchaseRequest
from bot.domain.typography import fold
from tests.support.harness.corner_shop import FORM as SHOP
from tests.support.requests import FORM as TELNYX
from tests.support.strategies import folded
from tests.support.typed import explained, messages, offered

BOTH = Rules({form.provider: form for form in (TELNYX, SHOP)})
NAMES = ["where", "plan", "colour", "size", "extras", "label", "zone"]
CHOICES = ["red", "green", "deep-blue", "xl", "on", "off", "new_zealand"]


def _not_empty(text: str) -> str:
    kept = fold(text)
    if not kept or "," in kept:
        raise ValueError("this is empty")
    return kept


def _word(text: str) -> str:
    if not text.isalnum():
        raise ValueError("this is no word")
    return text


@st.composite
def fields(draw: Any, name: str) -> Field:
    """A field of any kind."""
    kind = draw(st.sampled_from(FieldKind))
    is_list, is_choice = kind is FieldKind.LIST, kind is FieldKind.CHOICE
    chosen = st.lists(st.sampled_from(CHOICES), min_size=1, max_size=3, unique=True)
    choices = tuple(draw(chosen)) if is_choice else ()
    return Field(
        name=name,
        words=(name,),
        label=name,
        kind=kind,
        example=("a",) if is_list else "a",
        check=_word if kind is FieldKind.WORD else _not_empty,
        choices=choices,
        default=draw(st.sampled_from((None, *choices))),
        item=name if is_list else "",
    )


@st.composite
def forms(draw: Any) -> Form:
    """A form with up to four fields."""
    names = draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True))
    made = tuple(draw(fields(name)) for name in names)
    return Form(provider="shop", title="Shop", fields=made, most_per_call=9)


def values(field: Field) -> st.SearchStrategy[Any]:
    """Anything that a field takes."""
    texts = folded(but=",")
    match field.kind:
        case FieldKind.CHOICE:
            return st.sampled_from(field.choices)
        case FieldKind.WORD:
            return st.from_regex("[a-z0-9]{1,9}", fullmatch=True)
        case FieldKind.LIST:
            return st.lists(texts, min_size=1, max_size=3, unique=True).map(tuple)
        case FieldKind.TEXT:
            return texts


@given(st.data(), forms(), st.integers(1, 1000))
def test_whatever_a_form_asks_is_written_and_read_back(
    data: st.DataObject, form: Form, amount: int
) -> None:
    """The line of any request, for any form, asks for that request."""
    rules = Rules({form.provider: form})
    chosen = [field for field in form.fields if data.draw(st.booleans())]
    given_ = {field.name: data.draw(values(field)) for field in chosen}
    request = PurchaseRequest(
        provider=form.provider,
        amount=amount,
        options=form.options(given_),
        chosen=tuple(given_),
        note=data.draw(st.none() | folded()),
    )
    assert parse(render(request, rules.forms), rules) == Buy(request)


def _wrong(line: str, rules: Rules) -> InvalidCommand | None:
    try:
        parse(line, rules)
    except InvalidCommand as wrong:
        return wrong
    return None


@given(forms(), st.lists(st.sampled_from([*NAMES, *CHOICES, "=", ",", "5", "note", "a b"])))
def test_any_line_under_any_form_is_answered(form: Form, words: list[str]) -> None:
    """It is read or refused with a reason, and what is suggested can be sent as it is."""
    rules = Rules({form.provider: form})
    wrong = _wrong("buy " + " ".join(words), rules)
    assert wrong is None or wrong.problems
    for line in wrong.suggestions if wrong else ():
        assert _wrong(line.removeprefix("/esim "), rules) is None


def test_the_provider_is_chosen_by_name() -> None:
    """`from=` chooses the form; without it the first one holds, and only what was typed shows."""
    for typed in ("from=corner-shop", "--from corner-shop", "seller: Corner-Shop"):
        command = parse(f"buy 2 {typed} destination=japan", BOTH)
        assert isinstance(command, Buy)
        assert (command.request.provider, command.request.chosen[0]) == ("corner-shop", "from")
        assert render(command.request, BOTH.forms) == "buy 2 from=corner-shop destination=japan"
    usual = parse("buy 2", BOTH)
    assert isinstance(usual, Buy)
    assert (usual.request.provider, usual.request.chosen) == ("telnyx", ())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("from=corner-shp", "there is no such provider: did you mean corner-shop?"),
        ("from=acme", "there is no such provider: it is one of telnyx, corner-shop"),
        ("from=", "it needs a value: from=telnyx"),
        ("eSIMs from corner-shop", "write it with an equals sign, like from=corner-shop"),
        ("from=telnyx from=corner-shop", "this is there twice, and differs: leave one out"),
        ("plan=P-1", "this is an option of The corner shop: from=corner-shop orders there"),
        (
            "from=corner-shop tag=a",
            "this is an option of Telnyx; from=corner-shop takes destination, plan, extras",
        ),
        ("from=corner-shop plan=7GB", "a plan is named like P-7GB"),
        (
            "from=corner-shop country=mars",
            "there is no such destination: it is one of portugal, japan, the-world",
        ),
        (
            "from=corner-shop fast",
            "is this an extra or a note? Write extras=… or note=…, with spaces in quotes",
        ),
        ("from=corner-shop japan", "did you mean destination=japan?"),
        (
            "from=corner-shop mood=red",
            "there is no such option; there are destination, plan, extras and note",
        ),
    ],
)
def test_what_is_wrong_is_told_in_the_words_of_the_form(line: str, told: str) -> None:
    """Every sentence is about the provider that was asked."""
    assert messages(f"buy 2 {line}", BOTH) == [told]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        *[(f"{word}=@ben", "an order is for whoever types it") for word in ("for", "user")],
        ("for: ben", "an order is for whoever types it"),
        *[(f"{word}=friday", "it is bought when it is approved") for word in ("at", "when")],
    ],
)
def test_what_is_not_possible_yet_is_said_and_nothing_is_bought(line: str, sentence: str) -> None:
    """Whoever asks for it learns that it was not done, in one sentence, and gets no line."""
    (told,) = messages(f"buy 2 {line}")
    assert told.startswith("not possible yet: ")
    assert sentence in told
    assert offered(f"buy 2 {line}") == ["/esim help"]


def test_the_small_words_of_a_sentence_are_no_options() -> None:
    """`for` and `at` are options only where a sign makes them one."""
    assert "note=" in explained("buy 5 eSIMs for the trial at noon from Lisbon")
    assert offered("buy 5 note=call me at: noon") == ['/esim buy 5 note="call me at: noon"']


def test_a_choice_of_two_words_is_read_as_one() -> None:
    """Spaces and hyphens within a choice are no mistake."""
    for typed in ("the world", "The-World", "theworld"):
        command = parse(f"buy 2 from=corner-shop destination={typed}", BOTH)
        assert isinstance(command, Buy)
        assert command.request.options["where"] == "the-world"


def test_a_line_without_a_verb_is_mended_for_any_provider() -> None:
    """An amount with options of the provider that is named is clearly a purchase."""
    line = "3 from=corner-shop destination=japan"
    assert offered(line, BOTH) == [f"/esim buy {line}"]
    assert offered("3 destination=japan", BOTH) == ["/esim help"]
