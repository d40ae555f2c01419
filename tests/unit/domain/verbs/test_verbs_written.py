"""Every change and question is written as a line, and the line means the same."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.form import Field, FieldKind, Form
from bot.domain.grammar import (
    Ask,
    Change,
    InvalidCommand,
    Rules,
    parse,
    render,
    with_options,
    written,
)
from bot.domain.request import OrderKind, PurchaseRequest
from tests.support.harness.traveller import FORM, ICCID
from tests.support.requests import FORM as TELNYX
from tests.support.strategies import folded
from tests.support.typed import asked
from tests.unit.domain.grammar.test_grammar_forms import NAMES, fields, values

RULES = Rules({form.provider: form for form in (TELNYX, FORM)})
VERBS = ["lend", "mend", "tell"]


@st.composite
def forms(draw: Any) -> Form:
    """A form for one verb, with up to four fields; what it is about may be one of them."""
    names = draw(st.lists(st.sampled_from(NAMES), max_size=4, unique=True))
    made = tuple(draw(fields(name)) for name in names)
    about = [each.name for each in made if each.kind in {FieldKind.WORD, FieldKind.TEXT}]
    return Form(
        provider="shop",
        title="Shop",
        fields=made,
        most_per_call=1,
        verb=draw(st.sampled_from(VERBS)),
        kind=draw(st.sampled_from((None, OrderKind.TOP_UP, OrderKind.EDIT, OrderKind.SUSPENSION))),
        subject=draw(st.sampled_from(("", *about))),
    )


def _rules(form: Form, *, alone: bool) -> Rules:
    """Rules under which the form's provider is the only one, or not the usual one."""
    shop = Form(provider="shop", title="Shop", fields=(), most_per_call=1, others=(form,))
    usual = Form(
        provider="mall", title="Mall", fields=(), most_per_call=1, others=(form_of_mall(form),)
    )
    return Rules({each.provider: each for each in ((shop,) if alone else (usual, shop))})


def form_of_mall(form: Form) -> Form:
    """The same verb, at another provider."""
    return Form(
        provider="mall", title="Mall", fields=(), most_per_call=1, verb=form.verb, kind=None
    )


def _given(data: st.DataObject, form: Form) -> dict[str, Any]:
    chosen: list[Field] = [
        field for field in form.fields if field.name == form.subject or data.draw(st.booleans())
    ]
    return {field.name: data.draw(values(field)) for field in chosen}


@given(st.data(), forms(), st.booleans())
def test_whatever_a_form_asks_is_written_and_read_back(
    data: st.DataObject, form: Form, alone: bool
) -> None:
    """The line of any change or question, for any form, asks for just that."""
    rules, told = _rules(form, alone=alone), _given(data, form)
    if form.kind is None:
        question = Ask(form, form.options(told))
        assert parse(written(question, rules.forms), rules) == question
        return
    request = PurchaseRequest(
        kind=form.kind,
        provider="shop",
        amount=1,
        options=form.options(told),
        chosen=("from", *told),
        note=data.draw(st.none() | folded()),
    )
    assert parse(render(request, rules.forms), rules) == Change(request)


def test_a_text_is_kept_as_it_is_typed() -> None:
    """Signs of other scripts are read as ours only where they mean something."""
    where = Field(
        name="where",
        words=("where",),
        label="Where",
        kind=FieldKind.TEXT,
        example="a",
    )
    form = Form(
        provider="shop",
        title="Shop",
        fields=(where,),
        most_per_call=1,
        verb="tell",
        kind=None,
        subject="where",
    )
    rules = _rules(form, alone=True)
    for text in ("»", "Côte d\u2019Ivoire", "東京", "x:y", '"', "please", "eSIM", "where"):
        question = Ask(form, {"where": text})
        assert parse(written(question, rules.forms), rules) == question


def _wrong(line: str, rules: Rules) -> InvalidCommand | None:
    try:
        parse(line, rules)
    except InvalidCommand as wrong:
        return wrong
    return None


WORDS = [
    *NAMES,
    "=",
    ",",
    "5",
    "note",
    "a b",
    "for",
    "eSIM",
    "please",
    "from=shop",
    '"',
    "?",
    "x-1",
]


@given(forms(), st.booleans(), st.lists(st.sampled_from(WORDS)))
def test_any_line_under_any_form_is_answered(form: Form, alone: bool, words: list[str]) -> None:
    """It is read or refused with a reason, and what is suggested can be sent as it is."""
    rules = _rules(form, alone=alone)
    wrong = _wrong(f"{form.verb} " + " ".join(words), rules)
    assert wrong is None or wrong.problems
    for line in wrong.suggestions if wrong else ():
        assert _wrong(line.removeprefix("/esim "), rules) is None


@given(
    st.lists(
        st.sampled_from(
            ["to=France", "tags=a", "data=5 GB", "7", "days", "from=telnyx", "=", "France"]
        )
    )
)
def test_any_mixed_line_is_answered(words: list[str]) -> None:
    """The same of a purchase with words of two providers."""
    wrong = _wrong("buy 3 " + " ".join(words), RULES)
    for line in wrong.suggestions if wrong else ():
        assert _wrong(line.removeprefix("/esim "), RULES) is None


def test_a_request_with_other_options_is_a_line() -> None:
    """The nearest that is sold can be sent as it is: of every kind, whatever was chosen."""
    bought = asked("buy 3 from=traveller to=France data=5GB start=2026-12-01 end=2026-12-15", RULES)
    nearest = with_options(bought, {"data": "3GB", "days": "7", "start": "", "end": ""})
    line = "buy 3 from=traveller to=France data=3GB days=7"
    assert render(nearest, RULES.forms) == line
    assert asked(line, RULES) == nearest
    command = parse(f"topup {ICCID} data=5GB days=7", RULES)
    assert isinstance(command, Change)
    nearest = with_options(command.request, {"data": "3GB"})
    assert render(nearest, RULES.forms) == f"topup {ICCID} data=3GB days=7"
