"""The table of methods: what each needs, and the function that carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.methods import (
    app,
    channels,
    chat,
    conversations,
    files,
    marks,
    people,
    views,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.slack.web_api.invocation import Invocation


@dataclass(frozen=True)
class Method:
    """A method: it returns its answer without ok, or raises Refusal.

    `scope` is the one that every call of it needs, or several of which one will do, with commas
    (a method whose scope depends on the kind of the conversation asks for it itself). `for_app`
    marks a method for the app-level token, and `for_anyone` one that needs no token.
    """

    run: Callable[[Invocation], dict[str, Any]]
    scope: str | None = None
    for_app: bool = False
    for_anyone: bool = False


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "api.test": Method(app.test_api, for_anyone=True),
        "apps.connections.open": Method(app.open_connection, for_app=True),
        "auth.test": Method(app.test_auth),
        "blocks.validate": Method(app.validate, for_anyone=True),
        "bookmarks.add": Method(marks.add_bookmark, "bookmarks:write"),
        "bookmarks.edit": Method(marks.edit_bookmark, "bookmarks:write"),
        "bookmarks.list": Method(marks.list_bookmarks, "bookmarks:read"),
        "bookmarks.remove": Method(marks.remove_bookmark, "bookmarks:write"),
        "bots.info": Method(people.bot_info, "users:read"),
        "chat.delete": Method(chat.delete, "chat:write"),
        "chat.deleteScheduledMessage": Method(chat.unschedule, "chat:write"),
        "chat.getPermalink": Method(chat.get_permalink),
        "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
        "chat.postMessage": Method(chat.post_message, "chat:write"),
        "chat.scheduleMessage": Method(chat.schedule, "chat:write"),
        "chat.scheduledMessages.list": Method(chat.list_scheduled),
        "chat.update": Method(chat.update, "chat:write"),
        "conversations.archive": Method(channels.archive),
        "conversations.create": Method(channels.create),
        "conversations.history": Method(conversations.history),
        "conversations.info": Method(conversations.info),
        "conversations.invite": Method(channels.invite),
        "conversations.join": Method(channels.join, "channels:join"),
        "conversations.kick": Method(channels.kick),
        "conversations.leave": Method(channels.leave),
        "conversations.list": Method(conversations.list_channels),
        "conversations.members": Method(conversations.members),
        "conversations.open": Method(conversations.open_direct, "im:write,mpim:write"),
        "conversations.rename": Method(channels.rename),
        "conversations.replies": Method(conversations.replies),
        "conversations.setPurpose": Method(channels.set_purpose),
        "conversations.setTopic": Method(channels.set_topic),
        "conversations.unarchive": Method(channels.unarchive),
        "emoji.list": Method(app.list_emoji, "emoji:read"),
        "files.completeUploadExternal": Method(files.complete_upload, "files:write"),
        "files.delete": Method(files.delete, "files:write"),
        "files.getUploadURLExternal": Method(files.get_upload_url, "files:write"),
        "files.info": Method(files.info, "files:read"),
        "oauth.v2.access": Method(app.exchange_code, for_anyone=True),
        "pins.add": Method(marks.pin, "pins:write"),
        "pins.list": Method(marks.list_pins, "pins:read"),
        "pins.remove": Method(marks.unpin, "pins:write"),
        "reactions.add": Method(marks.add_reaction, "reactions:write"),
        "reactions.get": Method(marks.get_reactions, "reactions:read"),
        "reactions.list": Method(marks.list_reactions, "reactions:read"),
        "reactions.remove": Method(marks.remove_reaction, "reactions:write"),
        "team.info": Method(app.team_info, "team:read"),
        "usergroups.list": Method(people.list_usergroups, "usergroups:read"),
        "usergroups.users.list": Method(people.list_usergroup_users, "usergroups:read"),
        "users.conversations": Method(conversations.of_user),
        "users.info": Method(people.user_info, "users:read"),
        "users.list": Method(people.list_users, "users:read"),
        "users.lookupByEmail": Method(people.by_email, "users:read.email"),
        "users.profile.get": Method(people.profile, "users.profile:read"),
        "views.open": Method(views.open_view),
        "views.publish": Method(views.publish),
        "views.push": Method(views.push),
        "views.update": Method(views.update),
    }
)

OTHER_SCOPES = (
    "app_mentions:read",
    "chat:write.customize",
    "chat:write.public",
    "commands",
    "channels:manage",
    *(
        f"{family}:{what}"
        for family in ("channels", "groups", "im", "mpim")
        for what in ("history", "read")
    ),
    "groups:write",
    "im:write",
    "mpim:write",
)
"""Scopes that methods ask for themselves, or that events and arguments need."""
EVERY_SCOPE = frozenset(
    {
        *OTHER_SCOPES,
        *(scope for each in METHODS.values() if each.scope for scope in each.scope.split(",")),
    }
)
"""Everything that a bot can be granted here."""
