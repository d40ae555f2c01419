"""Nothing is half added: every field of every form is in every place where it belongs."""

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.clock import Deadline, SystemClock
from bot.domain.events import OrderState
from bot.domain.form import NOTE, Field, FieldKind, Form
from bot.domain.grammar import Buy, InvalidCommand, Rules, parse, written_option
from bot.domain.order import Order
from bot.domain.request import PurchaseRequest
from bot.providers.base import PurchaseCall
from bot.providers.telnyx.form import TelnyxOptions
from bot.slack.answers.help import usage
from bot.slack.downloads import files_of
from bot.slack.ephemeral import order_details
from bot.slack.messages.card import card
from bot.slack.messages.notices import channel_notice
from tests.support.harness.corner_shop import FORM as SHOP
from tests.support.harness.corner_shop import CornerShop
from tests.support.orders import an_order
from tests.support.requests import FORM as TELNYX
from tests.unit.slack.reading import read

FORMS = {form.provider: form for form in (TELNYX, SHOP)}
RULES = Rules(FORMS)
FIELDS = [
    pytest.param(form, field, id=f"{form.provider}-{field.name}")
    for form in FORMS.values()
    for field in form.fields
]
NOT_IN_FILES = {
    "whitelabel_name": "phones show it; the SIM card does not come back with it",
    "sim_card_group_id": "it is among the raw fields, on the workbook's second sheet",
    "where": "the shop's SIM cards do not tell",
    "plan": "the shop's SIM cards do not tell",
    "extras": "the shop's SIM cards do not tell",
}
"""Fields without a column of their own in the files, with the reason."""
FOUND = {"sim_card_group_id": "6a09cdc3-8948-47f0-aa62-74ac943d6c58"}
"""What the provider has found for a name, by the name of the field."""
NO_FORM_IN_SLACK = "orders are typed; no form in Slack is opened yet, so no field has an input"
"""Why the modal is no part of the walk."""
OPTIONS = frozenset(
    {"tags", "sim_card_group_id", "sim_card_group", "whitelabel", "whitelabel_name"}
)
WORDS_OF_TELNYX = OPTIONS | {"spn", "standby", "SimStatus"}
SETTINGS = {Path("bot/settings/model.py"), Path("bot/settings/hints.py")}
"""They name the status that `ESIM_DEFAULT_STATUS` may be."""


def line_for(form: Form, field: Field, word: str = "") -> str:
    """The line that asks for this field's example."""
    _, _, value = written_option(field, field.example).partition("=")
    return f"3 from={form.provider} {word or field.word}={value}"


def asked(form: Form, field: Field) -> PurchaseRequest:
    """The request of that line."""
    command = parse(f"buy {line_for(form, field)}", RULES)
    assert isinstance(command, Buy)
    return command.request


def ordered(form: Form, field: Field) -> Order:
    """An order of it that waits for approval."""
    request = asked(form, field)
    return an_order(3, provider=form.provider).model_copy(update={"request": request})


def items(field: Field) -> Iterator[str]:
    """What must be read where the example is shown."""
    if isinstance(field.example, tuple):
        yield from field.example
    else:
        yield field.show(field.example)


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_the_line(form: Form, field: Field) -> None:
    """Every word for it is read, its place in the line is known, and it counts as chosen."""
    for word in field.words:
        command = parse(f"buy {line_for(form, field, word)}", RULES)
        assert isinstance(command, Buy)
        assert command.request.options[field.name] == field.example
        assert command.request.chosen == ("from", field.name)
        start, end = command.places[field.name]
        assert command.line[start:end].startswith(f"{word}=")


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_a_suggestion(form: Form, field: Field) -> None:
    """A line with a mistake elsewhere comes back with the field as it was."""
    with pytest.raises(InvalidCommand) as caught:
        parse(f"byu {line_for(form, field)}", RULES)
    assert caught.value.suggestions == (f"/esim buy {line_for(form, field)}",)


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_a_refusal_points_at_it(form: Form, field: Field) -> None:
    """Whoever refuses a part of a request by its name points at its place in the line."""
    command = parse(f"buy {line_for(form, field)}", RULES)
    assert isinstance(command, Buy)
    (problem,) = command.refused(field.name, "not this").problems
    assert problem.field == field.name
    assert problem.word.startswith(field.word)


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_a_problem_names_it(form: Form, field: Field) -> None:
    """What is wrong with its value is told of the field."""
    with pytest.raises(InvalidCommand) as caught:
        parse(f"buy 3 from={form.provider} {field.word}=", RULES)
    assert [problem.field for problem in caught.value.problems] == [field.name]


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_the_help(form: Form, field: Field) -> None:
    """The help says what it is, and names all that can be chosen."""
    shown = read(usage(Rules({form.provider: form})))
    assert f"• {field.word}= " in shown
    assert field.about in shown
    assert all(choice in shown for choice in field.choices)


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_the_card(form: Form, field: Field) -> None:
    """Its label and its value are on the card, with the caution where there is one."""
    shown = read(card(ordered(form, field), FORMS))
    assert field.label in shown
    assert all(item in shown for item in (*items(field), field.caution(field.example)))


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_the_details(form: Form, field: Field) -> None:
    """Its word and its value are among the facts of the order."""
    shown = read(order_details(ordered(form, field), FORMS))
    assert f"{field.word} {', '.join(items(field))}" in shown


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_the_line_about_an_order(form: Form, field: Field) -> None:
    """What people know an order by is in the line for other channels, and nothing else."""
    order = an_order(3, state=OrderState.PURCHASED, provider=form.provider)
    order = order.model_copy(update={"request": asked(form, field)})
    shown = read(channel_notice(order, FORMS, "C0", ""))
    assert (f"{field.word} {', '.join(items(field))}" in shown) is field.tells_apart


