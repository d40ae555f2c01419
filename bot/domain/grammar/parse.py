"""Reads a line after the slash command."""

import re
from collections.abc import Callable, Iterator
from itertools import takewhile

from bot.domain.grammar.buy import parse_buy
from bot.domain.grammar.codes import VERBS, parse_codes
from bot.domain.grammar.commands import (
    Buy,
    Command,
    Help,
    ListOrders,
    Rules,
    ShowOrder,
    written,
)
from bot.domain.grammar.lexicon import form_asked, words_of
from bot.domain.grammar.values import did_you_mean
from bot.domain.grammar.verbs import changes, parse_verb, similar_verb, verb_at
from bot.domain.line.amount import is_courteous, names_esims, read_amount
from bot.domain.line.problems import InvalidCommand, Problem
from bot.domain.line.scanner import Line, Option, Piece, Words, scan
from bot.domain.thing import read_order_id
from bot.domain.typography import question_in, straighten

COMMANDS = ("buy", "order", "orders", *VERBS, "help")
"""What a line may begin with."""
_SHOWING = ("order", "orders", "help")
LONGEST = 4000
"""Characters of a line that are read; far more than any request needs."""
_EXAMPLE_ID = "7K2M9QXA"
_DENIED = re.compile("(un|de|dis)")
"""Begins what undoes something."""
_GLUED = re.compile(r"buy[^a-z]", re.IGNORECASE)
_LIKE_BUY = (
    "purchase kaufen kaufe kauf acheter achète achetez achete comprar compra compre comprare "
    "acquista acquistare kopen koop køb købe"
)
_VERBS = frozenset(_LIKE_BUY.split())
"""Words for buy in the languages whose numbers are read."""
_LIKE_ORDERS = (
    "list ls pending history last latest recent mine status show details track find view approve "
    "cancel decline reject confirm bestellungen commandes pedidos ordini encomendas bestellingen"
)
_LISTS = frozenset(_LIKE_ORDERS.split())
"""Words about existing orders."""
_LOOKS_LIKE_BUY = (
    "bug bugs boy boys guy but busy buyer buyers bay bus bud bun bum bury bully buggy bulky bunny "
    "bumpy buoy buddy buyback body muy bau blu bub bush"
)
_NEVER_BUY = frozenset(_LOOKS_LIKE_BUY.split())
"""Words that only look like `buy`."""
_HARDLY_BUY = frozenset(("by", "bye", "purchase", "kauf", "compra", "koop", "køb"))
"""Words that are a buy only where the rest of the line leaves no doubt."""
_LIKE_STATES = "approved cancelled canceled declined rejected refund refunded arrived missing lost"
_STATES = frozenset(_LIKE_STATES.split())
"""Words for what has happened to orders."""
_DECISIONS = frozenset(("approve", "cancel", "decline", "reject", "confirm"))
_MOST_WORDS = 12
"""Words of a question in which an order is looked for."""
_SURELY = 0.75
"""Similarity from which a word is taken for a command."""
_ASKED = "a question orders nothing; to order, write the line without the question mark"
_HELP = Help()
_ORDERS = ("order", "orders", "ordered")
_AROUND = "esim esims sim sims card cards for the my all please thanks where"
_OURS = frozenset((*COMMANDS, *_ORDERS, *_LISTS, *_VERBS, *_STATES, *_AROUND.split()))
"""Words that are no part of an order's id."""


def parse(text: str, rules: Rules) -> Command:
    """Understand what was typed behind the slash command, entities and mentions resolved.

    Raises InvalidCommand: it never guesses at what to buy.
    """
    typed = straighten(text).strip()
    line = Line.of(f"{rules.command} {typed}".strip())
    try:
        return _read(line, typed, rules)
    except InvalidCommand as wrong:
        raise (_without_purchase(wrong, line, rules) if question_in(text) else wrong) from None


def _read(line: Line, typed: str, rules: Rules) -> Command:
    if len(typed) > LONGEST:
        raise _too_long(line, rules)
    start = len(rules.command) + 1
    word = line.plain[start:].split(" ", 1)[0]
    if not word:
        return Help()
    if read := _READERS.get(word.lower()):
        return read(line, start + len(word), rules)
    if found := verb_at(line, start, (*VERBS, *rules.verbs)):
        read_verb = parse_codes if found[0] in VERBS else parse_verb
        return read_verb(line, found[1], rules, found[0])
    raise _unknown(line, start, start + len(word), rules)


