"""chat.*: posting, changing and linking messages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.access import (
    addressed_channel,
    known_channel,
    postable_channel,
    require_membership,
    require_open,
    visible_message,
)
from sandbox.slack.web_api.content import UPDATED_TEXT, given_content, read_content, read_metadata
from sandbox.slack.workspace.wire import message_json, permalink

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel


def post_message(call: Invocation) -> dict[str, Any]:
    """Post to a channel, to a thread, or to a person's direct messages."""
    workspace, arguments = call.workspace, call.arguments
    channel = postable_channel(workspace, arguments.required("channel"))
    call.pace.spend(channel.id)
    message = workspace.post(composed(call, channel))
    shown = message_json(workspace, message)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def composed(call: Invocation, channel: Channel) -> Message:
    """Return the message that a call asks for, not posted yet. Raises Refusal."""
    arguments = call.arguments
    content, metadata = read_content(arguments), read_metadata(arguments)
    thread_ts = arguments.stamp("thread_ts")
    return call.workspace.compose(
        channel,
        call.workspace.bot,
        content.text or "",
        **content.parts,
        metadata=metadata or None,
        thread_ts=thread_ts,
        broadcast=thread_ts is not None and arguments.flag("reply_broadcast"),
        author=_author(call),
    )


def _author(call: Invocation) -> dict[str, Any]:
    """Return the name and icons to post under; without chat:write.customize they are ignored."""
    arguments, author = call.arguments, dict[str, Any]()
    if "chat:write.customize" not in call.workspace.installation.scopes:
        return author
    if name := arguments.text("username"):
        author["username"] = name
    if emoji := arguments.text("icon_emoji"):
        author["icons"] = {"emoji": emoji}
    elif url := arguments.text("icon_url"):
        author["icons"] = {"image_48": url}
    return author


def post_ephemeral(call: Invocation) -> dict[str, Any]:
    """Show a message in a channel to one of its members."""
    workspace, arguments = call.workspace, call.arguments
    channel = addressed_channel(workspace, arguments.required("channel"))
    require_open(channel)
    require_membership(workspace, channel)
    user = arguments.required("user")
    if user not in workspace.people:
        raise Refusal("user_not_found")
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    message = replace(composed(call, channel), only_for=user, metadata=None, broadcast=False)
    workspace.post(message)
    return {"message_ts": message.ts}


def update(call: Invocation) -> dict[str, Any]:
    """Change a message of the bot's own.

    Text without blocks removes the blocks; blocks without text leave no text; metadata and
    attachments that are left out stay, and empty ones are removed (docs.slack.dev, chat.update).
    """
    workspace, arguments = call.workspace, call.arguments
    message = _own_message(call, "cant_update_message")
    require_open(workspace.channels[message.channel], "is_inactive")
    content, metadata = given_content(arguments), read_metadata(arguments)
    if content.is_empty:
        raise Refusal("no_text")
    if len(arguments.text("text") or "") > UPDATED_TEXT:
        raise Refusal("msg_too_long")
    if metadata is not None:
        message.metadata = metadata or None
    if content.attachments is not None:
        message.attachments = content.attachments
    message.broadcast |= message.thread_ts is not None and arguments.flag("reply_broadcast")
    workspace.revise(message, content.text or "", content.blocks or [])
    shown = message_json(workspace, message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Invocation) -> dict[str, Any]:
    """Delete a message of the bot's own."""
    message = _own_message(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(call: Invocation) -> dict[str, Any]:
    """Return the address of a message; a reply's names its thread."""
    workspace, arguments = call.workspace, call.arguments
    channel = known_channel(workspace, arguments.required("channel"))
    message = visible_message(workspace, channel, arguments.required("message_ts"))
    return {"channel": channel.id, "permalink": permalink(workspace, message)}


def _own_message(call: Invocation, error: str) -> Message:
    """Return the message that `channel` (an id) and `ts` name.

    Raises Refusal(`error`) for another's message and for an ephemeral one.
    """
    workspace, arguments = call.workspace, call.arguments
    channel = known_channel(workspace, arguments.required("channel"))
    ts = arguments.required("ts")
    message = workspace.find(channel.id, ts)
    if message is None or message.deleted:
        hidden = message is None and any(
            each.ts == ts and each.channel == channel.id for each in workspace.timeline
        )
        raise Refusal(error if hidden else "message_not_found")
    if message.user != workspace.bot.id:
        raise Refusal(error)
    return message
