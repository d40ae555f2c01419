"""Reads the line of a `buy`: every wrong part becomes a problem, and an example mends them."""

from typing import Any

from bot.domain.grammar.amount import read_amount
from bot.domain.grammar.commands import Buy, Rules
from bot.domain.grammar.options import EXAMPLES, FIELDS, Reading, did_you_mean, read_value
from bot.domain.grammar.problems import InvalidCommand, Problem
from bot.domain.grammar.render import render
from bot.domain.grammar.scanner import Option, Piece, scan
from bot.domain.request import PurchaseRequest, SimStatus

_STATUSES = [status.value for status in SimStatus]
_SEVERAL = {name for name, part in FIELDS.items() if part == "tags"}


def parse_buy(line: str, start: int, rules: Rules) -> Buy:
    """Read what follows `buy`. Raises InvalidCommand with every problem at once."""
    reader = _BuyReader(rules)
    for part in scan(line, start, lambda name: _meant(name) in _SEVERAL, FIELDS.__contains__):
        reader.take(part)
    if not reader.seen_amount:
        message = f"how many eSIMs? Write the amount: {rules.command} buy 10"
        reader.problems.append(Problem(len(line), len(line) + 1, message))
    request = reader.request()
    if reader.problems:
        raise InvalidCommand(line, reader.problems, f"{rules.command} {render(request)}")
    return Buy(request)


def _meant(name: str) -> str:
    """The known name nearest to a typed one, or the typed one."""
    return name if name in FIELDS else did_you_mean(name, list(FIELDS)) or name


class _BuyReader:
    """Collects the parts of a request and what is wrong with them."""

    def __init__(self, rules: Rules) -> None:
        self.problems: list[Problem] = []
        self.seen_amount = False
        self._rules = rules
        self._parts: dict[str, Any] = {}

    def request(self) -> PurchaseRequest:
        """What was asked for; where something is wrong, what was probably meant."""
        parts = {name: value for name, value in self._parts.items() if value}
        chosen = "status" in parts
        base = {"amount": min(10, self._rules.max_amount), "status": self._rules.default_status}
        return PurchaseRequest.model_validate({**base, **parts, "status_chosen": chosen})

    def take(self, part: Piece | Option) -> None:
        if isinstance(part, Piece):
            self._take_word(part)
        elif part.name in FIELDS:
            self._take_option(FIELDS[part.name], part)
        else:
            self._take_unknown(part)

    def _take_word(self, word: Piece) -> None:
        if not self.seen_amount and word.text.lower() not in (*FIELDS, *_STATUSES):
            self._take_amount(word)
        else:
            self._wrong(word, self._stray(word.text))

    def _take_amount(self, piece: Piece) -> None:
        self.seen_amount = True
        amount = read_amount(piece, self._rules.max_amount)
        self._parts["amount"] = amount.value
        if amount.problem:
            self.problems.append(amount.problem)

    def _take_option(self, field: str, option: Option) -> None:
        if field in self._parts:
            self._wrong(option, f"`{option.name}` is there twice: leave one out")
        elif field == "amount" and option.pieces:
            self._take_amount(option.pieces[0])
        elif field == "amount":
            self.seen_amount = True
            self._wrong(option, "`amount` needs a value: 10")
        else:
            self._keep(field, read_value(field, option))

    def _take_unknown(self, option: Option) -> None:
        meant = _meant(option.name)
        if option.name == "product":
            self._wrong(option, 'the product follows from the name: whitelabel="Acme Mobile"')
        elif meant not in FIELDS:
            known = "tags, whitelabel, group, status and note"
            self._wrong(option, f"there is no such option; there are {known}")
        else:
            self._wrong(option, f"there is no such option: did you mean {meant}?")
            self._guess(FIELDS[meant], option)

    def _guess(self, field: str, option: Option) -> None:
        """Read the value of a misspelt option, unless the right one has been read."""
        if field in self._parts or not option.pieces:
            return
        if field == "amount":
            self._take_amount(option.pieces[0])
        else:
            self._keep(field, read_value(field, option))

    def _keep(self, field: str, reading: Reading) -> None:
        self._parts[field] = reading.value
        self.problems.extend(reading.problems)

    def _wrong(self, place: Piece | Option, message: str) -> None:
        self.problems.append(Problem(place.start, place.end, message))

    def _stray(self, text: str) -> str:
        if text.lower() in FIELDS:
            return f"`{text.lower()}` needs a value: {EXAMPLES[FIELDS[text.lower()]]}"
        meant = did_you_mean(text, _STATUSES)
        if meant:
            return f"did you mean status={meant}?"
        if text[:1].isdigit():
            return "there is more than one amount: leave one out"
        return 'this belongs to no option: put text with spaces in quotes, like note="two words"'
