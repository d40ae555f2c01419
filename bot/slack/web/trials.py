"""How to try each method of the Web API that the work needs, before an order needs it.

Each trial is harmless: it names a channel, person, message or file that does not exist. When Slack
answers that there is none, the method works.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError, SlackRefused, SlackUnavailable
from bot.slack.ephemeral import plain
from bot.slack.modals import notice

_TRIGGER = "1.1.0"
_CHANNEL, _PERSON, _FILE, _TS = "C0000000000", "U0000000000", "F0000000000", "1.000000"
_PROVES = frozenset(
    {
        "expired_trigger_id",
        "file_deleted",
        "invalid_trigger",
        "invalid_trigger_id",
        "invalid_ts",
        "invalid_users",
    }
)
"""Errors, beside those of `bot.slack.web.faults`, that only a working method answers with."""
_Try = Callable[[AsyncWebClient], Awaitable[Any]]

NEEDED_METHODS: Mapping[str, tuple[str, _Try]] = MappingProxyType(
    {
        "chat.postMessage": (
            "posting cards and results",
            lambda web: web.chat_postMessage(channel=_CHANNEL, text="trial"),
        ),
        "chat.update": (
            "editing cards",
            lambda web: web.chat_update(channel=_CHANNEL, ts=_TS, text="trial"),
        ),
        "chat.delete": (
            "taking back what strayed",
            lambda web: web.chat_delete(channel=_CHANNEL, ts=_TS),
        ),
        "chat.postEphemeral": (
            "answering one person",
            lambda web: web.chat_postEphemeral(channel=_CHANNEL, user=_PERSON, text="trial"),
        ),
        "conversations.info": (
            "checking the channels that are told",
            lambda web: web.conversations_info(channel=_CHANNEL),
        ),
        "users.conversations": (
            "naming the channels that I am in",
            lambda web: web.users_conversations(types="public_channel", limit=1),
        ),
        "conversations.history": (
            "looking for a card before it is posted again",
            lambda web: web.conversations_history(channel=_CHANNEL, limit=1),
        ),
        "conversations.replies": (
            "looking for a result before it is posted again",
            lambda web: web.conversations_replies(channel=_CHANNEL, ts=_TS, limit=1),
        ),
        "conversations.open": (
            "sending files to a person",
            lambda web: web.conversations_open(users=_PERSON),
        ),
        "files.getUploadURLExternal": (
            "uploading files",
            lambda web: web.files_getUploadURLExternal(filename="trial.csv", length=1),
        ),
        "files.completeUploadExternal": (
            "uploading files",
            lambda web: web.files_completeUploadExternal(files=[{"id": _FILE, "title": "trial"}]),
        ),
        "files.delete": (
            "replacing an incomplete file",
            lambda web: web.files_delete(file=_FILE),
        ),
        "views.push": (
            "answering a click in a form",
            lambda web: web.views_push(trigger_id=_TRIGGER, view=notice(plain("trial"))),
        ),
    }
)
"""By method: what it is needed for, and how to try it harmlessly."""


def proves_that_it_works(failure: SlackError) -> bool:
    """Whether Slack only says that there is no such place, person, message or file."""
    if isinstance(failure, SlackUnavailable):
        return failure.error in _PROVES
    return isinstance(failure, SlackRefused)
