"""What stands in <…> in Slack's text: people, channels, groups, dates and links, as HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from markupsafe import Markup

from sandbox.slack.rendering.mrkdwn import unescape

if TYPE_CHECKING:
    from sandbox.slack.rendering.mrkdwn import Directory

REFERENCE = re.compile(r"<([@#!])?([^<>|\s][^<>|]*)(?:\|([^<>]*))?>")
SAFE = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
PERMALINK = re.compile(r"https://[\w-]+\.slack\.com/archives/(\w+)/p(\d{10})(\d{6})(?:\?.*)?")
MENTION = Markup('<span class="mention{kind}">{sign}{name}</span>')
LINK = Markup('<a href="{href}"{more}>{label}</a>')
ELSEWHERE = Markup(' target="_blank" rel="noopener noreferrer"')
TIME = Markup('<time datetime="{iso}" data-format="{form}">{fallback}</time>')
FARTHEST = 10**11


@dataclass(frozen=True)
class Reader:
    """Who reads: `directory` knows the names, `me` is their id, `home` the page's folder for them.

    `home` is like /as/ana; links to messages of this workspace lead into it.
    """

    directory: Directory
    me: str = ""
    home: str = ""


def reference(found: re.Match[str], reader: Reader) -> Markup:
    """Render a match of REFERENCE."""
    sign, target, label = found.groups()
    label = None if label is None else unescape(label)
    if sign is None:
        return link(unescape(target), label, reader)
    if sign == "!":
        return _special(target, label)
    return mention(sign, target, label, reader)


def mention(sign: str, target: str, label: str | None, reader: Reader) -> Markup:
    """Render a person, a channel or a group by name; an unknown one by its label or id."""
    known = reader.directory.name_of(target)
    kind = " mention-me" if target == reader.me else ""
    return MENTION.format(kind=kind, sign=sign, name=known or label or target)


def link(target: str, label: str | None, reader: Reader) -> Markup:
    """Render a link; an address that is no web address and no mailbox stays text."""
    if not SAFE.match(target):
        return Markup.escape(label or target)
    text = label or target.removeprefix("mailto:")
    if here := PERMALINK.fullmatch(target):
        channel, seconds, rest = here.groups()
        href = f"{reader.home}/{channel}#m-{seconds}.{rest}"
        return LINK.format(href=href, more="", label=text)
    return LINK.format(href=target, more=ELSEWHERE, label=text)


def date(timestamp: str, form: str, fallback: str) -> Markup:
    """Render a time that the browser shows in its own zone and in Slack's format `form`."""
    if not timestamp.isdigit() or int(timestamp) > FARTHEST:
        return Markup.escape(fallback)
    iso = datetime.fromtimestamp(int(timestamp), UTC).isoformat()
    return TIME.format(iso=iso, form=form, fallback=fallback)


def _special(target: str, label: str | None) -> Markup:
    """Render <!here>, <!subteam^S…|@group> and <!date^…|fallback>."""
    kind, *rest = target.split("^")
    if kind == "date" and len(rest) >= len(("seconds", "format")):
        return date(rest[0], unescape(rest[1]), label or unescape(rest[1]))
    if kind == "subteam":
        return MENTION.format(kind="", sign="@", name=(label or target).removeprefix("@"))
    return MENTION.format(kind=" mention-all", sign="@", name=(label or kind).removeprefix("@"))
