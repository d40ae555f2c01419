"""chat.scheduleMessage, chat.deleteScheduledMessage and chat.scheduledMessages.list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.slack.methods.chat import composed
from sandbox.slack.refusal import Refusal, bad_argument
from sandbox.slack.web_api.access import known_channel, postable_channel
from sandbox.slack.web_api.arguments import page
from sandbox.slack.workspace.wire import message_json

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation

DAYS_AHEAD = 120
DAY = 86_400


def schedule(call: Invocation) -> dict[str, Any]:
    """Let a message be posted at `post_at` (Unix seconds), at most 120 days from now."""
    workspace, arguments = call.workspace, call.arguments
    channel = postable_channel(workspace, arguments.required("channel"))
    post_at = _post_at(call)
    message = composed(call, channel)
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
