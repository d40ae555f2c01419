"""Loose words of a `buy`, which belong to no option: the amount, and words beside it."""

import re
from collections.abc import Sequence

from bot.domain.form import NOTE, Field, Form
from bot.domain.grammar.commands import FROM, a, written_option
from bot.domain.grammar.meanings import Meanings, Parts
from bot.domain.grammar.values import Choices, matched, possible
from bot.domain.line.amount import (
    Amount,
    alters_amount,
    another_amount,
    find_amount,
    is_courteous,
    is_courtesy,
    names_esims,
)
from bot.domain.line.scanner import Line, Words
from bot.domain.request import Value

_NO_AMOUNT = "this is no amount: write a whole number in digits, like 10"
_BEFORE = "I can't tell what this means before the amount: begin with the amount"
_ALTERS = "this may change the amount: write one number, and text in quotes"
_END = ".,;!"
_UNCLOSED = "this quote is never closed: add one at its end"


class LooseWords:
    """Reads the amount, and keeps the other words until all that is certain has been read."""

    def __init__(self, line: Line, meanings: Meanings) -> None:
        self._line = line
        self._meanings = meanings
        self._loose: list[Words] = []
        self._lists = meanings.lexicon.lists
        self._choices = meanings.lexicon.choices

    def take(self, words: Words) -> None:
        """Words in the place of the amount, or after a value that takes no more of them."""
        while words and is_courtesy(words[-1]):
            words = words[:-1]
        words = words[names_esims(words) :]
        found = None if self._meanings.has_amount else find_amount(words)
        if found:
            place, amount = found
            if place:
                self._meanings.unclear(words[0].start, words[place - 1].end, _BEFORE)
            self.take_amount(words[place:], amount)
        elif words and not self._meanings.has_amount and not self._named(words):
            self.refuse_amount(words)
        else:
            self._sort(words, closed=False)

    def take_amount(self, words: Words, amount: Amount) -> None:
        """The amount that the words begin with, and what follows it."""
        taken, rest = words[: amount.used], words[amount.used :]
        self.check_quotes(taken)
        self._meanings.amount(amount, taken[0].start, taken[-1].end)
        while rest and is_courtesy(rest[-1]):
            rest = rest[:-1]
        named = names_esims(rest)
        self._sort(rest[named:], closed=named > 0, adjacent=True)

    def refuse_amount(self, words: Words) -> None:
        """Words that stand where the amount should, and are none."""
        self._meanings.has_amount = True
        self._meanings.unclear(words[0].start, words[-1].end, _NO_AMOUNT)

    def check_quotes(self, words: Words) -> None:
        """A problem for each quote that is never closed.

        One that may be an apostrophe, or that swallowed an option, leaves all in doubt.
        """
        for word in words:
            if word.closed:
                continue
            doubtful = self._line.plain[word.start] == "'" or re.search("[=:]|--", word.plain)
            tell = self._meanings.unclear if doubtful else self._meanings.wrong
            tell(word.start, word.end, _UNCLOSED)

    def resolve(self) -> None:
        """Leave open what each run of loose words is: a text of a list, or the note."""
        if all(map(is_courteous, self._loose)):
            return
        for words in self._loose:
            self._meanings.wrong(words[0].start, words[-1].end, self._what_is_this())
            nothing: list[Parts] = [{}] if words[0].plain.lower() == "x" and len(words) == 1 else []
            choice, rest = self._edge(words)
            with_choice = [{**parts, **choice} for parts in self._texts(rest)] if choice else []
            self._meanings.choose(*nothing, *self._texts(words), *with_choice)

    def _what_is_this(self) -> str:
        kinds = [f"{a(field.item)} or " for field in self._lists]
        written = [f"{field.word}=… or " for field in self._lists]
        return (
            f"is this {''.join(kinds)}a {NOTE.word}? "
            f"Write {''.join(written)}{NOTE.word}=…, with spaces in quotes"
        )

    def _texts(self, words: Words) -> list[Parts]:
        """The words as a text of each list, and as a note where there is none yet."""
        text = self._line.text_of(words)
        items: list[Parts] = [
            {field.name: (item,)} for field in self._lists for item in possible(field, text)
        ]
        if self._meanings.has(NOTE.name):
            return items
        return [*items, *({NOTE.name: note} for note in possible(NOTE, text))]

    def _named(self, words: Words) -> list[tuple[Field, str]]:
        """The choices that the words name, where they name nothing else."""
        return [(each.field, choice) for each in self._choices for choice in each.in_words(words)]

    def _give(self, named: Sequence[tuple[Field, str]], start: int, end: int) -> None:
        """Take choices: where one word is a choice of several fields, only one is meant."""
        if len({field.name for field, _ in named}) > 1:
            self._meanings.choose(*({field.name: choice} for field, choice in named))
            return
        for field, choice in named:
            self._meanings.give(field.name, choice, start, end)

    def _edge(self, words: Words) -> tuple[Parts, Words]:
        """The choice that the words begin or end with, and the other words; or no choice."""
        if len(words) > 1:
            for word, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
                for each in self._choices:
                    if word.plain.lower() in each.words and not word.quoted:
                        return {each.field.name: word.plain.lower()}, rest
        return {}, words

    def _sort(self, words: Words, *, closed: bool, adjacent: bool = False) -> None:
        """Words after the amount; `closed` after a noun, as in `5 eSIMs for the trial`."""
        words = self._without_provider(words)
        if not words:
            return
        start, end = words[0].start, words[-1].end
        self.check_quotes(words)
        if other := another_amount(words):
            self._meanings.amount(other, start, end, again=adjacent)
        elif named := self._named(words):
            told = " or ".join(f"{field.word}={choice}" for field, choice in named)
            self._meanings.wrong(start, end, f"did you mean {told}?")
            self._give(named, start, end)
        elif is_courteous(words):
            self._loose.append(words)
        elif found := self._told_by_value(words):
            self._suggest(found, start, end)
        elif unclear := next((each for each in self._choices if each.is_unclear(words)), None):
            self._meanings.unclear(start, end, _which(unclear))
        elif alters_amount(words, closed=closed):
            self._meanings.unclear(start, end, _ALTERS)
        else:
            self._loose.append(words)

    def _told_by_value(self, words: Words) -> list[tuple[Field, Value, int]]:
        """The values that the words clearly are, of options that the line does not name."""
        return matched(words, self._left())

    def _left(self) -> list[Field]:
        """The fields of which the line says nothing, and whose values may tell what they are."""
        meanings = self._meanings
        return [
            field
            for field in meanings.lexicon.telling
            if not (meanings.has(field.name) or field.name in meanings.named)
        ]

    def _suggest(self, found: Sequence[tuple[Field, Value, int]], start: int, end: int) -> None:
        told = " ".join(written_option(field, value) for field, value, _ in found)
        self._meanings.wrong(start, end, f"did you mean {told}?")
        for field, value, _ in found:
            self._meanings.give(field.name, value, start, end)

    def _without_provider(self, words: Words) -> Words:
        """The words behind `from telnyx`, which takes an equals sign."""
        begins = bool(words[1:]) and words[0].plain.lower() == FROM and not words[1].quoted
        if not begins:
            return words
        form, others = self._meanings.lexicon.form, self._meanings.lexicon.others
        named = words[1].plain.lower().rstrip(_END)
        asked = next((each for each in (form, *others) if named in _names(each)), None)
        if asked is None:
            return words
        tell = self._meanings.wrong if asked is form else self._meanings.unclear
        start, end = words[0].start, words[1].end
        tell(start, end, f"write it with an equals sign, like {FROM}={asked.provider}")
        self._meanings.give(FROM, asked.provider, start, end)
        return words[2:]


def _names(form: Form) -> tuple[str, str]:
    """What a provider is called."""
    return form.provider, form.title.lower()


def _which(choices: Choices) -> str:
    word = choices.field.word
    return (
        f"I can't tell which {word} this asks for: write {word}=… with one of "
        f"{', '.join(choices.words)}, and text in quotes"
    )
