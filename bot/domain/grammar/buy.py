"""Reads the line of a `buy`."""

from collections.abc import Iterator, Sequence

from bot.domain.form import NOTE
from bot.domain.grammar.commands import FROM, Buy, Rules, render
from bot.domain.grammar.lexicon import AMOUNT, Lexicon, form_asked, words_of
from bot.domain.grammar.loose_words import LooseWords
from bot.domain.grammar.meanings import MOST, Meanings
from bot.domain.grammar.reader import LineReader
from bot.domain.line.problems import InvalidCommand, Problem
from bot.domain.line.scanner import Line, Option, Piece, scan


def parse_buy(line: Line, start: int, rules: Rules) -> Buy:
    """Read what follows `buy`.

    Raises InvalidCommand with every problem at once, and with all that the line can mean.
    """
    return _parse(line, start, rules)


def _parse(line: Line, start: int, rules: Rules, *, is_sorted: bool = False) -> Buy:
    """Read it. `is_sorted`: options of other providers were taken out of it before."""
    form = form_asked(line, start, rules)
    lexicon = words_of(rules, form)
    meanings = Meanings(rules, lexicon)
    reader = LineReader(line, meanings, rules, LooseWords(line, meanings))
    parts = list(scan(line, start, lexicon.names))
    reader.read(parts)
    end = len(line.text)
    if not meanings.has_amount:
        message = f"how many eSIMs? Write the amount: {rules.command} buy 10"
        meanings.unclear(end, end + 1, message, AMOUNT)
    chosen = [field.name for field in form.fields if meanings.has(field.name)]
    if chosen or meanings.has(FROM) or not reader.foreign:
        meanings.check(end)
    requests = meanings.requests()
    if meanings.problems:
        shown = [] if meanings.over else requests
        suggestions = [f"{rules.command} {render(request, rules.forms)}" for request in shown]
        if reader.foreign:
            suggestions = []
        if reader.foreign and not is_sorted:
            suggestions = _for_one_provider(line, parts, meanings, rules)
        named = any(field.name in meanings.named for field in form.fields)
        if not (named or meanings.has(FROM) or reader.foreign or is_sorted):
            _check_other_sellers(line, start, meanings, rules)
        problems = [*meanings.problems, *meanings.over]
        raise InvalidCommand(line.text, problems, suggestions or [f"{rules.command} help"])
    return Buy(requests[0], line=line.text, places=meanings.places)


def _check_other_sellers(line: Line, start: int, meanings: Meanings, rules: Rules) -> None:
    """Raise for loose words, wrong alone, that are all that another provider needs."""
    problems, rest = [*meanings.problems, *meanings.over], line.text[start:].strip()
    if len(problems) > 1:
        return
    for form in meanings.lexicon.others:
        if any(field.required for field in form.fields):
            lines = list(_understood(f"{rest} {FROM}={form.provider}", rules))
            if lines:
                message = f"these are options of {form.title}: {FROM}={form.provider} orders there"
                told = Problem(problems[0].start, problems[0].end, message)
                raise InvalidCommand(line.text, [told], lines)


def _for_one_provider(
    line: Line, parts: Sequence[Piece | Option], meanings: Meanings, rules: Rules
) -> list[str]:
    """A line that mixes options of two providers, as it would be sent to each that may be meant.

    What the other one alone has is left out: that never makes it dearer. The provider that the line
    names is meant, unless it has none of its options, and all that another one needs.
    """
    usual, is_named = meanings.lexicon, meanings.has(FROM)
    names = [part.name for part in parts if isinstance(part, Option)]
    is_usual = any(name in usual.own for name in names)
    others = [usual.foreign[name] for name in names if name in usual.foreign]
    if is_named:
        others = (
            []
            if is_usual
            else [form for form in others if any(field.required for field in form.fields)]
        )
    sellers = [usual.form, *others] if is_usual else others
    lines: list[str] = []
    for seller in dict.fromkeys(sellers):
        kept = _without_foreign(line, parts, words_of(rules, seller))
        lines += _understood(f"{FROM}={seller.provider} {kept}", rules)
    lines = list(dict.fromkeys(lines))
    return lines if len(lines) <= MOST else []


def _without_foreign(line: Line, parts: Sequence[Piece | Option], lexicon: Lexicon) -> str:
    """What follows the verb, without the provider and the options that are not of this form.

    What stands behind a note without quotes may be a part of it, and stays.
    """
    ends = [*(part.start for part in parts[1:]), len(line.text)]
    texts = [line.text[part.start : end].strip() for part, end in zip(parts, ends, strict=True)]
    open_from = next((place for place, part in enumerate(parts) if _is_open(part)), len(parts))
    return " ".join(
        text
        for place, (text, part) in enumerate(zip(texts, parts, strict=True))
        if place > open_from or not isinstance(part, Option) or lexicon.is_own(part.name)
    )


def _is_open(part: Piece | Option) -> bool:
    if not isinstance(part, Option) or part.name != NOTE.word:
        return False
    return bool(part.pieces) and not part.pieces[0].quoted


def _understood(typed: str, rules: Rules) -> Iterator[str]:
    """The line if it is a purchase that may be ordered, else all that it can mean."""
    begin = f"{rules.command} buy "
    line = Line.of(begin + typed)
    try:
        bought = _parse(line, len(begin), rules, is_sorted=True)
    except InvalidCommand as wrong:
        yield from (shown for shown in wrong.suggestions if shown.startswith(begin))
    else:
        if bought.request.amount <= rules.max_amount:
            yield f"{rules.command} {render(bought.request, rules.forms)}"
