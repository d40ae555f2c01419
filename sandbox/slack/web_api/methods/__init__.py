"""The table of methods: what each needs, and the function that carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sandbox.slack.web_api.methods import chat, conversations, directory, files, history

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
        "api.test": Method(directory.test_api, for_anyone=True),
        "apps.connections.open": Method(directory.open_connection, for_app=True),
        "auth.test": Method(directory.test_auth),
        "chat.delete": Method(chat.delete, "chat:write"),
        "chat.getPermalink": Method(chat.get_permalink),
        "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
        "chat.postMessage": Method(chat.post_message, "chat:write"),
        "chat.update": Method(chat.update, "chat:write"),
        "conversations.history": Method(history.history),
        "conversations.info": Method(conversations.info),
        "conversations.list": Method(conversations.list_channels),
        "conversations.open": Method(conversations.open_direct, "im:write"),
        "conversations.replies": Method(history.replies),
        "files.completeUploadExternal": Method(files.complete_upload, "files:write"),
        "files.getUploadURLExternal": Method(files.get_upload_url, "files:write"),
        "files.info": Method(files.info, "files:read"),
        "users.info": Method(directory.user_info, "users:read"),
    }
)
