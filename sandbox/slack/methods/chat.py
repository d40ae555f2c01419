"""chat.*: posting, changing and linking messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.access import (
    addressed_channel,
    known_channel,
    postable_channel,
    require_membership,
    require_open,
)
from sandbox.slack.web_api.content import UPDATED_TEXT, given_content, read_content, read_metadata
from sandbox.slack.workspace.wire import message_json

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation
    from sandbox.slack.workspace.message import Message


def post_message(call: Invocation) -> dict[str, Any]:
    """Post to a channel, to a thread, or to a person's direct messages."""
    workspace, arguments = call.workspace, call.arguments
    channel = postable_channel(workspace, arguments.required("channel"))
    call.pace.spend(channel.id)
    content, metadata = read_content(arguments), read_metadata(arguments)
    message = workspace.post(
        workspace.compose(
            channel,
            workspace.bot,
            content.text or "",
            blocks=content.blocks or [],
            metadata=metadata or None,
            thread_ts=arguments.text("thread_ts"),
        )
    )
    shown = message_json(workspace, message)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


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
    content = read_content(arguments)
    message = workspace.post(
        workspace.compose(
            channel,
            workspace.bot,
            content.text or "",
            blocks=content.blocks or [],
            thread_ts=arguments.text("thread_ts"),
            only_for=user,
        )
    )
    return {"message_ts": message.ts}


def update(call: Invocation) -> dict[str, Any]:
    """Change a message of the bot's own.

    Text without blocks removes the blocks; blocks without text leave no text; metadata that
    is left out stays, and an empty one is removed (docs.slack.dev, chat.update).
    """
    workspace, arguments = call.workspace, call.arguments
    message = _own_message(call, "cant_update_message")
    require_open(workspace.channels[message.channel], "is_inactive")
    content, metadata = given_content(arguments), read_metadata(arguments)
    if not content.text and not content.blocks:
        raise Refusal("no_text")
    if content.text and len(content.text) > UPDATED_TEXT:
        raise Refusal("msg_too_long")
    if metadata is not None:
        message.metadata = metadata or None
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
    message = workspace.find(channel.id, arguments.required("message_ts"))
    if message is None:
        raise Refusal("message_not_found")
    domain = workspace.installation.team_domain
    link = f"https://{domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def _own_message(call: Invocation, error: str) -> Message:
    """Return the message that `channel` (an id) and `ts` name.

    Raises Refusal(`error`) for another's message and for an ephemeral one.
    """
    workspace, arguments = call.workspace, call.arguments
    channel = known_channel(workspace, arguments.required("channel"))
    ts = arguments.required("ts")
    message = workspace.find(channel.id, ts)
    if message is None:
        hidden = any(each.ts == ts and each.channel == channel.id for each in workspace.timeline)
        raise Refusal(error if hidden else "message_not_found")
    if message.user != workspace.bot.id:
        raise Refusal(error)
    return message
