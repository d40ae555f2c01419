"""Slack's text format, taken apart once for everything that shows it.

`tokens(text)` yields the pieces of a text in order, each with the characters that it stands for:
put together they are the text again. `rich_text_tokens(pieces)` yields the same kinds of tokens
for the running text of a rich text. Rendering them is up to others: `sandbox.slack.rendering`
makes plain text of them, `sandbox.page.markup` HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FENCE = re.compile(r"(```\n?)(.*?)(\n?```)", re.DOTALL)
QUOTE = re.compile(r"(?:&gt;|>) ?")
BULLET = "• "
REFERENCE = re.compile(r"<(?P<sign>[@#!])?(?P<target>[^<>|\s][^<>|]*)(?:\|(?P<label>[^<>]*))?>")
WHOLE = re.compile(rf"`(?P<code>[^`\n]+)`|{REFERENCE.pattern}")
WHOLE_OR_ADDRESS = re.compile(rf"{WHOLE.pattern}|(?P<address>https?://[^\s<>]+[^\s<>.,;:!?)])")
EMPHASIS = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])")
EMOJI = re.compile(r":([a-z0-9][a-z0-9_+-]*):")
STYLES: Mapping[str, str] = MappingProxyType(
    {"code": "`", "strike": "~", "italic": "_", "bold": "*"}
)
"""The marks of rich text's styles, the outermost first."""
NAMED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "broadcast": ("!", "range"),
        "channel": ("#", "channel_id"),
        "team": ("@", "team_id"),
        "user": ("@", "user_id"),
        "usergroup": ("@", "usergroup_id"),
    }
)
"""The pieces of rich text that name something: their sign, and the property with the id."""


class Directory(Protocol):
    """Knows the names behind ids."""

    def name_of(self, key: str) -> str | None:
        """Return the name of a person or a channel, or None for an unknown id."""


class Kind(Enum):
    """What a token is."""

    TEXT = auto()
    """Words, with Slack's entities in them."""
    EMOJI = auto()
    """An emoji; `target` is its name."""
    ADDRESS = auto()
    """A bare web address."""
    REFERENCE = auto()
    """What stands in <…>: a person, a channel, a group, a date or a link."""
    OPEN = auto()
    """What follows is bold (*), slanted (_), struck out (~), code (`) or a block of code (```)."""
    CLOSE = auto()
    """The end of that."""
    QUOTE = auto()
    """The line is quoted."""
    BULLET = auto()
    """The line is an item of a list."""
    NEWLINE = auto()
    """The end of a line, outside of blocks of code."""


@dataclass(frozen=True)
class Token:
    """A piece of a text and the characters that it stands for.

    `sign` is the mark of OPEN and CLOSE, and @, #, ! or "" (a link) of REFERENCE, which has a
    `target` and perhaps a `label`, both without entities.
    """

    kind: Kind
    source: str
    sign: str = ""
    target: str = ""
    label: str | None = None

    @property
    def text(self) -> str:
        """The characters as a person reads them."""
        return unescape(self.source)


def unescape(text: str) -> str:
    """Turn Slack's three entities into characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def escape(text: str) -> str:
    """Turn the three characters that mean something to Slack into entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def tokens(text: str, *, addresses: bool = False) -> Iterator[Token]:
    """Yield the tokens of a text; bare web addresses are tokens of their own on request."""
    end = 0
    for fence in FENCE.finditer(text):
        yield from _lines(text[end : fence.start()], addresses=addresses)
        yield Token(Kind.OPEN, fence[1], "```")
        yield from _code(fence[2])
        yield Token(Kind.CLOSE, fence[3], "```")
        end = fence.end()
    yield from _lines(text[end:], addresses=addresses)


def emoji_tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text without marks: words, emoji by name, and line ends."""
    for line in re.split("(\n)", text):
        if line == "\n":
            yield Token(Kind.NEWLINE, line)
            continue
        end = 0
        for found in EMOJI.finditer(line):
            yield from _text(line[end : found.start()])
            yield Token(Kind.EMOJI, found[0], target=found[1])
            end = found.end()
        yield from _text(line[end:])


def rich_text_tokens(pieces: list[dict[str, Any]]) -> Iterator[Token]:
    """Yield the tokens of a rich text's running text."""
    for piece in pieces:
        style = piece.get("style")
        styles = style if isinstance(style, dict) else {}
        marks = [mark for name, mark in STYLES.items() if styles.get(name)]
        yield from (Token(Kind.OPEN, mark, mark) for mark in marks)
        yield from _piece(piece)
        yield from (Token(Kind.CLOSE, mark, mark) for mark in reversed(marks))


