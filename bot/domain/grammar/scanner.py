"""Cuts a line into words and options, each with its place in the line."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_DASHES = "-—–―‒"
_OPTION = re.compile(rf"[{_DASHES}]*([A-Za-z][A-Za-z_-]*) *[=:] *")
_FLAG = re.compile(rf"[{_DASHES}]+([A-Za-z][A-Za-z_-]*)(?: +|$)")
_BARE = re.compile(r"\S*")
_BARE_ITEM = re.compile(r"[^\s,]*")
_SPACES = re.compile(r" *")
_ESCAPE = re.compile(r"\\([\\\"'])")


@dataclass(frozen=True)
class Piece:
    """A word or a quoted text, without its quotes; `start` and `end` include them."""

    start: int
    end: int
    text: str
    closed: bool = True
    """False when its quote is never closed."""


@dataclass(frozen=True)
class Option:
    """A name with its values: one, or for a list those between commas."""

    start: int
    end: int
    name: str
    """As typed, in small letters, with underscores for hyphens."""
    pieces: tuple[Piece, ...]


def scan(
    line: str, start: int, is_list: Callable[[str], bool], is_name: Callable[[str], bool]
) -> Iterator[Piece | Option]:
    """Every word and option of the line from `start` on, in order.

    `is_list` tells which options take several values, `is_name` which names are known: a known
    name after a comma or an equals sign starts the next option instead of being a value.
    """
    scanner = _Scanner(line, start, is_name)
    while not scanner.at_end():
        found = scanner.option_start()
        if found is None:
            yield scanner.value(_BARE)
            continue
        begin, end, name = found
        pieces = tuple(scanner.items() if is_list(name) else scanner.single())
        yield Option(begin, end, name, pieces)


class _Scanner:
    def __init__(self, line: str, place: int, is_name: Callable[[str], bool]) -> None:
        self._line = line
        self._place = place
        self._is_name = is_name

    def at_end(self) -> bool:
        self._skip(_SPACES)
        return self._place >= len(self._line)

    def option_start(self) -> tuple[int, int, str] | None:
        """Read an option's name and its sign; its place and the name, or None."""
        start = self._place
        match = self._option_here()
        if match is None:
            return None
        self._place = match.end()
        return start, match.end(1), _plain(match[1])

    def single(self) -> list[Piece]:
        return [] if self._nothing_here() else [self.value(_BARE)]

    def items(self) -> Iterator[Piece]:
        """Values between commas; an empty one is a piece without text."""
        if self._nothing_here():
            return
        while True:
            yield self._item()
            self._skip(_SPACES)
            if self._line[self._place : self._place + 1] != ",":
                return
            self._place += 1

    def value(self, bare: re.Pattern[str]) -> Piece:
        start = self._place
        if self._line[start : start + 1] in {'"', "'"}:
            return self._quoted(bare)
        text = self._skip(bare)
        return Piece(start, self._place, text)

    def _item(self) -> Piece:
        self._skip(_SPACES)
        if self._nothing_here():
            return Piece(self._place, self._place, "")
        return self.value(_BARE_ITEM)

    def _quoted(self, bare: re.Pattern[str]) -> Piece:
        start, quote = self._place, self._line[self._place]
        body = re.compile(rf"(?:\\[\\\"']|[^{quote}])*")
        self._place += 1
        text = _ESCAPE.sub(r"\1", self._skip(body))
        closed = self._place < len(self._line)
        self._place += closed
        tail = self._skip(bare) if closed else ""
        return Piece(start, self._place, text + tail, closed=closed)

    def _nothing_here(self) -> bool:
        """Whether the line ends here, or a known option starts where a value should."""
        match = self._option_here()
        return self._place >= len(self._line) or (
            match is not None and self._is_name(_plain(match[1]))
        )

    def _option_here(self) -> re.Match[str] | None:
        return _OPTION.match(self._line, self._place) or _FLAG.match(self._line, self._place)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._line, self._place)
        text = match[0] if match else ""
        self._place += len(text)
        return text


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").strip("_")
