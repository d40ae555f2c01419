"""Tests the connection to Slack for the operator, before anybody orders.

Each trial of a method is harmless: it names a channel, person, message or file that does not exist.
When Slack answers that there is none, the method works.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError, SlackRefused, SlackUnavailable
from bot.reasons import reason_of
from bot.slack.ephemeral import plain
from bot.slack.modals import notice
from bot.slack.web.calling import TIMEOUT, reaching_slack_within

SCOPES = frozenset(
    {
        "channels:history",
        "channels:read",
        "chat:write",
        "chat:write.public",
        "commands",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "users:read",
    }
)
"""What the bot needs, as in `slack-manifest.yaml`."""
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
        "users.info": (
            "knowing who may be given activation codes",
            lambda web: web.users_info(user=_PERSON),
        ),
        "views.open": (
            "opening a form for who has which eSIM",
            lambda web: web.views_open(trigger_id=_TRIGGER, view=notice(plain("trial"))),
        ),
        "views.push": (
            "answering a click in a form",
            lambda web: web.views_push(trigger_id=_TRIGGER, view=notice(plain("trial"))),
        ),
    }
)
"""By method: what it is needed for, and how to try it harmlessly."""


class Trouble(NamedTuple):
    """A method that the work needs and that does not work."""

    method: str
    purpose: str
    """What it is needed for, in words that follow "for"."""
    why: str
    scope: str
    """The scope that is missing for it; empty when something else is wrong."""


class Installation(NamedTuple):
    """The bot as Slack knows it."""

    bot: str
    workspace: str
    missing: frozenset[str]
    """Scopes that the token lacks; none when Slack does not tell the token's scopes."""


class Checkup:
    """Asks Slack; each question raises SlackRefused or SlackUnavailable."""

    def __init__(self, web: AsyncWebClient) -> None:
        self._web = web

    async def installation(self) -> Installation:
        """Who the bot's token belongs to."""
        async with reaching_slack_within(TIMEOUT):
            answer = await self._web.auth_test()
        granted = str(answer.headers.get("x-oauth-scopes") or "").replace(" ", "")
        missing = SCOPES - set(granted.split(",")) if granted else frozenset[str]()
        return Installation(str(answer["user"]), str(answer["team"]), missing)

    async def app_token(self, token: str) -> None:
        """Test that Socket Mode can be opened with this token."""
        async with reaching_slack_within(TIMEOUT):
            await self._web.apps_connections_open(app_token=token)

    async def channel_name(self, channel: str) -> str:
        """The name of a channel. Raises SlackRefused for one that the bot can't see."""
        async with reaching_slack_within(TIMEOUT):
            answer = await self._web.conversations_info(channel=channel)
            return str(answer["channel"]["name"])

    async def troubles(self) -> AsyncIterator[Trouble]:
        """Try every method that the work needs, one after the other, without any effect."""
        for method, (purpose, call) in NEEDED_METHODS.items():
            try:
                async with reaching_slack_within(TIMEOUT):
                    await call(self._web)
            except SlackError as failure:
                if not _proves_that_it_works(failure):
                    yield Trouble(method, purpose, reason_of(failure), _missing_scope(failure))


def _proves_that_it_works(failure: SlackError) -> bool:
    """Whether Slack only says that there is no such place, person, message or file."""
    if isinstance(failure, SlackUnavailable):
        return failure.error in _PROVES
    return isinstance(failure, SlackRefused)


def _missing_scope(failure: SlackError) -> str:
    """The scope that Slack itself names."""
    cause = failure.__cause__
    data = cause.response.data if isinstance(cause, SlackApiError) else None
    return str(data.get("needed") or "") if isinstance(data, dict) else ""
