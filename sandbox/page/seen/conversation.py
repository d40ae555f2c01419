"""The messages of a channel and of a thread, as one person sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.page.seen.filled import filled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.page.seen.look import Look
    from sandbox.slack import Channel, Message, Person


@dataclass(frozen=True)
class Shown:
    """A message with its author, the id of who reads it, and the number of its replies."""

    message: Message
    author: Person
    reader: str
    replies: int = 0

    @property
    def key(self) -> str:
        """The message's id in the page."""
        return f"m-{self.message.ts}"

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Its blocks, with what this person has chosen in them."""
        return filled(self.message.blocks, self.message.entered.get(self.reader, {}))

    @property
    def revision(self) -> int:
        """How often it was edited: a click tells what the person saw."""
        return len(self.message.revisions)


def messages(look: Look) -> list[Shown]:
    """Return what stands in the channel outside of threads, oldest first."""
    return [_shown(look, each) for each in _visible(look) if each.thread_ts is None]


def thread(look: Look) -> list[Shown]:
    """Return the message that the open thread is about, and the replies; nothing without one."""
    if look.thread is None:
        return []
    ts = look.thread.ts
    replies = [each for each in _visible(look) if each.thread_ts == ts]
    return [_shown(look, each) for each in (look.thread, *replies)]


def visible(look: Look, channel: Channel) -> Iterator[Message]:
    """Yield what a channel has for this person, ephemeral messages of others left out."""
    for message in look.workspace.timeline:
        if message.channel == channel.id and message.only_for in {None, look.person.id}:
            yield message


def _visible(look: Look) -> Iterator[Message]:
    return visible(look, look.channel) if look.channel else iter(())


def _shown(look: Look, message: Message) -> Shown:
    replies = 0 if message.only_for else len(look.workspace.replies(message))
    return Shown(message, look.workspace.people[message.user], look.person.id, replies)
