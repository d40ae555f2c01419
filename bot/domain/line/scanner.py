"""Splits a line into words and options, each with its place in the line."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.domain.typography import end_of_quoted, plainly, unescaped

_DASHES = "-ー"
"""A dash, and the sign that Japanese keyboards have in its place."""
_NAME = r"([A-Za-z][A-Za-z_-]*+)"
_OPTION = re.compile(rf"[{_DASHES}]*+{_NAME} *+(?:[:=]=|[=:]) *+")
_FLAG = re.compile(rf"[{_DASHES}]++{_NAME}(?: ++|$)")
_UNSIGNED = re.compile(rf"{_NAME}(?: ++|$)")
_BARE = re.compile(r"[^ ]*+")
_BARE_ITEM = re.compile(r"[^ ,;|]*+")
_SPACES = re.compile(r" *+")
_SEPARATORS = frozenset(",;|")


@dataclass(frozen=True)
class Line:
    """A straightened line: as typed, and with a plain sign in the place of each other one."""

    text: str
    plain: str

    @classmethod
    def of(cls, text: str) -> "Line":
        """The line with this text."""
        return cls(text, plainly(text))

    def cut(self, start: int, end: int) -> "Piece":
        """The part from `start` to `end` as one word."""
        return Piece(start, end, self.text[start:end], self.plain[start:end])

    def words(self, start: int) -> "Words":
        """The words between spaces from `start` on."""
        found = re.finditer(r"[^ ]+", self.plain[start:])
        return tuple(self.cut(start + word.start(), start + word.end()) for word in found)

    def text_of(self, words: "Words") -> str:
        """The words as one text, as typed between them; a single one without its quotes."""
        return words[0].text if len(words) == 1 else self.text[words[0].start : words[-1].end]


@dataclass(frozen=True)
class Piece:
    """A word or a quoted text; `start` and `end` include its quotes, the texts do not."""

    start: int
    end: int
    text: str
    """As typed: what a value keeps."""
    plain: str
    """With plain signs and digits: what a word of ours or a number is read from."""
    quoted: bool = False
    closed: bool = True
    """False when its quote is never closed."""


Words = tuple[Piece, ...]
"""Words in a row."""


@dataclass(frozen=True)
class Option:
    """A name with its values: one, or for a list those between separators."""

    start: int
    end: int
    name: str
    """As typed, in small letters, with underscores for hyphens."""
    items: tuple[Words, ...]
    """The words of each value, up to the next option; an empty one is a piece without text."""
    signed: bool = True
    """False where nothing tells a name from a word, as in `tags fleet`."""

    @property
    def pieces(self) -> Words:
        """The words of all its values."""
        return tuple(piece for item in self.items for piece in item)


@dataclass(frozen=True)
class Names:
    """Which options there are, and how each takes its values."""

    known: Callable[[str], bool]
    bare: Callable[[str], bool]
    """May stand without a sign, as in `tags fleet`."""
    several: Callable[[str], bool]
    """Takes values with separators between."""
    free: Callable[[str], bool]
    """Takes text in which a word that is also a name is only a word."""


def scan(line: Line, start: int, names: Names) -> Iterator[Piece | Option]:
    """Every word and option of the line from `start` on, in order.

    A known name after a separator or an equals sign starts the next option instead of being a
    value.
    """
    scanner = _Scanner(line, start, names)
    while not scanner.at_end():
        option = scanner.option()
        yield option or scanner.piece(_BARE)


class _Scanner:
    def __init__(self, line: Line, place: int, names: Names) -> None:
        self._line = line
        self._place = place
        self._names = names

    def at_end(self) -> bool:
        self._skip(_SPACES)
        return self._place >= len(self._line.text)

    def option(self) -> Option | None:
        """Read an option with all its words, or None when none begins here."""
        start, match = self._place, self._signed()
        signed = match is not None
        match = match or self._unsigned()
        if match is None:
            return None
        self._place = match.end()
        name = _plain(match[1])
        items = self._items() if self._names.several(name) else self._whole(name)
        return Option(start, match.end(1), name, tuple(items), signed)

    def piece(self, bare: re.Pattern[str]) -> Piece:
        start = self._place
        if self._line.plain[start : start + 1] in {'"', "'"}:
            return self._quoted(bare)
        self._skip(bare)
        return self._line.cut(start, self._place)

    def _whole(self, name: str) -> list[Words]:
        """The one value of an option: every word up to the next option."""
        words = tuple(self._words(_BARE, free=self._names.free(name)))
        return [words] if words else []

    def _items(self) -> Iterator[Words]:
        if self._nothing_here():
            return
        while True:
            yield tuple(self._words(_BARE_ITEM, free=False)) or (
                self._line.cut(self._place, self._place),
            )
            if self._line.plain[self._place : self._place + 1] not in _SEPARATORS:
                return
            self._place += 1

    def _words(self, bare: re.Pattern[str], *, free: bool) -> Iterator[Piece]:
        self._skip(_SPACES)
        more = not self._nothing_here()
        while more and (piece := self.piece(bare)).end > piece.start:
            yield piece
            self._skip(_SPACES)
            more = not (self.at_end() or self._signed() or self._names_another(free=free))

    def _quoted(self, bare: re.Pattern[str]) -> Piece:
        start = self._place
        end, closed = end_of_quoted(self._line.text, self._line.plain, start)
        inside = slice(start + 1, end - closed)
        self._place = end
        tail = self._skip(bare) if closed else slice(end, end)
        text, plain = self._line.text, self._line.plain
        return Piece(
            start,
            self._place,
            unescaped(text[inside], plain[inside]) + text[tail],
            unescaped(plain[inside], plain[inside]) + plain[tail],
            quoted=True,
            closed=closed,
        )

    def _nothing_here(self) -> bool:
        """Whether the line ends here, or a known option starts where a value should."""
        match = self._signed()
        return self._place >= len(self._line.text) or (
            match is not None and self._names.known(_plain(match[1]))
        )

    def _signed(self) -> re.Match[str] | None:
        plain = self._line.plain
        return _OPTION.match(plain, self._place) or _FLAG.match(plain, self._place)

    def _unsigned(self) -> re.Match[str] | None:
        """A known name that stands here without any sign."""
        match = _UNSIGNED.match(self._line.plain, self._place)
        return match if match and self._names.bare(_plain(match[1])) else None

    def _names_another(self, *, free: bool) -> bool:
        """Whether a name without a sign, with a value after it, ends a value that is no text."""
        match = None if free else self._unsigned()
        return match is not None and match.end() < len(self._line.text)

    def _skip(self, pattern: re.Pattern[str]) -> slice:
        match = pattern.match(self._line.plain, self._place)
        start, self._place = self._place, match.end() if match else self._place
        return slice(start, self._place)


def _plain(name: str) -> str:
    return name.lower().replace("-", "_").strip("_")
