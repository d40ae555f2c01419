"""What is wrong with a command: each problem points at its place in the line."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.errors import EsimBotError

FOLD = 72
"""Columns of a line as shown, so that no client breaks it away from its pointers."""


@dataclass(frozen=True)
class Problem:
    """One wrong part: characters `start` to `end` of the line, and what is wrong with it."""

    start: int
    end: int
    message: str


class InvalidCommand(EsimBotError):
    """The command can't be understood; nothing was created.

    It knows the line as read, every problem in the order of their places (neighbours with the
    same message are one), and a corrected example that would be understood.
    """

    def __init__(self, line: str, problems: list[Problem], example: str) -> None:
        self.line = line
        self.problems = tuple(_joined(line, sorted(problems, key=lambda problem: problem.start)))
        self.example = example
        super().__init__("; ".join(problem.message for problem in self.problems))

    def pointed(self) -> str:
        """The line, folded, with `^^^` under every wrong part."""
        shown = self.line + " " * bool(len(self.line) % FOLD)  # a full row points at its end
        marks = [False] * len(shown)
        for problem in self.problems:
            for place in range(problem.start, max(problem.end, problem.start + 1)):
                marks[min(place, len(marks) - 1)] = True
        rows = [_row(shown[i : i + FOLD], marks[i : i + FOLD]) for i in range(0, len(shown), FOLD)]
        return "\n".join(row for row in rows if row)


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


def _row(characters: str, marks: list[bool]) -> str:
    """A piece of the line, and below it its pointers if it has any."""
    pointers = "".join(
        ("^" if marked else " ") * _width(character)
        for character, marked in zip(characters, marks, strict=True)
    )
    return "\n".join(part for part in (characters.rstrip(), pointers.rstrip()) if part)


def _width(character: str) -> int:
    """Columns that a fixed-width font gives to a character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
