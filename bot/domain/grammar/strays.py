"""Words of a `buy` that belong to no option: the amount, and what people write around it."""

import re

from bot.domain.grammar.amount import (
    Amount,
    alters_amount,
    another_amount,
    find_amount,
    is_courteous,
    is_courtesy,
    names_esims,
)
from bot.domain.grammar.meanings import Meanings, Parts
from bot.domain.grammar.options import STATUSES, clouds_status, possible, statuses_in
from bot.domain.grammar.scanner import Line, Words
from bot.domain.request import SimStatus

_NO_AMOUNT = "this is no amount: write a whole number in digits, like 10"
_BEFORE = "I can't tell what this means before the amount: begin with the amount"
_ALTERS = "this may change the amount: write one number, and text in quotes"
_LOOSE = "is this a tag or a note? Write tags=… or note=…, with spaces in quotes"
_WHICH_STATUS = (
    "I can't tell which status this asks for: write status=… with one of "
    f"{', '.join(STATUSES)}, and text in quotes"
)
_UNCLOSED = "this quote is never closed: add one at its end"


class Strays:
    """Reads the amount, and keeps the other words until all that is certain has been read."""

    def __init__(self, line: Line, meanings: Meanings) -> None:
        self._line = line
        self._meanings = meanings
        self._loose: list[Words] = []

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
        elif words and not self._meanings.has_amount and not statuses_in(words):
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
        """Leave open whether each run of loose words is a tag or a note."""
        if all(map(is_courteous, self._loose)):
            return
        for words in self._loose:
            self._meanings.wrong(words[0].start, words[-1].end, _LOOSE)
            nothing: list[Parts] = [{}] if words[0].plain.lower() == "x" and len(words) == 1 else []
            status, rest = _edge(words)
            with_status = [{**parts, **status} for parts in self._texts(rest)] if status else []
            self._meanings.choose(*nothing, *self._texts(words), *with_status)

    def _texts(self, words: Words) -> list[Parts]:
        """The words as a tag, and as a note where there is none yet."""
        text = self._line.text_of(words)
        tags: list[Parts] = [{"tags": (tag,)} for tag in possible("tags", text)]
        if self._meanings.has("note"):
            return tags
        return [*tags, *({"note": note} for note in possible("note", text))]

    def _sort(self, words: Words, *, closed: bool, adjacent: bool = False) -> None:
        """Words after the amount; `closed` after a noun, as in `5 eSIMs for the trial`."""
        if not words:
            return
        start, end = words[0].start, words[-1].end
        self.check_quotes(words)
        if other := another_amount(words):
            self._meanings.amount(other, start, end, again=adjacent)
        elif statuses := statuses_in(words):
            named = " or ".join(f"status={status}" for status in statuses)
            self._meanings.wrong(start, end, f"did you mean {named}?")
            for status in statuses:
                self._meanings.give("status", SimStatus(status), start, end)
        elif is_courteous(words):
            self._loose.append(words)
        elif clouds_status(words):
            self._meanings.unclear(start, end, _WHICH_STATUS)
        elif alters_amount(words, closed=closed):
            self._meanings.unclear(start, end, _ALTERS)
        else:
            self._loose.append(words)


def _edge(words: Words) -> tuple[Parts, Words]:
    """The status that the words begin or end with, and the other words; or no status."""
    if len(words) > 1:
        for word, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
            status = word.plain.lower()
            if status in STATUSES and not word.quoted:
                return {"status": SimStatus(status)}, rest
    return {}, words
