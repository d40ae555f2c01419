"""Every field of Celitech's forms is in every place where it belongs."""

import json
from datetime import UTC, datetime
from typing import Final

import pytest

from bot.domain.form import Field, Form
from bot.domain.grammar import Buy, Rules, parse, written_option
from bot.domain.request import OrderKind, PurchaseRequest
from bot.providers.base import PurchaseCall
from bot.providers.celitech import form
from bot.providers.celitech.calls import body_of
from bot.slack.answers.help import usage
from bot.slack.messages.card import card
from tests.support.orders import an_order
from tests.unit.slack.reading import read

FORM: Final = form(["acme.example"])
RULES: Final = Rules({FORM.provider: FORM})
BOUGHT_AT: Final = datetime(2026, 11, 27, tzinfo=UTC)
SENT: Final = {
    "destination": "destination",
    "data": "dataLimitInGB",
    "days": "duration",
    "start": "startDate",
    "end": "endDate",
    "network_brand": "networkBrand",
    "email_brand": "emailBrand",
    "language": "language",
    "email": "email",
    "iccid": "iccid",
    "purchase": "purchaseId",
}
"""The properties that the fields of orders are sent as."""
FIELDS: Final = [pytest.param(field, id=field.name) for field in FORM.fields]


def line_for(field: Field, word: str = "") -> str:
    """A whole line that asks for this field's example, by one of its words."""
    dated = field.name in {"start", "end"}
    needed = ("destination", "data", *(("start", "end") if dated else ("days",)))
    parts = [written_option(each, each.example) for each in FORM.fields if each.name in needed]
    value = written_option(field, field.example).partition("=")[2]
    others = [part for part in parts if not part.startswith(f"{field.word}=")]
    return " ".join([f"buy 3 from={FORM.provider}", *others, f"{word or field.word}={value}"])


def asked(field: Field, word: str = "") -> PurchaseRequest:
    """The request of that line."""
    command = parse(line_for(field, word), RULES)
    assert isinstance(command, Buy)
    return command.request


@pytest.mark.parametrize("field", FIELDS)
def test_the_line(field: Field) -> None:
    """Every word for it is read, and what is read can be written again."""
    for word in field.words:
        request = asked(field, word)
        assert request.options[field.name] == field.example
        assert field.name in request.chosen


@pytest.mark.parametrize("field", FIELDS)
def test_the_card(field: Field) -> None:
    """Its label and its value are on the card, with the caution where there is one."""
    order = an_order(3, provider=FORM.provider).model_copy(update={"request": asked(field)})
    shown = read(card(order, {FORM.provider: FORM}))
    assert field.label in shown
    assert field.show(field.example) in shown
    assert field.caution(field.example) in shown


def orders() -> list[Form]:
    """The forms that orders are made from."""
    return [each for each in (FORM, *FORM.others) if each.kind]


@pytest.mark.parametrize("of", orders(), ids=lambda each: each.verb)
def test_the_body(of: Form) -> None:
    """What was asked for is what is asked of Celitech, under its name there."""
    options = {field.name: str(field.example) for field in of.fields}
    without_days = {name: value for name, value in options.items() if name != "days"}
    sent = sent_for(of, options) | sent_for(of, without_days)
    assert {SENT[field.name] for field in of.fields} <= sent


def sent_for(of: Form, options: dict[str, str]) -> set[str]:
    """The names in the body of such a call; a suspension has its ICCID in the path."""
    kind = of.kind or OrderKind.PURCHASE
    request = PurchaseRequest(kind=kind, provider=of.provider, amount=1, options=options)
    written = body_of(PurchaseCall(request, 1, "esim-A-1", "esim-A"), BOUGHT_AT)
    return set(json.loads(written)) if written else {"iccid"}


def test_the_help() -> None:
    """Every option of a purchase is named, with what it is for."""
    shown = read(usage(RULES))
    for field in FORM.fields:
        assert f"{field.word}=" in shown
        assert field.about in shown