def _parse_help(_line: Line, _start: int, _rules: Rules) -> Help:
    return Help()


def _parse_order(line: Line, start: int, rules: Rules) -> ShowOrder:
    words = line.words(start)
    if not words:
        message = f"which order? Write its id; {rules.command} orders lists yours"
        place = Problem(len(line.text), len(line.text) + 1, message)
        raise _with_suggestion(line, place, ListOrders(), rules)
    order_id = read_order_id(words[0].plain) if len(words) == 1 else None
    if order_id is None:
        message = f"an order's id has 8 letters and digits, like {_EXAMPLE_ID}"
        place = Problem(words[0].start, words[-1].end, message)
        raise _with_suggestion(line, place, _nearest(words, rules, ListOrders()), rules)
    return ShowOrder(order_id)


def _parse_orders(line: Line, start: int, rules: Rules) -> ListOrders:
    words = line.words(start)
    rest = " ".join(word.plain.lower() for word in words)
    if rest not in {"", "all", "mine"}:
        message = "there is only `all`, for everybody's orders here, or nothing for yours"
        problem = Problem(words[0].start, words[-1].end, message)
        everybody = words[0].plain.lower() in {"all", "everybody", "everyone", "everything"}
        nearest = ListOrders(everybody=True) if everybody else _nearest(words, rules, ListOrders())
        raise _with_suggestion(line, problem, nearest, rules)
    return ListOrders(everybody=rest == "all")


def _with_suggestion(
    line: Line, problem: Problem, nearest: Command, rules: Rules
) -> InvalidCommand:
    return InvalidCommand(
        line.text, [problem], [f"{rules.command} {written(nearest, rules.forms)}"]
    )


def _too_long(line: Line, rules: Rules) -> InvalidCommand:
    message = f"this line has {len(line.text):,} characters; at most {LONGEST:,} are read"
    short = line.text[:80]
    return InvalidCommand(short, [Problem(0, len(short), message)], [f"{rules.command} help"])


def _unknown(line: Line, start: int, end: int, rules: Rules) -> InvalidCommand:
    """The answer to a first word that is no command.

    A purchase is suggested only for a line that clearly is a purchase with a mistake; otherwise the
    nearest command that shows something.
    """
    word = line.plain[start:end].lower()
    for message, typed in _mended_purchases(line, start, end, rules):
        suggestions = _understood(typed, rules)
        clear = len(suggestions) == 1 or not (
            word in _HARDLY_BUY or _asks_for_esims(line, start, rules)
        )
        if clear and any(_spends(suggestion, rules) for suggestion in suggestions):
            return InvalidCommand(line.text, [Problem(start, end, message)], suggestions)
    near = similar_verb(word, (*rules.verbs, *VERBS)) or _near_command(word, rules)
    message = f"there is no such command: there are {', '.join(commands_of(rules))}"
    if word in _DECISIONS:
        message = "orders are approved and cancelled where they are shown, not by a line"
    elif near:
        message = f"there is no such command: did you mean {near}?"
    shown = _understood(f"{near} {line.text[end:]}", rules) if near else []
    nearest = f"{rules.command} {written(_nearest(line.words(start), rules), rules.forms)}"
    return InvalidCommand(line.text, [Problem(start, end, message)], shown or [nearest])


def commands_of(rules: Rules) -> tuple[str, ...]:
    """What a line may begin with."""
    first, *others = COMMANDS
    return (first, *rules.verbs, *others)


def _near_command(word: str, rules: Rules) -> str | None:
    """The command nearest to a misspelt word; one that changes something is no word in `-ed`."""
    if word.endswith("ed"):
        return did_you_mean(word, ("assigned", *_SHOWING), _SURELY)
    near = did_you_mean(word, (*rules.verbs, *VERBS, *_SHOWING), _SURELY)
    denied = _DENIED.match(word)
    if near and denied and not near.startswith(denied[1]):
        return None  # it is the opposite that was meant
    return near


