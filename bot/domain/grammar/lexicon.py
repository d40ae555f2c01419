"""The words of a form: the names of its options, and what is said of other names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from bot.domain.form import NOTE, Field, FieldKind, Form
from bot.domain.grammar.commands import FROM, Rules, forms_with
from bot.domain.grammar.values import Choices, did_you_mean, is_telling
from bot.domain.line.scanner import Line, Names, Option, scan
from bot.domain.request import OrderKind

AMOUNT: Final = "amount"
"""The name of the part that says how many."""
_HOW_MANY: Final = {"amount": AMOUNT, "quantity": AMOUNT}
_FROM: Final = ("from", "provider", "seller", "vendor", "supplier")
_FOR: Final = ("for", "person", "recipient", "user", "behalf", "on_behalf_of")
_AT: Final = ("at", "when", "time", "date", "schedule")
NOT_YET: Final = {
    **dict.fromkeys(
        _FOR, "not possible yet: an order is for whoever types it; name others in the note"
    ),
    **dict.fromkeys(_AT, "not possible yet: it is bought when it is approved, at no set time"),
}
"""Words that people try for what can't be ordered yet, and what is said of them."""


@dataclass(frozen=True)
class Lexicon:
    """Every word that means something in a line for this form."""

    form: Form
    others: tuple[Form, ...] = ()
    """The same of other providers."""

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field by its name, also the note of an order."""
        note = (NOTE,) if self.form.kind else ()
        return {field.name: field for field in (*self.form.fields, *note)}

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """Word to the name of the part that it sets; these may stand without a sign too."""
        how_many = _HOW_MANY if self.form.kind is OrderKind.PURCHASE else {}
        note = {NOTE.word: NOTE.name} if self.form.kind else {}
        return {**how_many, **note, **self.own}

    @cached_property
    def own(self) -> Mapping[str, str]:
        """The same for the provider's own options alone."""
        return {word: field.name for field in self.form.fields for word in field.words}

    @cached_property
    def telling(self) -> tuple[Field, ...]:
        """The fields whose values may tell by themselves what they are."""
        short = (FieldKind.WORD, FieldKind.TEXT)
        fields = (field for field in self.form.fields if field.kind in short)
        return tuple(field for field in fields if self._is_short(field) or is_telling(field))

    def _is_short(self, field: Field) -> bool:
        """Whether it is a text of a few words, such as a name, and no sentence."""
        return field.is_text and (field.required or field.name == self.form.subject)

    @cached_property
    def lists(self) -> tuple[Field, ...]:
        """The fields that take several texts."""
        return tuple(field for field in self.form.fields if field.kind is FieldKind.LIST)

    @cached_property
    def choices(self) -> tuple[Choices, ...]:
        """The fields that take one of a few words."""
        fields = self.form.fields
        return tuple(Choices(field) for field in fields if field.kind is FieldKind.CHOICE)

    @cached_property
    def names(self) -> Names:
        """How the scanner tells an option from other words."""
        return Names(
            known=self._is_known,
            bare=self.parts.__contains__,
            several=lambda name: self._kind(name) is FieldKind.LIST,
            free=self._is_free,
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that may stand in a line: names of options, and choices."""
        choices = [choice for choices in self.choices for choice in choices.words]
        return frozenset((*self.parts, *_FROM, *NOT_YET, *choices))

    def _is_free(self, name: str) -> bool:
        field = self.fields.get(self.part(name))
        return field is not None and field.is_text and field not in self.telling

    def _kind(self, name: str) -> FieldKind | None:
        field = self.fields.get(self.part(name))
        return field.kind if field else None

    @cached_property
    def foreign(self) -> Mapping[str, Form]:
        """The words for options of other providers alone, each with its form."""
        return {
            word: form
            for form in reversed(self.others)
            for field in form.fields
            for word in field.words
            if word not in self.parts
        }

    @cached_property
    def _tried(self) -> Mapping[str, str]:
        """Words that people try, and what is said of them."""
        return dict(self.form.tried)

    def _is_known(self, name: str) -> bool:
        known = (self.parts, _FROM, NOT_YET, self.foreign, self._tried)
        return any(name in words for words in known)

    def meant(self, name: str) -> str:
        """The known name nearest to a typed one, or the typed one."""
        if self._is_known(name):
            return name
        return did_you_mean(name, (*self.parts, FROM)) or name

    def part(self, name: str) -> str:
        """The part of a request that a name, perhaps misspelt, sets; "" for an unknown one."""
        meant = self.meant(name)
        return FROM if meant in _FROM and meant not in self.parts else self.parts.get(meant, "")

    def is_own(self, name: str) -> bool:
        """Whether a name, perhaps misspelt, is no option of another provider, nor names one."""
        return name not in self.foreign and self.part(name) != FROM

    def is_exact(self, name: str) -> bool:
        """Whether it names an option of this form, letter by letter."""
        return name in self.parts or name in _FROM

    @cached_property
    def reading_order(self) -> tuple[str, ...]:
        """The parts in the order in which they are read, what is certain first.

        Texts are read late: whatever is missing may be at their end. Unknown options come last.
        """
        kinds = (FieldKind.CHOICE, FieldKind.WORD, FieldKind.LIST, FieldKind.TEXT)
        fields = sorted(self.form.fields, key=lambda field: kinds.index(field.kind))
        return (AMOUNT, FROM, *(field.name for field in fields), NOTE.name, "")

    def unknown(self, name: str, *, is_seller_named: bool = False) -> str:
        """What to say of a word for no option of this form."""
        if said := self._tried.get(name):
            return said
        if owner := self.foreign.get(name):
            return self._of_another(owner, is_seller_named=is_seller_named)
        if self.form.kind and (said := NOT_YET.get(name)):
            return said
        *words, last = [field.word for field in self.fields.values()] or ["none"]
        named = f"there are {', '.join(words)} and" if words else "there is only"
        return f"there is no such option; {named} {last}"

    def _of_another(self, owner: Form, *, is_seller_named: bool) -> str:
        if not is_seller_named:
            return f"this is an option of {owner.title}: {FROM}={owner.provider} orders there"
        words = ", ".join(field.word for field in self.form.fields)
        takes = f"{FROM}={self.form.provider} takes {words or 'no options'}"
        return f"this is an option of {owner.title}; {takes}"


@lru_cache(maxsize=64)
def lexicon_of(form: Form, others: tuple[Form, ...] = ()) -> Lexicon:
    """The words of this form, beside those of `others`."""
    return Lexicon(form, others)


def words_of(rules: Rules, form: Form | None = None) -> Lexicon:
    """The words of one of the forms that lines are read by; usually the first."""
    chosen = form or rules.form
    same = forms_with(chosen.verb, rules.forms)
    return lexicon_of(chosen, tuple(each for each in same.values() if each is not chosen))


def form_asked(line: Line, start: int, rules: Rules, verb: str = "buy") -> Form:
    """The form of the provider that the line names, else of the first one that has this verb."""
    known = forms_with(verb, rules.forms)
    usual = next(iter(known.values()), rules.form)
    lexicon = words_of(rules, usual)
    for option in scan(line, start, lexicon.names):
        if isinstance(option, Option) and lexicon.part(option.name) == FROM and option.pieces:
            named = provider_named(option.pieces[0].plain, rules)
            return known.get(named or "", usual)
    return usual


def provider_named(word: str, rules: Rules) -> str | None:
    """The provider that a word names, by its name or its title."""
    plain = word.strip().lower()
    titles = {form.title.lower(): name for name, form in rules.forms.items()}
    return plain if plain in rules.forms else titles.get(plain)


def no_such_provider(word: str, rules: Rules) -> str:
    """What to say of a word that names no provider."""
    names = ", ".join(rules.forms)
    known = f"it is one of {names}" if len(rules.forms) > 1 else f"there is only {names}"
    near = did_you_mean(word, rules.forms)
    return f"there is no such provider: {f'did you mean {near}?' if near else known}"
