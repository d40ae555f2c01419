"""What a form tells of an order's options, also of options that it does not have any more."""

from bot.domain.form import FieldKind, form_of
from tests.support.requests import FORM, a_request


def test_options_of_an_earlier_form_are_shown_too() -> None:
    """An order keeps what it was asked with, whatever a later version still asks."""
    request = a_request(2, tags=("a",))
    old = {**request.options, "colour_of_card": "red", "Old Words": ("x", "y")}
    known = {
        field.name: (field, value)
        for field, value in FORM.values(request.model_copy(update={"options": old}))
    }
    field, value = known["colour_of_card"]
    assert (field.label, field.word, value) == ("Colour of card", "colour_of_card", "red")
    field, value = known["Old Words"]
    assert (field.word, field.kind, value) == ("option", FieldKind.LIST, ("x", "y"))


def test_a_provider_that_is_gone_has_an_empty_form() -> None:
    """Its orders are still shown under its name; nothing can be ordered by it."""
    form = form_of({}, "gone")
    assert (form.title, form.fields, form.gives_codes) == ("gone", (), False)


def test_what_phones_show() -> None:
    """The name of a line is the option that phones show; without one it is the provider's own."""
    assert FORM.line_name({"whitelabel_name": "Acme"}) == "Acme"
    assert FORM.line_name({}) == ""
