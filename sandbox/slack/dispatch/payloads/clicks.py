"""block_actions: a button that was clicked, or a choice that was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.dispatch.payloads.commands import interaction
from sandbox.slack.views.wire import view_json
from sandbox.slack.workspace.wire import message_json

if TYPE_CHECKING:
    from sandbox.slack.views.view import View
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Person
    from sandbox.slack.workspace.workspace import Workspace

LEFT_OUT = frozenset(
    {"accessibility_label", "focus_on_load", "max_length", "min_length", "multiline", "options"}
)


def message_payload(
    workspace: Workspace, person: Person, message: Message, action: dict[str, Any], answer_to: str
) -> dict[str, Any]:
    """Return the payload for what was done in a message."""
    channel = workspace.channels[message.channel]
    payload = interaction(workspace, person, "block_actions") | {
        "container": _container(message),
        "channel": {"id": channel.id, "name": channel.label},
        "state": {"values": message.values(person.id)},
        "response_url": answer_to,
        "actions": [action],
    }
    # Slack leaves the message out when it was an ephemeral one.
    return payload if message.only_for else payload | {"message": message_json(workspace, message)}


def view_payload(
    workspace: Workspace, person: Person, view: View, action: dict[str, Any]
) -> dict[str, Any]:
    """Return the payload for what was done in a modal or a Home tab."""
    inside = view.id if view.kind == "modal" else None
    return interaction(workspace, person, "block_actions", inside) | {
        "container": {"type": "view", "view_id": view.id},
        "view": view_json(workspace.installation, view),
        "actions": [action],
    }


def button_action(
    workspace: Workspace, block: dict[str, Any], element: dict[str, Any]
) -> dict[str, Any]:
    """Return what was clicked; value and style only when the button has them."""
    names = ("action_id", "text", "type", "value", "style", "url", "confirm")
    action = {name: element[name] for name in names if name in element}
    return action | _place(workspace, block)


def choice_action(
    workspace: Workspace,
    block: dict[str, Any],
    element: dict[str, Any],
    state: dict[str, Any],
) -> dict[str, Any]:
    """Return what was chosen or typed; `state` is that of the element afterwards."""
    action = {name: value for name, value in element.items() if name not in LEFT_OUT}
    return action | state | _place(workspace, block)


def _place(workspace: Workspace, block: dict[str, Any]) -> dict[str, Any]:
    """Return in which block it happened, and when."""
    return {"block_id": block["block_id"], "action_ts": workspace.clock.next_ts()}


def _container(message: Message) -> dict[str, Any]:
    """Return where the click happened."""
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.only_for is not None,
    }
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
