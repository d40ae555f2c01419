"""What a wired bot says of its health, and to whom."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.health import Mark
from bot.health.workspace import hearing_check
from bot.slack.listening import HearingFacts
from tests.support.clock import ManualClock
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
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
    """Whether the bot is ready, and what it says is not well."""
    assert world.bot is not None
    facts = await world.bot.health.look()
    rows = [row["says"] for row in facts["checks"] if row["state"] != "ok"]
    return facts["ready"], "\n".join(rows)


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


def facts(problem: str = "", deaf_for: float = 0) -> HearingFacts:
    """What is known of a connection that was lost so long ago, or of requests over HTTP."""
    return HearingFacts(not deaf_for, None, problem, 0, deaf_for)


@pytest.mark.parametrize(("seconds", "mark"), [(0.1, Mark.OK), (19, Mark.OK), (21, Mark.WRONG)])
async def test_a_connection_that_is_gone(seconds: float, mark: Mark) -> None:
    """Slack moves it now and then; after 20 s the bot counts as deaf, and the reason is told."""
    lost = facts("Slack says invalid_auth", seconds)
    answer = (await hearing_check(lambda: lost).answers())[0]
    assert answer.mark is mark
    assert ("Slack says invalid_auth" in answer.says) is (mark is Mark.WRONG)


async def test_requests_that_do_not_prove_themselves() -> None:
    """A secret that may not fit is told, and a stranger can't take the bot out of service."""
    assert (await hearing_check(facts).answers())[0].mark is Mark.OK
    doubt = facts("SLACK_SIGNING_SECRET does not fit, or a stranger knocks.")
    assert (await hearing_check(lambda: doubt).answers())[0].mark is Mark.WARN
