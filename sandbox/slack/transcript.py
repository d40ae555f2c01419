"""A workspace as text: channels, threads, what one person alone sees, files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel
    from sandbox.slack.workspace.workspace import Workspace

INDENT = "    "


def transcript(workspace: Workspace, channel: str | None, since: int = 0) -> str:
    """Return one channel, or everything that has a message in it when `channel` is None.

    Without the first `since` messages of the workspace.
    """
    timeline = list(workspace.timeline)[since:]
    if channel is not None:
        return _conversation(workspace, workspace.channel(channel), timeline)
    used = {message.channel for message in timeline}
    channels = [each for each in workspace.channels.values() if each.id in used]
    return "\n\n".join(_conversation(workspace, each, timeline) for each in channels)


def _conversation(workspace: Workspace, channel: Channel, timeline: list[Message]) -> str:
    """Return a channel under its name, each thread below its first message."""
    heading = f"#{channel.name}" if channel.is_named else f"@{channel.name} (direct messages)"
    messages = [each for each in timeline if each.channel == channel.id]
    lines = [heading]
    for message in messages:
        if message.thread_ts is None:
            lines += _entry(workspace, message, "")
            for reply in messages:
                if reply.thread_ts == message.ts:
                    lines += _entry(workspace, reply, INDENT)
    return "\n".join(lines)


def _entry(workspace: Workspace, message: Message, indent: str) -> Iterator[str]:
    """Yield the lines of one message: when, who, to whom if not to all, what, which files."""
    who = message.author.get("username") or workspace.name_of(message.user) or message.user
    only = f" (only {workspace.name_of(message.only_for)} sees this)" if message.only_for else ""
    first, *rest = [*message.plain().splitlines(), *_files(message)] or [""]
    yield f"{indent}{_time(message.ts)} {who}{only}: {first}".rstrip()
    for line in rest:
        yield f"{indent}{INDENT}{line}".rstrip()


def _time(ts: str) -> str:
    """Return the time of day that a ts names, in UTC."""
    return datetime.fromtimestamp(float(ts), UTC).strftime("%H:%M:%S")


def _files(message: Message) -> Iterator[str]:
    """Yield a line for each file, with its size."""
    for file in message.files:
        yield f"[file {file.name}, {file.size:,} bytes]"
