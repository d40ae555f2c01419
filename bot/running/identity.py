"""Who the bot is on Slack: asked at the start until Slack answers."""

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
from bot.running.stopping import pause, unless_stopped
from bot.settings import HOW_TO_GET, Settings
from bot.slack.web.calling import TIMEOUT, reaching_slack_within

_LONGEST_WAIT = 15.0
"""Longest wait in seconds between tries to reach Slack at the start."""
_Call = Callable[[], Awaitable[AsyncSlackResponse]]


async def identify(
    settings: Settings, slack: AsyncWebClient, stopping: asyncio.Event
) -> AuthorizeResult | None:
    """Who the bot is in this workspace; None when told to stop before Slack answered.

    The app token is checked too: the official client retries a bad one for ever and logs nothing.
    Raises SettingsError for a token that Slack does not accept.
    """
    via = through(settings.slack_api_url)
    answer = await _ask_until_answered(slack.auth_test, "slack_bot_token", via, stopping)
    token = settings.slack_app_token
    if token is not None:
        secret = token.get_secret_value()
        await _ask_until_answered(
            lambda: slack.apps_connections_open(app_token=secret), "slack_app_token", via, stopping
        )
    if answer is None or stopping.is_set():
        return None
    return AuthorizeResult.from_auth_test_response(auth_test_response=answer, bot_token=slack.token)


async def _ask_until_answered(
    call: _Call, setting: str, via: str, stopping: asyncio.Event
) -> AsyncSlackResponse | None:
    """Ask until Slack answers. Raises SettingsError when it does not know the token."""
    wait = 1.0
    while not stopping.is_set():
        try:
            return await unless_stopped(stopping, _once(call))
        except SlackError as failure:
            _raise_if_refused(failure, setting)
            reason = f"{reason_of(failure)}{via}"
        structlog.get_logger().warning("slack_not_reached_yet", reason=reason, retry_in=wait)
        await pause(stopping, wait)
        wait = min(wait * 2, _LONGEST_WAIT)
    return None


async def _once(call: _Call) -> AsyncSlackResponse:
    async with reaching_slack_within(TIMEOUT):
        return await call()


def _raise_if_refused(failure: SlackError, setting: str) -> None:
    """Waiting does not help against a token that Slack does not accept: end the start."""
    if refused_token(failure) or isinstance(failure, SlackRefused):
        error = reason_of(failure).removeprefix("Slack says ")
        raise SettingsError(
            f"{setting.upper()} is not accepted by Slack ({error}).\n      {HOW_TO_GET[setting]}"
        ) from failure
