"""Tests the connection to Slack for the operator, before anybody orders."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError
from bot.reasons import reason_of
from bot.slack.web.calling import TIMEOUT, reaching_slack_within
from bot.slack.web.trials import NEEDED_METHODS, proves_that_it_works

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
                if not proves_that_it_works(failure):
                    yield Trouble(method, purpose, reason_of(failure), _missing_scope(failure))


def _missing_scope(failure: SlackError) -> str:
    """The scope that Slack itself names."""
    cause = failure.__cause__
    data = cause.response.data if isinstance(cause, SlackApiError) else None
    return str(data.get("needed") or "") if isinstance(data, dict) else ""
