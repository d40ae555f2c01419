"""The forms of a slash command and a click. Source: docs.slack.dev, interactivity."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from sandbox.slack.workspace.wire import message_json

if TYPE_CHECKING:
    from sandbox.slack.blockkit.buttons import Button
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel, Person
    from sandbox.slack.workspace.workspace import Workspace


def new_trigger_id(workspace: Workspace) -> str:
    """Return a trigger_id, another one each time."""
    number = next(workspace.numbers)
    return f"{int(workspace.clock.now() * 1000)}.{number}.{secrets.token_hex(16)}"


def slash_form(
    workspace: Workspace, person: Person, channel: Channel, line: tuple[str, str], answer_to: str
) -> dict[str, str]:
    """Return the fields of a slash command; `line` is the command and the text after it."""
    app = workspace.installation
    return {
        "token": app.verification_token,
        "team_id": app.team_id,
        "team_domain": app.team_domain,
        "channel_id": channel.id,
        "channel_name": channel.label,
        "user_id": person.id,
        "user_name": person.name,
        "command": line[0],
        "text": line[1],
        "api_app_id": app.app_id,
        "is_enterprise_install": "false",
        "response_url": answer_to,
        "trigger_id": new_trigger_id(workspace),
    }


def click_payload(
    workspace: Workspace, person: Person, message: Message, button: Button, answer_to: str
) -> dict[str, Any]:
    """Return a block_actions payload for a click on a button of `message`."""
    app = workspace.installation
    channel = workspace.channels[message.channel]
    payload: dict[str, Any] = {
        "type": "block_actions",
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": app.team_id,
        },
        "api_app_id": app.app_id,
        "token": app.verification_token,
        "container": _container(message),
        "trigger_id": new_trigger_id(workspace),
        "team": {"id": app.team_id, "domain": app.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": channel.id, "name": channel.label},
        "state": {"values": {}},
        "response_url": answer_to,
        "actions": [_action(workspace, button)],
    }
    # Slack leaves the message out when it was an ephemeral one.
    return payload if message.only_for else payload | {"message": message_json(workspace, message)}


def _container(message: Message) -> dict[str, Any]:
    """Return where the click happened."""
    container: dict[str, Any] = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.only_for is not None,
    }
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _action(workspace: Workspace, button: Button) -> dict[str, Any]:
    """Return what was clicked; value and style only when the button has them."""
    action = {name: button.element[name] for name in ("action_id", "text", "type")}
    for name in ("value", "style", "url", "confirm"):
        if name in button.element:
            action[name] = button.element[name]
    return action | {
        "block_id": button.block["block_id"],
        "action_ts": workspace.clock.next_ts(),
    }
