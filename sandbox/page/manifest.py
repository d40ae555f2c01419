"""The app's manifest: what it sets up in the workspace, and the commands that people are offered.

The manifest is YAML; of it, this reads what such files are written in: mappings and lists by
indentation, plain and quoted scalars, comments.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MANIFEST = Path(__file__).parents[2] / "slack-manifest.yaml"
COMMENT = re.compile(r"""(?:^|\s)#.*$""")
PAIR = re.compile(r"(?P<name>[\w-]+):(?:\s+(?P<value>.*))?$")
Line = tuple[int, str]


@dataclass(frozen=True)
class SlashCommand:
    """A command that the composer offers: `usage` are examples with a | between them."""

    name: str
    description: str = ""
    usage: str = ""


INVITE = SlashCommand("/invite", "Slack's own: bring the bot or a person in", "@esim-bot")
"""The one command of Slack itself that the page knows."""


@dataclass(frozen=True)
class Manifest:
    """The manifest as Slack takes it; None where there is none, as in an installed package."""

    content: dict[str, Any] | None = field(default=None, repr=False)
    takes_any_command: bool = False
    """Whether people may type every command, as for an app whose manifest nobody has given."""

    @property
    def has_home(self) -> bool:
        """Whether the app has a Home tab; without the tab, what it publishes is seen by nobody."""
        app_home = (self.content or {}).get("features", {}).get("app_home", {})
        return bool(app_home.get("home_tab_enabled"))

    @property
    def commands(self) -> tuple[SlashCommand, ...]:
        """The app's slash commands."""
        features = (self.content or {}).get("features", {})
        commands = features.get("slash_commands", [{"command": "/esim", "usage_hint": "help"}])
        return tuple(
            SlashCommand(each["command"], each.get("description", ""), each.get("usage_hint", ""))
            for each in commands
        )


def read_manifest(file: Path = MANIFEST) -> Manifest:
    """Read a manifest, YAML or JSON; one without content where there is no such file.

    Raises ValueError for what is neither.
    """
    if not file.exists():
        return Manifest()
    text = file.read_text(encoding="utf-8")
    content = json.loads(text) if text.lstrip().startswith("{") else parsed(text)
    return Manifest(content if isinstance(content, dict) else None)


def parsed(text: str) -> Any:
    """Return what the text says, as mappings, lists, texts, numbers and truth values."""
    lines = [_line(line) for line in text.splitlines()]
    value, _ = _value([line for line in lines if line[1]], 0)
    return value


def _line(line: str) -> Line:
    """Return how far a line is indented, and what it says without comments."""
    quoted = line.rstrip().endswith(('"', "'"))
    told = line if quoted else COMMENT.sub("", line)
    return len(line) - len(line.lstrip()), told.strip()


def _value(lines: list[Line], at: int) -> tuple[Any, int]:
    """Read the mapping or list that begins at a line; return it and where it ends."""
    depth, told = lines[at]
    return _list(lines, at, depth) if told.startswith("- ") else _mapping(lines, at, depth)


def _list(lines: list[Line], at: int, depth: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    while at < len(lines) and lines[at][0] == depth and lines[at][1].startswith("- "):
        told = lines[at][1][2:].strip()
        if PAIR.match(told):
            # The mapping begins behind the dash: read it as if it began on a line of its own.
            rest = [*lines[:at], (depth + 2, told), *lines[at + 1 :]]
            item, at = _mapping(rest, at, depth + 2)
        else:
            item, at = _scalar(told), at + 1
        items.append(item)
    return items, at


def _mapping(lines: list[Line], at: int, depth: int) -> tuple[dict[str, Any], int]:
    pairs: dict[str, Any] = {}
    while at < len(lines) and lines[at][0] == depth and (pair := PAIR.match(lines[at][1])):
        at += 1
        if pair["value"]:
            pairs[pair["name"]] = _scalar(pair["value"])
        else:
            pairs[pair["name"]], at = _value(lines, at)
    return pairs, at


def _scalar(text: str) -> Any:
    """Return a scalar: a truth value, a number or a text."""
    if text in {"true", "false"}:
        return text == "true"
    if text.isdigit():
        return int(text)
    quoted = text[:1] in {'"', "'"} and text[-1] == text[0]
    return text[1:-1] if quoted else text
