"""What is said of a Redis that is not as the work needs it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.health import Check, Mark
from bot.health.redis import RedisProbe, redis_checks
from bot.operating.doctor import examine
from handlers.web import admin_app
from tests.support.clock import ManualClock
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from redis.asyncio import Redis

USUAL = ("~esim:*", "+@all", "-@dangerous")
"""The rights that managed servers give."""


@asynccontextmanager
async def limited(redis: Redis, folder: Path) -> AsyncIterator[World]:
    """A bot whose user has just the usual rights."""
    await allow(redis, "reset", "on", ">hunter2", *USUAL)
    path = redis.connection_pool.connection_kwargs["path"]
    async with World.begin(f"unix://worker:hunter2@{path}", ManualClock(), folder) as world:
        await world.start_bot()
        yield world
        await allow(redis, "+@all")
    await redis.acl_deluser("worker")


async def allow(redis: Redis, *rules: str) -> None:
    """Change the rights of the bot's user."""
    execute: Callable[..., Awaitable[object]] = redis.execute_command
    await execute("ACL", "SETUSER", "worker", *rules)


async def diagnosis(world: World) -> dict[str, Mark]:
    """What the doctor says of Redis, line by line."""
    settings = world.settings().model_copy(update={"redis_url": world.redis_url})
    return {line: mark async for mark, line in examine(settings) if "Redis" in line}


async def test_without_dangerous_rights(redis: Redis, tmp_path: Path) -> None:
    """INFO and CONFIG are forbidden: it is ready, orders are bought, the doctor only warns."""
    async with limited(redis, tmp_path) as world:
        assert world.bot is not None
        assert (await world.bot.health.look())["ready"]
        card = await world.ask("/esim buy 2")
        await world.click("Approve", card)
        await world.until_state(card, "purchased")
        assert len(world.telnyx.ledger.requests) == 1
        marks = await diagnosis(world)
    assert set(marks.values()) == {Mark.OK, Mark.WARN}
    assert any("CONFIG is forbidden" in line for line in marks)


@pytest.mark.parametrize("command", ["evalsha", "zadd", "xadd", "hset", "xinfo", "time"])
async def test_a_right_is_missing(redis: Redis, tmp_path: Path, command: str) -> None:
    """Not ready, and the operator reads which right it is, here and from the doctor."""
    async with limited(redis, tmp_path) as world:
        assert world.bot is not None
        await allow(redis, f"-{command}")
        app = admin_app(world.bot.health.now, world.bot.metrics.text, lambda: True)
        async with TestClient(TestServer(app)) as client:
            told = await refusal(client)
        marks = await diagnosis(world)
    assert f"'{command}" in told
    assert "hunter2" not in told
    assert any(f"'{command}" in line and mark is Mark.WRONG for line, mark in marks.items())


async def refusal(client: TestClient[Any, Any]) -> str:
    """Ask until it is not ready; what the operator reads then."""
    while True:
        async with client.get("/readyz?verbose") as response:
            told = await response.text()
            if response.status == 503:
                break
        await asyncio.sleep(0.2)
    async with client.get("/readyz") as response:
        assert (response.status, await response.text()) == (503, "not ready")
    return told


async def well() -> None:
    """Nothing is wrong."""


async def nothing() -> list[str]:
    """Nothing to tell."""
    return []


def clock_check(seconds: float) -> Check:
    """The check of clocks that differ by so much."""

    async def apart() -> float:
        return seconds

    checks = redis_checks(RedisProbe(well, nothing, nothing, apart))
    return next(check for check in checks if check.name == "clock")


@pytest.mark.parametrize("seconds", [90.4, -90.4])
async def test_a_clock_that_goes_wrong(seconds: float) -> None:
    """Told with how much, what it means and what to do; the bot goes on."""
    check = clock_check(seconds)
    (answer,) = await check.answers()
    assert answer.mark is Mark.WARN
    assert "differ by 90 s" in check.line(answer)
    assert "NTP" in check.line(answer)


async def test_a_clock_that_goes_right() -> None:
    """A moment is no difference."""
    assert (await clock_check(0.2).answers())[0].mark is Mark.OK
