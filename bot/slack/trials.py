"""Tries each method of the Web API that the work needs, so that nobody finds out by an order.

Each trial is harmless: it names a channel, person, message or file that there is not, and takes
Slack's word that there is none for proof that the method works.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError, SlackRefused, SlackUnavailable
from bot.slack.client import TIMEOUT, reaching_slack_within

_CHANNEL, _PERSON, _FILE, _TS = "C0000000000", "U0000000000", "F0000000000", "1.000000"
_PROVES = frozenset({"file_deleted", "invalid_users", "invalid_ts"})
"""Words, beside those of `bot.slack.refusals`, that only a method that works says."""
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
            "knowing whether I am in a channel",
            lambda web: web.conversations_info(channel=_CHANNEL),
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
    }
)
"""By method: what it is needed for, and how to try it harmlessly."""


class Trial(NamedTuple):
    """What came of trying one method."""

    method: str
    purpose: str
    error: str
    """Slack's own word, or what happened in ours; "" when the method works."""


async def trials(web: AsyncWebClient, patience: float = TIMEOUT) -> list[Trial]:
    """Try every method that the work needs, one after the other; `patience` in seconds each."""
    return [
        Trial(method, purpose, await _error_of(call, web, patience))
        for method, (purpose, call) in NEEDED_METHODS.items()
    ]


async def _error_of(call: _Try, web: AsyncWebClient, patience: float) -> str:
    try:
        async with reaching_slack_within(patience):
            await call(web)
    except SlackRefused:
        return ""
    except SlackUnavailable as failure:
        return "" if failure.error in _PROVES else failure.error or _unreachable(failure)
    return ""


def _unreachable(failure: SlackError) -> str:
    return f"it can't be reached ({type(failure.__cause__).__name__})"
