"""Shortcuts: from the menu beside the composer, or from a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.dispatch.payloads.commands import interaction
from sandbox.slack.workspace.wire import message_json

if TYPE_CHECKING:
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Person
    from sandbox.slack.workspace.workspace import Workspace


def global_payload(workspace: Workspace, person: Person, callback_id: str) -> dict[str, Any]:
    """Return the payload of a global shortcut; it knows no channel and has no response_url."""
    return interaction(workspace, person, "shortcut") | {
        "callback_id": callback_id,
        "action_ts": workspace.clock.next_ts(),
    }


def message_payload(
    workspace: Workspace, person: Person, callback_id: str, message: Message, answer_to: str
) -> dict[str, Any]:
    """Return the payload of a shortcut on a message."""
    channel = workspace.channels[message.channel]
    return interaction(workspace, person, "message_action") | {
        "callback_id": callback_id,
        "action_ts": workspace.clock.next_ts(),
        "response_url": answer_to,
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel.label},
        "message": message_json(workspace, message),
    }
