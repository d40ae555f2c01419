"""Reads a line with a verb that only some providers have: a change or a question."""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from types import MappingProxyType

from bot.domain.form import Field, Form
from bot.domain.grammar.commands import FROM, Ask, Change, Rules, forms_with, written
from bot.domain.grammar.lexicon import form_asked, words_of
from bot.domain.grammar.loose_words import LooseWords
from bot.domain.grammar.meanings import Meanings
from bot.domain.grammar.reader import LineReader
from bot.domain.grammar.values import (
    SMALL_WORDS,
    Reading,
    matched,
    meant,
    possible,
    read_short,
    takers_of,
)
from bot.domain.line.amount import is_courteous, is_courtesy, names_esims
from bot.domain.line.problems import InvalidCommand
from bot.domain.line.scanner import Line, Words, scan

SIMILAR = MappingProxyType(
    {
        "packages": "price prices pricing plan plans tariff tariffs bundle bundles package "
        "catalogue catalog offers destinations rates preise pakete prix forfaits precios",
        "purchases": "bought purchased",
        "topup": "recharge refill reload aufladen recharger recargar ricarica",
        "activate": "send code codes qr install activation activations aktivieren activer "
        "activar attivare activeren",
        "handout": "handouts zip sheet labels print",
        "assigned": "holders holder assignments assignees",
    }
)
"""What people type for a verb; for what ends or moves something, nothing is taken for it."""


def verb_at(line: Line, start: int, known: Iterable[str]) -> tuple[str, int] | None:
    """The known verb that the line begins with, also as `top up` or `top-up`; its end."""
    words = line.words(start)[:2]
    verbs = {_solid(verb): verb for verb in known}
    for used in range(1, len(words) + 1):
        verb = verbs.get(_solid("".join(word.plain for word in words[:used])))
        if verb:
            return verb, words[used - 1].end
    return None


def similar_verb(word: str, known: Iterable[str]) -> str | None:
    """The verb that people mean by another word for it."""
    return next((verb for verb in known if word in SIMILAR.get(verb, "").split()), None)


def changes(line: str, rules: Rules) -> bool:
    """Whether a line, with its slash command, asks for a change of what was bought."""
    verb = line.removeprefix(f"{rules.command} ").partition(" ")[0]
    return any(form.kind is not None for form in forms_with(verb, rules.forms).values())


def parse_verb(line: Line, start: int, rules: Rules, verb: str) -> Change | Ask:
    """Read what follows a verb that some providers have.

    Raises InvalidCommand with every problem at once, and with all that the line can mean.
    """
    form = form_asked(line, start, rules, verb)
    line = line if form.kind else _without_mark(line)
    lexicon = words_of(rules, form)
    meanings = Meanings(rules, lexicon)
    meanings.has_amount = True  # none is asked for
    LineReader(line, meanings, rules, _SubjectWords(line, meanings)).read(
        list(scan(line, start, lexicon.names))
    )
    _check_seller(line, meanings, rules)
    meanings.check(len(line.text))
    commands = list(_commands(form, line, meanings))
    if meanings.problems:
        shown = [f"{rules.command} {written(each, rules.forms)}" for each in commands]
        raise InvalidCommand(line.text, meanings.problems, shown or [f"{rules.command} help"])
    return commands[0]


def _without_mark(line: Line) -> Line:
    """A question without its mark."""
    end = len(line.plain.rstrip("?! "))
    return Line(line.text[:end], line.plain[:end])


def _commands(form: Form, line: Line, meanings: Meanings) -> Iterator[Change | Ask]:
    """All that the line can mean."""
    if form.kind is None:
        yield from (Ask(form, form.options(parts)) for parts in meanings.wholes())
    else:
        for request in meanings.requests():
            yield Change(request, line=line.text, places=meanings.places)


