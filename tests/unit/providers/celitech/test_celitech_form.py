"""The forms: what they hold, and what does not go together."""

from typing import Any

import pytest

from bot.domain.form import Form
from bot.domain.purchase.sim import Sim
from bot.domain.request import OrderKind
from bot.providers.celitech import form

FORM = form()
FRANCE = {"destination": "France", "data": "5GB"}


def told(options: dict[str, str], of: Form = FORM) -> list[tuple[str, str]]:
    """What is wrong with these options together."""
    return list(of.check(options))


@pytest.mark.parametrize(
    "options",
    [
        {"days": "7"},
        {"start": "2026-12-01", "end": "2026-12-15"},
        {"start": "2026-12-01", "end": "2026-12-01"},
        {"start": "today", "end": "2026-12-15"},
        {"start": "1 Dec", "end": "tomorrow"},
        {"data": "unlimited", "start": "2026-12-01", "end": "2026-12-03"},
        {"data": "unlimited", "start": "2026-12-01", "end": "2026-12-31"},
        {"data": "unlimited", "start": "today", "end": "20 Dec"},
    ],
)
def test_what_goes_together(options: dict[str, str]) -> None:
    """Days, or two dates; dates that are not certain yet are compared later."""
    assert told({**FRANCE, **options}) == []


@pytest.mark.parametrize(
    ("options", "field", "says"),
    [
        ({}, "days", "for how long"),
        ({"days": "7", "start": "today"}, "days", "not both"),
        ({"days": "7", "end": "today"}, "days", "not both"),
        ({"start": "today"}, "start", "write end= too"),
        ({"end": "today"}, "end", "write start= too"),
        ({"data": "unlimited", "days": "7"}, "days", "sold by dates"),
        ({"start": "2026-12-02", "end": "2026-12-01"}, "end", "before it starts"),
        ({"start": "2026-12-01", "end": "2027-03-02"}, "end", "at most 90 days"),
        ({"data": "unlimited", "start": "2026-12-01", "end": "2026-12-02"}, "end", "3 to 30"),
        ({"data": "unlimited", "start": "2026-12-01", "end": "2027-01-01"}, "end", "3 to 30"),
    ],
)
def test_what_does_not_go_together(options: dict[str, str], field: str, says: str) -> None:
    """The field at fault, with a sentence."""
    ((name, sentence),) = told({**FRANCE, **options})
    assert name == field
    assert says in sentence


@pytest.mark.parametrize(
    ("verb", "kind", "subject"),
    [
        ("buy", OrderKind.PURCHASE, ""),
        ("topup", OrderKind.TOP_UP, "iccid"),
        ("edit", OrderKind.EDIT, "purchase"),
        ("suspend", OrderKind.SUSPENSION, "iccid"),
        ("packages", None, "destination"),
        ("purchases", None, ""),
    ],
)
def test_a_form_for_each_verb(verb: str, kind: OrderKind | None, subject: str) -> None:
    """Each line that this provider takes has a form, and says what it does."""
    found = FORM.of_verb(verb)
    assert found is not None
    assert (found.kind, found.subject) == (kind, subject)
    assert found.about
    assert kind is None or FORM.of_kind(kind) == found


def test_every_example_can_be_read() -> None:
    """The example of each field is a value as it is kept."""
    for each in (form(["acme.example"]), *FORM.others):
        for field in each.fields:
            assert field.check(str(field.example)) == field.example


def test_an_edit_of_two_certain_dates() -> None:
    """They are compared as those of a purchase."""
    edit = FORM.of_kind(OrderKind.EDIT)
    assert told({"start": "2026-12-02", "end": "2026-12-01"}, edit)
    assert not told({"end": "2026-12-01"} | {"start": "today"}, edit)


def test_an_edit_of_the_end_alone() -> None:
    """The start may be left out."""
    assert told({"end": "2026-12-01"}, FORM.of_kind(OrderKind.EDIT)) == []


def test_the_last_warning() -> None:
    """Whoever decides on a suspension reads that it is final, and without a refund."""
    caution = FORM.of_kind(OrderKind.SUSPENSION).caution
    assert "final" in caution
    assert "no refund" in caution


def test_codes_by_mail() -> None:
    """Off by default, and said what to do; where it is allowed, the card says who mails what."""
    assert "email" not in [field.name for field in FORM.fields]
    assert "CELITECH_EMAILS" in dict(FORM.tried)["email"]
    for allowed, example in (
        ("acme.example", "anna@acme.example"),
        ("@acme.example", "anna@acme.example"),
        ("ops@acme.example", "ops@acme.example"),
    ):
        allowing = form([allowed])
        email = next(field for field in allowing.fields if field.name == "email")
        assert email.example == example
        assert "Celitech mails the activation codes to ops@x itself" in email.caution("ops@x")
        assert not allowing.tried


@pytest.mark.parametrize(
    ("fields", "cells"),
    [
        ({"id": "p", "packageId": "k", "createdDate": "d"}, ["p", "k", "d"]),
        ({"id": "p", "package": {"id": "k"}, "createdAt": "d"}, ["p", "k", "d"]),
        ({"package": "odd"}, ["", "", ""]),
    ],
)
def test_the_columns(fields: dict[str, Any], cells: list[str]) -> None:
    """What an answer and what the list tell stands in the same columns."""
    assert [column.of(Sim(fields=fields)) for column in FORM.columns] == cells
