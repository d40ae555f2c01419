"""Reads an amount from words, and says why it may be wrong."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from bot.domain.line.scanner import Piece, Words
from bot.domain.typography import number_of, numbers_in_words

_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([,._'])\d{3})(?:\1\d{3})*+", re.ASCII)
_FRACTION = re.compile(r"(\d++)[.,](\d++)", re.ASCII)
_NEGATIVE = re.compile(r"-\d++", re.ASCII)
_POWER = re.compile(r"(\d{1,4})[eE]\+?(\d)", re.ASCII)
_TIMES = re.compile(r"[xX]?(\d++)[xX]?|\+(\d++)", re.ASCII)
_THOUSANDS = re.compile(r"(\d++) ?[kK]", re.ASCII)
_DIGITS = re.compile(r"\d++", re.ASCII)
_GROUP_OF_THREE = re.compile(r"\d{3}", re.ASCII)
_END_OF_SENTENCE = ".,;!"
_LONGEST_READ = 12
"""Digits above which a number is over any limit, so it need not be turned into one."""
_MOST_WORDS = 8
"""Words of a number in words."""
_NOUNS = frozenset(["esim", "esims", "e-sim", "e-sims", "sim", "sims", "simcard", "simcards"])
_CARDS = frozenset(["card", "cards"])
_COURTESIES = frozenset(["please", "pls", "plz"])
_POLITE = (
    "please|pls|plz|kindly|thanks|thank you|many thanks|thx|tnx|ty|cheers|bitte|danke|vielen dank|"
    "s'il (?:vous|te) pla[iî]t|svp|stp|merci|por favor|gracias|muchas gracias|obrigad[oa]|"
    "per favore|per piacere|grazie|al[sz]tublieft|alsjeblieft|aub|dank|bedankt|dank je|venligst|"
    "vær så venlig|tak|mange tak|🙏[🏻-🏿]?|:pray:(?::skin-tone-[2-6]:)?|!+"
)
_COURTEOUS = re.compile(f"(?:{_POLITE})[.,;!]*(?: (?:{_POLITE})[.,;!]*)*+")
"""Polite words without meaning for the order, in the languages whose numbers are read."""
_ALTERNATIVES = frozenset(
    ["or", "to", "-", "/", "oder", "bis", "ou", "à", "o", "a", "of", "tot", "eller", "til"]
)
_ALTER = (
    "* + - % ^ hundred thousand million billion dozen dozens score gross pair pairs pack "
    "packs k times half quarter more less fewer minus plus point and each per not no max min "
    "und et y e en og"
)
_UNITS = (
    "$ € £ ¥ ‰ percent pct prozent procent cent cents euro euros dollar dollars dollari pound "
    "pounds bucks usd eur gbp chf quarters halves thirds fifths tenths kb mb gb tb kib mib gib "
    "byte bytes megabyte megabytes gigabyte gigabytes gig gigs giga go mo day days week weeks "
    "month months year years hour hours minute minutes mins second seconds night nights hrs "
    "tage tagen woche wochen monat monate jahr jahre stunden jour jours semaine semaines mois "
    "ans heures día días dia dias semana semanas mes meses mês año años ano anos hora horas "
    "giorno giorni settimane mesi anni ore dag dagen weken maand maanden jaar jaren uur uren "
    "dage uge uger måned måneder år timer"
)
_ALTERING = frozenset([*_ALTER.split(), *_UNITS.split()])
"""Words that may change the amount before them, or make it one of something else."""


@dataclass(frozen=True)
class Amount:
    """What stands in the place of an amount."""

    values: tuple[int, ...]
    """Every number that it can mean."""
    used: int
    """Words that it takes."""
    doubt: str = ""
    """Why it must be confirmed; "" when it is clear."""


def read_amount(words: Words) -> Amount | None:
    """Read the number that the words begin with; None when they begin with none."""
    if not words:
        return None
    return _spaced(words) or _one_word(words[0]) or _in_words(words)


def find_amount(words: Words) -> tuple[int, Amount] | None:
    """The first number among the words, and the words before it."""
    for place in range(min(len(words), _MOST_WORDS)):
        amount = read_amount(words[place:])
        if amount:
            return place, amount
    return None


def names_esims(words: Words) -> int:
    """How many of the words only say that it is eSIMs: `eSIMs`, `x SIM cards`."""
    plain = [word.plain.lower().rstrip(_END_OF_SENTENCE) for word in words[:3]]
    times = bool(plain) and plain[0] == "x"
    noun = plain[times : times + 1]
    if not noun or noun[0] not in _NOUNS:
        return 0
    return times + 1 + (plain[times + 1 : times + 2] != [] and plain[times + 1] in _CARDS)


def is_courtesy(word: Piece) -> bool:
    """Whether the word is only polite: `please`."""
    return word.plain.lower().rstrip(_END_OF_SENTENCE) in _COURTESIES


def is_filler(text: str) -> bool:
    """Whether a word alone only says that it is eSIMs, or is only polite."""
    plain = text.lower().rstrip(_END_OF_SENTENCE)
    return plain in _NOUNS or _COURTEOUS.fullmatch(plain) is not None


def is_courteous(words: Words) -> bool:
    """Whether the words are only polite: `s'il vous plaît`, `thanks`, an emoji of thanks."""
    text = " ".join(word.plain.lower() for word in words[:_MOST_WORDS])
    unquoted = not any(word.quoted for word in words)
    return unquoted and len(words) <= _MOST_WORDS and _COURTEOUS.fullmatch(text) is not None


def tail_amount(words: Words) -> tuple[int, Amount] | None:
    """The number that ends the words, after at least one other; and its place."""
    for place in range(max(1, len(words) - _MOST_WORDS), len(words)):
        amount = _whole(words[place:])
        if amount and not (amount.doubt and words[place].plain.isalpha()):
            return place, amount
    return None


def another_amount(words: Words) -> Amount | None:
    """The number that the words are, also with an `or` before it."""
    joined = words[0].plain.lower() in _ALTERNATIVES
    if not joined and words[0].plain[:1].isalpha():
        return None  # `5 hundred` is no choice between the two
    return _whole(words[1:] if joined else words)


def alters_amount(words: Words, *, closed: bool) -> bool:
    """Whether these words may change the amount before them; `closed` when a noun ends that."""
    first = words[0].plain.lower().rstrip(_END_OF_SENTENCE)
    if first in _ALTERING or (first in _ALTERNATIVES and _has_number(words)):
        return True
    return not closed and _has_number(words)


def _whole(words: Words) -> Amount | None:
    """The number that all of the words are, with or without a noun."""
    amount = read_amount(words)
    if amount is None:
        return None
    rest = words[amount.used :]
    return amount if names_esims(rest) == len(rest) else None


def _has_number(words: Words) -> bool:
    return any(
        any(letter.isnumeric() for letter in word.text) or numbers_in_words([word.plain])[1]
        for word in words[:_MOST_WORDS]
        if not word.quoted
    )


def _spaced(words: Words) -> Amount | None:
    """`1 000`: a thousand, or one and something."""
    following = takewhile(lambda word: _GROUP_OF_THREE.fullmatch(word.plain), words[1:])
    groups = [word.plain for word in following]
    if not groups or not re.fullmatch(r"\d{1,3}", words[0].plain, re.ASCII):
        return None
    whole = _number(words[0].plain + "".join(groups))
    first = [_number(words[0].plain)] if len(groups) == 1 else []
    return Amount((whole, *first), 1 + len(groups), _listed((whole, *first)))


def _one_word(word: Piece) -> Amount | None:
    text = word.plain.strip()
    text = text.rstrip(_END_OF_SENTENCE) or text
    if len({ord(letter) - int(letter) for letter in word.text if letter.isdecimal()}) > 1:
        return Amount((), 1, "these are digits of two scripts: write the amount in one")
    return Amount((_number(text),), 1) if _DIGITS.fullmatch(text) else _in_another_form(text)


def _in_another_form(text: str) -> Amount | None:
    for form, read in _FORMS:
        if match := form.fullmatch(text):
            return read(match)
    value = number_of(text)
    if value is not None:
        return Amount((value,), 1, f"write the amount in digits: {value}")
    if any(letter.isnumeric() for letter in text[:_LONGEST_READ]) and len(text) == 1:
        return Amount((), 1, "the amount must be a whole number in digits, like 10")
    return None


def _negative(_match: re.Match[str]) -> Amount:
    return Amount((), 1, "the amount can't be negative")


def _grouped(match: re.Match[str]) -> Amount:
    """`1,000`: a thousand, or one and no thousandths; `1'000` and `1,000,000` are one number."""
    plain = re.sub(r"\D", "", match[0])
    whole = _number(plain)
    if match[1] in ",." and len(re.findall(r"\D", match[0])) == 1:
        first = _number(re.split(r"\D", match[0])[0])
        return Amount(tuple(dict.fromkeys((whole, first))), 1, f"this can mean {plain} or {first}")
    return Amount((whole,), 1, f"write the amount without separators: {plain}")


def _fraction(match: re.Match[str]) -> Amount:
    if match[2].strip("0"):
        return Amount((), 1, "the amount must be whole: there is no part of an eSIM")
    return Amount((_number(match[1]),), 1, "write the amount as a whole number")


def _power(match: re.Match[str]) -> Amount:
    return _digits_of(int(match[1]) * 10 ** int(match[2]))


def _thousands(match: re.Match[str]) -> Amount:
    return _digits_of(_number(match[1]) * 1000)


def _times(match: re.Match[str]) -> Amount:
    return _digits_of(_number(match[1] or match[2]))


def _digits_of(value: int) -> Amount:
    return Amount((value,), 1, "write the amount in digits alone")


def _in_words(words: Words) -> Amount | None:
    """The longest number that the first words make in any language."""
    plain = [word.plain.strip().rstrip(_END_OF_SENTENCE) for word in words[:_MOST_WORDS]]
    for used in range(len(plain), 0, -1):
        values, sure = numbers_in_words(plain[:used])
        if values:
            return Amount(tuple(values), used, "" if sure else _listed(values))
    return None


def _listed(values: Sequence[int]) -> str:
    if len(values) == 1:
        return f"write the amount in digits: {values[0]}"
    return f"this can mean {' or '.join(map(str, values))}: write the amount in digits"


def _number(digits: str) -> int:
    """The number; for an absurdly long one, some number above every limit."""
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _LONGEST_READ else 10**_LONGEST_READ


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Amount]], ...] = (
    (_NEGATIVE, _negative),
    (_GROUPED, _grouped),
    (_FRACTION, _fraction),
    (_POWER, _power),
    (_THOUSANDS, _thousands),
    (_TIMES, _times),
)
