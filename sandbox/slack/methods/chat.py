"""chat.*: posting, scheduling, changing and linking messages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal, bad_argument
from sandbox.slack.web_api.access import (
    addressed_channel,
    known_channel,
    postable_channel,
    require_membership,
    require_open,
    visible_message,
)
from sandbox.slack.web_api.arguments import page
from sandbox.slack.web_api.content import UPDATED_TEXT, given_content, read_content, read_metadata
from sandbox.slack.workspace.wire import message_json, permalink

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel

DAYS_AHEAD = 120
DAY = 86_400


def post_message(call: Invocation) -> dict[str, Any]:
    """Post to a channel, to a thread, or to a person's direct messages."""
    workspace, arguments = call.workspace, call.arguments
    channel = postable_channel(workspace, arguments.required("channel"))
    call.pace.spend(channel.id)
    message = workspace.post(_composed(call, channel))
    shown = message_json(workspace, message)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def _composed(call: Invocation, channel: Channel) -> Message:
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
    message = replace(_composed(call, channel), only_for=user, metadata=None, broadcast=False)
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


def schedule(call: Invocation) -> dict[str, Any]:
    """Let a message be posted at `post_at` (Unix seconds), at most 120 days from now."""
    workspace, arguments = call.workspace, call.arguments
    channel = postable_channel(workspace, arguments.required("channel"))
    post_at = _post_at(call)
    message = _composed(call, channel)
    if workspace.schedule.is_full(channel.id, post_at):
        raise Refusal("restricted_too_many")
    entry = workspace.schedule.add(message, post_at)
    shown = message_json(workspace, message)
    for name in ("ts", "user"):
        shown.pop(name, None)
    return {
        "channel": channel.id,
        "scheduled_message_id": entry.id,
        "post_at": post_at,
        "message": shown | {"type": "delayed_message", "subtype": "bot_message"},
    }


def unschedule(call: Invocation) -> dict[str, Any]:
    """Take back a message that waits."""
    workspace, arguments = call.workspace, call.arguments
    channel = known_channel(workspace, arguments.required("channel"))
    key = arguments.required("scheduled_message_id")
    entry = workspace.schedule.entries.get(key)
    if entry is None or entry.message.channel != channel.id:
        raise Refusal("invalid_scheduled_message_id")
    del workspace.schedule.entries[key]
    return {}


def list_scheduled(call: Invocation) -> dict[str, Any]:
    """Return the messages that wait, the next one first."""
    workspace, arguments = call.workspace, call.arguments
    channel = arguments.text("channel")
    if channel is not None and channel not in workspace.channels:
        raise Refusal("invalid_channel")
    oldest, latest = arguments.number("oldest"), arguments.number("latest")
    entries = [
        entry
        for entry in sorted(workspace.schedule.entries.values(), key=lambda each: each.post_at)
        if channel in {None, entry.message.channel}
        and (oldest is None or entry.post_at >= oldest)
        and (latest is None or entry.post_at <= latest)
    ]
    shown, cursor = page(entries, lambda entry: entry.id, arguments)
    waiting = [
        {
            "id": entry.id,
            "channel_id": entry.message.channel,
            "post_at": entry.post_at,
            "date_created": entry.created,
            "text": entry.message.text,
        }
        for entry in shown
    ]
    return {"scheduled_messages": waiting, "response_metadata": {"next_cursor": cursor}}


def _post_at(call: Invocation) -> int:
    """Return the time at which to post. Raises Refusal when it can't be then."""
    value = call.arguments.values.get("post_at")
    if value in (None, ""):
        raise bad_argument("missing required field: post_at")
    if not str(value).isdecimal():
        raise Refusal("invalid_time")
    post_at, now = int(str(value)), call.workspace.clock.now()
    if post_at <= now:
        raise Refusal("time_in_past")
    if post_at > now + DAYS_AHEAD * DAY:
        raise Refusal("time_too_far")
    return post_at
