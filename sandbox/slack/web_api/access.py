"""Which conversations the bot may see and post to, and with which scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.refusal import Refusal

if TYPE_CHECKING:
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel
    from sandbox.slack.workspace.workspace import Workspace

USER_ID_STARTS = ("U", "W")


def require_scope(workspace: Workspace, scope: str) -> None:
    """Raise Refusal (missing_scope) when the bot was not granted `scope`, or one of several.

    Several stand with a comma between them.
    """
    granted = workspace.installation.scopes
    if granted.isdisjoint(scope.split(",")):
        raise Refusal("missing_scope", needed=scope, provided=",".join(sorted(granted)))


def family(channel: Channel) -> str:
    """Return the first part of the scopes for a channel: channels, groups, im or mpim."""
    if channel.direct_to:
        return "im"
    if channel.is_group:
        return "mpim"
    return "groups" if channel.private else "channels"


def known_channel(workspace: Workspace, channel_id: str) -> Channel:
    """Return the channel with this id, if the bot can know of it.

    Raises Refusal (channel_not_found) for a name, for an unknown id, and for a private channel
    that the bot is no member of.
    """
    channel = workspace.channels.get(channel_id)
    if channel is None or (channel.private and workspace.bot.id not in channel.members):
        raise Refusal("channel_not_found")
    return channel


def readable_channel(workspace: Workspace, channel_id: str) -> Channel:
    """Return a channel whose messages the bot may read.

    Raises Refusal: channel_not_found, missing_scope, or not_in_channel.
    """
    channel = known_channel(workspace, channel_id)
    require_scope(workspace, f"{family(channel)}:history")
    require_membership(workspace, channel)
    return channel


def require_membership(workspace: Workspace, channel: Channel) -> None:
    """Raise Refusal (not_in_channel) when the bot is no member."""
    if workspace.bot.id not in channel.members:
        raise Refusal("not_in_channel")


def addressed_channel(workspace: Workspace, key: str) -> Channel:
    """Return the channel that a message is addressed to: an id, a name, or a person's id.

    Raises Refusal (channel_not_found).
    """
    if key.startswith(USER_ID_STARTS) and key in workspace.people:
        person = workspace.people[key]
        if person.is_bot:
            raise Refusal("channel_not_found")
        return workspace.direct(person)
    name = key.removeprefix("#")
    named = {each.name: each.id for each in workspace.channels.values() if each.is_named}
    return known_channel(workspace, named.get(name, key))


def require_open(channel: Channel, error: str = "is_archived") -> None:
    """Raise Refusal(`error`) for an archived channel."""
    if channel.archived:
        raise Refusal(error)


def require_reader(workspace: Workspace, channel: Channel) -> None:
    """Raise Refusal (user_disabled) for direct messages with somebody who was deactivated."""
    if channel.direct_to and workspace.people[channel.direct_to].deleted:
        raise Refusal("user_disabled")


def postable_channel(workspace: Workspace, key: str) -> Channel:
    """Return a channel that the bot may post to.

    With chat:write.public that is any public channel (docs.slack.dev, chat:write.public); a
    private one that it is not in can't be found at all.
    Raises Refusal: channel_not_found, is_archived, user_disabled, or not_in_channel.
    """
    channel = addressed_channel(workspace, key)
    require_open(channel)
    require_reader(workspace, channel)
    if "chat:write.public" not in workspace.installation.scopes:
        require_membership(workspace, channel)
    return channel


def visible_message(workspace: Workspace, channel: Channel, ts: str) -> Message:
    """Return a message that is there for everybody in a channel.

    Raises Refusal (message_not_found), also for the note in a deleted message's place.
    """
    message = workspace.find(channel.id, ts)
    if message is None or message.deleted:
        raise Refusal("message_not_found")
    return message
