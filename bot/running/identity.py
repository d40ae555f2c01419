"""The first words with Slack: who the bot is, asked until Slack answers."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import SettingsError, SlackError, SlackRefused
from bot.health.slack import refused_token
from bot.network.proxies import through
from bot.reasons import reason_of
from bot.running.stopping import rest, unless
from bot.settings import HOW_TO_GET, Settings
from bot.slack.web.calling import TIMEOUT, reaching_slack_within

_PATIENCE = 15.0
"""Longest wait in seconds between tries to reach Slack at the start."""
_Call = Callable[[], Awaitable[AsyncSlackResponse]]


async def introduced(
    settings: Settings, slack: AsyncWebClient, stopping: asyncio.Event
) -> AuthorizeResult | None:
    """Who the bot is in this workspace; None when told to stop before Slack could say.

    The official client retries a bad app token for ever without a word: it is asked for, too.
    Raises SettingsError for a token that Slack does not accept.
    """
    via = through(settings.slack_api_url)
    answer = await _asked(slack.auth_test, "slack_bot_token", via, stopping)
    token = settings.slack_app_token
    if token is not None:
        secret = token.get_secret_value()
        await _asked(
            lambda: slack.apps_connections_open(app_token=secret), "slack_app_token", via, stopping
        )
    if answer is None or stopping.is_set():
        return None
    return AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=slack.token)


async def _asked(
    call: _Call, setting: str, via: str, stopping: asyncio.Event
) -> AsyncSlackResponse | None:
    """Ask until Slack answers. Raises SettingsError when it does not know the token."""
    wait = 1.0
    while not stopping.is_set():
        try:
            return await unless(stopping, _once(call))
        except SlackError as failure:
            _raise_if_refused(failure, setting)
            reason = f"{reason_of(failure)}{via}"
        structlog.get_logger().warning("slack_not_reached_yet", reason=reason, retry_in=wait)
        await rest(stopping, wait)
        wait = min(wait * 2, _PATIENCE)
    return None


async def _once(call: _Call) -> AsyncSlackResponse:
    async with reaching_slack_within(TIMEOUT):
        return await call()


def _raise_if_refused(failure: SlackError, setting: str) -> None:
    """A token that Slack does not know will not become better by waiting."""
    if refused_token(failure) or isinstance(failure, SlackRefused):
        error = reason_of(failure).removeprefix("Slack says ")
        raise SettingsError(
            f"{setting.upper()} is not accepted by Slack ({error}).\n      {HOW_TO_GET[setting]}"
        ) from failure
