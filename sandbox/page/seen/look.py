"""Who looks, and at what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.page.markup import Reader

if TYPE_CHECKING:
    from sandbox.page.scene import Scene
    from sandbox.slack import Channel, Message, Person, Workspace

HOME = "home"
"""The place in an address that stands for the bot's App Home."""


@dataclass(frozen=True)
class Look:
    """One person at one place: a channel with a thread open or not, or the App Home (None)."""

    scene: Scene
    person: Person
    channel: Channel | None = None
    thread: Message | None = None

    @property
    def workspace(self) -> Workspace:
        """The workspace that is looked at."""
        return self.scene.slack.workspace

    @property
    def folder(self) -> str:
        """The address under which everything is seen as this person."""
        return f"/as/{self.person.name}"

    @property
    def path(self) -> str:
        """The address of the place, without the thread."""
        return f"{self.folder}/{self.channel.id if self.channel else HOME}"

    @property
    def reader(self) -> Reader:
        """Who texts are rendered for."""
        return Reader(self.workspace, self.person.id, self.folder)

    @property
    def may_write(self) -> bool:
        """Whether the person can send something here."""
        return self.channel is not None and self.person.id in self.channel.members


def look_at(scene: Scene, person: str, place: str, thread: str = "") -> Look:
    """Return what `person` sees at `place`, a channel's id or HOME; `thread` is a ts.

    Raises LookupError for a place that is not there for them. A thread that is not there is not
    open.
    """
    who = scene.slack.workspace.person(person)
    if place == HOME:
        if not scene.manifest.has_home:
            raise LookupError("the app has no Home tab")
        return Look(scene, who)
    channel = scene.slack.workspace.channel(place)
    if not can_see(who, channel):
        raise LookupError(f"{who.name} sees no such channel")
    return Look(scene, who, channel, scene.slack.workspace.find(channel.id, thread))


def can_see(person: Person, channel: Channel) -> bool:
    """Whether a channel is there for a person."""
    return not channel.private or person.id in channel.members


def label_of(channel: Channel) -> str:
    """Return a channel's name as people write it; direct messages here are the bot's."""
    return "esim-bot" if channel.direct_to else f"#{channel.name}"
