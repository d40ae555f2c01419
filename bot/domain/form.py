"""A form: the one description of what can be ordered from a provider.

The command line, help, problems, card, details and files are all made from it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pydantic import JsonValue

from bot.domain.purchase.sim import Sim
from bot.domain.request import OrderKind, PurchaseRequest, Value, check_note

HEAD: Final = ("amount", "from", "for", "at", "note")
"""Words of the head, which the bot reads for every provider: no field may use them."""
_WORD: Final = re.compile("[a-z]+(_[a-z]+)*")
_CHOICE: Final = re.compile("[a-z0-9]+([_-][a-z0-9]+)*")


class FieldKind(StrEnum):
    """How a field is written, and shown."""

    CHOICE = "choice"
    """One of a few words."""
    WORD = "word"
    """A text without a space, such as an id."""
    TEXT = "text"
    """Any text, also of several words."""
    LIST = "list"
    """Texts with commas between."""


def spelled_out(value: Value) -> str:
    """A value as plain text, a list with commas between."""
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _no_caution(_value: Value) -> str:
    return ""


def _as_ordered(_value: Value, _sims: Sequence[Sim]) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that can be chosen about an order, beside the bot's own head."""

    name: str
    """Its key among the options of a request."""
    words: tuple[str, ...]
    """What may be typed for it; the first is how it is written."""
    label: str
    """The heading above its value."""
    kind: FieldKind
    example: Value
    """A value that can be ordered."""
    about: str = ""
    """What it is, for the help: a phrase."""
    check: Callable[[str], Value] = str
    """The text as the request keeps it, of a list one of its texts.

    Raises ValueError with the sentence that the person reads.
    """
    show: Callable[[Value], str] = spelled_out
    """The value as plain text; whoever shows it escapes it."""
    choices: tuple[str, ...] = ()
    default: Value | None = None
    """The value of an order that does not name one; None: no value."""
    required: bool = False
    """Whether a line without it can't be carried out."""
    caution: Callable[[Value], str] = _no_caution
    """A warning about this value, as a sentence; "" for none."""
    item: str = ""
    """What one text of a list is called."""
    absent: str = ""
    """What a card says where nothing was chosen; "" leaves the field out."""
    tells_apart: bool = False
    """Whether people know an order by it, so that a line about the order has it."""
    on_phones: bool = False
    """Whether phones show its value as the line's name (SPN)."""
    became: Callable[[Value, Sequence[Sim]], str] = _as_ordered
    """The value that the bought SIM cards really have; "" when it is the ordered one."""

    def __post_init__(self) -> None:
        """Raises ValueError for a field that no line could hold."""
        self._must(bool(self.words) and all(map(_WORD.fullmatch, self.words)), "words")
        self._must(all(map(_CHOICE.fullmatch, self.choices)), "choices")
        self._must(bool(self.choices) == (self.kind is FieldKind.CHOICE), "choices")
        self._must(bool(self.item) == (self.kind is FieldKind.LIST), "item")
        self._must(isinstance(self.example, tuple) == (self.kind is FieldKind.LIST), "example")

    def _must(self, holds: bool, part: str) -> None:
        if not holds:
            raise ValueError(f"The field {self.name!r} can't have these {part}.")

    @property
    def word(self) -> str:
        """How it is written."""
        return self.words[0]

    @property
    def is_text(self) -> bool:
        """Whether its value may have spaces without quotes."""
        return self.kind is FieldKind.TEXT


NOTE: Final = Field(
    name="note",
    words=("note",),
    label="Note",
    kind=FieldKind.TEXT,
    example="for the Berlin office",
    about="a word to whoever decides",
    check=check_note,
)
"""The note is read as a provider's texts are."""


@dataclass(frozen=True)
class Column:
    """A column of the files: what a SIM card is known by at its provider."""

    name: str
    width: int
    """Characters that are seen at once."""
    of: Callable[[Sim], JsonValue]
    """What a SIM card has there."""


