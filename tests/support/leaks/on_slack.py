"""Everything that a bot ever said on Slack: messages, files, views, and the calls that said it."""

import json
from collections.abc import Iterator
from typing import Any

from sandbox.slack import SlackSandbox
from sandbox.slack.web_api.invocation import Call
from sandbox.slack.workspace.message import Message
from sandbox.slack.workspace.model import File
from tests.support.leaks.places import Place, in_blocks, place


def on_slack(slack: SlackSandbox) -> Iterator[Place]:
    """All of it. What one person reads in direct messages is marked with that person."""
    for message in slack.workspace.timeline:
        yield from _message(slack, message)
    for file in slack.workspace.files.values():
        yield from _file(slack, file)
    for call in slack.calls:
        yield from _call(slack, call)
    for person in slack.workspace.people:
        for view in slack.workspace.views_of(person):
            yield place("view", f"a form of {person}", view.content)
        if home := slack.workspace.home_of(person):
            yield place("view", f"the Home tab of {person}", home.content)


def _message(slack: SlackSandbox, message: Message) -> Iterator[Place]:
    reader = "" if message.only_for else _reader(slack, message.channel)
    name = f"message {message.ts} in {message.channel}"
    for text, blocks in [*message.revisions, (message.text, message.blocks)]:
        yield place("notification text", name, text)
        yield from in_blocks("message", name, blocks, reader)
    yield place("metadata", name, message.metadata)
    yield place("message", name, message.attachments)


def _file(slack: SlackSandbox, file: File) -> Iterator[Place]:
    name = f"file {file.id} in {file.channel}"
    yield place("file name, title, comment", name, [file.name, file.title, file.comment])
    yield place("file", name, file.content, _reader(slack, file.channel or ""))


def _call(slack: SlackSandbox, call: Call) -> Iterator[Place]:
    """The arguments of a call, also of one that Slack refused."""
    name = f"{call.method} at {call.at}"
    rest = dict(call.arguments)
    blocks = rest.pop("blocks", None)
    yield place("call, without its blocks", name, {key: _read(each) for key, each in rest.items()})
    if blocks is not None:
        reader = _reader(slack, str(rest.get("channel") or ""))
        yield from in_blocks("call's blocks", name, _read(blocks), reader)


def _read(argument: Any) -> Any:
    """An argument that was sent as JSON within a form, as what it is."""
    try:
        return json.loads(argument) if isinstance(argument, str) else argument
    except ValueError:
        return argument


def _reader(slack: SlackSandbox, channel_id: str) -> str:
    """The one person who reads a channel, "" for those that more people read.

    A person's own id stands for the conversation with them.
    """
    channel = slack.workspace.channels.get(channel_id)
    if channel is None:
        return channel_id if channel_id in slack.workspace.people else ""
    return channel.direct_to or ""
