"""What a line can mean, and the line that means it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.domain.activation.hand_out import Columns, HandOutForm
from bot.domain.form import NOTE, Field, FieldKind, Form, Forms, form_of
from bot.domain.line.amount import is_filler
from bot.domain.line.problems import InvalidCommand, Problem
from bot.domain.request import OrderKind, PurchaseRequest, Value
from bot.domain.typography import end_of_quoted, plainly

FROM = "from"
"""The name of the part that names the provider."""
_ESCAPED = frozenset('"\\')
_PLAIN = re.compile(r"[\w@][\w.+/@#-]*")


@dataclass(frozen=True)
class Help:
    """Show what can be typed."""


@dataclass(frozen=True)
class _Placed:
    """A line whose parts can be pointed at."""

    line: str = field(default="", compare=False, kw_only=True)
    """The line as read."""
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False, kw_only=True)
    """Where each part of it stands."""

    def refused(self, part: str, message: str, right: str = "help") -> InvalidCommand:
        """That this can't be done because of one part, which is pointed at in the line.

        `right`: a line that can be sent instead, without the slash command.
        """
        start, end = self.places.get(part, (0, len(self.line)))
        instead = f"{self.line.split(' ', 1)[0]} {right}"
        return InvalidCommand(self.line, [Problem(start, end, message, field=part)], [instead])


@dataclass(frozen=True)
class Buy(_Placed):
    """Ask for a purchase."""

    request: PurchaseRequest


@dataclass(frozen=True)
class Change(_Placed):
    """Ask for a change of what was bought: a top-up, an edit, a suspension."""

    request: PurchaseRequest


@dataclass(frozen=True)
class Ask:
    """Ask a provider for something that changes nothing."""

    form: Form
    """What is asked of whom."""
    options: Mapping[str, Value] = field(default_factory=dict)
    """By the name of the field."""


@dataclass(frozen=True)
class ShowOrder:
    """Show one order with its history."""

    order_id: str


@dataclass(frozen=True)
class ListOrders:
    """List the last orders: mine, or everybody's in this channel."""

    everybody: bool = False


@dataclass(frozen=True)
class Activate(_Placed):
    """Ask for activation codes; what comes is a confirmation, with a button that gives them."""

    subject: str
    """An order's id, or the digits of an ICCID."""
    to: str = ""
    """Who gets them, as Slack names people: `@dana`; "" for oneself."""
    form: HandOutForm = HandOutForm.MESSAGES
    columns: Columns = Columns.PLAIN
    provider: str = ""
    """Whom to ask for an eSIM that no order bought; "": each of them."""


@dataclass(frozen=True)
class Assign(_Placed):
    """Say who has an eSIM."""

    iccid: str
    to: str = ""
    """`@dana`, an e-mail address, a name, or `me`; "" where only the line is named."""
    name: str = ""
    """What the line is called."""


@dataclass(frozen=True)
class AssignLines(_Placed):
    """Open the form in which the eSIMs of an order are assigned."""

    order_id: str


@dataclass(frozen=True)
class Unassign(_Placed):
    """Forget who has an eSIM."""

    iccid: str


@dataclass(frozen=True)
class Assigned(_Placed):
    """Show who has which eSIM."""

    subject: str = ""
    """An order's id, or the digits of an ICCID; "" for all."""


CodeCommand = Activate | Assign | AssignLines | Unassign | Assigned
Command = Help | Buy | Change | Ask | ShowOrder | ListOrders | CodeCommand


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

    @property
    def examples(self) -> tuple[str, ...]:
        """What may stand behind `buy`, the simplest first."""
        is_plain = not any(field.required for field in self.form.fields)
        own = self.form.examples
        return ("3", *own) if is_plain or not own else own

    @property
    def verbs(self) -> tuple[str, ...]:
        """What else can be asked of any provider, in the order of their forms."""
        others = (other.verb for form in self.forms.values() for other in form.others)
        return tuple(dict.fromkeys(others))


