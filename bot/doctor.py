"""Looks at everything that the bot depends on, and says what is not well."""

from collections.abc import AsyncIterator, Iterable
from enum import IntEnum
from typing import NamedTuple

import aiohttp

from bot.bootstrap import provider_of
from bot.clock import SystemClock
from bot.errors import (
    EmbeddedServerError,
    LookupFailed,
    SlackError,
    StoreUnavailable,
)
from bot.settings import HOW_TO_GET, Settings
from bot.slack.checkup import Checkup, Installation, reason
from bot.slack.client import web_client
from bot.store.connection import connect
from bot.store.durability import durability_warnings
from bot.store.embedded import server_binary
from bot.store.keys import Keys
from bot.store.queues import Queue

_NOBODYS_TAG = "esim-doctor"
"""A tag that no SIM card carries."""


class Mark(IntEnum):
    """How bad it is; the worst one is the exit code of `esim-bot doctor`."""

    OK = 0
    WARN = 1
    """The bot runs, but not as its operator will want it."""
    WRONG = 2
    """The bot can't do its work."""


class Finding(NamedTuple):
    """One line of the report."""

    mark: Mark
    text: str

    def __str__(self) -> str:
        """`wrong  Telnyx: …`."""
        return f"{self.mark.name.lower():5}  {self.text}"


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Look at one thing after the other. Raises SettingsError for a key that can't be used."""
    yield Finding(Mark.OK, "Settings: everything that is needed is set.")
    yield _approvers(settings)
    async for finding in _redis(settings.redis_url):
        yield finding
    async for finding in _slack(settings):
        yield finding
    yield await _provider(settings)


def worst(findings: Iterable[Finding]) -> Mark:
    """The worst mark among them."""
    return max((finding.mark for finding in findings), default=Mark.OK)


def _approvers(settings: Settings) -> Finding:
    count = len(settings.esim_approvers)
    if not count:
        how = HOW_TO_GET["esim_approvers"]
        return Finding(Mark.WARN, f"Approvers: nobody may approve; set ESIM_APPROVERS ({how}).")
    return Finding(Mark.OK, f"Approvers: {count} may approve.")


async def _redis(url: str | None) -> AsyncIterator[Finding]:
    if url is None:
        yield _embedded()
        return
    async with connect(url) as redis:
        try:
            await Queue.agenda(redis, Keys("doctor")).check()
            warnings = await durability_warnings(redis)
        except StoreUnavailable as failure:
            why = failure.__cause__
            yield Finding(Mark.WRONG, f"Redis: can't be reached or takes no writes ({why}).")
            return
    yield Finding(Mark.OK, "Redis: can be reached, and takes writes.")
    for warning in warnings:
        yield Finding(Mark.WARN, f"Redis: {warning}")


def _embedded() -> Finding:
    try:
        binary = server_binary()
    except EmbeddedServerError as failure:
        return Finding(Mark.WRONG, f"Redis: {failure}")
    return Finding(Mark.OK, f"Redis: REDIS_URL is not set, so the bot starts its own ({binary}).")


async def _slack(settings: Settings) -> AsyncIterator[Finding]:
    async with aiohttp.ClientSession() as session:
        token = settings.slack_bot_token.get_secret_value()
        checkup = Checkup(web_client(token, session, settings.slack_api_url))
        try:
            known = await checkup.installation()
        except SlackError as failure:
            why = reason(failure)
            yield Finding(Mark.WRONG, f"Slack: SLACK_BOT_TOKEN does not work: {why}.")
            return
        yield _installed(known)
        if settings.slack_app_token is not None:
            yield await _app_token(checkup, settings.slack_app_token.get_secret_value())
        for channel in settings.esim_notify_channels:
            yield await _channel(checkup, channel)


def _installed(known: Installation) -> Finding:
    if known.missing:
        scopes = ", ".join(sorted(known.missing))
        return Finding(
            Mark.WRONG, f"Slack: the token lacks {scopes}; install the app anew with them."
        )
    return Finding(Mark.OK, f"Slack: the bot is @{known.bot} in {known.workspace}.")


async def _app_token(checkup: Checkup, token: str) -> Finding:
    try:
        await checkup.app_token(token)
    except SlackError as failure:
        return Finding(Mark.WRONG, f"Slack: SLACK_APP_TOKEN does not work: {reason(failure)}.")
    return Finding(Mark.OK, "Slack: Socket Mode can be opened.")


async def _channel(checkup: Checkup, channel: str) -> Finding:
    try:
        name = await checkup.channel_name(channel)
    except SlackError as failure:
        return Finding(
            Mark.WARN,
            f"Slack: {channel} of ESIM_NOTIFY_CHANNELS can't be seen ({reason(failure)}); into a "
            "private channel the bot must be invited.",
        )
    return Finding(Mark.OK, f"Slack: #{name} is told how orders end.")


async def _provider(settings: Settings) -> Finding:
    provider = provider_of(settings, SystemClock())
    try:
        await provider.find(_NOBODYS_TAG)
    except LookupFailed as failure:
        return Finding(Mark.WRONG, f"Telnyx: {failure}; a 401 or 403 means TELNYX_API_KEY.")
    finally:
        await provider.close()
    return Finding(Mark.OK, "Telnyx: the key works.")
