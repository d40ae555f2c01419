"""conversations.*: making, renaming and archiving channels, and who is in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.access import (
    known_channel,
    require_membership,
    require_open,
    require_scope,
)
from sandbox.slack.workspace.model import Note
from sandbox.slack.workspace.wire import channel_json

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation
    from sandbox.slack.workspace.model import Channel

LONGEST_NAME = 80
LONGEST_NOTE = 250


def create(call: Invocation) -> dict[str, Any]:
    """Make a channel; the bot is its creator and its first member."""
    private = call.arguments.flag("is_private")
    require_scope(call.workspace, "groups:write" if private else "channels:manage")
    channel = call.workspace.add_channel(_new_name(call), private=private)
    return _shown(call, channel)


def rename(call: Invocation) -> dict[str, Any]:
    """Give a channel another name; only its creator may (docs.slack.dev)."""
    channel = _managed(call)
    require_membership(call.workspace, channel)
    if channel.creator != call.workspace.bot.id:
        raise Refusal("not_authorized")
    name = _new_name(call)
    channel.previous_names.insert(0, channel.name)
    channel.name = name
    call.workspace.changes.announce()
    return _shown(call, channel)


def archive(call: Invocation) -> dict[str, Any]:
    """Close a channel: it can be read, and nothing more is posted to it."""
    channel = _managed(call)
    require_membership(call.workspace, channel)
    require_open(channel, "already_archived")
    channel.archived = True
    call.workspace.changes.announce()
    return {}


def unarchive(call: Invocation) -> dict[str, Any]:
    """Open an archived channel again."""
    channel = _managed(call)
    require_membership(call.workspace, channel)
    if not channel.archived:
        raise Refusal("not_archived")
    channel.archived = False
    call.workspace.changes.announce()
    return {}


def join(call: Invocation) -> dict[str, Any]:
    """Make the bot a member of a public channel."""
    workspace = call.workspace
    channel = known_channel(workspace, call.arguments.required("channel"))
    if channel.private:
        raise Refusal("method_not_supported_for_channel_type")
    require_open(channel)
    if workspace.bot.id in channel.members:
        warning = "already_in_channel"
        more = {"warning": warning, "response_metadata": {"warnings": [warning]}}
        return _shown(call, channel) | more
    channel.members.add(workspace.bot.id)
    workspace.changes.announce()
    return _shown(call, channel)


def leave(call: Invocation) -> dict[str, Any]:
    """End the bot's membership of a channel."""
    workspace, channel = call.workspace, _managed(call)
    require_open(channel)
    if workspace.bot.id not in channel.members:
        return {"not_in_channel": True}
    if len(channel.members) == 1:
        raise Refusal("last_member")
    channel.members.remove(workspace.bot.id)
    workspace.changes.announce()
    return {}


def invite(call: Invocation) -> dict[str, Any]:
    """Make the people in `users` members: all of them, or with `force` those who can be."""
    workspace, channel = call.workspace, _managed(call, "write.invites")
    require_membership(workspace, channel)
    require_open(channel)
    keys = [key.strip() for key in call.arguments.required("users").split(",")]
    errors = {key: error for key in keys if (error := _uninvitable(call, channel, key))}
    welcome = [key for key in keys if key not in errors]
    if errors and not (call.arguments.flag("force") and welcome):
        details = [{"user": key, "ok": False, "error": error} for key, error in errors.items()]
        raise Refusal(next(iter(errors.values())), errors=details)
    channel.members.update(welcome)
    workspace.changes.announce()
    return _shown(call, channel)


def kick(call: Invocation) -> dict[str, Any]:
    """End a person's membership of a channel."""
    workspace, channel = call.workspace, _managed(call)
    require_membership(workspace, channel)
    user = call.arguments.required("user")
    if user not in workspace.people:
        raise Refusal("user_not_found")
    if user == workspace.bot.id:
        raise Refusal("cant_kick_self")
    if user not in channel.members:
        raise Refusal("not_in_channel")
    channel.members.remove(user)
    workspace.changes.announce()
    return {"errors": {}}


def set_topic(call: Invocation) -> dict[str, Any]:
    """Say what a channel is about now."""
    channel = _managed(call, "write.topic")
    channel.topic = _note(call, channel, "topic")
    return _shown(call, channel)


def set_purpose(call: Invocation) -> dict[str, Any]:
    """Say what a channel is for."""
    channel = _managed(call, "write.topic")
    channel.purpose = _note(call, channel, "purpose")
    return _shown(call, channel) | {"purpose": channel.purpose.value}


def _managed(call: Invocation, narrow: str | None = None) -> Channel:
    """Return the channel that is to be changed, if the bot's scopes allow it.

    `narrow` is the end of the scope that allows this one thing beside the wide scope.
    Raises Refusal: channel_not_found, method_not_supported_for_channel_type for direct messages,
    or missing_scope.
    """
    channel = known_channel(call.workspace, call.arguments.required("channel"))
    if not channel.is_named:
        raise Refusal("method_not_supported_for_channel_type")
    first = "groups" if channel.private else "channels"
    wide = "groups:write" if channel.private else "channels:manage"
    require_scope(call.workspace, f"{wide},{first}:{narrow}" if narrow else wide)
    return channel


def _new_name(call: Invocation) -> str:
    """Return the name that was given for a channel. Raises Refusal for one that can't be."""
    name = call.arguments.text("name") or ""
    if not name:
        raise Refusal("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise Refusal("invalid_name_maxlength")
    if not re.search(r"[^\W_]", name):
        raise Refusal("invalid_name_punctuation")
    if not re.fullmatch(r"[\w-]+", name) or name != name.lower():
        raise Refusal("invalid_name_specials")
    if any(channel.name == name for channel in call.workspace.channels.values()):
        raise Refusal("name_taken")
    return name


def _uninvitable(call: Invocation, channel: Channel, user: str) -> str | None:
    """Return why somebody can't be invited, or None."""
    if user not in call.workspace.people:
        return "user_not_found"
    if user == call.workspace.bot.id:
        return "cant_invite_self"
    return "already_in_channel" if user in channel.members else None


def _note(call: Invocation, channel: Channel, name: str) -> Note:
    """Return a new topic or purpose; an empty one takes the old one away."""
    workspace = call.workspace
    require_membership(workspace, channel)
    require_open(channel)
    value = call.arguments.text(name) or ""
    if len(value) > LONGEST_NOTE:
        raise Refusal("too_long")
    workspace.changes.announce()
    return Note(value, workspace.bot.id, int(workspace.clock.now()))


def _shown(call: Invocation, channel: Channel) -> dict[str, Any]:
    """Return the answer that shows a channel."""
    return {"channel": channel_json(channel, call.workspace.bot.id)}
