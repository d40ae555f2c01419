"""The possible meanings of a line: one request, or a few where there is a doubt."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from bot.domain.form import NOTE, Field
from bot.domain.grammar.commands import FROM, Rules, written_option
from bot.domain.grammar.lexicon import AMOUNT, Lexicon
from bot.domain.line.amount import Amount
from bot.domain.line.problems import Problem, over_limit
from bot.domain.request import OrderKind, PurchaseRequest

Parts = Mapping[str, Any]
"""Some parts of a request, by their names."""
TWICE = "this is there twice, and differs: leave one out"
"""What is wrong with a part that a line names with two values."""
MOST = 4
"""The most meanings that are suggested; for a line with more, nothing is suggested."""


class Meanings:
    """Collects what each part of a line can mean, and what is wrong with it."""

    def __init__(self, rules: Rules, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.problems: list[Problem] = []
        self.over: list[Problem] = []
        """Amounts beyond the limit: the policy refuses those of a line that is right otherwise."""
        self.places: dict[str, tuple[int, int]] = {}
        """Where each part stands."""
        self.part = ""
        """The part that is being read."""
        self.named: Collection[str] = ()
        """The parts that the line names, also those that are not read yet."""
        self.has_amount = False
        """Whether something stands in the amount's place, even where it can't be read."""
        self._certain = True
        self._rules = rules
        self._amounts: list[tuple[int, ...]] = []
        self._given: dict[str, list[Any]] = {}
        self._choices: list[Sequence[Parts]] = []

    def wrong(self, start: int, end: int, message: str, part: str = "") -> None:
        """A problem that leaves no doubt about what was meant."""
        self.problems.append(Problem(start, end, message, field=part or self.part))

    def unclear(self, start: int, end: int, message: str, part: str = "") -> None:
        """A problem after which nobody can say what was meant: nothing is suggested."""
        self.wrong(start, end, message, part)
        self._certain = False

    def amount(self, amount: Amount, start: int, end: int, *, again: bool = False) -> None:
        """Take an amount; one that differs from an earlier one leaves both open.

        `again` when it stands right after another, where even the same one is a doubt.
        """
        self.has_amount = True
        self.places.setdefault(AMOUNT, (start, end))
        limit, doubt = self._rules.max_amount, amount.doubt
        if not doubt and max(amount.values, default=1) == 0:
            doubt = "this would buy nothing: the smallest amount is 1"
        elif doubt and max(amount.values, default=0) > limit:
            doubt += f"; at most {limit} eSIMs fit in one order"
        possible = [value for value in amount.values if 1 <= value <= limit]
        if doubt:
            self.wrong(start, end, doubt, AMOUNT)
        elif not possible and self._amounts:
            self.wrong(start, end, over_limit(limit), AMOUNT)
        elif not possible:
            self.over.append(Problem(start, end, over_limit(limit), field=AMOUNT))
            possible = list(amount.values)
        elif again or (self._amounts and amount.values != self._amounts[0]):
            message = "there is more than one amount: leave one out"
            self.wrong(start, end, message, AMOUNT)
        self._certain = self._certain and bool(possible)
        self._amounts.append(tuple(possible))

    def give(self, part: str, value: Any, start: int, end: int) -> None:
        """Take a value; one that differs from an earlier one leaves both open."""
        values = self._given.setdefault(part, [])
        if value not in values and values:
            self.wrong(start, end, TWICE)
        if value not in values:
            values.append(value)

    def has(self, part: str) -> bool:
        """Whether the line says something about this part."""
        return part in self._given or any(part in parts for some in self._choices for parts in some)

    def choose(self, *meanings: Parts) -> None:
        """Note that one of these is meant."""
        self._choices.append(meanings)

    def check(self, end: int) -> None:
        """Note what is missing, at the end of the line, and what breaks the form's own rule."""
        is_refused = any(
            problem.field in self.lexicon.fields and not self.has(problem.field)
            for problem in self.problems
        )
        for field in self.lexicon.form.fields:
            if field.required and field.name not in self.places and not self.has(field.name):
                self.unclear(end, end + 1, self._is_missing(field), field.name)
        options = self._options()
        if not is_refused and options and all(map(self._breaks, options)):
            for name, sentence in self._breaks(options[0]):
                self.unclear(*self.places.get(name, (end, end + 1)), sentence, name)

    def _is_missing(self, field: Field) -> str:
        form = self.lexicon.form
        if field.name != form.subject:
            return f"{field.word}= is missing: {written_option(field, field.example)}"
        is_noun = field.label[1:].islower()
        label = field.label.lower() if is_noun else field.label
        example = f"{self._rules.command} {form.verb} {field.example}"
        return f"the {label} is missing: write it behind {form.verb}, like {example}"

    def _breaks(self, parts: Parts) -> list[tuple[str, str]]:
        """What these options together break: field names, each with a sentence."""
        form = self.lexicon.form
        return list(form.check(form.options(parts)))

    def requests(self) -> list[PurchaseRequest]:
        """Every possible request; empty when nothing is clear, or there are too many."""
        amounts = dict.fromkeys(value for values in self._amounts for value in values)
        counts = self.lexicon.form.kind is OrderKind.PURCHASE
        how_many = list(amounts) if counts else [1]
        wholes = self.wholes()
        if len(how_many) * len(wholes) > MOST:
            return []
        made = (self._request(amount, parts) for amount, parts in product(how_many, wholes))
        return list(dict.fromkeys(made))

    def wholes(self) -> list[Parts]:
        """All that the options can mean; empty when nothing is clear, or they mean too much."""
        if not self._certain:
            return []
        needed = [field.name for field in self.lexicon.form.fields if field.required]
        return [
            parts
            for parts in self._options()
            if not self._breaks(parts) and all(name in parts for name in needed)
        ]

    def _options(self) -> list[Parts]:
        """The same as far as it is clear, also what the form's rule forbids."""
        given = [[{part: value} for value in some] for part, some in self._given.items()]
        choices = [*given, *self._choices]
        if prod(map(len, choices)) > MOST:
            return []
        joined = (self._joined(parts) for parts in product(*choices))
        return [parts for parts in joined if parts is not None]

    def _request(self, amount: int, parts: Parts) -> PurchaseRequest:
        form = self.lexicon.form
        chosen = [name for name in (FROM, *(field.name for field in form.fields)) if name in parts]
        return PurchaseRequest(
            kind=form.kind or OrderKind.PURCHASE,
            provider=form.provider,
            amount=amount,
            options=form.options(parts),
            chosen=tuple(chosen),
            note=parts.get(NOTE.name),
        )

    def _joined(self, some: Sequence[Parts]) -> dict[str, Any] | None:
        """The parts together, lists in a row; None when two of them contradict each other."""
        joined: dict[str, Any] = {}
        lists: dict[str, dict[str, None]] = {field.name: {} for field in self.lexicon.lists}
        for part, value in _each(some):
            if part in lists:
                lists[part].update(dict.fromkeys(value))
            elif joined.setdefault(part, value) != value:
                return None
        told = joined | {name: tuple(items) for name, items in lists.items()}
        return {part: value for part, value in told.items() if value not in (None, ())}


def _each(some: Sequence[Parts]) -> Iterator[tuple[str, Any]]:
    for parts in some:
        yield from parts.items()
