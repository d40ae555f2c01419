"""Reads a line after the slash command."""

from collections.abc import Callable

from bot.domain.grammar.buy import parse_buy
from bot.domain.grammar.commands import Command, Help, ListOrders, Rules, ShowOrder
from bot.domain.grammar.options import did_you_mean
from bot.domain.grammar.problems import InvalidCommand, Problem
from bot.domain.order_id import read_order_id
from bot.domain.typography import straighten

_EXAMPLE_ID = "7K2M9QXA"


def parse(text: str, rules: Rules) -> Command:
    """Understand what was typed behind the slash command, entities and mentions resolved.

    Raises InvalidCommand: it never guesses at what to buy.
    """
    typed = straighten(text).strip()
    line = f"{rules.command} {typed}".strip()
    word = typed.split(" ", 1)[0]
    if not word:
        return Help()
    read = _READERS.get(word.lower())
    start = len(rules.command) + 1
    if read is None:
        raise _unknown(line, Problem(start, start + len(word), ""), rules)
    return read(line, start + len(word), rules)


def _parse_help(_line: str, _start: int, _rules: Rules) -> Help:
    return Help()


def _parse_order(line: str, start: int, rules: Rules) -> ShowOrder:
    words = line[start:].split()
    example = f"{rules.command} order {_EXAMPLE_ID}"
    place = _next_word(line, start)
    if not words:
        message = f"which order? Write its id; {rules.command} orders lists yours"
        raise InvalidCommand(line, [Problem(place, place + 1, message)], example)
    order_id = read_order_id(words[0]) if len(words) == 1 else None
    if order_id is None:
        message = f"an order's id has 8 letters and digits, like {_EXAMPLE_ID}"
        raise InvalidCommand(line, [Problem(place, len(line), message)], example)
    return ShowOrder(order_id)


def _parse_orders(line: str, start: int, rules: Rules) -> ListOrders:
    rest = line[start:].strip()
    if rest.lower() not in {"", "all", "mine"}:
        message = (
            "there is only `all`, for everybody's orders in this channel, or nothing for yours"
        )
        problem = Problem(_next_word(line, start), len(line), message)
        raise InvalidCommand(line, [problem], f"{rules.command} orders all")
    return ListOrders(everybody=rest.lower() == "all")


def _next_word(line: str, start: int) -> int:
    """Where the next word begins, or the end of the line."""
    return len(line) - len(line[start:].lstrip())


def _parse_buy(line: str, start: int, rules: Rules) -> Command:
    return parse_buy(line, start, rules)


def _unknown(line: str, place: Problem, rules: Rules) -> InvalidCommand:
    """The answer to a first word that is no command; the rest is read as the nearest one's."""
    word, rest = line[place.start : place.end], line[place.end :]
    meant = "buy" if word[:1].isdigit() else did_you_mean(word, list(_READERS))
    message = f"did you mean {meant}?" if meant else f"there are {', '.join(_READERS)}"
    problem = Problem(place.start, place.end, f"there is no such command: {message}")
    mended = f"{rules.command} {meant or 'buy'} {word if word[:1].isdigit() else ''}{rest}"
    return InvalidCommand(line, [problem], _corrected(mended, rules))


def _corrected(line: str, rules: Rules) -> str:
    """The line if it can be understood, else the example that its own problems give."""
    typed = " ".join(line.removeprefix(rules.command).split())
    try:
        parse(typed, rules)
    except InvalidCommand as wrong:
        return wrong.example
    return f"{rules.command} {typed}"


_READERS: dict[str, Callable[[str, int, Rules], Command]] = {
    "buy": _parse_buy,
    "order": _parse_order,
    "orders": _parse_orders,
    "help": _parse_help,
}
