"""People, channels, messages and files in the JSON forms that Slack sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.slack.views.view import View
    from sandbox.slack.workspace.installation import Installation
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel, File, Person, Usergroup
    from sandbox.slack.workspace.workspace import Workspace


def message_json(
    workspace: Workspace, message: Message, *, with_metadata: bool = True
) -> dict[str, Any]:
    """Return a message object as Slack's Web API and its payloads carry it."""
    app = workspace.installation
    shown: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": app.team_id,
    }
    if message.user == app.bot_user_id:
        shown |= _authorship(app)
    if message.blocks:
        shown["blocks"] = message.blocks
    if message.reactions:
        shown["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if message.files:
        shown |= {"files": [file_json(file) for file in message.files], "upload": True}
    if message.edited_ts and not message.deleted:
        shown["edited"] = {"user": app.bot_id, "ts": message.edited_ts}
    if message.deleted:
        shown["subtype"] = "tombstone"
    if with_metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown | _thread_fields(workspace, message)


def _authorship(app: Installation) -> dict[str, Any]:
    """Return the fields that mark a message as the bot's."""
    profile = {"id": app.bot_id, "app_id": app.app_id, "name": "esim-bot", "team_id": app.team_id}
    return {"bot_id": app.bot_id, "app_id": app.app_id, "bot_profile": profile | {"deleted": False}}


def _thread_fields(workspace: Workspace, message: Message) -> dict[str, Any]:
    """Return the fields of a reply, or of a message that has replies."""
    if message.thread_ts:
        parent = workspace.find(message.channel, message.thread_ts)
        parent_user = {"parent_user_id": parent.user} if parent else {}
        return {"thread_ts": message.thread_ts, **parent_user}
    replies = [] if message.only_for else workspace.replies(message)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": True,
    }


def file_json(file: File) -> dict[str, Any]:
    """Return a file object."""
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2],
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file.channel and file.channel.startswith("C")),
        "channels": [file.channel] if file.channel else [],
    }


def person_json(app: Installation, person: Person) -> dict[str, Any]:
    """Return a user object, with the fields that users:read gives."""
    return {
        "id": person.id,
        "team_id": app.team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "is_admin": False,
        "is_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
        "profile": {
            "real_name": person.real_name,
            "display_name": person.name,
            "team": app.team_id,
        },
    }


def usergroup_json(app: Installation, group: Usergroup) -> dict[str, Any]:
    """Return a usergroup object with its members."""
    return {
        "id": group.id,
        "team_id": app.team_id,
        "is_usergroup": True,
        "name": group.title,
        "description": "",
        "handle": group.name,
        "is_external": False,
        "date_create": 0,
        "date_delete": 0,
        "users": list(group.users),
        "user_count": len(group.users),
    }


def channel_json(channel: Channel, bot_user_id: str) -> dict[str, Any]:
    """Return a conversation object."""
    common = {"id": channel.id, "created": 0, "is_archived": channel.archived}
    if channel.direct_to:
        return common | {"is_im": True, "user": channel.direct_to, "is_org_shared": False}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.private,
        "is_member": bot_user_id in channel.members,
        "is_general": False,
        "is_shared": False,
        "num_members": len(channel.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


TEXTS = ("private_metadata", "callback_id", "external_id")
FLAGS = ("clear_on_close", "notify_on_close", "submit_disabled")
FRAME = ("title", "submit", "close")


def view_json(app: Installation, view: View) -> dict[str, Any]:
    """Return a view object as the Web API and the payloads carry it, with its state."""
    given = view.content
    return {
        "id": view.id,
        "team_id": app.team_id,
        "type": view.kind,
        "blocks": view.blocks,
        **{name: given.get(name) or "" for name in TEXTS},
        **{name: bool(given.get(name)) for name in FLAGS},
        **{name: given.get(name) for name in FRAME},
        "state": {"values": view.values},
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": app.app_id,
        "app_installed_team_id": app.team_id,
        "bot_id": app.bot_id,
    }
