"""What a line can mean, and the line that means it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.domain.form import NOTE, Field, FieldKind, Form, Forms, form_of
from bot.domain.grammar.problems import InvalidCommand, Problem
from bot.domain.request import PurchaseRequest, Value
from bot.domain.typography import end_of_quoted, plainly

FROM = "from"
"""The name of the part that names the provider."""
_ESCAPED = frozenset('"\\')
_PLAIN = re.compile(r"\w[\w.+/@#-]*")


@dataclass(frozen=True)
class Help:
    """Show what can be typed."""


@dataclass(frozen=True)
class Buy:
    """Ask for a purchase."""

    request: PurchaseRequest
    line: str = field(default="", compare=False)
    """The line as read."""
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
    """Where each part of the request stands in it."""

    def refused(self, part: str, message: str) -> InvalidCommand:
        """That this may not be ordered because of one part, which is pointed at in the line."""
        start, end = self.places.get(part, (0, len(self.line)))
        help_ = f"{self.line.split(' ', 1)[0]} help"
        return InvalidCommand(self.line, [Problem(start, end, message, field=part)], [help_])


@dataclass(frozen=True)
class ShowOrder:
    """Show one order with its history."""

    order_id: str


@dataclass(frozen=True)
class ListOrders:
    """List the last orders: mine, or everybody's in this channel."""

    everybody: bool = False


Command = Help | Buy | ShowOrder | ListOrders


@dataclass(frozen=True)
class Rules:
    """The settings that a line is read under."""

    forms: Forms
    """What can be ordered from each provider; from the first when a line does not say."""
    max_amount: int = 1000
    """eSIMs in an order that is suggested. How many may really be ordered, the policy says."""
    command: str = "/esim"
    """The slash command as people type it."""

    @property
    def form(self) -> Form:
        """What can be ordered when a line does not say from whom."""
        return next(iter(self.forms.values()))


def written(command: Command, forms: Forms) -> str:
    """The line without the slash command; reading it back gives the same."""
    match command:
        case Buy(request):
            return render(request, forms)
        case ShowOrder(order_id):
            return f"order {order_id}"
        case ListOrders(everybody):
            return "orders all" if everybody else "orders"
        case Help():
            return "help"


def render(request: PurchaseRequest, forms: Forms) -> str:
    """The line that asks for this, with what somebody chose: `buy 10 tags=fleet,emea`."""
    return " ".join(["buy", str(request.amount), *_options(request, forms)])


def _options(request: PurchaseRequest, forms: Forms) -> Iterator[str]:
    if FROM in request.chosen:
        yield f"{FROM}={request.provider}"
    for option, value in form_of(forms, request.provider).values(request):
        if value is not None and option.name in request.chosen:
            yield written_option(option, value)
    if request.note:
        yield written_option(NOTE, request.note)


def written_option(option: Field, value: Value) -> str:
    """How an option with this value is written: `whitelabel="Acme Mobile"`."""
    if isinstance(value, tuple):
        return f"{option.word}={','.join(map(_quoted, value))}"
    text = str(value)
    return f"{option.word}={_quoted(text) if option.kind is FieldKind.TEXT else text}"


def a(noun: str) -> str:
    """The noun with its article."""
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def _quoted(text: str) -> str:
    """The text in quotes where it needs them; quotes in it escaped where they would end it."""
    if _PLAIN.fullmatch(plainly(text)):
        return text
    lightly = _escaped(text, text)
    whole = end_of_quoted(lightly, plainly(lightly), 0) == (len(lightly), True)
    return lightly if whole else _escaped(text, plainly(text))


def _escaped(text: str, plain: str) -> str:
    """The text in quotes, with a backslash before every quote and backslash in `plain`."""
    signs = zip(text, plain, strict=True)
    return f'"{"".join(chr(92) * (sign in _ESCAPED) + own for own, sign in signs)}"'
