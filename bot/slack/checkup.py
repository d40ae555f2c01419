"""What an operator wants to know of the connection to Slack before anybody orders."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError
from bot.reasons import reason_of
from bot.slack.client import TIMEOUT, reaching_slack_within

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
    }
)
"""What the bot needs, as in `slack-manifest.yaml`."""


NOWHERE = "C000000000"
"""A channel that there is none of."""
_NOBODY = "U000000000"
_NO_FILE = "F000000000"
_WHEN = "1700000000.000100"
_IT_WORKS = frozenset(
    {
        "channel_not_found",
        "file_not_found",
        "file_update_not_found",
        "invalid_arguments",
        "invalid_users",
        "message_not_found",
        "no_text",
        "not_in_channel",
        "thread_not_found",
        "user_not_found",
        "users_list_not_supplied",
        "users_not_found",
    }
)
"""What Slack says when the method and the right to it are there, and only the channel is not."""


class Trouble(NamedTuple):
    """A method that the work needs and that does not work."""

    method: str
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
        """Make sure that Socket Mode can be opened with it."""
        async with reaching_slack_within(TIMEOUT):
            await self._web.apps_connections_open(app_token=token)

    async def channel_name(self, channel: str) -> str:
        """The name of a channel; one that the bot can't see is refused."""
        async with reaching_slack_within(TIMEOUT):
            answer = await self._web.conversations_info(channel=channel)
            return str(answer["channel"]["name"])

    async def troubles(self) -> AsyncIterator[Trouble]:
        """Try every method that the work needs on a channel that there is none of.

        Nothing can come of it: a method that works says that it does not know the channel.
        Whatever else it says is a trouble.
        """
        for method, call in self._trials().items():
            try:
                async with reaching_slack_within(TIMEOUT):
                    await call()
            except SlackError as failure:
                if _word(failure) not in _IT_WORKS:
                    yield Trouble(method, reason_of(failure), _missing_scope(failure))

    def _trials(self) -> Mapping[str, Callable[[], Awaitable[Any]]]:
        web = self._web
        return {
            "conversations.info": lambda: web.conversations_info(channel=NOWHERE),
            "conversations.open": lambda: web.conversations_open(users=_NOBODY),
            "conversations.history": lambda: web.conversations_history(channel=NOWHERE, limit=1),
            "conversations.replies": lambda: web.conversations_replies(
                channel=NOWHERE, ts=_WHEN, limit=1
            ),
            "chat.postMessage": lambda: web.chat_postMessage(channel=NOWHERE, text="…"),
            "chat.postEphemeral": lambda: web.chat_postEphemeral(
                channel=NOWHERE, user=_NOBODY, text="…"
            ),
            "chat.update": lambda: web.chat_update(channel=NOWHERE, ts=_WHEN, text="…"),
            "chat.delete": lambda: web.chat_delete(channel=NOWHERE, ts=_WHEN),
            "files.getUploadURLExternal": lambda: web.files_getUploadURLExternal(
                filename="esim-bot.csv", length=1
            ),
            "files.delete": lambda: web.files_delete(file=_NO_FILE),
        }


def _answer(failure: SlackError) -> Mapping[str, Any]:
    cause = failure.__cause__
    data = cause.response.data if isinstance(cause, SlackApiError) else None
    return data if isinstance(data, dict) else {}


def _word(failure: SlackError) -> str:
    return str(_answer(failure).get("error") or "")


def _missing_scope(failure: SlackError) -> str:
    return str(_answer(failure).get("needed") or "")
