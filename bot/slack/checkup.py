"""What an operator wants to know of the connection to Slack before anybody orders."""

from typing import NamedTuple

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SlackError
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


class Installation(NamedTuple):
    """The bot as Slack knows it."""

    bot: str
    workspace: str
    missing: frozenset[str]
    """Scopes that the token lacks; none when Slack does not tell the token's scopes."""


def reason(failure: SlackError) -> str:
    """Why it failed, in a few words and without a secret."""
    cause = failure.__cause__
    if isinstance(cause, SlackApiError):
        return f"Slack says {cause.response.get('error')}"
    return f"Slack can't be reached ({type(cause).__name__})"


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
