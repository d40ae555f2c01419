"""All that a line of `buy` can mean: one request, or the few that a doubt leaves open."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Any

from bot.domain.grammar.amount import Amount
from bot.domain.grammar.commands import Rules
from bot.domain.grammar.problems import Problem
from bot.domain.request import PurchaseRequest

Parts = Mapping[str, Any]
"""Some parts of a request, by their names."""
MOST = 4
"""Meanings that are worth showing; a line with more is for the person to write anew."""


class Meanings:
    """Collects what each part of a line can mean, and what is wrong with it."""

    def __init__(self, rules: Rules) -> None:
        self.problems: list[Problem] = []
        self.has_amount = False
        """Whether something stands in the amount's place, even where it can't be read."""
        self._certain = True
        self._rules = rules
        self._amounts: list[tuple[int, ...]] = []
        self._given: dict[str, list[Any]] = {}
        self._choices: list[Sequence[Parts]] = []

    def wrong(self, start: int, end: int, message: str) -> None:
        """A problem that leaves no doubt about what was meant."""
        self.problems.append(Problem(start, end, message))

    def unclear(self, start: int, end: int, message: str) -> None:
        """A problem after which nobody can say what was meant: nothing is suggested."""
        self.wrong(start, end, message)
        self._certain = False

    def unreadable(self, problems: Sequence[Problem]) -> None:
        """Problems of a value that can't be read."""
        self.problems.extend(problems)
        self._certain = self._certain and not problems

    def amount(self, amount: Amount, start: int, end: int, *, again: bool = False) -> None:
        """Take an amount; one that differs from an earlier one leaves both open.

        `again` when it stands right after another, where even the same one is a doubt.
        """
        self.has_amount = True
        message = amount.doubt or self._out_of_range(amount.values)
        if amount.doubt and max(amount.values, default=0) > self._rules.max_amount:
            message += f"; at most {self._rules.max_amount} eSIMs fit in one order"
        if message:
            self.wrong(start, end, message)
        elif again or (self._amounts and amount.values != self._amounts[0]):
            self.wrong(start, end, "there is more than one amount: leave one out")
        possible = [value for value in amount.values if 1 <= value <= self._rules.max_amount]
        self._certain = self._certain and bool(possible)
        self._amounts.append(tuple(possible))

    def give(self, part: str, value: Any, start: int, end: int) -> None:
        """Take a value; one that differs from an earlier one leaves both open."""
        values = self._given.setdefault(part, [])
        if value not in values and values:
            self.wrong(start, end, "this is there twice, and differs: leave one out")
        if value not in values:
            values.append(value)

    def has(self, part: str) -> bool:
        """Whether the line says something about this part."""
        return part in self._given or any(part in parts for some in self._choices for parts in some)

    def choose(self, *meanings: Parts) -> None:
        """Leave open which of these is meant."""
        self._choices.append(meanings)

    def requests(self) -> list[PurchaseRequest]:
        """Everything that the whole line can mean; nothing when one can't say, or too much."""
        amounts = dict.fromkeys(value for values in self._amounts for value in values)
        given = [[{part: value} for value in some] for part, some in self._given.items()]
        choices = [[{"amount": value} for value in amounts], *given, *self._choices]
        if not self._certain or prod(map(len, choices)) > MOST:
            return []
        whole = (_joined(parts) for parts in product(*choices))
        return list(dict.fromkeys(self._request(parts) for parts in whole if parts))

    def _request(self, parts: Parts) -> PurchaseRequest:
        chosen = "status" in parts
        base = {"status": self._rules.default_status, "status_chosen": chosen}
        return PurchaseRequest.model_validate({**base, **parts})

    def _out_of_range(self, values: Sequence[int]) -> str:
        limit = self._rules.max_amount
        if max(values, default=1) == 0:
            return "this would buy nothing: the smallest amount is 1"
        if min(values, default=1) > limit:
            return f"that is over the limit of {limit} eSIMs in one order"
        return ""


def _joined(some: Sequence[Parts]) -> dict[str, Any]:
    """The parts together, tags in a row; nothing when two of them contradict each other."""
    joined: dict[str, Any] = {}
    tags: dict[str, None] = {}
    for part, value in _each(some):
        if part == "tags":
            tags.update(dict.fromkeys(value))
        elif joined.setdefault(part, value) != value:
            return {}
    return {**joined, "tags": tuple(tags)}


def _each(some: Sequence[Parts]) -> Iterator[tuple[str, Any]]:
    for parts in some:
        yield from parts.items()