def _mended_purchases(line: Line, start: int, end: int, rules: Rules) -> Iterator[tuple[str, str]]:
    """What is wrong with a line that was meant to buy, and that line mended."""
    word, rest = line.plain[start:end].lower(), line.text[end:].strip()
    if word.startswith("/") and not rest.startswith("/"):
        yield "type the command only once", rest
    elif _GLUED.match(word):
        yield "write a space after buy", f"buy {line.text[start + 3 :].lstrip(' =:,;.')}"
    elif word in _NEVER_BUY:
        return
    elif word in _VERBS or did_you_mean(word, ["buy"]) or _asks_for_esims(line, start, rules):
        verb = "" if _asks_for_esims(line, start, rules) else rest
        message = "there is no such command: did you mean buy?"
        yield message, f"buy {verb or line.text[start:]}"


def _asks_for_esims(line: Line, start: int, rules: Rules) -> bool:
    """Whether a line without a verb is an amount with a noun, options and courtesies alone."""
    lexicon = words_of(rules, form_asked(line, start, rules))
    parts = list(scan(line, start, lexicon.names))
    before = takewhile(lambda part: isinstance(part, Piece), parts)
    words = tuple(part for part in before if isinstance(part, Piece))
    options = [part for part in parts if isinstance(part, Option)]
    amount = read_amount(words)
    if amount is None:
        return False
    rest = words[amount.used :]
    named = names_esims(rest)
    ends = len(rest) == named or is_courteous(rest[named:])
    sure = all(option.signed and lexicon.is_exact(option.name) for option in options)
    return ends and bool(named or options) and sure


def _spends(suggestion: str, rules: Rules) -> bool:
    return suggestion.startswith(f"{rules.command} buy ") or changes(suggestion, rules)


def _without_purchase(wrong: InvalidCommand, line: Line, rules: Rules) -> InvalidCommand:
    """The same without a line that spends, where a question was asked."""
    if not any(_spends(suggestion, rules) for suggestion in wrong.suggestions):
        return wrong
    start = len(rules.command) + 1
    mark = question_in(line.text[start:])
    place = (start + mark.start(), start + mark.end()) if mark else (start, len(line.text))
    asked = Problem(*place, _ASKED)
    nearest = f"{rules.command} {written(_nearest(line.words(start), rules), rules.forms)}"
    return InvalidCommand(wrong.line, [*wrong.problems, asked], [nearest])


def _understood(typed: str, rules: Rules) -> list[str]:
    """The line if it can be understood, else all that it can mean."""
    try:
        command = parse(typed, rules)
        if isinstance(command, Buy) and command.request.amount > rules.max_amount:
            return []
        return [f"{rules.command} {written(command, rules.forms)}"]
    except InvalidCommand as wrong:
        return list(wrong.suggestions)


def _nearest(words: Words, rules: Rules, otherwise: Command = _HELP) -> Command:
    """The command that shows what these words are about: an order, orders, or help."""
    plain = [word.plain.strip("?!.,:;") for word in words[:_MOST_WORDS]]
    behind = plain[plain[0].lower() in _LISTS :]
    told = behind if otherwise == ListOrders() or len(behind) < len(plain) else []
    ours = _OURS | words_of(rules).words
    halves = all(any(map(str.isdecimal, word)) and word.lower() not in ours for word in told)
    for text in (*plain, *(["".join(told)] if halves else [])):
        if order_id := _order_id(text, ours):
            return ShowOrder(order_id)
    about = plain[0].lower() in _LISTS or any(
        word.lower() in _STATES or did_you_mean(word, _ORDERS, _SURELY) for word in plain
    )
    return ListOrders() if about else otherwise


def _order_id(text: str, ours: frozenset[str]) -> str | None:
    """The id that a text is; none where it is a word, or a word of ours and a number."""
    id_or_word = text.replace("-", "")
    letters = "".join(letter for letter in id_or_word if not letter.isdecimal())
    is_date = "-" in text and not letters
    if is_date or letters == id_or_word or letters.lower() in ours:
        return None
    return read_order_id(id_or_word)


_READERS: dict[str, Callable[[Line, int, Rules], Command]] = {
    "buy": parse_buy,
    "order": _parse_order,
    "orders": _parse_orders,
    **dict.fromkeys(("help", "?", "-h", "-help", "--help"), _parse_help),
}
