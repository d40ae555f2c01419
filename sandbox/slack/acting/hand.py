"""One person, and the way that what they do takes to the bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.slack.dispatch.dispatcher import Dispatcher
    from sandbox.slack.dispatch.response_urls import ResponseUrls
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel, Person
    from sandbox.slack.workspace.workspace import Workspace


@dataclass(frozen=True)
class Hand:
    """Acts as one person. `origin` is the sandbox's address, where response_urls lead."""

    person: Person
    workspace: Workspace
    dispatcher: Dispatcher
    response_urls: ResponseUrls
    origin: str

    def response_url(self, channel: Channel, message: Message | None) -> str:
        """Return a new response_url for what the person does in a channel, or to a message."""
        return self.origin + self.response_urls.issue(self.person, channel, message)

    def place(self, key: str) -> Channel:
        """Return a channel (a name or an id). Raises LookupError if the person is not in it."""
        channel = self.workspace.channel(key)
        if self.person.id not in channel.members:
            raise LookupError(f"{self.person.name} is not in {channel.name}")
        return channel
