"""Words of a `buy` that belong to no option: the amount, and what people write around it."""

import re

from bot.domain.grammar.amount import (
    Amount,
    alters_amount,
    another_amount,
    find_amount,
    is_courtesy,
    names_esims,
)
from bot.domain.grammar.meanings import Meanings, Parts
from bot.domain.grammar.options import STATUSES, possible, status_near
from bot.domain.grammar.scanner import Line, Words
from bot.domain.request import SimStatus

_NO_AMOUNT = "this is no amount: write a whole number in digits, like 10"
_BEFORE = "I can't tell what this means before the amount: begin with the amount"
_ALTERS = "this may change the amount: write one number, and text in quotes"
_LOOSE = "is this a tag or a note? Write tags=… or note=…, with spaces in quotes"
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
        elif words and not self._meanings.has_amount and not _status(words):
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
        for words in self._loose:
            start, end, text = words[0].start, words[-1].end, self._line.text_of(words)
            self._meanings.wrong(start, end, _LOOSE)
            tags = [{"tags": (tag,)} for tag in possible("tags", text)]
            noted = self._meanings.has("note")
            notes = [] if noted else [{"note": note} for note in possible("note", text)]
            nothing: list[Parts] = [{}] if words[0].plain.lower() == "x" and len(words) == 1 else []
            self._meanings.choose(*nothing, *tags, *notes)

    def _sort(self, words: Words, *, closed: bool, adjacent: bool = False) -> None:
        """Words after the amount; `closed` after a noun, as in `5 eSIMs for the trial`."""
        if not words:
            return
        start, end = words[0].start, words[-1].end
        self.check_quotes(words)
        if other := another_amount(words):
            self._meanings.amount(other, start, end, again=adjacent)
        elif status := _status(words):
            self._meanings.wrong(start, end, f"did you mean status={status}?")
            self._meanings.give("status", SimStatus(status), start, end)
        elif alters_amount(words, closed=closed):
            self._meanings.unclear(start, end, _ALTERS)
        else:
            self._loose.append(words)


def _status(words: Words) -> str | None:
    """The status that one word, or `stand by`, surely is."""
    letters = "".join(word.plain for word in words[:3]).lower().replace("-", "")
    if letters in STATUSES and len(words) <= len(STATUSES):
        return letters
    return status_near(words[0].plain) if len(words) == 1 and not words[0].quoted else None
