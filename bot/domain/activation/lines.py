"""Reads a paste of lines that say who has which eSIM of an order; nothing is taken in part."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.activation.assignment import LONGEST_NAME, Holder
from bot.domain.activation.holders import NO_NAME, has_code, is_address
from bot.domain.activation.iccids import plain_iccid, spellings
from bot.errors import EsimBotError

MOST_LINES: Final = 1000
"""Lines that are read."""
_LEAST_DIGITS: Final = 4
"""Of the end of an ICCID: fewer are a number in a name."""
_PERSON: Final = re.compile(r"<@([UW][A-Z0-9]+)>")
"""Somebody on Slack, as the form writes them."""
_APART: Final = re.compile(r"[,;\t]")
_DIGITS: Final = re.compile(r"[^0-9]*([0-9]+)", re.ASCII)
_LONG: Final = re.compile(
    r"^[0-9][0-9 -]{16,30}[0-9][Ff]?(?= |$)|(?<= )[0-9]{18,22}[Ff]?$", re.ASCII
)
"""A whole ICCID at the beginning or the end of a text, without a comma."""
_EXAMPLE: Final = "Dana Smith"


@dataclass(frozen=True)
class LineProblem:
    """What is wrong with one line."""

    number: int
    """Counted from 1, empty lines too."""
    text: str
    """The line."""
    why: str
    right: str
    """A line like it that is right."""


class InvalidLines(EsimBotError):
    """Some lines can't be taken, so none was: each with its problem, in their order."""

    def __init__(self, problems: Sequence[LineProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(self.problems)} wrong lines")


@dataclass(frozen=True)
class _Read:
    """A line: who, and of which eSIM; `iccid` is "" where the next free one is meant."""

    number: int
    text: str
    iccid: str
    holder: Holder


class _Wrong(Exception):
    def __init__(self, why: str, right: str) -> None:
        super().__init__(why)
        self.why = why
        self.right = right


def read_lines(
    text: str, iccids: Sequence[str], assigned: Collection[str]
) -> tuple[tuple[str, Holder], ...]:
    """Who has which of these eSIMs, in the order of the lines.

    A line is a name, an e-mail address or somebody on Slack (`<@U123>`), also a name with one of
    the others, with commas between. The ICCID, or its last digits, may stand beside it; without,
    the next eSIM is meant that nobody has. Raises InvalidLines with every problem at once.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not lines:
        raise InvalidLines([LineProblem(1, "", "there is no line", _EXAMPLE)])
    if len(lines) > MOST_LINES:
        number, line = lines[MOST_LINES]
        why = f"there are {len(lines):,} lines; at most {MOST_LINES:,} are taken at once"
        raise InvalidLines([LineProblem(number, line.strip(), why, _EXAMPLE)])
    problems: list[LineProblem] = []
    read = list(_each(lines, iccids, problems))
    taken = list(_with_iccids(read, iccids, assigned, problems))
    if problems:
        raise InvalidLines(sorted(problems, key=lambda problem: problem.number))
    return tuple(taken)


def _each(
    lines: Sequence[tuple[int, str]], iccids: Sequence[str], problems: list[LineProblem]
) -> Iterator[_Read]:
    for number, line in lines:
        try:
            iccid, holder = _line(line.strip(), iccids)
        except _Wrong as wrong:
            problems.append(LineProblem(number, line.strip(), wrong.why, wrong.right))
        else:
            yield _Read(number, line.strip(), iccid, holder)


def _with_iccids(
    read: Sequence[_Read],
    iccids: Sequence[str],
    assigned: Collection[str],
    problems: list[LineProblem],
) -> Iterator[tuple[str, Holder]]:
    """Each line with its eSIM; those without take the free ones in the order's sequence."""
    named: set[str] = set()
    taken = {each.iccid for each in read} | set(assigned)
    left = [iccid for iccid in iccids if iccid not in taken]
    free = iter(left)
    for each in read:
        if each.iccid in named:
            why, right = "this eSIM is there twice: leave one line out", each.text
            problems.append(LineProblem(each.number, each.text, why, right))
        elif iccid := each.iccid or next(free, ""):
            named.add(each.iccid)
            named.discard("")
            yield iccid, each.holder
        else:
            have = "1 has" if len(left) == 1 else f"{len(left):,} have"
            why = f"no eSIM is left for this line: {have} no holder yet"
            right = f"{each.text}, {iccids[-1]}" if iccids else ""
            problems.append(LineProblem(each.number, each.text, why, right))


def _line(text: str, iccids: Sequence[str]) -> tuple[str, Holder]:
    """The eSIM, "" for the next free one, and who has it. Raises _Wrong."""
    person, rest = _person(text)
    parts = [" ".join(part.split()) for part in _parts(rest)]
    numbers = [part for part in parts if _is_number(part)]
    if len(numbers) > 1:
        raise _Wrong("there are two ICCIDs in one line", f"{_EXAMPLE}, {numbers[0]}")
    iccid = _iccid(numbers[0], iccids) if numbers else ""
    addresses = [part for part in parts if is_address(part)]
    names = [part for part in parts if part and part not in numbers and part not in addresses]
    behind = f", {numbers[0]}" if numbers else ""
    if has_code(text):
        raise _Wrong(NO_NAME, f"{_EXAMPLE}{behind}")
    if len(names) > 1 and any(map(_is_short, names)):
        why = f"of an ICCID at least its last {_LEAST_DIGITS} digits are needed"
        raise _Wrong(why, ", ".join([_EXAMPLE, *iccids[:1]]))
    if len(addresses) > 1 or len(names) > 1:
        raise _Wrong("one person a line: a name, an e-mail address, or both", f"{_EXAMPLE}{behind}")
    if not (person or addresses or names):
        raise _Wrong("nobody is named in this line", f"{_EXAMPLE}{behind}")
    email, name = "".join(addresses), "".join(names)
    if max(len(email), len(name)) > LONGEST_NAME:
        raise _Wrong(f"a name may have {LONGEST_NAME} characters at most", f"{_EXAMPLE}{behind}")
    if "@" in name and not person:
        raise _Wrong(
            "this is no e-mail address; for a person, type @ and pick the name from the list",
            f"dana@example.com{behind}",
        )
    return iccid, Holder(person=person, email=email, name=name)


def _person(text: str) -> tuple[str, str]:
    """Who is mentioned, "" for nobody; and the rest of the line. Raises _Wrong for several."""
    people = _PERSON.findall(text)
    if len(people) > 1:
        raise _Wrong("there are two people in one line: write one a line", f"<@{people[0]}>")
    return "".join(people), _PERSON.sub(",", text)


def _parts(text: str) -> Iterator[str]:
    """What stands between commas; a whole ICCID and an e-mail address also without them."""
    for part in _APART.split(text):
        found = _LONG.search(part.strip())
        if found and plain_iccid(found[0]):
            yield found[0]
            yield from _apart_from_address(part.strip().replace(found[0], " ", 1))
        else:
            yield from _apart_from_address(part)


def _apart_from_address(part: str) -> Iterator[str]:
    """`Dana Smith dana@example.com`, also as programs for mail write it: with `<` and `>`."""
    words = part.split()
    addresses = [word for word in words if is_address(word.strip("<>"))]
    if len(addresses) != 1:
        yield part
        return
    words.remove(addresses[0])
    yield addresses[0].strip("<>")
    yield " ".join(words)


def _is_number(part: str) -> bool:
    """Whether it is an ICCID or the end of one: `…7795`, `#7795`, `8931 0800 …`."""
    if plain_iccid(part):
        return True
    found = _DIGITS.fullmatch(part)
    only_signs = bool(found) and not any(map(str.isalpha, part))
    return only_signs and found is not None and len(found[1]) >= _LEAST_DIGITS


def _is_short(part: str) -> bool:
    """Whether it is the end of an ICCID, but too little of it."""
    return part.lstrip("#…. ").isdecimal()


def _iccid(number: str, iccids: Sequence[str]) -> str:
    """The eSIM that is meant. Raises _Wrong."""
    plain = plain_iccid(number)
    digits = "".join(filter(str.isdecimal, number))
    if plain:
        found = [iccid for iccid in iccids if iccid == plain]
        found = found or [iccid for iccid in iccids if iccid in spellings(plain)]
    else:
        found = [iccid for iccid in iccids if iccid.endswith(digits)]
    if len(found) > 1:
        raise _Wrong(
            f"{len(found):,} eSIMs of this order end so: write more digits",
            f"{_EXAMPLE}, {found[0]}",
        )
    if not found:
        right = f"{_EXAMPLE}, {iccids[0]}" if iccids else _EXAMPLE
        raise _Wrong("no eSIM of this order has this ICCID", right)
    return found[0]
