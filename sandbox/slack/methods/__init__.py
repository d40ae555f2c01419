"""The table of methods: what each needs, and the function that carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.methods import (
    app,
    chat,
    conversations,
    files,
    people,
    reactions,
    views,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.slack.web_api.invocation import Invocation


@dataclass(frozen=True)
class Method:
    """A method: it returns its answer without ok, or raises Refusal.

    `scope` is the one that every call of it needs (a method whose scope depends on the kind of
    the conversation asks for it itself). `for_app` marks a method for the app-level token, and
    `for_anyone` one that needs no token.
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
        "chat.delete": Method(chat.delete, "chat:write"),
        "chat.getPermalink": Method(chat.get_permalink),
        "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
        "chat.postMessage": Method(chat.post_message, "chat:write"),
        "chat.update": Method(chat.update, "chat:write"),
        "conversations.history": Method(conversations.history),
        "conversations.info": Method(conversations.info),
        "conversations.list": Method(conversations.list_channels),
        "conversations.members": Method(conversations.members),
        "conversations.open": Method(conversations.open_direct, "im:write"),
        "conversations.replies": Method(conversations.replies),
        "files.completeUploadExternal": Method(files.complete_upload, "files:write"),
        "files.delete": Method(files.delete, "files:write"),
        "files.getUploadURLExternal": Method(files.get_upload_url, "files:write"),
        "files.info": Method(files.info, "files:read"),
        "reactions.add": Method(reactions.add, "reactions:write"),
        "usergroups.list": Method(people.list_usergroups, "usergroups:read"),
        "usergroups.users.list": Method(people.list_usergroup_users, "usergroups:read"),
        "users.conversations": Method(conversations.of_user),
        "users.info": Method(people.user_info, "users:read"),
        "users.list": Method(people.list_users, "users:read"),
        "views.open": Method(views.open_view),
        "views.publish": Method(views.publish),
        "views.push": Method(views.push),
        "views.update": Method(views.update),
    }
)
