"""`esim-bot doctor`: checks everything that the bot depends on."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack

from bot.bootstrap import redis_probe
from bot.check import Answer, Check, Mark, Occasion, worst
from bot.clock import SystemClock
from bot.errors import SettingsError
from bot.health.machine import (
    approvers_check,
    folder_check,
    requesters_check,
    settings_check,
)
from bot.health.providers import provider_checks
from bot.health.redis import embedded_check, redis_checks
from bot.health.slack import SlackProbe, slack_checks
from bot.network.outgoing import open_session
from bot.providers.registry import providers_of
from bot.settings import Settings
from bot.slack.web.checkup import Checkup
from bot.slack.web.client import web_client
from bot.store.connection import connect
from bot.store.embedded import server_binary
from bot.store.keys import Keys

_NOBODYS = "doctor"
"""A workspace that does not exist, so that trials under its keys change nothing."""


async def examine(
    settings: Settings,
    warnings: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[tuple[Mark, str]]:
    """Run the checks one after the other: a mark and a line for each answer.

    `warnings` are those of the settings, as sentences; `environment`: for the settings of installed
    providers. Left out: checks that need a failed one, and
    repeated lines.
    """
    failed, told = set[str](), set[str]()
    async with AsyncExitStack() as stack:
        for check in await _checks(settings, warnings, environment, stack):
            answers = await check.answers() if check.needs not in failed else []
            if worst(answers) is Mark.WRONG:
                failed.add(check.name)
            for answer in answers:
                if (said := f"{check.title}: {answer.says}") not in told:
                    told.add(said)
                    yield answer.mark, check.line(answer)


async def _checks(
    settings: Settings,
    warnings: Sequence[str],
    environment: Mapping[str, str] | None,
    stack: AsyncExitStack,
) -> Sequence[Check]:
    providers, more = _providers(settings, environment, stack)
    checks = [
        settings_check([*warnings, *more]),
        approvers_check(settings.esim_approvers),
        requesters_check(settings.esim_requesters),
        folder_check(settings.esim_data_dir),
        *await _redis(settings.redis_url, stack),
        *await _workspace(settings, stack),
        *providers,
    ]
    return [check for check in checks if Occasion.DOCTOR in check.on]


async def _redis(url: str | None, stack: AsyncExitStack) -> Sequence[Check]:
    if url is None:
        return [embedded_check(server_binary)]
    redis = await stack.enter_async_context(connect(url))
    return list(redis_checks(redis_probe(redis, Keys(_NOBODYS))))


async def _workspace(settings: Settings, stack: AsyncExitStack) -> Sequence[Check]:
    session = await stack.enter_async_context(open_session())
    token, app_token = settings.slack_bot_token, settings.slack_app_token
    web = web_client(token.get_secret_value(), session, settings.slack_api_url)
    probe = SlackProbe(
        Checkup(web),
        settings.slack_api_url,
        app_token.get_secret_value() if app_token else "",
        settings.esim_notify_channels,
        bearable=Mark.WRONG,
    )
    return list(slack_checks(probe))


def _providers(
    settings: Settings, environment: Mapping[str, str] | None, stack: AsyncExitStack
) -> tuple[Sequence[Check], Sequence[str]]:
    """Their checks, and what is wrong with those of installed packages."""
    try:
        found = providers_of(settings, SystemClock(), environment)
    except SettingsError as failure:
        return [_refused(str(failure))], ()
    for provider in found.providers.values():
        stack.push_async_callback(provider.close)
    return provider_checks(found.providers), found.warnings


def _refused(why: str) -> Check:
    """The check of a provider that can't be made: wrong; the other checks still run."""

    async def ask() -> Sequence[Answer]:
        return [Answer(Mark.WRONG, why)]

    return Check("provider", "Provider", "Can the provider's client be made?", "", "", ask)
