"""What is wrong with a command: each problem points at its place in the line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.domain.typography import clipped, clusters, fold, width
from bot.errors import EsimBotError

FOLD = 36
"""Columns of a line as shown, so that no phone breaks it away from its pointers."""
_WORD = 24
"""Columns of a wrong part, where it is repeated."""
_LONGEST_WORD = 200
"""Characters of it that are looked at for that."""


def over_limit(most: int) -> str:
    """What is wrong with an amount of which only `most` may be ordered at once."""
    return f"that is over the limit of {most} eSIMs in one order"


@dataclass(frozen=True)
class Problem:
    """One wrong part: characters `start` to `end` of the line, and what is wrong with it."""

    start: int
    end: int
    message: str
    word: str = ""
    """The wrong part itself, clipped; empty where something is missing."""
    field: str = ""
    """Name of the field that it is about; empty where it is about none."""


class InvalidCommand(EsimBotError):
    """The command can't be understood; nothing was created.

    It knows the line as read, every problem in the order of their places (neighbours with the
    same message are one), and everything that the line can mean, each as a line that would be
    understood; where it can mean nothing, a line that shows something.
    """

    def __init__(self, line: str, problems: Sequence[Problem], suggestions: Sequence[str]) -> None:
        self.line = line
        joined = _joined(line, sorted(problems, key=lambda problem: problem.start))
        self.problems = tuple(_named(line, problem) for problem in joined)
        self.suggestions = tuple(suggestions)
        super().__init__("; ".join(problem.message for problem in self.problems))

    def pointed(self) -> str:
        """The line, folded, with `^^^` under every wrong part."""
        shown = self.line + " "  # what is missing at the end is pointed at there
        marks = bytearray(len(shown))
        for problem in self.problems:
            start = min(problem.start, len(self.line))
            end = min(max(problem.end, start + 1), len(shown))
            marks[start:end] = b"\1" * (end - start)
        rows = _rows(_marked(shown, marks))
        return "\n".join(part for row in rows for part in _drawn(row))


def _named(line: str, problem: Problem) -> Problem:
    end = min(problem.end, problem.start + _LONGEST_WORD)
    return replace(problem, word=clipped(fold(line[problem.start : end]), _WORD))


def _joined(line: str, problems: Iterable[Problem]) -> list[Problem]:
    """The problems; those with the same message and only spaces between them become one."""
    joined: list[Problem] = []
    for problem in problems:
        last = joined[-1] if joined else problem
        between = line[last.end : problem.start].strip()
        if joined and last.message == problem.message and not between:
            joined[-1] = replace(last, end=problem.end)
        else:
            joined.append(problem)
    return joined


def _marked(line: str, marks: bytearray) -> Iterator[tuple[str, bool]]:
    """Each character as people count them, and whether a part of it is wrong."""
    place = 0
    for cluster in clusters(line):
        end = place + len(cluster)
        yield cluster, any(marks[place:end])
        place = end


def _rows(characters: Iterable[tuple[str, bool]]) -> Iterator[list[tuple[str, bool]]]:
    """Rows that fit, broken after a space where there is one in the second half."""
    row: list[tuple[str, bool]] = []
    used = 0
    for character in characters:
        if used + width(character[0]) > FOLD + (character[0] == " ") and character != (" ", False):
            cut = _break(row)
            yield row[:cut]
            row = row[cut:]
            used = sum(width(shown) for shown, _ in row)
        row.append(character)
        used += width(character[0])
    yield row


def _break(row: Sequence[tuple[str, bool]]) -> int:
    for place in range(len(row), len(row) // 2, -1):
        if row[place - 1][0] == " ":
            return place
    return len(row)


def _drawn(row: Sequence[tuple[str, bool]]) -> Iterator[str]:
    """A piece of the line, and below it its pointers if it has any."""
    shown = "".join(character for character, _ in row).rstrip()
    pointers = "".join(("^" if wrong else " ") * width(character) for character, wrong in row)
    yield from (part for part in (shown, pointers.rstrip()) if part)
