"""The words of a form: its options' names, and how each value is read or refused."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Final

from bot.domain.form import NOTE, Field, FieldKind, Form
from bot.domain.grammar.commands import FROM, Rules
from bot.domain.grammar.scanner import Line, Names, Option, Words, scan
from bot.domain.request import Value

AMOUNT: Final = "amount"
"""The name of the part that says how many."""
_HEAD: Final = {"amount": AMOUNT, "quantity": AMOUNT, NOTE.word: NOTE.name}
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
_LONGEST_WORD = 30
"""Characters of a word that may be a misspelling of ours."""
_SURELY = 0.8
"""Similarity from which a word is taken for a choice."""
_ENDING = re.compile("(e?d|ing|s|e)$")
_STEM = 5
"""Letters of a choice without its ending that make another word count as being about it."""
_MOST_WORDS = 3
"""Words that a choice may be written in."""
_DENYING = (
    "not no non none never without but except un dis anti nicht kein keine ohne pas ni sans sin "
    "nunca não nao nem sem senza né mai niet geen zonder nooit ikke ingen uden aldrig"
)
_DENIALS = frozenset(_DENYING.split())
_PREFIXES = sorted((*_DENIALS, "mis", "in", "de"), key=len, reverse=True)
_DENIED = re.compile(f"(?:{'|'.join(_PREFIXES)})(.+)")
_JOINING = "or and then to as oder und ou et o y e of en eller og"
_JOINERS = frozenset(_JOINING.split())
_APART = re.compile(r"[,;/|&+ ]+")
_END = ".,;!"


@dataclass(frozen=True)
class Reading:
    """The reading of a value: `value` is the most likely meaning."""

    value: Value | None
    used: int = 1
    """Words that it takes."""
    problem: str = ""
    others: tuple[Value, ...] = ()
    """What else was meant by it, where it names several."""


@dataclass(frozen=True)
class Lexicon:
    """Every word that means something in a line for this form."""

    form: Form
    others: tuple[Form, ...] = ()
    """What can be ordered from other providers."""

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """Every field by its name, also the note."""
        return {field.name: field for field in (*self.form.fields, NOTE)}

    @cached_property
    def parts(self) -> Mapping[str, str]:
        """Word to the name of the part that it sets; these may stand without a sign too."""
        return {**_HEAD, **self.own}

    @cached_property
    def own(self) -> Mapping[str, str]:
        """The same for the provider's own options alone."""
        return {word: field.name for field in self.form.fields for word in field.words}

    @cached_property
    def lists(self) -> tuple[Field, ...]:
        """The fields that take several texts."""
        return tuple(field for field in self.form.fields if field.kind is FieldKind.LIST)

    @cached_property
    def choices(self) -> tuple["Choices", ...]:
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
            free=lambda name: self._kind(name) is FieldKind.TEXT,
        )

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that may stand in a line: names of options, and choices."""
        choices = [choice for choices in self.choices for choice in choices.words]
        return frozenset((*self.parts, *_FROM, *NOT_YET, *choices))

    def _kind(self, name: str) -> FieldKind | None:
        field = self.fields.get(self.part(name))
        return field.kind if field else None

    @cached_property
    def _foreign(self) -> Mapping[str, Form]:
        """The words for options of other providers alone."""
        return {
            word: form
            for form in reversed(self.others)
            for field in form.fields
            for word in field.words
            if word not in self.parts
        }

    def _is_known(self, name: str) -> bool:
        return any(name in words for words in (self.parts, _FROM, NOT_YET, self._foreign))

    def meant(self, name: str) -> str:
        """The known name nearest to a typed one, or the typed one."""
        if self._is_known(name):
            return name
        return did_you_mean(name, (*self.parts, FROM)) or name

    def part(self, name: str) -> str:
        """The part of a request that a name, perhaps misspelt, sets; "" for an unknown one."""
        meant = self.meant(name)
        return FROM if meant in _FROM and meant not in self.parts else self.parts.get(meant, "")

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

    def unknown(self, name: str) -> str:
        """What to say of a word for no option of this form."""
        if said := dict(self.form.tried).get(name):
            return said
        if owner := self._foreign.get(name):
            return f"this is an option of {owner.title}: {FROM}={owner.provider} orders there"
        if said := NOT_YET.get(name):
            return said
        words = [field.word for field in self.form.fields]
        named = f"there are {', '.join(words)} and" if words else "there is only"
        return f"there is no such option; {named} {NOTE.word}"


@lru_cache(maxsize=64)
def lexicon_of(form: Form, others: tuple[Form, ...] = ()) -> Lexicon:
    """The words of this form, beside those of `others`."""
    return Lexicon(form, others)


def words_of(rules: Rules, form: Form | None = None) -> Lexicon:
    """The words of one of the forms that lines are read by; usually the first."""
    chosen = form or rules.form
    return lexicon_of(chosen, tuple(each for each in rules.forms.values() if each is not chosen))


def form_asked(line: Line, start: int, rules: Rules) -> Form:
    """The form of the provider that the line names, else the form of the usual provider."""
    lexicon = words_of(rules)
    for option in scan(line, start, lexicon.names):
        if isinstance(option, Option) and lexicon.part(option.name) == FROM and option.pieces:
            named = provider_named(option.pieces[0].plain, rules)
            return rules.forms.get(named or "", rules.form)
    return rules.form


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


def did_you_mean(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The known word nearest to a misspelt one."""
    if len(word) > _LONGEST_WORD:
        return None
    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=likeness)), None)


