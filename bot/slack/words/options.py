"""The options of an order in words: once for every provider, from its form."""

from collections.abc import Iterator

from bot.domain.form import Field, FieldKind, Forms, form_of
from bot.domain.order import Order
from bot.domain.request import Value
from bot.slack.mrkdwn import clip, code, codes

_SHORT_FIRST = (FieldKind.CHOICE, FieldKind.LIST, FieldKind.WORD, FieldKind.TEXT)
_LONGEST = 1500
"""Characters of a text on a card."""
_LONGEST_FACT = 300
"""Characters of a text among other facts."""
_LONGEST_OFFERED = 700
"""Characters of what a provider says on a card: the countries of a region are a long text."""
_MOST_FACTS = 10
"""Facts of a provider's that a card has room for."""
_LONGEST_LIST = 800
"""Characters of a list among other facts."""


def option_fields(order: Order, forms: Forms) -> Iterator[str]:
    """For the card: the label of each option, with its value below."""
    for field, value in _values(order, forms):
        if value is None and field.absent:
            yield f"*{field.label}*\n{field.absent}"
        elif value is not None:
            caution = field.caution(value)
            warning = f"\n:warning: {clip(caution, 300)}" if caution else ""
            yield f"*{field.label}*\n{_with_result(order, field, value, _LONGEST, 1800)}{warning}"


def offer_fields(order: Order) -> Iterator[str]:
    """For the card: what the provider says about what it sells."""
    for fact in order.facts[:_MOST_FACTS]:
        yield f"*{clip(fact.label, 100)}*\n{clip(fact.value, _LONGEST_OFFERED)}"


def offer_facts(order: Order) -> Iterator[str]:
    """The same for a row of facts."""
    for fact in order.facts[:_MOST_FACTS]:
        yield f"{clip(fact.label.lower(), 60)} {clip(fact.value, 180)}"


def option_facts(order: Order, forms: Forms) -> Iterator[str]:
    """For a row of facts: each option's word and value."""
    for field, value in _values(order, forms):
        if value is not None:
            told = _with_result(order, field, value, _LONGEST_FACT, _LONGEST_LIST)
            yield f"{field.word} {told}"


def identifying_options(order: Order, forms: Forms) -> Iterator[str]:
    """The same for those options by which people know an order."""
    for field, value in _values(order, forms):
        if field.tells_apart and value is not None:
            yield f"{field.word} {_value_text(order, field, value, _LONGEST_FACT, _LONGEST_FACT)}"


def _values(order: Order, forms: Forms) -> list[tuple[Field, Value | None]]:
    """Every field with its value: short ones first, but where some must be chosen in their order.

    Left out is what the headline says, and what the provider has added and tells as a fact.
    """
    form = form_of(forms, order.provider).of_kind(order.kind)
    told = {fact.value for fact in order.facts}
    values = [
        (field, value)
        for field, value in form.values(order.request)
        if field.name != form.subject and (field in form.fields or value not in told)
    ]
    if any(field.required for field in form.fields):
        return values
    return sorted(values, key=lambda each: _SHORT_FIRST.index(each[0].kind))


def _with_result(order: Order, field: Field, value: Value, longest: int, list_: int) -> str:
    """The value, and once there are SIM cards the value that they really have."""
    if order.bought and (became := field.became(value, order.sims)):
        return clip(became, longest)
    shown = _value_text(order, field, value, longest, list_)
    is_usual = value == field.default and field.name not in order.request.chosen
    return f"{shown} (the usual one; none was given)" if is_usual and not order.bought else shown


def _value_text(order: Order, field: Field, value: Value, longest: int, list_: int) -> str:
    """The value, or what people call that to which it refers."""
    if name := order.names.get(field.name):
        return clip(name, longest)
    if isinstance(value, tuple):
        return codes(value, list_)
    text = field.show(value)
    return code(text, longest) if field.kind is FieldKind.WORD else clip(text, longest)
