"""How the value of an option is read or refused, and which option a loose value belongs to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from bot.domain.form import Field
from bot.domain.line.scanner import Words
from bot.domain.request import Value

_LONGEST_WORD = 30
"""Characters of a word that may be a misspelling of ours."""
_SURELY = 0.8
"""Similarity from which a word is taken for a choice."""
_ENDING = re.compile("(e?d|ing|s|e)$")
_STEM = 5
"""Letters of a choice without its ending that make another word count as being about it."""
_MOST_WORDS = 3
"""Words that a choice may be written in."""
_MOST_IN_TEXT = 6
"""Words that another short value may be written in."""
_SPELT = 4
"""Letters of a choice that may be misspelt: a shorter one is like many a word."""
SMALL_WORDS = frozenset(
    ["for", "of", "in", "about", "my", "this", "für", "pour", "para", "per", "with", "and"]
)
"""Words before a value that say nothing."""
_NONSENSE = ("xqzvk", "?!", "xq zv")
"""Texts that are no value of a field that knows its values."""
_DID_YOU_MEAN = re.compile(r"did you mean (.+)\?$")
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


def meant(field: Field, sentence: str) -> list[str]:
    """The value that a refusal suggests: `did you mean France?`."""
    found = _DID_YOU_MEAN.search(sentence)
    return possible(field, found[1]) if found else []


def is_telling(field: Field) -> bool:
    """Whether not every text can be a value of the field."""
    return not any(possible(field, nonsense) for nonsense in _NONSENSE)


def surely(field: Field, words: Words) -> list[str]:
    """The words as one value that the field knows: not merely a text that it lets pass.

    A value that is known is the same however it is written.
    """
    if not field.is_text:
        plain = " ".join(word.plain for word in words).strip()
        return [value for value in possible(field, plain) if " " not in value]
    text = " ".join(word.text for word in words)
    known = possible(field, text)
    return known if possible(field, text.lower()) == possible(field, text.upper()) else []


def read_short(field: Field, words: Words, *, numbers: bool) -> Reading | None:
    """Read a value that the words begin with: `5GB`, or `5 GB`, `1 Dec 2026`; None for none.

    A number is a part of it only with `numbers`, and never where it follows another one.
    """
    for used in range(1 if words[0].quoted else min(_MOST_IN_TEXT, len(words)), 0, -1):
        if _may_join(words[:used], numbers=numbers) and (known := surely(field, words[:used])):
            return Reading(known[0], used)
    return None


def read_word(field: Field, words: Words, *, numbers: bool = False) -> Reading:
    """Read a value of one word, or of a few that are one together, as `read_short` does."""
    if short := read_short(field, words, numbers=numbers):
        return short
    try:
        return Reading(field.check(words[0].plain.strip()))
    except ValueError as wrong:
        near = meant(field, str(wrong))
        return Reading(near[0] if near else None, 1, str(wrong))


def _may_join(words: Words, *, numbers: bool) -> bool:
    return not any(word.quoted for word in words[1:]) and all(
        not after.plain[:1].isdecimal() or (numbers and not before.plain[-1:].isdecimal())
        for before, after in pairwise(words)
    )


def matched(words: Words, fields: Sequence[Field]) -> list[tuple[Field, Value, int]]:
    """The values that loose words clearly are: `5GB 7 days`, each with the words that it takes.

    Every word belongs to a value that exactly one field takes; otherwise nothing is matched.
    """
    found: list[tuple[Field, Value, int]] = []
    while words:
        while words[1:] and words[0].plain.lower() in SMALL_WORDS:
            words = words[1:]
        left = [field for field in fields if field not in [each for each, *_ in found]]
        first = _first_match(words, left)
        if first is None:
            return []
        found.append(first)
        words = words[first[2] :]
    return found


def _first_match(words: Words, fields: Sequence[Field]) -> tuple[Field, Value, int] | None:
    for used in range(min(_MOST_IN_TEXT, len(words)), 0, -1):
        takers = takers_of(words[:used], fields)
        if len(takers) == 1:
            return (*takers[0], used)
    return None


def takers_of(words: Words, fields: Sequence[Field]) -> list[tuple[Field, Value]]:
    """The fields that take these words together as one value, each with the value."""
    return [(field, value) for field in fields for value in surely(field, words)]


class Choices:
    """The choices of a field, and words that may be meant as one of them."""

    def __init__(self, field: Field) -> None:
        self.field = field
        self.words = field.choices
        self._long = tuple(word for word in field.choices if len(word) >= _SPELT)
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
        return did_you_mean(plain, self._long, _SURELY)

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