def _check_seller(line: Line, meanings: Meanings, rules: Rules) -> None:
    """Nobody guesses at one of several providers, unless the usual one is among them."""
    able, end = forms_with(meanings.lexicon.form.verb, rules.forms), len(line.text)
    is_plain = len(able) == 1 or rules.form.provider in able
    if not is_plain and FROM not in meanings.places:
        named = " or ".join(f"{FROM}={name}" for name in able)
        meanings.unclear(end, end + 1, f"several providers can do this: write {named}", FROM)


class _SubjectWords(LooseWords):
    """What the line is about, and loose words behind it."""

    def take(self, words: Words) -> None:
        """Words behind the verb, or after a value that takes no more of them."""
        words = self._without_provider(_without_fillers(words))
        if not words or is_courteous(words):
            return
        self.check_quotes(words)
        lexicon = self._meanings.lexicon
        subject = lexicon.fields.get(lexicon.form.subject)
        if subject and not self._meanings.has(subject.name):
            words = self._take_subject(subject, words)
        if rest := self._without_provider(words):
            self._take_rest(rest)

    def resolve(self) -> None:
        """Nothing is left open."""

    def _take_subject(self, subject: Field, words: Words) -> Words:
        """What the line is about, from as many words as it takes; the other words."""
        while len(words) > 1 and words[0].plain.lower() in SMALL_WORDS:
            words = words[1:]
        if short := read_short(subject, words, numbers=True):
            return self._give_about(subject, short, words)
        run = tuple(takewhile(lambda word: word.plain.isdecimal(), words))
        is_one = bool(run[1:]) and not any(possible(subject, word.plain) for word in run)
        for number in possible(subject, "".join(word.plain for word in run)) if is_one else []:
            spaced = Reading(number, len(run), f"write it without spaces: {number}")
            return self._give_about(subject, spaced, words)
        return self._give_about(subject, self._unknown(subject, words), words)

    def _unknown(self, subject: Field, words: Words) -> Reading:
        """What the field lets pass, or why not; up to where another option's value begins."""
        others = [each for each in self._meanings.lexicon.telling if each != subject]
        ends = (place for place in range(1, len(words)) if matched(words[place:], others))
        used = next(ends, len(words)) if subject.is_text and not words[0].quoted else 1
        try:
            return Reading(subject.check(self._line.text_of(words[:used])), used)
        except ValueError as wrong:
            near = meant(subject, str(wrong))
            return Reading(near[0] if near else None, used, str(wrong))

    def _give_about(self, subject: Field, reading: Reading, words: Words) -> Words:
        """Take what was read; the words behind it."""
        start, end, name = words[0].start, words[reading.used - 1].end, subject.name
        self._meanings.places.setdefault(name, (start, end))
        if reading.problem:
            tell = self._meanings.unclear if reading.value is None else self._meanings.wrong
            tell(start, end, reading.problem, name)
        if reading.value is not None:
            self._meanings.give(name, reading.value, start, end)
        return words[reading.used :]

    def _take_rest(self, words: Words) -> None:
        """Words that belong to no option: what they may be is suggested, never taken."""
        start, end = words[0].start, words[-1].end
        takers = takers_of(words, self._left())
        if found := self._told_by_value(words):
            self._suggest(found, start, end)
        elif len(takers) > 1:
            named = " or ".join(f"{field.word}=" for field, _ in takers)
            self._meanings.wrong(start, end, f"what is this? Write {named} before it")
            self._meanings.choose(*({field.name: value} for field, value in takers))
        else:
            self._meanings.unclear(start, end, self._what_is_this())

    def _what_is_this(self) -> str:
        words = [f"{field.word}=" for field in self._meanings.lexicon.fields.values()]
        return "I can't tell what this is" + (f": there are {', '.join(words)}" if words else "")


def _without_fillers(words: Words) -> Words:
    """The words without `eSIM` or `SIM card` before what they are about, and `please` behind."""
    while words and not words[0].quoted and (named := names_esims(words)):
        words = words[named:]
    while words and not words[-1].quoted and is_courtesy(words[-1]):
        words = words[:-1]
    return words


def _solid(word: str) -> str:
    """A verb in small letters, without signs within and behind it."""
    return re.sub("[-_:,;.?!]", "", word.lower())