def forms_with(verb: str, forms: Forms) -> dict[str, Form]:
    """The form for this verb of each provider that has one, by the provider's name."""
    found = {name: form.of_verb(verb) for name, form in forms.items()}
    return {name: form for name, form in found.items() if form is not None}


def written(command: Command, forms: Forms) -> str:
    """The line without the slash command; reading it back gives the same."""
    match command:
        case Buy(request) | Change(request):
            return render(request, forms)
        case Ask(form, options):
            return _written_question(form, options, forms)
        case ShowOrder(order_id):
            return f"order {order_id}"
        case ListOrders(everybody):
            return "orders all" if everybody else "orders"
        case Help():
            return "help"
    return code_line(command)


def code_line(command: CodeCommand) -> str:
    """The line about codes or holders; reading it back gives the same."""
    match command:
        case Activate():
            return " ".join(_activate(command))
        case Assign(iccid, to, name):
            parts = [f"to={_quoted(to)}"] if to else []
            return " ".join(["assign", iccid, *parts, *([f"name={_quoted(name)}"] if name else [])])
        case AssignLines(order_id):
            return f"assign {order_id}"
        case Unassign(iccid):
            return f"unassign {iccid}"
        case Assigned(subject):
            return f"assigned {subject}".rstrip()


def _activate(command: Activate) -> Iterator[str]:
    yield "activate" if command.form is HandOutForm.MESSAGES else "handout"
    yield command.subject
    if command.provider:
        yield f"{FROM}={command.provider}"
    if command.to:
        yield f"to={_quoted(command.to)}"
    if command.form is HandOutForm.SHEET:
        yield "as=sheet"
    if command.columns is not Columns.PLAIN:
        yield f"format={command.columns}"


def render(request: PurchaseRequest, forms: Forms) -> str:
    """The line that asks for this, with what somebody chose: `buy 10 tags=fleet,emea`."""
    form = form_of(forms, request.provider).of_kind(request.kind)
    amount = [str(request.amount)] if request.kind is OrderKind.PURCHASE else []
    head = [form.verb, *amount, *_subject(form, request.options)]
    return " ".join([*head, *_options(request, form)])


def with_options(request: PurchaseRequest, options: Mapping[str, Value]) -> PurchaseRequest:
    """The request with these options in place of its own, as if a person had chosen them.

    An empty text takes the option away.
    """
    left = {name: value for name, value in {**request.options, **options}.items() if value != ""}
    chosen = dict.fromkeys((*request.chosen, *options))
    kept = tuple(name for name in chosen if name == FROM or name in left)
    return request.model_copy(update={"options": MappingProxyType(left), "chosen": kept})


def _written_question(form: Form, options: Mapping[str, Value], forms: Forms) -> str:
    usual = next(iter(forms_with(form.verb, forms)), form.provider)
    seller = [f"{FROM}={form.provider}"] if usual != form.provider else []
    told = [
        written_option(each, options[each.name])
        for each in form.fields
        if each.name != form.subject and options.get(each.name, each.default) != each.default
    ]
    return " ".join([form.verb, *_subject(form, options), *seller, *told])


def _subject(form: Form, options: Mapping[str, Value]) -> Iterator[str]:
    """What the line is about, as it stands right behind the verb."""
    text = str(options.get(form.subject, "")) if form.subject else ""
    if text:
        words = {word for option in (*form.fields, NOTE) for word in option.words}
        is_word = text.lower().replace("-", "_") in words or is_filler(text)
        yield f'"{text}"' if is_word else _quoted(text)


def _options(request: PurchaseRequest, form: Form) -> Iterator[str]:
    if FROM in request.chosen:
        yield f"{FROM}={request.provider}"
    for option, value in form.values(request):
        shown = option.name in request.chosen and option.name != form.subject
        if value is not None and shown:
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
