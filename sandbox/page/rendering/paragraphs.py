"""Lines as HTML: quotes, lists with bullets, and running text between them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

QUOTES = ("&gt;", ">")
BULLET = "• "


def paragraphs(text: str, inline: Callable[[str], str]) -> str:
    """Return `text` with each line rendered by `inline`."""
    if not text:
        return ""
    groups = groupby(text.split("\n"), key=_kind)
    return "".join(_group(kind, [inline(_bare(line)) for line in lines]) for kind, lines in groups)


def _kind(line: str) -> str:
    """Return what a line is part of: a quote, a list or running text."""
    if line.startswith(QUOTES):
        return "quote"
    return "list" if line.startswith(BULLET) else "text"


def _bare(line: str) -> str:
    """Take the mark of a quote or a list away."""
    if _kind(line) == "quote":
        return line.removeprefix("&gt;").removeprefix(">").removeprefix(" ")
    return line.removeprefix(BULLET)


def _group(kind: str, lines: list[str]) -> str:
    """Put lines of one kind together."""
    if kind == "list":
        return f"<ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul>"
    together = "<br>".join(lines)
    return f"<blockquote>{together}</blockquote>" if kind == "quote" else f"<p>{together}</p>"
