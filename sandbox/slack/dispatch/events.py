"""Events: the envelope around each of them, and the check of a new address."""

from __future__ import annotations

import re
import secrets
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.web_api.access import family
from sandbox.slack.workspace.wire import view_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Person
    from sandbox.slack.workspace.workspace import Workspace


KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "channels": ("channel", "channels"),
        "groups": ("group", "groups"),
        "im": ("im", "im"),
        "mpim": ("mpim", "mpim"),
    }
)
"""A conversation's kind in an event, and in the name that it is subscribed to by."""
NAMED_PERSON = re.compile(r"<(@\w+)\|[^>]*>")


def home_opened(workspace: Workspace, person: Person, tab: str) -> dict[str, Any]:
    """Return the event of a person who opens a tab of the app: home or messages."""
    event = {
        "type": "app_home_opened",
        "user": person.id,
        "channel": workspace.direct(person).id,
        "tab": tab,
        "event_ts": workspace.clock.next_ts(),
    }
    home = workspace.home_of(person)
    if tab == "home" and home is not None:
        return event | {"view": view_json(workspace.installation, home)}
    return event


def message_events(workspace: Workspace, message: Message) -> list[dict[str, Any]]:
    """Return the events that the app is told of when a person has written a message.

    They are `message`, by the kind of the conversation (message.im in direct messages), and
    app_mention where the bot is mentioned in a channel: both only where the bot is a member, with
    the scope for it, and when its manifest (if it has one) subscribes to them.
    """
    channel, events = workspace.channels[message.channel], list[dict[str, Any]]()
    if workspace.bot.id not in channel.members:
        return events
    text = NAMED_PERSON.sub(r"<\1>", message.text)
    common = {
        "user": message.user,
        "text": text,
        "ts": message.ts,
        "event_ts": message.ts,
        "channel": channel.id,
        "team": workspace.installation.team_id,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    kind, scopes = KINDS[family(channel)], workspace.installation.scopes
    if f"{family(channel)}:history" in scopes and _subscribed(workspace, f"message.{kind[1]}"):
        events.append({"type": "message", "channel_type": kind[0], **common})
    mentioned = f"<@{workspace.bot.id}>" in text and channel.is_named
    if mentioned and "app_mentions:read" in scopes and _subscribed(workspace, "app_mention"):
        events.append({"type": "app_mention", **common})
    return events


def _subscribed(workspace: Workspace, event: str) -> bool:
    """Whether the app wants to be told of an event; without a manifest it wants all."""
    events = workspace.installation.features.events
    return events is None or event in events


def event_payload(workspace: Workspace, event: dict[str, Any]) -> dict[str, Any]:
    """Return an event in its envelope."""
    app = workspace.installation
    authorization = {
        "enterprise_id": None,
        "team_id": app.team_id,
        "user_id": app.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "type": "event_callback",
        "token": app.verification_token,
        "team_id": app.team_id,
        "api_app_id": app.app_id,
        "event": event,
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(workspace.clock.now()),
        "event_context": f"4-{secrets.token_hex(12)}",
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }


def verification_payload(workspace: Workspace) -> dict[str, Any]:
    """Return the request that a new address has to answer with the challenge."""
    return {
        "type": "url_verification",
        "token": workspace.installation.verification_token,
        "challenge": secrets.token_urlsafe(24),
    }
