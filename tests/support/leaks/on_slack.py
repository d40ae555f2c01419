"""Everything that a bot ever said on Slack: messages, files, views, and the calls that said it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sandbox.slack import SlackSandbox, Stood
from sandbox.slack.web_api.invocation import Call
from sandbox.slack.workspace.model import File
from tests.support.leaks.places import Place, in_blocks, place

NOBODY = "nobody"
"""Who reads a file that was uploaded and then shared nowhere: Slack shows it to no person."""


def on_slack(slack: SlackSandbox) -> Iterator[Place]:
    """All that ever stood, also what was changed or deleted since, and every call.

    What one person reads in direct messages is marked with that person.
    """
    for each in slack.history.stood:
        yield from _stood(slack, each)
    for file in slack.history.files:
        yield from _file(slack, file)
    yield from in_calls(slack, slack.calls)


def in_calls(slack: SlackSandbox, calls: Sequence[Call]) -> Iterator[Place]:
    """The arguments of calls, also of those that Slack refused."""
    for call in calls:
        yield from _call(slack, call)


def _stood(slack: SlackSandbox, each: Stood) -> Iterator[Place]:
    """A message or a view as it was at some time; what only one person saw in a channel, too."""
    name = f"{each.ts} in {each.channel}" if each.channel else f"a view of {set(each.readers)}"
    content = dict(each.content)
    reader = _reader(slack, each.channel, each.readers)
    yield from in_blocks("message", name, content.pop("blocks", None), reader)
    yield place("message, without its blocks", name, content)


def _file(slack: SlackSandbox, file: File) -> Iterator[Place]:
    channels = {file.channel or "", *file.shares}
    readers = {_reader(slack, one) for one in channels if one}
    name = f"file {file.id} in {', '.join(channels)}"
    yield place("file's name, title, alt text", name, [file.name, file.title, file.alt_text])
    yield place("file's comment", name, file.comment)
    reader = readers.pop() if len(readers) == 1 else ""
    yield place("file", name, file.content, reader if channels - {""} else NOBODY)


def _call(slack: SlackSandbox, call: Call) -> Iterator[Place]:
    """The arguments of a call, also of one that Slack refused."""
    name = f"{call.method} at {call.at}"
    rest = {key: _read(each) for key, each in call.arguments.items()}
    blocks = rest.pop("blocks", None)
    yield place("call, without its blocks", name, rest)
    if blocks is not None:
        reader = _reader(slack, str(rest.get("channel") or ""))
        yield from in_blocks("call's blocks", name, blocks, reader)


def _read(argument: Any) -> Any:
    """An argument that was sent as JSON within a form, as what it is."""
    try:
        return json.loads(argument) if isinstance(argument, str) else argument
    except ValueError:
        return argument


def _reader(slack: SlackSandbox, channel_id: str, readers: frozenset[str] = frozenset()) -> str:
    """The one person who reads a direct message, "" for what more people, or nobody, may read.

    A person's own id stands for the conversation with them. What is only for one of several
    readers is no direct message: nobody can take it away again.
    """
    channel = slack.workspace.channels.get(channel_id)
    if channel is None:
        return channel_id if channel_id in slack.workspace.people else ""
    return (channel.direct_to or "") if len(readers) != 1 else ""
