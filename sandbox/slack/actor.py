"""A person who acts: types a command, writes a message, clicks a button."""

from __future__ import annotations

import copy
import json
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sandbox.slack.blockkit.buttons import Button, buttons
from sandbox.slack.dispatch.delivery import Parcel
from sandbox.slack.dispatch.payloads import click_payload, slash_form
from sandbox.slack.dispatch.signing import signed_headers
from sandbox.slack.dispatch.typed import escaped

if TYPE_CHECKING:
    from sandbox.slack.dispatch.delivery import Delivery
    from sandbox.slack.dispatch.dispatcher import Dispatcher
    from sandbox.slack.dispatch.response_urls import ResponseUrls
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel, Person
    from sandbox.slack.workspace.workspace import Workspace

Blocks = list[dict[str, Any]]


class NoSuchButtonError(AssertionError):
    """The message has no such button for this person now; the text names those that it has."""


@dataclass(frozen=True)
class Actor:
    """Acts as one person. `origin` is the sandbox's address, where response_urls lead."""

    person: Person
    workspace: Workspace
    dispatcher: Dispatcher
    response_urls: ResponseUrls
    origin: str

    @property
    def id(self) -> str:
        """The person's id."""
        return self.person.id

    @property
    def name(self) -> str:
        """The person's name, without the @."""
        return self.person.name

    async def types(self, line: str, channel: str = "ops") -> Delivery:
        """Type a slash command in a channel (a name or an id) and send it.

        Raises ValueError for a line that is no command, and LookupError for a channel that the
        person is not in.
        """
        if not line.startswith("/"):
            raise ValueError(f"a slash command starts with a slash: {line!r}")
        command, _, text = line.strip().partition(" ")
        place = self._place(channel)
        answer_to = self.origin + self.response_urls.issue(self.person, place, None)
        words = (command, escaped(text.strip(), self.workspace))
        form = slash_form(self.workspace, self.person, place, words, answer_to)
        return await self.dispatcher.send(self._command_parcel(form))

    def says(self, text: str, channel: str = "ops", thread_ts: str | None = None) -> Message:
        """Write an ordinary message; raises LookupError where the person is no member."""
        place = self._place(channel)
        message = self.workspace.compose(place, self.person, text, thread_ts=thread_ts)
        return self.workspace.post(message)

    async def clicks(
        self,
        label: str,
        message: Message,
        stale_blocks: Blocks | tuple[str, Blocks] | None = None,
    ) -> Delivery:
        """Click the button that `label` is written on, and confirm where it asks for that.

        With `stale_blocks` (earlier blocks, or one of the message's revisions) the person still
        sees the message as it was then. Raises NoSuchButtonError, also for what the person can't
        see: an ephemeral message for another, a private channel that they are not in.
        """
        seen = message if stale_blocks is None else _as_it_was(message, stale_blocks)
        gone = message.deleted and stale_blocks is None
        button = self._button(label, seen, visible=not gone and self._sees(message))
        place = self.workspace.channels[message.channel]
        answer_to = self.origin + self.response_urls.issue(self.person, place, message)
        payload = click_payload(self.workspace, self.person, seen, button, answer_to)
        return await self.dispatcher.send(self._click_parcel(payload, seen, label))

    def _place(self, key: str) -> Channel:
        """Return a channel that the person is in."""
        channel = self.workspace.channel(key)
        if self.person.id not in channel.members:
            raise LookupError(f"{self.person.name} is not in {channel.name}")
        return channel

    def _sees(self, message: Message) -> bool:
        """Whether the person can see a message; public channels are open to everybody."""
        channel = self.workspace.channels[message.channel]
        inside = not channel.private or self.person.id in channel.members
        return inside and message.only_for in {None, self.person.id}

    def _button(self, label: str, seen: Message, *, visible: bool) -> Button:
        """Find a button by what is written on it."""
        there = buttons(seen.blocks) if visible else []
        for button in there:
            if button.label == label:
                return button
        labels = ", ".join(f"[{button.label}]" for button in there) or "no buttons"
        raise NoSuchButtonError(f"no [{label}] for {self.person.name} on {seen.ts}: {labels}")

    def _command_parcel(self, form: dict[str, str]) -> Parcel:
        """Pack a slash command."""
        return Parcel(
            kind="slash_commands",
            payload=dict(form),
            channel=form["channel_id"],
            name=form["command"],
            **self._signed(form),
        )

    def _click_parcel(self, payload: dict[str, Any], message: Message, label: str) -> Parcel:
        """Pack a click."""
        return Parcel(
            kind="interactive",
            payload=copy.deepcopy(payload),
            channel=message.channel,
            name=f"[{label}]",
            thread_ts=message.thread_ts,
            **self._signed({"payload": json.dumps(payload)}),
        )

    def _signed(self, form: dict[str, str]) -> dict[str, Any]:
        """Return what every parcel of this person carries, with `form` as its signed body."""
        body = urlencode(form).encode()
        secret = self.workspace.installation.signing_secret
        return {
            "body": body,
            "headers": signed_headers(body, secret),
            "envelope_id": str(uuid.uuid4()),
            "person": self.person.id,
        }


def _as_it_was(message: Message, earlier: Blocks | tuple[str, Blocks]) -> Message:
    """Return the message as it looked with earlier blocks or at an earlier revision."""
    if isinstance(earlier, tuple):
        return replace(message, text=earlier[0], blocks=earlier[1])
    return replace(message, blocks=earlier)