@pytest.mark.parametrize(("form", "field"), FIELDS)
def test_the_files(form: Form, field: Field) -> None:
    """It has a column, or a reason why not."""
    order = an_order(3, state=OrderState.PURCHASED, provider=form.provider)
    _, lines = files_of(order, FORMS)
    (head, *_) = csv.reader(io.StringIO(lines.content().decode("utf-8-sig")))
    assert head[1 : 1 + len(form.columns)] == [column.name for column in form.columns]
    assert (field.name in head) is (field.name not in NOT_IN_FILES)


@pytest.mark.parametrize("field", [*TELNYX.fields], ids=lambda field: field.name)
def test_the_body_for_telnyx(field: Field) -> None:
    """What was asked for is what is asked of Telnyx."""
    request = asked(TELNYX, field)
    found = {**request.options, **FOUND}
    body = TelnyxOptions.of(request.model_copy(update={"options": found})).body(3, ["esim-A"])
    sent: Any = body[field.name]
    wanted = FOUND.get(field.name, field.example)
    assert sent == ([*wanted, "esim-A"] if isinstance(wanted, tuple) else wanted)


@pytest.mark.parametrize("field", [*SHOP.fields], ids=lambda field: field.name)
async def test_the_body_for_the_shop(field: Field) -> None:
    """The same of the other provider."""
    shop = CornerShop()
    call = PurchaseCall(asked(SHOP, field), 3, "esim-A-1", "esim-A")
    await shop.purchase(call, Deadline(SystemClock(), 5))
    assert shop.bodies[0][field.name] == field.example


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.provider)
def test_the_examples_of_the_help_can_be_ordered(form: Form) -> None:
    """Each one is a whole line of that provider."""
    for line in form.examples:
        assert isinstance(parse(f"buy {line}", Rules({form.provider: form})), Buy)


def test_a_form_without_room_for_mistakes() -> None:
    """Two parts never share a word, also not with the bot's own head."""
    taken = Field(name="x", words=("from",), label="X", kind=FieldKind.WORD, example="x")
    twice = Field(name="y", words=("status",), label="Y", kind=FieldKind.WORD, example="y")
    for fields in ((taken,), (NOTE,), (*TELNYX.fields, twice)):
        with pytest.raises(ValueError, match="have the same name"):
            Form(provider="a", title="A", fields=fields, most_per_call=1)


@pytest.mark.parametrize(
    "parts",
    [
        {"words": ()},
        {"words": ("two words",)},
        {"choices": ("a", "b")},
        {"kind": FieldKind.CHOICE},
        {"kind": FieldKind.CHOICE, "choices": ("Upper",)},
        {"kind": FieldKind.LIST},
        {"kind": FieldKind.LIST, "item": "text"},
        {"example": ("a",)},
    ],
)
def test_a_field_that_no_line_could_hold(parts: dict[str, Any]) -> None:
    """Whoever declares a field wrongly is told at the start, not by the first order."""
    usual = {"name": "x", "words": ("x",), "label": "X", "kind": FieldKind.WORD, "example": "x"}
    with pytest.raises(ValueError, match="can't have these"):
        Field(**usual | parts)


def test_a_provider_whose_name_no_line_could_hold() -> None:
    """Its name is a word in small letters."""
    with pytest.raises(ValueError, match="can't be written after"):
        Form(provider="The Shop", title="The Shop", fields=(), most_per_call=1)


def test_a_subject_is_a_field() -> None:
    """What stands behind a verb is read by a field of its form."""
    with pytest.raises(ValueError, match="'iccid' is no field of the form"):
        Form(provider="shop", title="Shop", fields=(), most_per_call=1, subject="iccid")


def test_nobody_else_knows_what_telnyx_sells() -> None:
    """Outside its folder no code names an option of Telnyx, but the settings that feed its form."""
    files = [*Path("bot").rglob("*.py"), *Path("handlers").rglob("*.py")]
    others = [file for file in files if "telnyx" not in file.parts and file not in SETTINGS]
    assert {
        str(file): named for file in others if (named := set(_names(file)) & WORDS_OF_TELNYX)
    } == {}


def _names(file: Path) -> Iterator[str]:
    """Every name and every text of the code, without its documentation."""
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name
            case ast.Constant(value=str(text)):
                yield text.rstrip("= ")
