"""What a wired bot says of its health, and to whom."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from shutil import rmtree
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.health import Mark
from bot.health.slack import hearing_check
from bot.slack.listening import InboundFacts
from handlers.web import admin_app, web_app
from tests.support.clock import ManualClock
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from redis.asyncio import Redis

    from bot.store.embedded import EmbeddedServer


@pytest.fixture
async def world(redis: Redis, redis_server: EmbeddedServer, tmp_path: Path) -> AsyncIterator[World]:
    """A bot that works."""
    assert redis
    async with World.begin(redis_server.url, ManualClock(), tmp_path) as world:
        await world.start_bot()
        yield world


async def told(world: World) -> tuple[bool, str]:
    """Whether the bot is ready, and what it says is not well, once every answer is there."""
    assert world.bot is not None
    while True:
        facts = await world.bot.health.look()
        says = "\n".join(row["says"] for row in facts["checks"] if row["state"] != "ok")
        if "did not answer in time" not in says:
            return facts["ready"], says


async def test_all_is_well(world: World) -> None:
    """Every check is asked, and none complains."""
    assert await told(world) == (True, "")


async def test_a_token_that_was_revoked(world: World) -> None:
    """Slack itself says so: the bot is not ready, and the setting is named."""
    world.slack.faults.error("auth.test", "token_revoked", times=5)
    ready, says = await told(world)
    assert not ready
    assert "SLACK_BOT_TOKEN is not accepted (Slack says token_revoked)" in says


async def test_a_slack_that_is_away(world: World) -> None:
    """The bot hears it again by itself: a warning with the reason, and no word of the token."""
    world.slack.faults.down()
    ready, says = await told(world)
    assert ready
    assert "can't be reached" in says
    assert "TOKEN" not in says


async def test_a_scope_too_few(world: World) -> None:
    """The bot works as far as it may: a warning, and it stays in service."""
    workspace = world.slack.workspace
    scopes = workspace.installation.scopes - {"files:write"}
    workspace.installation = replace(workspace.installation, scopes=scopes)
    assert await told(world) == (True, "Slack: the token lacks files:write.")


@pytest.mark.parametrize(
    ("path", "answer"),
    [("livez", "ok"), ("healthz", "ok"), ("readyz", "ok"), ("readyz?verbose", "ok")],
)
async def test_a_word_for_the_world(world: World, path: str, answer: str) -> None:
    """Nothing else is told on the port that everybody reaches."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.url}/{path}") as response:
        assert await response.text() == answer


async def test_a_flood_on_readiness_costs_nothing(world: World) -> None:
    """Two hundred requests ask Slack once at most."""
    before = len(world.slack.calls)
    async with aiohttp.ClientSession() as session:

        async def knock() -> int:
            async with session.get(f"{world.url}/readyz") as response:
                return response.status

        assert set(await asyncio.gather(*(knock() for _ in range(200)))) == {200}
    asked = [call.method for call in world.slack.calls[before:]]
    assert asked.count("auth.test") <= 1


async def test_a_folder_that_can_not_be_written_to(world: World) -> None:
    """What was seen of Redis can't be kept: told while it is so, and until it is kept again."""
    assert world.bot is not None
    rmtree(world.folder)
    world.folder.touch()  # who may write everywhere can't write below a file either
    await world.ask("/esim buy 1")
    await world.bot.presence.beat()
    ready, says = await told(world)
    assert ready
    assert f"Data folder: {world.folder} can't be written to" in says
    world.folder.unlink()
    world.folder.mkdir()
    assert "could not be written to earlier" in (await told(world))[1]
    await world.bot.presence.beat()
    assert await told(world) == (True, "")


async def test_what_waits_for_slack_and_what_was_heard(world: World) -> None:
    """The operator reads how many messages wait, for which reason, and when Slack was heard."""
    assert world.bot is not None
    assert (await world.bot.health.look())["last_heard"] is None
    await world.ask("/esim buy 1")
    world.slack.faults.down()
    assert (await world.slack.person("ben").clicks("Approve", world.slack.messages("ops")[0])).ok
    await world.telnyx.until(world.sold)
    await world.up_to_date()
    facts = await world.bot.health.look()
    assert facts["last_heard"] is not None
    assert facts["deliveries_behind"] == 1
    assert sum(facts["deliveries_waiting"].values()) == 1


async def test_a_process_that_can_not_go_on(world: World) -> None:
    """Both addresses say so to whoever supervises the process: it must be started anew."""
    assert world.bot is not None
    public = web_app(world.bot.health.now, world.bot.inbound, None, lambda: False)
    own = admin_app(world.bot.health.now, world.bot.metrics.text, lambda: False)
    for app in (public, own):
        async with TestClient(TestServer(app)) as client, client.get("/livez") as response:
            assert (response.status, await response.text()) == (503, "not alive")


async def test_an_app_token_that_was_revoked(world: World) -> None:
    """Slack ends the connection and opens no other: not ready within 24 s, with the reason."""
    await world.restart_bot(slack_app_token=world.slack.app_token)
    bot, sockets = world.bot, world.slack.dispatcher.sockets
    assert bot is not None
    assert bot.socket_mode is not None
    hearing = asyncio.create_task(bot.socket_mode.run())
    await _until(world, lambda: bot.inbound.facts().connected)
    assert await told(world) == (True, "")
    world.slack.faults.error("apps.connections.open", "token_revoked", times=1000)
    await sockets.refresh("link_disabled")
    lost = world.clock.monotonic()
    await _until(world, lambda: "token_revoked" in bot.inbound.facts().problem)
    while (await told(world))[0]:
        await world.clock.jump(1)
    assert world.clock.monotonic() - lost <= 24
    assert "Slack says token_revoked. Look at SLACK_APP_TOKEN" in (await told(world))[1]
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)


async def _until(world: World, condition: Callable[[], object]) -> None:
    """Let time go by, a second at once, until it is true."""
    for _ in range(20):
        with suppress(TimeoutError):
            await world.slack.until(condition, seconds=0.3)
            return
        await world.clock.jump(1)
    raise TimeoutError


def facts(problem: str = "", deaf_for: float = 0) -> InboundFacts:
    """What is known of a connection that was lost so long ago, or of requests over HTTP."""
    return InboundFacts(not deaf_for, None, problem, 0, deaf_for)


@pytest.mark.parametrize(("seconds", "mark"), [(0.1, Mark.OK), (14, Mark.OK), (16, Mark.WRONG)])
async def test_a_connection_that_is_gone(seconds: float, mark: Mark) -> None:
    """Slack moves it now and then; after 15 s the bot counts as deaf, and the reason is told."""
    lost = facts("Slack says invalid_auth", seconds)
    answer = (await hearing_check(lambda: lost).answers())[0]
    assert answer.mark is mark
    assert ("Slack says invalid_auth" in answer.says) is (mark is Mark.WRONG)


async def test_requests_that_do_not_prove_themselves() -> None:
    """A secret that may not fit is told, and a stranger can't take the bot out of service."""
    assert (await hearing_check(facts).answers())[0].mark is Mark.OK
    doubt = facts("SLACK_SIGNING_SECRET does not fit, or a stranger knocks.")
    assert (await hearing_check(lambda: doubt).answers())[0].mark is Mark.WARN