def _fits(_options: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Form:
    """What can be ordered from one provider, or asked of it, in a line with one verb."""

    provider: str
    """The provider's name, as it is written after `from=`."""
    title: str
    """The provider's name as people know it."""
    fields: tuple[Field, ...]
    """In the order in which they are written and shown."""
    most_per_call: int
    """eSIMs that one purchase call may buy."""
    columns: tuple[Column, ...] = ()
    """Of its SIM cards, beside the ICCID."""
    examples: tuple[str, ...] = ()
    """Lines behind `buy` that the help shows."""
    tried: tuple[tuple[str, str], ...] = ()
    """Words that people try and no field has, each with what to write instead."""
    verb: str = "buy"
    """The word of a line that is read by it."""
    kind: OrderKind | None = OrderKind.PURCHASE
    """The kind of the orders that are made from it; None: a question, which changes nothing."""
    subject: str = ""
    """The name of the field whose value stands right behind the verb; "": the amount does."""
    about: str = ""
    """What the line does, for the help: a phrase."""
    caution: str = ""
    """A warning to whoever decides, as a sentence; "" for none."""
    check: Callable[[Mapping[str, Value]], Iterable[tuple[str, str]]] = _fits
    """What is wrong with these options together: field names, each with a sentence."""
    others: "tuple[Form, ...]" = ()
    """What else can be asked of this provider, a form for each verb."""
    gives_codes: bool = False
    """Whether its eSIMs have activation codes that can be fetched."""

    def __post_init__(self) -> None:
        """Raises ValueError where two fields, or a field and the head, share a word or name."""
        names = [field.name for field in self.fields]
        words = [word for field in self.fields for word in field.words]
        for known in ([*names, *HEAD], [*words, *HEAD]):
            if len(set(known)) < len(known):
                raise ValueError(f"Two parts of the form of {self.title} have the same name.")
        if not _CHOICE.fullmatch(self.provider):
            raise ValueError(f"{self.provider!r} can't be written after `from=`.")
        if self.subject and self.subject not in names:
            raise ValueError(f"{self.subject!r} is no field of the form of {self.title}.")

    def of_kind(self, kind: OrderKind) -> "Form":
        """The provider's form for orders of this kind; itself where there is none."""
        return next((each for each in self.others if each.kind is kind), self)

    def of_verb(self, verb: str) -> "Form | None":
        """The provider's form that lines with this verb are read by."""
        return next((each for each in (self, *self.others) if each.verb == verb), None)

    def line_name(self, options: Mapping[str, Value]) -> str:
        """The name that phones show for eSIMs with these options; "" for the provider's own."""
        shown = (options.get(field.name, "") for field in self.fields if field.on_phones)
        return next((str(name) for name in shown if name), "")

    def options(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """These options, and the defaults of the others."""
        values = {field.name: given.get(field.name, field.default) for field in self.fields}
        return {name: value for name, value in values.items() if value not in (None, ())}

    def values(self, request: PurchaseRequest) -> Iterator[tuple[Field, Value | None]]:
        """Every field with its value in the request; also options that only an earlier form had."""
        for field in self.fields:
            yield field, request.options.get(field.name)
        known = {field.name for field in self.fields}
        for name, value in request.options.items():
            if name not in known:
                yield _unknown(name, value), value


Forms = Mapping[str, Form]
"""Provider's name to its form; the first is bought from when nobody says which."""


def form_of(forms: Forms, provider: str) -> Form:
    """The provider's form; an empty one when it is not set up here (any more)."""
    return forms.get(provider) or Form(
        provider="unknown", title=provider, fields=(), most_per_call=1
    )


def _unknown(name: str, value: Value) -> Field:
    is_list = isinstance(value, tuple)
    return Field(
        name=name,
        words=(name if _WORD.fullmatch(name) else "option",),
        label=name.replace("_", " ").capitalize(),
        kind=FieldKind.LIST if is_list else FieldKind.WORD,
        example=value,
        item="text" if is_list else "",
    )
