"""Who and what a workspace consists of, apart from its messages."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.slack.workspace.message import Message


@dataclass(frozen=True)
class Person:
    """A member of the workspace: `name` is the handle that is typed after the @.

    `team` is the id of another workspace that the person belongs to: a channel is shared with it.
    `is_stranger` marks one whom no channel of this workspace is shared with; `is_restricted` a
    guest, and with `is_ultra_restricted` one of a single channel. Who is `deleted` was deactivated.
    """

    id: str
    name: str
    real_name: str
    is_bot: bool = False
    team: str | None = None
    deleted: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False

    @property
    def email(self) -> str:
        """The address that the person is found by."""
        return f"{self.name}@example.com"


@dataclass(frozen=True)
class Usergroup:
    """A group of people that is mentioned as one: `name` is the handle, `users` are ids."""

    id: str
    name: str
    title: str
    users: tuple[str, ...]


@dataclass(frozen=True)
class Note:
    """A channel's topic or purpose: who (an id) set it, and when (a Unix time)."""

    value: str = ""
    creator: str = ""
    last_set: int = 0


@dataclass
class Bookmark:
    """A link at the top of a channel; the times are Unix times, `updated` 0 before any change."""

    id: str
    title: str
    link: str
    emoji: str
    created: int
    updated: int = 0


@dataclass(eq=False)
class Channel:
    """A public or private channel, or direct messages of the bot with one person or several.

    `direct_to` is the one person; `is_group` marks those with several. `creator` is an id, empty
    for the channels that were there from the start. `pins` are the times (Unix) at which the
    messages with these ts were pinned, `bookmarks` are by id.
    """

    id: str
    name: str
    members: set[str]
    private: bool = False
    direct_to: str | None = None
    archived: bool = False
    is_group: bool = False
    creator: str = ""
    created: int = 0
    topic: Note = Note()
    purpose: Note = Note()
    previous_names: list[str] = field(default_factory=list)
    pins: dict[str, int] = field(default_factory=dict)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)

    @property
    def is_named(self) -> bool:
        """Whether people know it by its name, as they do a channel."""
        return self.direct_to is None and not self.is_group

    @property
    def label(self) -> str:
        """The name that Slack puts into a slash command or a click from here."""
        if self.direct_to is not None:
            return "directmessage"
        return "privategroup" if self.private and not self.is_group else self.name


@dataclass(eq=False)
class File:
    """A file: reserved, then sent (it has a `content`), then completed (it is `shared`).

    `created` is a Unix time; `channel` is None for a file that nobody else may see. `shares` are
    the ts of the messages that carry it, by the channel's id. `alt_text` describes a picture to
    those who don't see it.
    """

    id: str
    name: str
    title: str
    length: int
    created: int
    content: bytes = b""
    shared: bool = False
    channel: str | None = None
    thread_ts: str | None = None
    comment: str = ""
    user: str = ""
    shares: dict[str, list[str]] = field(default_factory=dict)
    alt_text: str = ""
    deleted: bool = False

    @property
    def is_picture(self) -> bool:
        """Whether Slack shows it in place."""
        return self.mimetype in {"image/png", "image/jpeg", "image/gif"}

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return self.length

    @property
    def mimetype(self) -> str:
        """The media type, by the ending of the name."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


@dataclass
class ReadMarks:
    """The ts up to which each person has read each channel, by the ids of both."""

    marks: dict[tuple[str, str], str] = field(default_factory=dict)

    def read(self, person: str, channel: str, ts: str) -> bool:
        """Remember that a person has read a channel up to `ts`; whether that is news."""
        if self.marks.get((person, channel), "") >= ts:
            return False
        self.marks[person, channel] = ts
        return True

    def unread(self, person: str, messages: Iterable[Message]) -> int:
        """Count the messages of one channel that count for a person and came after the mark.

        Their own don't count, nor what only another sees, nor replies in threads that they
        don't follow: those that they wrote in or are mentioned in.
        """
        seen = [each for each in messages if each.only_for in {None, person}]
        return sum(
            message.ts > self.marks.get((person, message.channel), "")
            and message.user != person
            and (message.thread_ts is None or _follows(person, message.thread_ts, seen))
            for message in seen
        )


def _follows(person: str, thread_ts: str, messages: list[Message]) -> bool:
    """Whether a person takes part in a thread or is mentioned in it."""
    return any(
        each.user == person or f"<@{person}>" in f"{each.text}{each.blocks}"
        for each in messages
        if thread_ts in {each.ts, each.thread_ts}
    )
