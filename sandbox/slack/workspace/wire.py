"""People, channels, messages and files in the JSON forms that Slack sends."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

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
        **_authorship(app, message),
        **_content(workspace, message),
    }
    if message.author:
        del shown["user"]
    if message.edited_ts and not message.deleted:
        shown["edited"] = {"user": app.bot_id, "ts": message.edited_ts}
    if message.deleted:
        shown["subtype"] = "tombstone"
    if with_metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown | _thread_fields(workspace, message)


def _content(workspace: Workspace, message: Message) -> dict[str, Any]:
    """Return what a message has beside its text, and what was put on it."""
    pinned = message.ts in workspace.channels[message.channel].pins
    files = [file_json(workspace, file) for file in message.files]
    parts = {
        "blocks": message.blocks,
        "attachments": message.attachments,
        "reactions": reactions_json(message),
        "pinned_to": [message.channel] if pinned else [],
        "files": files,
        "upload": bool(files),
    }
    return {name: part for name, part in parts.items() if part}


def reactions_json(message: Message) -> list[dict[str, Any]]:
    """Return the reactions to a message, by emoji."""
    return [
        {"name": name, "users": list(users), "count": len(users)}
        for name, users in message.reactions.items()
    ]


def permalink(workspace: Workspace, message: Message) -> str:
    """Return the address of a message; a reply's names its thread."""
    domain, channel = workspace.installation.team_domain, message.channel
    link = f"https://{domain}.slack.com/archives/{channel}/p{message.ts.replace('.', '')}"
    thread = f"?thread_ts={message.thread_ts}&cid={channel}" if message.thread_ts else ""
    return link + thread


def _authorship(app: Installation, message: Message) -> dict[str, Any]:
    """Return the fields that mark a message as the bot's, perhaps under another name."""
    if message.user != app.bot_user_id:
        return {}
    profile: dict[str, Any] = {
        "id": app.bot_id,
        "app_id": app.app_id,
        "name": "esim-bot",
        "team_id": app.team_id,
        "deleted": False,
    }
    fields = {"bot_id": app.bot_id, "app_id": app.app_id, "bot_profile": profile}
    return fields | ({"subtype": "bot_message", **message.author} if message.author else {})


def _thread_fields(workspace: Workspace, message: Message) -> dict[str, Any]:
    """Return the fields of a reply, or of a message that has replies."""
    if message.thread_ts:
        parent = workspace.find(message.channel, message.thread_ts)
        parent_user = {"parent_user_id": parent.user} if parent else {}
        broadcast = {"subtype": "thread_broadcast"} if message.broadcast else {}
        return {"thread_ts": message.thread_ts, **parent_user, **broadcast}
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


def file_json(workspace: Workspace, file: File) -> dict[str, Any]:
    """Return a file object; its url_private is good in the sandbox, with the bot's token."""
    app, kind = workspace.installation, file.name.rpartition(".")[2]
    url = f"{workspace.origin}/files-pri/{app.team_id}-{file.id}"
    where = _places(workspace, file)
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": file.user,
        "user_team": app.team_id,
        "username": "",
        "editable": False,
        "public_url_shared": False,
        "display_as_bot": False,
        "url_private": f"{url}/{quote(file.name)}",
        "url_private_download": f"{url}/download/{quote(file.name)}",
        "permalink": f"https://{app.team_domain}.slack.com/files/{file.user}/{file.id}/"
        f"{quote(file.name)}",
        "size": file.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(where["channels"]),
        "comments_count": 0,
        **({"alt_txt": file.alt_text} if file.alt_text else {}),
        **where,
        "shares": _shares(workspace, file),
    }


def _places(workspace: Workspace, file: File) -> dict[str, list[str]]:
    """Return the ids of the conversations that a file is in, by kind."""
    places: dict[str, list[str]] = {"channels": [], "groups": [], "ims": []}
    for channel_id in file.shares:
        channel = workspace.channels[channel_id]
        kind = "ims" if channel.direct_to else "groups" if channel.private else "channels"
        places[kind].append(channel_id)
    return places


def _shares(workspace: Workspace, file: File) -> dict[str, Any]:
    """Return which messages carry a file, in public channels and elsewhere."""
    shares: dict[str, Any] = {}
    for channel_id, stamps in file.shares.items():
        channel = workspace.channels[channel_id]
        messages = [workspace.find(channel_id, ts) for ts in stamps]
        shares.setdefault("private" if channel.private else "public", {})[channel_id] = [
            {
                "ts": message.ts,
                "channel_name": channel.name,
                "team_id": workspace.installation.team_id,
                "share_user_id": message.user,
                "reply_users": [],
                "reply_users_count": 0,
                "reply_count": len(workspace.replies(message)),
                **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
            }
            for message in messages
            if message is not None
        ]
    return shares


def person_json(app: Installation, person: Person) -> dict[str, Any]:
    """Return a user object, with the fields that users:read gives.

    One who was deactivated comes without roles and time zone; `is_stranger` only for people of
    other workspaces (docs.slack.dev, user object).
    """
    common = {
        "id": person.id,
        "team_id": person.team or app.team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "profile": profile_json(app, person),
    }
    if person.team:
        common["is_stranger"] = person.is_stranger
    if person.deleted:
        return common
    return common | {
        "is_admin": False,
        "is_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": person.is_ultra_restricted,
        "tz": "Etc/UTC",
        "tz_label": "Coordinated Universal Time",
        "tz_offset": 0,
    }


def profile_json(app: Installation, person: Person) -> dict[str, Any]:
    """Return a person's profile; the address only with the scope users:read.email."""
    first, _, last = person.real_name.partition(" ")
    profile: dict[str, Any] = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "first_name": first,
        "last_name": last,
        "title": "",
        "phone": "",
        "status_text": "",
        "status_emoji": "",
        "status_expiration": 0,
        "team": person.team or app.team_id,
    }
    if "users:read.email" in app.scopes and not person.is_bot:
        profile["email"] = person.email
    return profile


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
    common = {"id": channel.id, "created": channel.created, "is_archived": channel.archived}
    if channel.direct_to:
        return common | {"is_im": True, "user": channel.direct_to, "is_org_shared": False}
    return common | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private and not channel.is_group,
        "is_im": False,
        "is_mpim": channel.is_group,
        "is_private": channel.private,
        "is_member": bot_user_id in channel.members,
        "is_general": False,
        "is_shared": False,
        "is_org_shared": False,
        "creator": channel.creator,
        "previous_names": list(channel.previous_names),
        "num_members": len(channel.members),
        "topic": asdict(channel.topic),
        "purpose": asdict(channel.purpose),
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
