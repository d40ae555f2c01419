"""The payloads of commands, shortcuts, clicks and views. Source: docs.slack.dev."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.slack.views.view import View
from sandbox.slack.workspace.wire import message_json, view_json

if TYPE_CHECKING:
    from sandbox.slack.views.state import Field
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel, Person
    from sandbox.slack.workspace.workspace import Workspace

EVERYBODY = ("here", "channel", "everyone")
LINK = re.compile(r"(?<!\S)(https?://\S+)")
BEFORE_NAME = r"(?<![\w.@#/-])"  # no e-mail address, no part of a path
AFTER_NAME = r"(?![\w-])"


def escaped(text: str, workspace: Workspace) -> str:
    """Return `text` as Slack sends it: & < > as entities, known names and links as <…>."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    groups = {each.name: f"!subteam^{each.id}" for each in workspace.usergroups.values()}
    people = {person.name: person.id for person in workspace.people.values()}
    channels = {each.name: each.id for each in workspace.channels.values() if each.is_named}
    text = _mention(people | groups | dict.fromkeys(EVERYBODY, "!"), "@", text)
    return LINK.sub(r"<\1>", _mention(channels, "#", text))


def _mention(known: dict[str, str], sign: str, text: str) -> str:
    """Turn the known names that stand after `sign` into references."""
    names = "|".join(sorted(map(re.escape, known), key=len, reverse=True))

    def reference(found: re.Match[str]) -> str:
        name = found[1]
        if known[name].startswith("!subteam"):
            return f"<{known[name]}|@{name}>"
        return f"<!{name}>" if known[name] == "!" else f"<{sign}{known[name]}|{name}>"

    return re.sub(f"{BEFORE_NAME}{sign}({names}){AFTER_NAME}", reference, text)


def slash_form(
    workspace: Workspace, person: Person, channel: Channel, line: tuple[str, str], answer_to: str
) -> dict[str, str]:
    """Return the fields of a slash command; `line` is the command and the text after it."""
    app = workspace.installation
    return {
        "token": app.verification_token,
        "team_id": person.team or app.team_id,
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
        "trigger_id": workspace.triggers.issue(person.id),
    }


def interaction(
    workspace: Workspace, person: Person, kind: str, view: str | None = None
) -> dict[str, Any]:
    """Return what every interaction tells: which kind, who, where, and a new trigger_id.

    `view` is the id of the view that it happened in.
    """
    app = workspace.installation
    return {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.team or app.team_id,
        },
        "api_app_id": app.app_id,
        "token": app.verification_token,
        "trigger_id": workspace.triggers.issue(person.id, view),
        "team": {"id": app.team_id, "domain": app.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def global_shortcut_payload(
    workspace: Workspace, person: Person, callback_id: str
) -> dict[str, Any]:
    """Return the payload of a global shortcut; it knows no channel and has no response_url."""
    return interaction(workspace, person, "shortcut") | {
        "callback_id": callback_id,
        "action_ts": workspace.clock.next_ts(),
    }


def message_shortcut_payload(
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


LEFT_OUT = frozenset(
    {"accessibility_label", "focus_on_load", "max_length", "min_length", "multiline", "options"}
)


def message_action_payload(
    workspace: Workspace, person: Person, message: Message, action: dict[str, Any], answer_to: str
) -> dict[str, Any]:
    """Return the payload for what was done in a message."""
    channel = workspace.channels[message.channel]
    payload = interaction(workspace, person, "block_actions") | {
        "container": _container(message, action["block_id"]),
        "channel": {"id": channel.id, "name": channel.label},
        "state": {"values": message.values(person.id)},
        "response_url": answer_to,
        "actions": [action],
    }
    # Slack leaves the message out when it was an ephemeral one.
    return payload if message.only_for else payload | {"message": message_json(workspace, message)}


def view_action_payload(
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


def _container(message: Message, block_id: str) -> dict[str, Any]:
    """Return where something was done: in a message, perhaps in an attachment of it."""
    attachment = message.attachment_of(block_id)
    container: dict[str, Any] = {
        "type": "message" if attachment is None else "message_attachment",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.only_for is not None,
    }
    if attachment is not None:
        container |= {"attachment_id": attachment, "is_app_unfurl": False}
    return container | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def suggestion_payload(
    workspace: Workspace, person: Person, surface: Message | View, field: Field, typed: str
) -> dict[str, Any]:
    """Return the payload that asks for the options of a menu, for what is typed into it."""
    block, element = field
    payload = interaction(workspace, person, "block_suggestion")
    del payload["trigger_id"]
    payload |= {
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "value": typed,
    }
    if isinstance(surface, View):
        container = {"type": "view", "view_id": surface.id}
        return payload | {
            "container": container,
            "view": view_json(workspace.installation, surface),
        }
    channel = workspace.channels[surface.channel]
    payload |= {
        "container": _container(surface, block["block_id"]),
        "channel": {"id": channel.id, "name": channel.label},
    }
    return payload if surface.only_for else payload | {"message": message_json(workspace, surface)}


def submission_payload(workspace: Workspace, person: Person, view: View) -> dict[str, Any]:
    """Return the payload for a modal that was submitted."""
    return interaction(workspace, person, "view_submission", view.id) | {
        "view": view_json(workspace.installation, view),
        "response_urls": [],
    }


def closed_payload(
    workspace: Workspace, person: Person, view: View, *, cleared: bool
) -> dict[str, Any]:
    """Return the payload for a modal that was closed; `cleared` when all of them were at once."""
    payload = interaction(workspace, person, "view_closed")
    del payload["trigger_id"]
    return payload | {
        "view": view_json(workspace.installation, view),
        "is_cleared": cleared,
    }
