"""The possible meanings of a `buy` line: one request, or a few where there is a doubt."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from bot.domain.form import NOTE
from bot.domain.grammar.amount import Amount
from bot.domain.grammar.commands import FROM, Rules
from bot.domain.grammar.lexicon import AMOUNT, Lexicon
from bot.domain.grammar.problems import Problem, over_limit
from bot.domain.request import PurchaseRequest

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

    def requests(self) -> list[PurchaseRequest]:
        """Every possible request; empty when nothing is clear, or there are too many."""
        amounts = dict.fromkeys(value for values in self._amounts for value in values)
        given = [[{part: value} for value in some] for part, some in self._given.items()]
        choices = [[{AMOUNT: value} for value in amounts], *given, *self._choices]
        if not self._certain or prod(map(len, choices)) > MOST:
            return []
        whole = (self._joined(parts) for parts in product(*choices))
        return list(dict.fromkeys(self._request(parts) for parts in whole if parts))

    def _request(self, parts: Parts) -> PurchaseRequest:
        form = self.lexicon.form
        given = {name: value for name, value in parts.items() if value not in (None, ())}
        chosen = [name for name in (FROM, *(field.name for field in form.fields)) if name in given]
        return PurchaseRequest(
            provider=form.provider,
            amount=given[AMOUNT],
            options=form.options(given),
            chosen=tuple(chosen),
            note=given.get(NOTE.name),
        )

    def _joined(self, some: Sequence[Parts]) -> dict[str, Any]:
        """The parts together, lists in a row; nothing when two of them contradict each other."""
        joined: dict[str, Any] = {}
        lists: dict[str, dict[str, None]] = {field.name: {} for field in self.lexicon.lists}
        for part, value in _each(some):
            if part in lists:
                lists[part].update(dict.fromkeys(value))
            elif joined.setdefault(part, value) != value:
                return {}
        return joined | {name: tuple(items) for name, items in lists.items()}


def _each(some: Sequence[Parts]) -> Iterator[tuple[str, Any]]:
    for parts in some:
        yield from parts.items()
