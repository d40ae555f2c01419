"""Everything that ever stood in a workspace, also what was changed or deleted since."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel, File


@dataclass(frozen=True)
class Stood:
    """What stood somewhere at some time: a message as it was posted or changed, or a view.

    `channel` is an id, "" for a view. `readers` are the ids of those who could read it then.
    `content` is what the bot gave: text, blocks, attachments, metadata, or the view.
    """

    channel: str
    readers: frozenset[str]
    content: dict[str, Any]
    ts: str = ""

    @property
    def words(self) -> str:
        """Everything in it as one text, to be searched: values without escapes, a line each."""
        return "\n".join(_values(self.content))


@dataclass
class History:
    """What stood, in the order in which it came, and every file, in the order of the uploads."""

    stood: list[Stood] = field(default_factory=list, repr=False)
    files: list[File] = field(default_factory=list, repr=False)
    """Each file that was ever reserved, with its bytes, its `alt_text`, and its `shares`."""

    def note_message(self, channel: Channel, message: Message) -> None:
        """Note a message as it is now, with the names of its files."""
        only = {message.only_for} if message.only_for else None
        content = {
            "text": message.text,
            "blocks": message.blocks,
            "attachments": message.attachments,
            "metadata": message.metadata,
            "author": message.author,
            "files": [(file.name, file.title, file.alt_text) for file in message.files],
        }
        readers = frozenset(only or channel.members)
        self.stood.append(Stood(channel.id, readers, content, message.ts))

    def note_view(self, person: str, content: dict[str, Any]) -> None:
        """Note a modal or a Home tab that a person (an id) has before them."""
        self.stood.append(Stood("", frozenset({person}), content))

    def read_by(self, person: str) -> list[Stood]:
        """Return what a person (an id) could read at some time."""
        return [each for each in self.stood if person in each.readers]

    def saying(self, text: str) -> list[Stood]:
        """Return what held this text anywhere."""
        return [each for each in self.stood if text in each.words]


def _values(value: Any) -> Iterator[str]:
    """Yield every name and value below `value` as text."""
    if isinstance(value, dict):
        yield from map(str, value)
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from _values(each)
    elif value is not None:
        yield value if isinstance(value, str) else json.dumps(value)