def negates(word: str) -> bool:
    """Whether the word negates what follows it, or makes it one of several."""
    plain = word.lower().strip(_END)
    return plain in _DENIALS or plain in _JOINERS or "n't" in plain


def possible(field: Field, text: str) -> list[str]:
    """The text as the field stores it, in a list; empty when the field refuses it."""
    try:
        return [str(field.check(text))]
    except ValueError:
        return []


def read_word(field: Field, words: Words) -> Reading:
    """Read a value of one word."""
    try:
        return Reading(field.check(words[0].plain.strip()))
    except ValueError as wrong:
        return Reading(None, 1, str(wrong))


class Choices:
    """The choices of a field, and words that may be meant as one of them."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.words = field.choices
        self._solid = {_solid(choice): choice for choice in field.choices}
        stems = (_ENDING.sub("", _solid(choice)) for choice in field.choices)
        self._stems = tuple(stem for stem in stems if len(stem) >= _STEM)

    def near(self, word: str) -> str | None:
        """The choice that a word surely is, perhaps misspelt; None where it may be the opposite."""
        plain = word.lower().rstrip(_END)
        if plain in self.words:
            return plain
        denied = _DENIED.fullmatch(plain)
        if not plain.isalpha() or (denied and did_you_mean(denied[1], self.words, _SURELY)):
            return None
        if any(choice in plain and len(plain) > len(choice) + 1 for choice in self.words):
            return None  # one with a whole word before or after it
        return did_you_mean(plain, self.words, _SURELY)

    def in_words(self, words: Words) -> list[str]:
        """The choices that the words name, where they name nothing else."""
        if whole := self._whole(words):
            return [whole]
        if any(word.quoted for word in words):
            return []
        parts = [part for word in words for part in _APART.split(word.plain.lower()) if part]
        named = [self.near(part) for part in parts if part not in _JOINERS]
        return list(dict.fromkeys(choice for choice in named if choice)) if all(named) else []

    def _whole(self, words: Words) -> str | None:
        """The choice that the words are together: `stand by`."""
        solid = _solid("".join(word.plain for word in words[:3]))
        return self._solid.get(solid) if len(words) <= _MOST_WORDS else None

    def is_unclear(self, words: Words) -> bool:
        """Whether the words are about this field, but their meaning is not clear."""
        loose = [word.plain for word in words if not word.quoted]
        about = [word for word in loose if self._is_about(word)]
        unlike = any(word.lower().rstrip(_END) not in self.words for word in about)
        return bool(about) and (unlike or len(about) > 1 or any(map(negates, loose)))

    def _is_about(self, word: str) -> bool:
        solid = _solid(word)
        return any(stem in solid for stem in self._stems) or self.near(word) is not None

    def read(self, words: Words) -> Reading:
        """Read a choice, and how many of the words it takes: `stand by` are two."""
        if whole := self._whole(words):
            return Reading(whole, len(words))
        word = words[0].plain.strip().lower()
        if word in self.words:
            return Reading(word)
        first, *others = [self.near(part) for part in _APART.split(word)]
        if first and others and all(others):
            return Reading(first, 1, "", tuple(other for other in others if other))
        near = self.near(word)
        hint = f"did you mean {near}?" if near else f"it is one of {', '.join(self.words)}"
        used = 2 if negates(word) and len(words) > 1 else 1
        return Reading(near, used, f"there is no such {self.field.word}: {hint}")


def _solid(text: str) -> str:
    """The text in small letters, without separators within words."""
    return re.sub("[-_ ]", "", text.lower())
