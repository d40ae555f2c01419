"""Slack's texts as HTML; whatever a person wrote is escaped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from sandbox.mrkdwn import Kind, emoji_tokens, rich_text_tokens, tokens
from sandbox.page.emoji import emoji

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.mrkdwn import Directory, Token

SAFE = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
PERMALINK = re.compile(r"https://[\w-]+\.slack\.com/archives/(\w+)/p(\d{10})(\d{6})(?:\?.*)?")
FARTHEST = 10**11
"""The last Unix time that is shown as a time."""
TAGS: Mapping[str, str] = MappingProxyType({"*": "strong", "_": "em", "~": "s", "`": "code"})
PARAGRAPHS: Mapping[str, str] = MappingProxyType(
    {"rich_text_quote": "blockquote", "rich_text_preformatted": "pre"}
)
BREAK = Markup("<br>")
ELEMENT = Markup("<{tag}>{inner}</{tag}>")
CODE_BLOCK = Markup("<pre><code>{inner}</code></pre>")
MENTION = Markup('<span class="mention{kind}">{sign}{name}</span>')
LINK = Markup('<a href="{href}"{more}>{label}</a>')
ELSEWHERE = Markup(' target="_blank" rel="noopener noreferrer"')
TIME = Markup('<time datetime="{iso}" data-format="{form}">{fallback}</time>')
Line = tuple[Kind, list[Markup]]
"""What a line is (TEXT, QUOTE, BULLET, or OPEN for a block of code), and its pieces."""


@dataclass(frozen=True)
class Reader:
    """Who reads: `directory` knows the names, `me` is their id, `home` the page's folder for them.

    `home` is like /as/ana; links to messages of this workspace lead into it.
    """

    directory: Directory
    me: str = ""
    home: str = ""


def mrkdwn(text: str, reader: Reader, *, verbatim: bool = True) -> Markup:
    """Return `text` as HTML; unless `verbatim`, bare web addresses become links too."""
    parts = groupby(_lines(text, reader, verbatim=verbatim), key=lambda line: line[0] is Kind.OPEN)
    return Markup("").join(
        _code_blocks(lines) if is_code else _paragraphs(list(lines)) for is_code, lines in parts
    )


def plain_text(text: str) -> Markup:
    """Return a plain_text object as HTML: emoji by name, and nothing else."""
    return Markup("").join(_unmarked(token) for token in emoji_tokens(text))


def rich_text(elements: list[dict[str, Any]], reader: Reader) -> Markup:
    """Return sections, lists, quotes and preformatted texts one below the other."""
    return Markup("").join(_paragraph(element, reader) for element in elements)


def _unmarked(token: Token) -> Markup:
    """Render a token of a text without marks: in it, entities mean nothing."""
    if token.kind is Kind.EMOJI:
        return emoji(token.target)
    return BREAK if token.kind is Kind.NEWLINE else escape(token.source)


def _paragraph(element: dict[str, Any], reader: Reader) -> Markup:
    """Render one paragraph of a rich text, or a list with its items."""
    kind, children = str(element.get("type")), element.get("elements", [])
    if kind == "rich_text_list":
        tag = "ol" if element.get("style") == "ordered" else "ul"
        items = [_running(child.get("elements", []), reader) for child in children]
        return _list(items, tag)
    line_end = Markup("\n") if kind == "rich_text_preformatted" else BREAK
    inner = _running(children, reader, line_end)
    return ELEMENT.format(tag=PARAGRAPHS.get(kind, "p"), inner=inner)


def _running(pieces: list[dict[str, Any]], reader: Reader, line_end: Markup = BREAK) -> Markup:
    """Render the running text of a rich text."""
    return Markup("").join(
        line_end if token.kind is Kind.NEWLINE else _html(token, reader)
        for token in rich_text_tokens(pieces)
    )


def _lines(text: str, reader: Reader, *, verbatim: bool) -> list[Line]:
    """Return the lines of a text; a block of code is one line."""
    lines: list[Line] = [(Kind.TEXT, [])]
    for token in tokens(text, addresses=not verbatim):
        if token.sign == "```":
            lines.append((Kind.OPEN if token.kind is Kind.OPEN else Kind.TEXT, []))
        elif token.kind is Kind.NEWLINE:
            lines.append((Kind.TEXT, []))
        elif token.kind in {Kind.QUOTE, Kind.BULLET}:
            lines[-1] = (token.kind, [])
        else:
            lines[-1][1].append(_html(token, reader))
    return lines


def _code_blocks(lines: Iterable[Line]) -> Markup:
    """Render blocks of code."""
    inners = (Markup("").join(pieces) for _, pieces in lines)
    return Markup("").join(CODE_BLOCK.format(inner=inner) for inner in inners)


def _paragraphs(lines: list[Line]) -> Markup:
    """Render lines outside of blocks of code; empty ones around them are left out."""
    worded = [
        place for place, (kind, pieces) in enumerate(lines) if pieces or kind is not Kind.TEXT
    ]
    within = lines[worded[0] : worded[-1] + 1] if worded else []
    groups = groupby(within, key=lambda line: line[0])
    return Markup("").join(
        _group(kind, [Markup("").join(pieces) for _, pieces in group]) for kind, group in groups
    )


def _group(kind: Kind, lines: list[Markup]) -> Markup:
    """Put lines of one kind together."""
    if kind is Kind.BULLET:
        return _list(lines, "ul")
    return ELEMENT.format(tag="blockquote" if kind is Kind.QUOTE else "p", inner=BREAK.join(lines))


def _list(items: list[Markup], tag: str) -> Markup:
    """Render the items of a list."""
    inner = Markup("").join(ELEMENT.format(tag="li", inner=item) for item in items)
    return ELEMENT.format(tag=tag, inner=inner)


def _html(token: Token, reader: Reader) -> Markup:
    """Render one token."""
    match token.kind:
        case Kind.OPEN | Kind.CLOSE:
            slash = "/" if token.kind is Kind.CLOSE else ""
            return Markup("<{slash}{tag}>").format(slash=slash, tag=TAGS[token.sign])
        case Kind.NEWLINE:
            return BREAK
        case Kind.EMOJI:
            return emoji(token.target)
        case Kind.ADDRESS:
            return _link(token.text, None, reader)
        case Kind.REFERENCE:
            return _reference(token, reader)
        case _:
            return escape(token.text)


def _reference(token: Token, reader: Reader) -> Markup:
    """Render what stands in <…>."""
    if not token.sign:
        return _link(token.target, token.label, reader)
    if token.sign == "!":
        return _special(token.target, token.label)
    known = reader.directory.name_of(token.target)
    kind = " mention-me" if token.target == reader.me else ""
    return MENTION.format(kind=kind, sign=token.sign, name=known or token.label or token.target)


def _link(target: str, label: str | None, reader: Reader) -> Markup:
    """Render a link; an address that is no web address and no mailbox stays text."""
    if not SAFE.match(target):
        return escape(label or target)
    text = label or target.removeprefix("mailto:")
    if here := PERMALINK.fullmatch(target):
        channel, seconds, rest = here.groups()
        href = f"{reader.home}/{channel}#m-{seconds}.{rest}"
        return LINK.format(href=href, more="", label=text)
    return LINK.format(href=target, more=ELSEWHERE, label=text)


def _special(target: str, label: str | None) -> Markup:
    """Render <!here>, <!subteam^S…|@group> and <!date^…|fallback>."""
    kind, *rest = target.split("^")
    if kind == "date" and len(rest) >= len(("seconds", "format")):
        return _date(rest[0], rest[1], label or rest[1])
    everyone = "" if kind == "subteam" else " mention-all"
    name = label or (target if kind == "subteam" else kind)
    return MENTION.format(kind=everyone, sign="@", name=name.removeprefix("@"))


def _date(timestamp: str, form: str, fallback: str) -> Markup:
    """Render a time that the browser shows in its own zone and in Slack's format `form`."""
    if not re.fullmatch("[0-9]{1,12}", timestamp) or int(timestamp) > FARTHEST:
        return escape(fallback)
    iso = datetime.fromtimestamp(int(timestamp), UTC).isoformat()
    return TIME.format(iso=iso, form=form, fallback=fallback)
