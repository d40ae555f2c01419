"""A person who acts: types a command, clicks a button, fills in and submits a modal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.slack.dispatch.answers import suggested
from sandbox.slack.dispatch.delivery import command_parcel, event_parcel, interaction_parcel
from sandbox.slack.dispatch.events import event_payload, home_opened, message_events
from sandbox.slack.dispatch.payloads import (
    escaped,
    global_shortcut_payload,
    message_shortcut_payload,
    slash_form,
)
from sandbox.slack.gestures import (
    Hand,
    NoSuchButtonError,
    NotThereError,
    click,
    close,
    enter,
    find_text,
    is_searched,
    search,
    sees_message,
    submit,
)
from sandbox.slack.views.entering import named_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.slack.dispatch.delivery import Delivery, Parcel
    from sandbox.slack.gestures import Blocks
    from sandbox.slack.views.view import View
    from sandbox.slack.workspace.message import Message

__all__ = ["Actor", "NoSuchButtonError"]


@dataclass(frozen=True)
class Actor(Hand):
    """Acts as one person."""

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

        Raises ValueError for a line that is no command, or none that the app's manifest has, and
        LookupError for a channel that the person is not in.
        """
        if not line.startswith("/"):
            raise ValueError(f"a slash command starts with a slash: {line!r}")
        command, _, text = line.strip().partition(" ")
        known = self.workspace.installation.features.commands
        if known is not None and command not in known:
            raise ValueError(f"{command} is not a valid command")
        place = self.place(channel)
        words = (command, escaped(text.strip(), self.workspace))
        answer_to = self.response_url(place, None)
        form = slash_form(self.workspace, self.person, place, words, answer_to)
        return await self.dispatcher.send(command_parcel(self.workspace, form))

    def says(self, text: str, channel: str = "ops", thread_ts: str | None = None) -> Message:
        """Write an ordinary message; raises LookupError where the person is no member.

        The bot is told of it where Slack would tell it: in direct messages, and when it is
        mentioned (`<@U…>`), as `message_events` says.
        """
        place = self.place(channel)
        message = self.workspace.compose(place, self.person, text, thread_ts=thread_ts)
        self.workspace.post(message)
        events = message_events(self.workspace, message)
        payloads = [event_payload(self.workspace, event) for event in events]
        self.dispatcher.announce(
            [event_parcel(self.workspace, self.person, payload) for payload in payloads]
        )
        return message

    async def clicks(
        self,
        label: str,
        surface: Message | View,
        stale_blocks: Blocks | tuple[str, Blocks] | None = None,
    ) -> Delivery:
        """Click the button that `label` is written on, and confirm where it asks for that.

        With `stale_blocks` (earlier blocks, or one of the message's revisions) the person still
        sees the message as it was then. Raises NoSuchButtonError, also for what the person can't
        see: an ephemeral message for another, a private channel that they are not in, a modal
        below another one.
        """
        return await self.dispatcher.send(click(self, label, surface, stale_blocks))

    async def fills(self, surface: Message | View, values: Mapping[str, Any]) -> list[Delivery]:
        """Fill in fields, named by block_id, action_id, both with a slash, or label.

        Nothing is submitted. What is chosen outside of input blocks, or in one with
        dispatch_action, is told to the bot: those deliveries come back. None empties a field.
        In a menu whose options the bot brings, the value is typed and searched for first.
        Raises NoSuchFieldError for a field or a choice that isn't there, and NotThereError for
        a view or message that the person does not have before them.
        """
        found = {key: await self._found(surface, key, each) for key, each in values.items()}
        parcels = [enter(self, surface, key, value) for key, value in found.items()]
        return [await self.dispatcher.send(parcel) for parcel in parcels if parcel is not None]

    async def searches(
        self, surface: Message | View, key: str, typed: str = ""
    ) -> list[dict[str, Any]]:
        """Type into a menu whose options the bot brings, and return those that it offers.

        Nothing is asked, and nothing offered, for less text than the menu's min_query_length
        (three characters, if it has none), nor when the bot fails. Raises NoSuchFieldError and
        NotThereError as `fills` does.
        """
        parcel = search(self, surface, key, typed)
        if parcel is None:
            return []
        delivery = await self.dispatcher.send(parcel)
        return (suggested(delivery.body) or []) if delivery.ok else []

    async def _found(self, surface: Message | View, key: str, value: Any) -> Any:
        """Return a value for a field, with the options in place of what is searched for."""
        if value in (None, "", []) or not is_searched(self, surface, key):
            return value
        if isinstance(value, list):
            return [await self._offered(surface, key, each) for each in value]
        return await self._offered(surface, key, value)

    async def _offered(self, surface: Message | View, key: str, value: Any) -> dict[str, Any]:
        """Return the option that the bot offers under this text or value; an option is itself."""
        if isinstance(value, dict):
            return value
        return named_option(await self.searches(surface, key, str(value)), value)

    async def submits(self, view: View, values: Mapping[str, Any] | None = None) -> Delivery:
        """Fill in a modal and submit it.

        Raises CannotSubmitError for what Slack's client would not send, and as `fills` does.
        """
        await self.fills(view, values or {})
        return await self.dispatcher.send(submit(self, view))

    async def closes(self, view: View, *, everything: bool = False) -> Delivery | None:
        """Close a modal, or all of the person's; None when the bot did not ask to be told."""
        return await self._send(close(self, view, everything=everything))

    async def opens_home(self, tab: str = "home") -> Delivery | None:
        """Open the app's Home tab, or its messages; None when the app isn't told of it."""
        events = self.workspace.installation.features.events
        if events is not None and "app_home_opened" not in events:
            return None
        event = home_opened(self.workspace, self.person, tab)
        payload = event_payload(self.workspace, event)
        return await self.dispatcher.send(event_parcel(self.workspace, self.person, payload))

    async def uses_shortcut(self, callback_id: str, message: Message | None = None) -> Delivery:
        """Use a global shortcut, or one on a message.

        Raises LookupError for one that the app's manifest doesn't have, and NotThereError for a
        message that the person can't see, or that is an ephemeral one.
        """
        known = self.workspace.installation.features.shortcuts
        if known is not None and callback_id not in known:
            raise LookupError(f"the app has no shortcut {callback_id!r}")
        if message is None:
            payload = global_shortcut_payload(self.workspace, self.person, callback_id)
            channel = self.workspace.direct(self.person)
        else:
            payload = self._on_message(callback_id, message)
            channel = self.workspace.channels[message.channel]
        parcel = interaction_parcel(self.workspace, self.person, channel, payload, callback_id)
        return await self.dispatcher.send(parcel)

    def sees(self, text: str) -> Message | View | None:
        """Return the newest thing before the person that says `text`, or None.

        That is: every channel they can read, what only they were shown, the bot's messages to
        them, the modal on top, and their Home tab.
        """
        return find_text(self, text)

    def _on_message(self, callback_id: str, message: Message) -> dict[str, Any]:
        """Return the payload of a shortcut on a message."""
        if message.only_for or message.deleted or not sees_message(self, message):
            raise NotThereError(f"{self.name} has no shortcuts on this: {message!r}")
        answer_to = self.response_url(self.workspace.channels[message.channel], message)
        return message_shortcut_payload(
            self.workspace, self.person, callback_id, message, answer_to
        )

    async def _send(self, parcel: Parcel | None) -> Delivery | None:
        """Deliver a parcel, if there is one."""
        return None if parcel is None else await self.dispatcher.send(parcel)