def _piece(piece: dict[str, Any]) -> Iterator[Token]:
    """Yield the tokens of one piece of rich text, without its style."""
    kind = str(piece.get("type"))
    if kind in NAMED:
        sign, name = NAMED[kind]
        yield Token(Kind.REFERENCE, "", sign, str(piece[name]))
    elif kind in {"link", "attachment_mention"}:
        yield Token(Kind.REFERENCE, "", "", str(piece["url"]), piece.get("text"))
    elif kind == "date":
        target = f"date^{piece['timestamp']}^{piece['format']}"
        yield Token(Kind.REFERENCE, "", "!", target, piece.get("fallback") or piece["format"])
    elif kind == "emoji":
        yield Token(Kind.EMOJI, f":{piece['name']}:", target=str(piece["name"]))
    else:
        for line in re.split("(\n)", str(piece.get("text", piece.get("value", "")))):
            yield from [Token(Kind.NEWLINE, line)] if line == "\n" else _text(escape(line))


def _text(source: str) -> Iterator[Token]:
    """Yield words, if there are any."""
    if source:
        yield Token(Kind.TEXT, source)


def _lines(text: str, *, addresses: bool) -> Iterator[Token]:
    """Yield the tokens of lines outside of blocks of code."""
    for number, line in enumerate(text.split("\n")):
        if number:
            yield Token(Kind.NEWLINE, "\n")
        mark = ""
        if quote := QUOTE.match(line):
            mark = quote[0]
            yield Token(Kind.QUOTE, mark)
        elif line.startswith(BULLET):
            mark = BULLET
            yield Token(Kind.BULLET, mark)
        yield from _inline(line[len(mark) :], WHOLE_OR_ADDRESS if addresses else WHOLE)


def _inline(line: str, whole: re.Pattern[str]) -> Iterator[Token]:
    """Yield the tokens of one line; no mark counts inside of what is `whole`."""
    wholes = {found.start(): found for found in whole.finditer(line)}
    # As long as the line, so that each mark is found at its own place.
    marks = _marks(whole.sub(lambda found: "\ue000" * len(found[0]), line))
    end = 0
    for place in sorted({*wholes, *marks}):
        yield from emoji_tokens(line[end:place])
        if found := wholes.get(place):
            yield from _whole(found)
            end = found.end()
        else:
            yield Token(marks[place], line[place], line[place])
            end = place + 1
    yield from emoji_tokens(line[end:])


def _marks(line: str, at: int = 0) -> dict[int, Kind]:
    """Return where emphasis begins and ends, also inside of other emphasis."""
    marks: dict[int, Kind] = {}
    for found in EMPHASIS.finditer(line):
        marks[at + found.start()], marks[at + found.end() - 1] = Kind.OPEN, Kind.CLOSE
        marks |= _marks(found[2], at + found.start(2))
    return marks


def _whole(found: re.Match[str]) -> Iterator[Token]:
    """Yield the tokens of code, a reference or a web address."""
    if found["code"]:
        yield Token(Kind.OPEN, "`", "`")
        yield from _code(found["code"])
        yield Token(Kind.CLOSE, "`", "`")
    elif found["target"]:
        yield _reference(found)
    else:
        yield Token(Kind.ADDRESS, found[0])


def _code(text: str) -> Iterator[Token]:
    """Yield the tokens of code: words as they are, and references."""
    end = 0
    for found in REFERENCE.finditer(text):
        yield from _text(text[end : found.start()])
        yield _reference(found)
        end = found.end()
    yield from _text(text[end:])


def _reference(found: re.Match[str]) -> Token:
    """Return what stands in <…>."""
    label = None if found["label"] is None else unescape(found["label"])
    target = unescape(found["target"])
    return Token(Kind.REFERENCE, found[0], found["sign"] or "", target, label)
