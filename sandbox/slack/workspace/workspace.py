"""A workspace: the one place that holds its state and announces its changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any

from sandbox.slack.views.stacks import Triggers, Views
from sandbox.slack.workspace.clock import Changes
from sandbox.slack.workspace.emoji import CUSTOM
from sandbox.slack.workspace.history import History
from sandbox.slack.workspace.installation import (
    SLACKBOT,
    Consent,
    Installation,
    direct_channel,
    first_channels,
    first_people,
    first_usergroups,
    other_people,
)
from sandbox.slack.workspace.message import Message
from sandbox.slack.workspace.model import Channel, File, Person, ReadMarks, Usergroup
from sandbox.slack.workspace.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sandbox.slack.views.view import View
    from sandbox.slack.workspace.clock import Clock

DELETED_TEXT = "This message was deleted."


@dataclass
class Workspace:
    """People, channels, messages (in the order in which they came), files and views.

    `consents` are by the code that stands for each. `emoji` are the addresses of the custom ones,
    by name. `origin` is the sandbox's own address, where files are fetched from. `history` is
    everything that ever stood here.
    """

    installation: Installation
    clock: Clock
    changes: Changes = field(default_factory=Changes)
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    timeline: list[Message] = field(default_factory=list)
    files: dict[str, File] = field(default_factory=dict)
    usergroups: dict[str, Usergroup] = field(default_factory=dict)
    marks: ReadMarks = field(default_factory=ReadMarks)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    consents: dict[str, Consent] = field(default_factory=dict)
    emoji: dict[str, str] = field(default_factory=dict)
    origin: str = ""
    history: History = field(default_factory=History, repr=False)
    _by_channel: dict[str, list[Message]] = field(default_factory=dict, repr=False)
    views: Views = field(init=False)
    triggers: Triggers = field(init=False)
    schedule: Schedule = field(init=False)

    def __post_init__(self) -> None:
        self.views = Views(self.clock, self.changes, self, self.history)
        self.triggers = Triggers(self.clock)
        self.schedule = Schedule(self.clock, self._post_scheduled)
        self.emoji = {name: f"https://emoji.example.com/{name}.png" for name in CUSTOM}
        everybody = first_people(self.installation.bot_user_id)
        self.people = {person.id: person for person in everybody}
        self.channels = {channel.id: channel for channel in first_channels(everybody)}
        for person in everybody:
            if not person.is_bot:
                direct = direct_channel(person, self.installation.bot_user_id)
                self.channels[direct.id] = direct
        self.usergroups = {group.id: group for group in first_usergroups()}

    def welcome(self, person: Person, *channels: str) -> None:
        """Let somebody more be there, in these channels and in direct messages with the bot."""
        self.people[person.id] = person
        direct = direct_channel(person, self.installation.bot_user_id)
        self.channels[direct.id] = direct
        for channel in channels:
            self.channel(channel).members.add(person.id)

    def welcome_others(self) -> None:
        """Let a guest and an external person be in ops, and a deactivated one in no channel."""
        for person in other_people():
            self.welcome(person, *(() if person.deleted else ("ops",)))

    def change_person(self, key: str | Person, **flags: Any) -> Person:
        """Let somebody be deactivated (`deleted=True`), become a guest, and so on."""
        person = replace(self.person(key), **flags)
        self.people[person.id] = person
        self.changes.announce()
        return person

    @property
    def bot(self) -> Person:
        """The bot as a member of the workspace."""
        return self.people[self.installation.bot_user_id]

    def person(self, key: str | Person) -> Person:
        """Return a person by name or id. Raises LookupError for nobody."""
        if isinstance(key, Person):
            return key
        for person in self.people.values():
            if key in {person.id, person.name}:
                return person
        names = ", ".join(person.name for person in self.people.values())
        raise LookupError(f"nobody is called {key!r} here; there are {names}")

    def channel(self, key: str | Channel) -> Channel:
        """Return a channel by name or id. Raises LookupError when there is none."""
        if isinstance(key, Channel):
            return key
        for channel in self.channels.values():
            if key == channel.id or (channel.is_named and key == channel.name):
                return channel
        names = ", ".join(each.name for each in self.channels.values() if each.is_named)
        raise LookupError(f"no channel is called {key!r} here; there are {names}")

    def direct(self, person: Person) -> Channel:
        """Return the direct messages between the bot and `person`."""
        return next(each for each in self.channels.values() if each.direct_to == person.id)

    def group(self, people: Sequence[Person]) -> Channel | None:
        """Return the direct messages of the bot with exactly these people, if there are any."""
        members = {self.bot.id, *(person.id for person in people)}
        groups = (each for each in self.channels.values() if each.is_group)
        return next((each for each in groups if each.members == members), None)

    def open_group(self, people: Sequence[Person]) -> Channel:
        """Begin direct messages of the bot with several people."""
        names = [*(person.name for person in people), self.bot.name]
        channel = self.add_channel(f"mpdm-{'--'.join(names)}-1", private=True)
        channel.is_group, channel.members = True, {self.bot.id, *(each.id for each in people)}
        return channel

    def add_channel(self, name: str, *, private: bool = False) -> Channel:
        """Return a new channel that the bot made and is the only member of."""
        channel = Channel(
            f"C0MADE{next(self.numbers):05d}",
            name,
            {self.bot.id},
            private=private,
            creator=self.bot.id,
            created=int(self.clock.now()),
        )
        self.channels[channel.id] = channel
        self.changes.announce()
        return channel

    def name_of(self, key: str) -> str | None:
        """Return the name that people see for the id of a person, a channel or a group."""
        found = self.people.get(key) or self.channels.get(key) or self.usergroups.get(key)
        return found.name if found else None

    def views_of(self, person: str | Person) -> list[View]:
        """Return a person's open modals; the last one is on top, and the one that is seen."""
        return self.views.of(self.person(person).id)

    def home_of(self, person: str | Person) -> View | None:
        """Return the Home tab that the bot published for a person."""
        return self.views.homes.get(self.person(person).id)

    def unread(self, person: str | Person) -> dict[str, int]:
        """Return how many messages a person has not read yet, by channel id; no zeroes.

        It covers the channels that the person is in, and their messages with the bot.
        """
        who = self.person(person).id
        counts = {
            channel.id: self.unread_in(channel, who)
            for channel in self.channels.values()
            if who in channel.members
        }
        return {channel_id: unread for channel_id, unread in counts.items() if unread}

    def unread_in(self, channel: Channel, person: str) -> int:
        """Return how many messages of one channel a person (an id) has not read yet."""
        return self.marks.unread(person, self._in(channel.id))

    def read(self, person: str | Person, channel: str | Channel) -> None:
        """Remember that a person has seen everything in a channel."""
        place = self.channel(channel).id
        last = max((message.ts for message in self._in(place)), default="")
        if self.marks.read(self.person(person).id, place, last):
            self.changes.announce()

    def invite(self, key: str) -> None:
        """Make the bot a member of a channel."""
        self.channel(key).members.add(self.bot.id)
        self.changes.announce()

    def kick(self, key: str) -> None:
        """End the bot's membership of a channel."""
        self.channel(key).members.discard(self.bot.id)
        self.changes.announce()

    def archive(self, key: str) -> None:
        """Archive a channel: nobody can post there any more."""
        self.channel(key).archived = True
        self.changes.announce()

    def post(self, message: Message) -> Message:
        """Add a message. A reply to a message that isn't there lands in the channel, as in Slack.

        A reply to a reply goes to the thread that the reply is in.
        """
        parent = self.find(message.channel, message.thread_ts) if message.thread_ts else None
        message.thread_ts = (parent.thread_ts or parent.ts) if parent else None
        self.timeline.append(message)
        self._by_channel.setdefault(message.channel, []).append(message)
        message.broadcast &= message.thread_ts is not None
        for file in message.files:
            file.channel, file.thread_ts = message.channel, message.thread_ts
            file.shares.setdefault(message.channel, []).append(message.ts)
        self.history.note_message(self.channels[message.channel], message)
        self.changes.announce()
        return message

    def compose(self, channel: Channel, user: Person, text: str, **parts: Any) -> Message:
        """Return a message that is not posted yet, with a new ts; `parts` are its other fields."""
        return Message(
            ts=self.clock.next_ts(),
            channel=channel.id,
            user=user.id,
            text=text,
            directory=self,
            **parts,
        )

    def find(self, channel_id: str, ts: str) -> Message | None:
        """Return the message that everybody in the channel sees under `ts`."""
        for message in reversed(self._in(channel_id)):
            if message.ts == ts and not message.only_for:
                return message
        return None

    def top_level(self, channel_id: str) -> list[Message]:
        """Return a channel's messages outside of threads, oldest first; broadcast ones are too."""
        messages = self._seen_in(channel_id)
        return [each for each in messages if each.thread_ts is None or each.broadcast]

    def replies(self, parent: Message) -> list[Message]:
        """Return the replies in the thread of `parent`, oldest first."""
        return [each for each in self._seen_in(parent.channel) if each.thread_ts == parent.ts]

    def _seen_in(self, channel_id: str) -> Iterable[Message]:
        """Return what everybody in a channel sees."""
        return (each for each in self._in(channel_id) if not each.only_for)

    def _in(self, channel_id: str) -> Sequence[Message]:
        """Return everything in a channel, oldest first."""
        return self._by_channel.get(channel_id, ())

    def revise(self, message: Message, text: str, blocks: list[dict[str, Any]]) -> None:
        """Replace the content of a message."""
        message.revise(text, blocks, self.clock.next_ts())
        self.history.note_message(self.channels[message.channel], message)
        self.changes.announce()

    def delete(self, message: Message) -> None:
        """Take a message away; the parent of a thread leaves a note in its place, as in Slack."""
        message.deleted = True
        self.channels[message.channel].pins.pop(message.ts, None)
        if not message.only_for and self.replies(message):
            message.revise(DELETED_TEXT, [], self.clock.next_ts())
            message.attachments, message.author, message.reactions = [], {}, {}
            message.user, message.metadata = SLACKBOT, None
        else:
            self.timeline.remove(message)
            self._by_channel[message.channel].remove(message)
        self.changes.announce()

    def add_file(self, name: str, length: int, alt_text: str = "") -> File:
        """Reserve a file of `length` bytes, whose content is still to come."""
        file_id, now = f"F0FILE{next(self.numbers):05d}", int(self.clock.now())
        file = File(file_id, name, name, length, now, user=self.bot.id, alt_text=alt_text)
        self.files[file.id] = file
        self.history.files.append(file)
        return file

    def _post_scheduled(self, message: Message) -> None:
        """Post a message whose time has come, unless its channel takes none any more.

        Slack drops those with metadata (a bug that docs.slack.dev, chat.scheduleMessage, tells of).
        """
        if not self.channels[message.channel].archived and message.metadata is None:
            message.ts = self.clock.next_ts()
            self.post(message)
        self.changes.announce()
