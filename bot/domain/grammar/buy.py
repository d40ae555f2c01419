"""Reads the line of a `buy`: what it can mean in one way only is taken, all else is shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from bot.domain.grammar.amount import is_courtesy, read_amount, tail_amount
from bot.domain.grammar.commands import Buy, Rules, render
from bot.domain.grammar.meanings import Meanings
from bot.domain.grammar.options import (
    EXAMPLES,
    FIELDS,
    STATUSES,
    TEXTS,
    check,
    denies,
    meant,
    possible,
    read_group,
    read_status,
)
from bot.domain.grammar.problems import InvalidCommand
from bot.domain.grammar.scanner import Line, Names, Option, Piece, Words, scan
from bot.domain.grammar.strays import Strays
from bot.domain.request import SimStatus

NAMES = Names(
    known=FIELDS.__contains__,
    several=lambda name: FIELDS.get(meant(name)) == "tags",
    free=lambda name: FIELDS.get(meant(name)) in TEXTS,
)
_AMOUNT_OR_TEXT = "the amount, or a part of the text before it? Write that in quotes"
_TURNS = ("amount", "status", "sim_card_group_id", "tags", "whitelabel_name", "note", "")
"""Texts are read late: whatever is missing may be at their end. Unknown options come last."""


def parse_buy(line: Line, start: int, rules: Rules) -> Buy:
    """Read what follows `buy`.

    Raises InvalidCommand with every problem at once, and with all that the line can mean.
    """
    reader = _BuyReader(line, Meanings(rules))
    reader.read(list(scan(line, start, NAMES)))
    meanings = reader.meanings
    if not meanings.has_amount:
        end, message = len(line.text), f"how many eSIMs? Write the amount: {rules.command} buy 10"
        meanings.unclear(end, end + 1, message)
    requests = meanings.requests()
    if meanings.problems:
        suggestions = [f"{rules.command} {render(request)}" for request in requests]
        raise InvalidCommand(line.text, meanings.problems, suggestions or [f"{rules.command} help"])
    return Buy(requests[0])


def _part_of(option: Option) -> str:
    """The part of a request that it sets; nothing for an unknown one."""
    return FIELDS.get(meant(option.name), "")


class _BuyReader:
    """Tells what each option of a line can mean."""

    def __init__(self, line: Line, meanings: Meanings) -> None:
        self.meanings = meanings
        self._line = line
        self._strays = Strays(line, meanings)

    def read(self, parts: Sequence[Piece | Option]) -> None:
        """Read all parts, what is certain first."""
        options = list(self._with_texts(part for part in parts if isinstance(part, Option)))
        options.sort(key=lambda option: _TURNS.index(_part_of(option)))
        named = [option for option in options if _part_of(option) == "amount"]
        for option in named:
            self._take_option(option)
        words = takewhile(lambda part: isinstance(part, Piece), parts)
        self._strays.take(tuple(word for word in words if isinstance(word, Piece)))
        for option in options[len(named) :]:
            self._take_option(option)
        self._strays.resolve()

    def _with_texts(self, options: Iterable[Option]) -> Iterator[Option]:
        """The options; an unknown one after an open text is a part of that text."""
        last: Option | None = None
        words: list[Piece] = []
        for option in options:
            if last and _is_open_text(last) and not _part_of(option):
                message = "this looks like an option: put the whole text in quotes"
                self.meanings.wrong(option.start, option.end, message)
                words += [self._line.cut(option.start, option.end), *option.pieces]
                continue
            if last:
                yield _longer(last, words)
            last, words = option, []
        if last:
            yield _longer(last, words)

    def _take_option(self, option: Option) -> None:
        part, place = _part_of(option), (option.start, option.end)
        if not part:
            self.meanings.unclear(*place, _unknown(option.name))
        elif not option.pieces:
            self.meanings.has_amount |= part == "amount"
            self.meanings.unclear(*place, f"it needs a value: {EXAMPLES[part]}")
        else:
            self._check_name(option, part)
            self._take_value(option, part)

    def _check_name(self, option: Option, part: str) -> None:
        if option.name not in FIELDS:
            message = f"there is no such option: did you mean {meant(option.name)}?"
            self.meanings.wrong(option.start, option.end, message)
        elif not option.signed:
            message = f"write it with an equals sign, like {EXAMPLES[part]}"
            self.meanings.wrong(option.start, option.end, message)

    def _take_value(self, option: Option, part: str) -> None:
        if part == "tags":
            self._take_tags(option.items)
        elif part in TEXTS:
            self._take_text(part, option.pieces)
        elif part == "amount":
            self._take_amount(option.pieces)
        else:
            self._take_word(part, option.pieces)

    def _take_amount(self, words: Words) -> None:
        amount = read_amount(words)
        if amount:
            self._strays.take_amount(words, amount)
        else:
            self._strays.refuse_amount(words)

    def _take_word(self, part: str, words: Words) -> None:
        """A status or a group; what follows it belongs to no option."""
        reading = read_status(words) if part == "status" else read_group(words)
        start, end = words[0].start, words[reading.used - 1].end
        self._strays.check_quotes(words[: reading.used])
        if reading.value is None:
            self.meanings.unclear(start, end, reading.problem)
        else:
            if reading.problem:
                self.meanings.wrong(start, end, reading.problem)
            for value in (reading.value, *reading.others):
                self.meanings.give(part, value, start, end)
        self._strays.take(words[reading.used :])

    # Texts: their words are joined up to the next option.

    def _take_text(self, part: str, words: Words) -> None:
        if words[0].quoted:
            self._give_text(part, words[:1])
            self._strays.take(words[1:])
            return
        self._strays.check_quotes(words)
        while part == "whitelabel_name" and len(words) > 1 and is_courtesy(words[-1]):
            words = words[:-1]
        words = self._before_amount(words, _AMOUNT_OR_TEXT)
        ends = (n for n in range(1, len(words)) if not denies(words[n - 1].plain))
        place = next((n for n in ends if self._hidden(part, words[n:])), 0)
        if place and possible(part, self._line.text_of(words)):
            self._choose_text(part, words, place)
        else:
            self._give_text(part, words, checked=True)

    def _choose_text(self, part: str, words: Words, place: int) -> None:
        """Leave open whether the words from `place` on are an option of their own."""
        message = "is this an option of its own? If not, put the whole text in quotes"
        self.meanings.wrong(words[place].start, words[-1].end, message)
        whole = [{part: text} for text in possible(part, self._line.text_of(words))]
        short = possible(part, self._line.text_of(words[:place]))
        hidden = self._hidden(part, words[place:])
        self.meanings.choose(*whole, *({part: text, **hidden} for text in short))

    def _hidden(self, within: str, words: Words) -> dict[str, Any]:
        """What these words of a text mean where they are an option: `enabled`, `tags fleet`."""
        name, value = words[0].plain.lower(), words[1:]
        part = "status" if len(words) == 1 and name in STATUSES else FIELDS.get(name, "")
        if part == within or self.meanings.has(part):
            return {}
        if part == "status":
            word = words[-1].plain.lower()
            short = not value or len(value) == 1
            return {part: SimStatus(word)} if word in STATUSES and short else {}
        if not value or part not in {"tags", *TEXTS}:
            return {}
        texts = possible(part, self._line.text_of(value))
        values = [(text,) if part == "tags" else text for text in texts]
        return {part: values[0]} if values else {}

    def _give_text(self, part: str, words: Words, *, checked: bool = False) -> None:
        start, end = words[0].start, words[-1].end
        if not checked:
            self._strays.check_quotes(words)
        try:
            self.meanings.give(part, check(part, self._line.text_of(words)), start, end)
        except ValueError as wrong:
            self.meanings.unclear(start, end, str(wrong))

    def _before_amount(self, words: Words, doubt: str) -> Words:
        """The words without the amount at their end, where none has been written elsewhere."""
        found = None if self.meanings.has_amount else tail_amount(words)
        if found is None:
            return words
        place, amount = found
        amount = replace(amount, doubt=amount.doubt or doubt) if doubt else amount
        self.meanings.amount(amount, words[place].start, words[-1].end)
        return words[:place]

    # Tags: separators split them, and spaces leave a doubt.

    def _take_tags(self, items: Sequence[Words]) -> None:
        if not any(word.text.strip() for item in items for word in item):
            start, end = items[0][0].start, items[-1][-1].end
            self.meanings.unclear(start, end, "no tag between the commas: tags=fleet,emea")
            return
        *first, last = items
        for item in first:
            self._take_tag(item)
        if last[0].quoted:
            self._take_tag(last[:1])
            self._strays.take(last[1:])
        else:
            one_and_digits = len(last[1:]) == 1 and last[1].plain.isdecimal()
            self._take_tag(self._before_amount(last, "" if one_and_digits else _AMOUNT_OR_TEXT))

    def _take_tag(self, words: Words) -> None:
        start, end = words[0].start, words[-1].end
        self._strays.check_quotes(words)
        if len(words) == 1:
            self._give_tag(words[0])
            return
        whole = [] if any(word.quoted for word in words) else [self._line.text_of(words)]
        apart = tuple(tag for word in words for tag in possible("tags", word.text))
        message = f"one tag, or {len(words)}? Write one in quotes, several with commas between"
        tell = self.meanings.wrong if len(apart) == len(words) else self.meanings.unclear
        tell(start, end, message)
        one = [{"tags": (tag,)} for text in whole for tag in possible("tags", text)]
        self.meanings.choose(*one, {"tags": apart})

    def _give_tag(self, word: Piece) -> None:
        if not word.text.strip():
            message = "a tag is empty: remove the extra comma or write the tag"
            self.meanings.wrong(word.start, word.end, message)
        elif not word.quoted and '"' in word.plain:
            message = "a quote within a tag: put the whole tag in quotes"
            self.meanings.unclear(word.start, word.end, message)
        else:
            self._check_tag(word)

    def _check_tag(self, word: Piece) -> None:
        try:
            self.meanings.choose({"tags": (check("tags", word.text),)})
        except ValueError as wrong:
            several = [tag for text in word.text.split(",") for tag in possible("tags", text)]
            tell = self.meanings.wrong if len(several) > 1 else self.meanings.unclear
            tell(word.start, word.end, str(wrong))
            self.meanings.choose({"tags": several})


def _longer(option: Option, words: Sequence[Piece]) -> Option:
    """The option with more words at the end of its text."""
    return replace(option, items=((*option.pieces, *words),)) if words else option


def _is_open_text(option: Option) -> bool:
    """Whether what looks like an option after it may belong to its value."""
    return _part_of(option) == "note" and bool(option.pieces) and not option.pieces[0].quoted


def _unknown(name: str) -> str:
    if name == "product":
        return 'the product follows from the name: whitelabel="Acme Mobile"'
    return "there is no such option; there are tags, whitelabel, group, status and note"
