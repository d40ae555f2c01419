"""Reads the options of a line by a form: a clear meaning is taken, every doubt is shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from bot.domain.form import NOTE, Field, FieldKind
from bot.domain.grammar.commands import FROM, Rules, a, forms_with, written_option
from bot.domain.grammar.lexicon import AMOUNT, no_such_provider, provider_named
from bot.domain.grammar.loose_words import LooseWords
from bot.domain.grammar.meanings import TWICE, Meanings
from bot.domain.grammar.values import (
    Choices,
    Reading,
    did_you_mean,
    meant,
    negates,
    possible,
    read_short,
    read_word,
    takers_of,
)
from bot.domain.line.amount import is_courtesy, read_amount, tail_amount
from bot.domain.line.scanner import Line, Option, Piece, Words

_AMOUNT_OR_TEXT = "the amount, or a part of the text before it? Write that in quotes"


class LineReader:
    """Reads the options of a line, and what each can mean."""

    def __init__(
        self, line: Line, meanings: Meanings, rules: Rules, loose_words: LooseWords
    ) -> None:
        self.meanings = meanings
        self.foreign = False
        """Whether an option is one of another provider alone."""
        self._line = line
        self._rules = rules
        self._lexicon = meanings.lexicon
        self._loose_words = loose_words

    def _part_of(self, option: Option) -> str:
        """The part of a request that it sets; nothing for an unknown one."""
        return self._lexicon.part(option.name)

    def read(self, parts: Sequence[Piece | Option]) -> None:
        """Read all parts, what is certain first."""
        parts = list(self._with_units(parts))
        options = list(self._with_texts(part for part in parts if isinstance(part, Option)))
        reading_order = self._lexicon.reading_order
        options.sort(key=lambda option: reading_order.index(self._part_of(option)))
        named = [option for option in options if self._part_of(option) == AMOUNT]
        for option in named:
            self._take_option(option)
        self.meanings.part = ""
        self.meanings.named = {self._part_of(option) for option in options}
        words = takewhile(lambda part: isinstance(part, Piece), parts)
        self._loose_words.take(tuple(word for word in words if isinstance(word, Piece)))
        for option in options[len(named) :]:
            self._take_option(option)
        self.meanings.part = ""
        self._loose_words.resolve()

    def _with_units(self, parts: Sequence[Piece | Option]) -> Iterator[Piece | Option]:
        """The parts; a name that is the unit of the word before it, as in `7 days`, is a word."""
        before: Piece | Option | None = None
        for part in parts:
            is_unit = isinstance(part, Option) and self._is_unit(before, part)
            yield self._line.cut(part.start, part.end) if is_unit else part
            before = part

    def _is_unit(self, before: Piece | Option | None, option: Option) -> bool:
        field = self._lexicon.fields.get(self._part_of(option))
        if option.signed or option.pieces or field is None or not isinstance(before, Piece):
            return False
        together = (before, self._line.cut(option.start, option.end))
        return field in self._lexicon.telling and bool(takers_of(together, [field]))

    def _with_texts(self, options: Iterable[Option]) -> Iterator[Option]:
        """The options; an unknown one after an open text is a part of that text."""
        last: Option | None = None
        words: list[Piece] = []
        for option in options:
            if last and self._is_open_text(last) and not self._part_of(option):
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
        part, place = self._part_of(option), (option.start, option.end)
        self.meanings.part = part
        if not part:
            self._refuse_unknown(option)
        elif not option.pieces:
            self.meanings.has_amount |= part == AMOUNT
            self.meanings.unclear(*place, f"it needs a value: {self._example(part)}")
        else:
            self.meanings.places.setdefault(part, (option.start, option.pieces[-1].end))
            self._check_name(option, part)
            self._take_value(option, part)

    def _refuse_unknown(self, option: Option) -> None:
        """An option that this form has not; one of another provider is pointed at as a whole."""
        is_foreign = option.name in self._lexicon.foreign
        self.foreign = self.foreign or is_foreign
        end = option.pieces[-1].end if is_foreign and option.pieces else option.end
        is_seller_named = self.meanings.has(FROM)
        message = self._lexicon.unknown(option.name, is_seller_named=is_seller_named)
        self.meanings.unclear(option.start, end, message)

    def _check_name(self, option: Option, part: str) -> None:
        if self._lexicon.meant(option.name) != option.name:
            message = f"there is no such option: did you mean {self._lexicon.meant(option.name)}?"
            self.meanings.wrong(option.start, option.end, message)
        elif not option.signed:
            message = f"write it with an equals sign, like {self._example(part)}"
            self.meanings.wrong(option.start, option.end, message)

    def _example(self, part: str) -> str:
        """How a part is written."""
        if part in {AMOUNT, FROM}:
            return f"{AMOUNT}=10" if part == AMOUNT else f"{FROM}={self._lexicon.form.provider}"
        field = self._lexicon.fields[part]
        return written_option(field, field.example)

    def _take_value(self, option: Option, part: str) -> None:
        field = self._lexicon.fields.get(part)
        if part == AMOUNT:
            self._take_amount(option.pieces)
        elif field is None:
            self._take_provider(option.pieces)
        elif field.kind is FieldKind.LIST:
            self._take_items(field, option.items)
        elif field.is_text and (short := self._short(field, option.pieces)):
            self._take_reading(field, option.pieces, short)
        elif field.is_text:
            self._take_text(field, option.pieces)
        else:
            self._take_word(field, option.pieces)

    def _take_provider(self, words: Words) -> None:
        """The provider's name; what follows it belongs to no option."""
        start, end = words[0].start, words[0].end
        named, usual = provider_named(words[0].plain, self._rules), self._lexicon.form.provider
        self._loose_words.check_quotes(words[:1])
        if named is None and did_you_mean(words[0].plain, self._rules.forms) == usual:
            self.meanings.wrong(start, end, no_such_provider(words[0].plain, self._rules))
            self.meanings.give(FROM, usual, start, end)
        elif named is None:
            self.meanings.unclear(start, end, no_such_provider(words[0].plain, self._rules))
        elif named not in (able := forms_with(self._lexicon.form.verb, self._rules.forms)):
            self.meanings.unclear(start, end, self._unable(named, able))
        elif named != usual:
            self.meanings.unclear(start, end, TWICE)
        else:
            self.meanings.give(FROM, named, start, end)
        self._loose_words.take(words[1:])

    def _unable(self, named: str, able: Iterable[str]) -> str:
        title, verb = self._rules.forms[named].title, self._lexicon.form.verb
        return f"{title} can't do this: {verb} is for {FROM}={f' or {FROM}='.join(able)}"

    def _take_amount(self, words: Words) -> None:
        amount = read_amount(words)
        if amount:
            self._loose_words.take_amount(words, amount)
        else:
            self._loose_words.refuse_amount(words)

    def _take_word(self, field: Field, words: Words) -> None:
        """A choice or another word; what follows it belongs to no option."""
        is_choice = field.kind is FieldKind.CHOICE
        numbers = self.meanings.has_amount
        word = None if is_choice else read_word(field, words, numbers=numbers)
        self._take_reading(field, words, word or Choices(field).read(words))

    def _short(self, field: Field, words: Words) -> Reading | None:
        """A text of a few words that its field knows, such as a name."""
        is_telling = field in self._lexicon.telling
        numbers = self.meanings.has_amount
        return read_short(field, words, numbers=numbers) if is_telling else None

    def _take_reading(self, field: Field, words: Words, reading: Reading) -> None:
        """A value, and what was meant by it; the words after it belong to no option."""
        start, end = words[0].start, words[reading.used - 1].end
        self._loose_words.check_quotes(words[: reading.used])
        if reading.value is None:
            self.meanings.unclear(start, end, reading.problem)
        else:
            if reading.problem:
                self.meanings.wrong(start, end, reading.problem)
            for value in (reading.value, *reading.others):
                self.meanings.give(field.name, value, start, end)
        self._loose_words.take(words[reading.used :])

    # Texts: their words are joined up to the next option.

    def _take_text(self, field: Field, words: Words) -> None:
        if words[0].quoted:
            self._give_text(field, words[:1])
            self._loose_words.take(words[1:])
            return
        self._loose_words.check_quotes(words)
        while field != NOTE and len(words) > 1 and is_courtesy(words[-1]):
            words = words[:-1]
        words = self._before_amount(words, _AMOUNT_OR_TEXT)
        ends = (n for n in range(1, len(words)) if not negates(words[n - 1].plain))
        place = next((n for n in ends if self._hidden(field, words[n:])), 0)
        if place and possible(field, self._line.text_of(words)):
            self._choose_text(field, words, place)
        else:
            self._give_text(field, words, checked=True)

    def _choose_text(self, field: Field, words: Words, place: int) -> None:
        """Leave open whether the words from `place` on are an option of their own."""
        message = "is this an option of its own? If not, put the whole text in quotes"
        self.meanings.wrong(words[place].start, words[-1].end, message)
        whole = [{field.name: text} for text in possible(field, self._line.text_of(words))]
        short = possible(field, self._line.text_of(words[:place]))
        hidden = self._hidden(field, words[place:])
        self.meanings.choose(*whole, *({field.name: text, **hidden} for text in short))

    def _hidden(self, within: Field, words: Words) -> dict[str, Any]:
        """What these words of a text mean where they are an option: `enabled`, `tags fleet`."""
        name, value = words[0].plain.lower(), words[1:]
        alone = [each.field for each in self._lexicon.choices if name in each.words and not value]
        named = self._lexicon.fields.get(self._lexicon.parts.get(name, ""))
        field = next(iter(alone), named)
        if field is None or field == within or self.meanings.has(field.name):
            return {}
        if field.kind is FieldKind.CHOICE:
            word = words[-1].plain.lower()
            return {field.name: word} if word in field.choices and len(value) <= 1 else {}
        if not value or field.kind is FieldKind.WORD:
            return {}
        texts = possible(field, self._line.text_of(value))
        values = [(text,) if field.kind is FieldKind.LIST else text for text in texts]
        return {field.name: values[0]} if values else {}

    def _give_text(self, field: Field, words: Words, *, checked: bool = False) -> None:
        start, end = words[0].start, words[-1].end
        if not checked:
            self._loose_words.check_quotes(words)
        try:
            value = field.check(self._line.text_of(words))
        except ValueError as wrong:
            near = meant(field, str(wrong))
            tell = self.meanings.wrong if near else self.meanings.unclear
            tell(start, end, str(wrong))
            for value in near:
                self.meanings.give(field.name, value, start, end)
        else:
            self.meanings.give(field.name, value, start, end)

    def _before_amount(self, words: Words, doubt: str) -> Words:
        """The words without the amount at their end, where none has been written elsewhere."""
        found = None if self.meanings.has_amount else tail_amount(words)
        if found is None:
            return words
        place, amount = found
        amount = replace(amount, doubt=amount.doubt or doubt) if doubt else amount
        self.meanings.amount(amount, words[place].start, words[-1].end)
        return words[:place]

    # Lists: separators split them, and spaces leave a doubt.

    def _take_items(self, field: Field, items: Sequence[Words]) -> None:
        if not any(word.text.strip() for item in items for word in item):
            start, end = items[0][0].start, items[-1][-1].end
            message = f"no {field.item} between the commas: {self._example(field.name)}"
            self.meanings.unclear(start, end, message)
            return
        *first, last = items
        for item in first:
            self._take_item(field, item)
        if last[0].quoted:
            self._take_item(field, last[:1])
            self._loose_words.take(last[1:])
        else:
            one_and_digits = len(last[1:]) == 1 and last[1].plain.isdecimal()
            doubt = "" if one_and_digits else _AMOUNT_OR_TEXT
            self._take_item(field, self._before_amount(last, doubt))

    def _take_item(self, field: Field, words: Words) -> None:
        start, end = words[0].start, words[-1].end
        self._loose_words.check_quotes(words)
        if len(words) == 1:
            self._give_item(field, words[0])
            return
        whole = [] if any(word.quoted for word in words) else [self._line.text_of(words)]
        apart = tuple(item for word in words for item in possible(field, word.text))
        noun = field.item
        message = f"one {noun}, or {len(words)}? Write one in quotes, several with commas between"
        tell = self.meanings.wrong if len(apart) == len(words) else self.meanings.unclear
        tell(start, end, message)
        one = [{field.name: (item,)} for text in whole for item in possible(field, text)]
        self.meanings.choose(*one, {field.name: apart})

    def _give_item(self, field: Field, word: Piece) -> None:
        noun = a(field.item)
        if not word.text.strip():
            message = f"{noun} is empty: remove the extra comma or write the {field.item}"
            self.meanings.wrong(word.start, word.end, message)
        elif not word.quoted and '"' in word.plain:
            message = f"a quote within {noun}: put the whole {field.item} in quotes"
            self.meanings.unclear(word.start, word.end, message)
        else:
            self._check_item(field, word)

    def _check_item(self, field: Field, word: Piece) -> None:
        try:
            self.meanings.choose({field.name: (field.check(word.text),)})
        except ValueError as wrong:
            several = [item for text in word.text.split(",") for item in possible(field, text)]
            tell = self.meanings.wrong if len(several) > 1 else self.meanings.unclear
            tell(word.start, word.end, str(wrong))
            self.meanings.choose({field.name: tuple(several)})

    def _is_open_text(self, option: Option) -> bool:
        """Whether what looks like an option after it may belong to its value."""
        is_note = self._part_of(option) == NOTE.name
        return is_note and bool(option.pieces) and not option.pieces[0].quoted


def _longer(option: Option, words: Sequence[Piece]) -> Option:
    """The option with more words at the end of its text."""
    return replace(option, items=((*option.pieces, *words),)) if words else option
