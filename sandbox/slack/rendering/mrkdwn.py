"""Slack's text format as a person reads it: names for ids, no marks, no entities."""

from __future__ import annotations

import re
from typing import Protocol

CODE = re.compile(r"(```.*?```|`[^`\n]+`)", re.DOTALL)
REFERENCE = re.compile(r"<([@#!])?([^<>|\s][^<>|]*)(?:\|([^<>]*))?>")
EMPHASIS = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])")


class Directory(Protocol):
    """Knows the names behind ids."""

    def name_of(self, key: str) -> str | None:
        """Return the name of a person or a channel, or None for an unknown id."""


def readable(text: str, directory: Directory) -> str:
    """Return mrkdwn `text` as a person reads it."""
    return unescape("".join(_part(part, directory) for part in CODE.split(text)))


def unescape(text: str) -> str:
    """Turn Slack's three entities into characters."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _part(part: str, directory: Directory) -> str:
    """Render a piece of code without its marks, or a piece of running text."""
    if part.startswith("```") and part.endswith("```"):
        return part[3:-3].strip("\n")
    if part.startswith("`") and part.endswith("`"):
        return part[1:-1]
    return REFERENCE.sub(lambda found: _reference(found, directory), _without_marks(part))


def _without_marks(text: str) -> str:
    """Take away the marks of bold, italic and struck-out words, also of nested ones."""
    stripped = EMPHASIS.sub(r"\2", text)
    return stripped if stripped == text else _without_marks(stripped)


def _reference(found: re.Match[str], directory: Directory) -> str:
    """Render what stands in <…>: a person, a channel, a group, a date or a link."""
    sign, target, label = found.groups()
    if sign is None:
        return label or target
    if sign == "!":
        return _special(target, label)
    return f"{sign}{directory.name_of(target) or label or target}"


def _special(target: str, label: str | None) -> str:
    """Render <!here>, <!subteam^S…|@group> and <!date^…|fallback>."""
    return label or f"@{target.partition('^')[0]}"
