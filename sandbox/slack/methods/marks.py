"""reactions.*, pins.* and bookmarks.*: what is put on messages and at the top of channels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.slack.refusal import Refusal, bad_argument
from sandbox.slack.web_api.access import (
    known_channel,
    require_membership,
    require_open,
    visible_message,
)
from sandbox.slack.web_api.arguments import page
from sandbox.slack.workspace.emoji import emoji_exists
from sandbox.slack.workspace.model import Bookmark
from sandbox.slack.workspace.wire import message_json, permalink, reactions_json

if TYPE_CHECKING:
    from sandbox.slack.web_api.invocation import Invocation
    from sandbox.slack.workspace.message import Message
    from sandbox.slack.workspace.model import Channel

MOST_BOOKMARKS = 100
MOST_EMOJI = 23
EMOJI = re.compile(r":[^:\s]+:")
LINK = re.compile(r"https?://\S+")


def add_reaction(call: Invocation) -> dict[str, Any]:
    """React to a message with an emoji, by its name without the colons."""
    workspace = call.workspace
    name, message = _reaction(call)
    users = message.reactions.get(name, [])
    if workspace.bot.id in users:
        raise Refusal("already_reacted")
    if name not in message.reactions and len(message.reactions) >= MOST_EMOJI:
        raise Refusal("too_many_emoji")
    message.reactions.setdefault(name, users).append(workspace.bot.id)
    workspace.changes.announce()
    return {}


def remove_reaction(call: Invocation) -> dict[str, Any]:
    """Take a reaction of the bot's back."""
    workspace = call.workspace
    name, message = _reaction(call)
    users = message.reactions.get(name, [])
    if workspace.bot.id not in users:
        raise Refusal("no_reaction")
    users.remove(workspace.bot.id)
    if not users:
        del message.reactions[name]
    workspace.changes.announce()
    return {}


def get_reactions(call: Invocation) -> dict[str, Any]:
    """Return a message with the reactions to it."""
    channel = known_channel(call.workspace, call.arguments.required("channel"))
    message = visible_message(call.workspace, channel, call.arguments.required("timestamp"))
    return _reacted(call, message)


def list_reactions(call: Invocation) -> dict[str, Any]:
    """Return the messages that a person (or the bot itself) reacted to, newest first."""
    workspace = call.workspace
    user = call.arguments.text("user") or workspace.bot.id
    if user not in workspace.people:
        raise Refusal("user_not_found")
    messages = [
        message
        for message in reversed(workspace.timeline)
        if any(user in users for users in message.reactions.values())
        and workspace.bot.id in workspace.channels[message.channel].members
    ]
    shown, cursor = page(messages, lambda message: message.ts, call.arguments)
    items = [_reacted(call, message) for message in shown]
    return {"items": items, "response_metadata": {"next_cursor": cursor}}


def pin(call: Invocation) -> dict[str, Any]:
    """Pin a message to its channel."""
    channel, message = _pinnable(call)
    if message.ts in channel.pins:
        raise Refusal("already_pinned")
    channel.pins[message.ts] = int(call.workspace.clock.now())
    call.workspace.changes.announce()
    return {}


def unpin(call: Invocation) -> dict[str, Any]:
    """Take a pin away."""
    channel, message = _pinnable(call)
    if channel.pins.pop(message.ts, None) is None:
        raise Refusal("no_pin")
    call.workspace.changes.announce()
    return {}


def list_pins(call: Invocation) -> dict[str, Any]:
    """Return what is pinned to a channel, the newest pin first."""
    workspace = call.workspace
    channel = known_channel(workspace, call.arguments.required("channel"))
    require_membership(workspace, channel)
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "message": message_json(workspace, visible_message(workspace, channel, ts))
            | {"permalink": permalink(workspace, visible_message(workspace, channel, ts))},
            "created": created,
            "created_by": workspace.bot.id,
        }
        for ts, created in reversed(channel.pins.items())
    ]
    return {"items": items}


def add_bookmark(call: Invocation) -> dict[str, Any]:
    """Put a link at the top of a channel."""
    workspace, arguments = call.workspace, call.arguments
    channel, title = _bookmarked_channel(call), arguments.required("title")
    if arguments.required("type") != "link":
        raise Refusal("invalid_bookmark_type")
    if len(channel.bookmarks) >= MOST_BOOKMARKS:
        raise Refusal("too_many_bookmarks")
    number = f"Bk0MARK{next(workspace.numbers):05d}"
    link, emoji = _link(arguments.text("link")), _emoji(arguments.text("emoji"))
    bookmark = Bookmark(number, title, link, emoji, int(workspace.clock.now()))
    channel.bookmarks[bookmark.id] = bookmark
    workspace.changes.announce()
    return {"bookmark": _bookmark_json(call, channel, bookmark)}


def edit_bookmark(call: Invocation) -> dict[str, Any]:
    """Change what was given of a bookmark."""
    arguments = call.arguments
    channel, bookmark = _bookmark(call)
    title, link, emoji = (arguments.text(name) for name in ("title", "link", "emoji"))
    new = (
        title or bookmark.title,
        bookmark.link if link is None else _link(link),
        bookmark.emoji if emoji is None else _emoji(emoji),
    )
    bookmark.title, bookmark.link, bookmark.emoji = new
    bookmark.updated = int(call.workspace.clock.now())
    call.workspace.changes.announce()
    return {"bookmark": _bookmark_json(call, channel, bookmark)}


def remove_bookmark(call: Invocation) -> dict[str, Any]:
    """Take a bookmark away."""
    channel, bookmark = _bookmark(call)
    del channel.bookmarks[bookmark.id]
    call.workspace.changes.announce()
    return {}


def list_bookmarks(call: Invocation) -> dict[str, Any]:
    """Return a channel's bookmarks, oldest first."""
    channel = _bookmarked_channel(call)
    shown = [_bookmark_json(call, channel, each) for each in channel.bookmarks.values()]
    return {"bookmarks": shown}


def _reaction(call: Invocation) -> tuple[str, Message]:
    """Return the emoji's name and the message of a reaction, both checked."""
    workspace, arguments = call.workspace, call.arguments
    name = arguments.required("name").strip(":")
    if name not in workspace.emoji and not emoji_exists(name):
        raise Refusal("invalid_name")
    channel = known_channel(workspace, arguments.required("channel"))
    require_open(channel)
    require_membership(workspace, channel)
    return name, visible_message(workspace, channel, arguments.required("timestamp"))


def _reacted(call: Invocation, message: Message) -> dict[str, Any]:
    """Return a message as an item of the reactions' methods."""
    shown = message_json(call.workspace, message)
    shown |= {
        "reactions": reactions_json(message),
        "permalink": permalink(call.workspace, message),
    }
    return {"type": "message", "channel": message.channel, "message": shown}


def _pinnable(call: Invocation) -> tuple[Channel, Message]:
    """Return the message that `channel` and `timestamp` name, where the bot may pin."""
    workspace, arguments = call.workspace, call.arguments
    channel = known_channel(workspace, arguments.required("channel"))
    require_open(channel)
    require_membership(workspace, channel)
    if not arguments.text("timestamp"):
        raise Refusal("no_item_specified")
    return channel, visible_message(workspace, channel, arguments.required("timestamp"))


def _bookmarked_channel(call: Invocation) -> Channel:
    """Return the channel of a bookmark; the bot has to be in it."""
    channel = known_channel(call.workspace, call.arguments.required("channel_id"))
    if call.workspace.bot.id not in channel.members:
        raise Refusal("permission_denied")
    return channel


def _bookmark(call: Invocation) -> tuple[Channel, Bookmark]:
    """Return the bookmark that `channel_id` and `bookmark_id` name."""
    channel = _bookmarked_channel(call)
    bookmark = channel.bookmarks.get(call.arguments.required("bookmark_id"))
    if bookmark is None:
        raise Refusal("not_found")
    return channel, bookmark


def _link(link: str | None) -> str:
    """Return a bookmark's address, checked."""
    if not link:
        raise bad_argument("missing required field: link")
    if not LINK.fullmatch(link):
        raise Refusal("invalid_link")
    return link


def _emoji(emoji: str | None) -> str:
    """Return a bookmark's emoji, checked; "" for none."""
    if emoji and not EMOJI.fullmatch(emoji):
        raise Refusal("invalid_emoji")
    return emoji or ""


def _bookmark_json(call: Invocation, channel: Channel, bookmark: Bookmark) -> dict[str, Any]:
    """Return a bookmark object."""
    app = call.workspace.installation
    return {
        "id": bookmark.id,
        "channel_id": channel.id,
        "title": bookmark.title,
        "link": bookmark.link,
        "emoji": bookmark.emoji,
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": bookmark.created,
        "date_updated": bookmark.updated,
        "rank": "g",
        "last_updated_by_user_id": app.bot_user_id,
        "last_updated_by_team_id": app.team_id,
        "shortcut_id": None,
        "app_id": app.app_id,
    }
