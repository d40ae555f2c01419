"""The whole bot over signed HTTP, and what strangers and other workspaces send to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.support.log import Log, written
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from redis.asyncio import Redis

    from bot.store.embedded import EmbeddedServer
    from tests.support.clock import ManualClock


@pytest.fixture
async def world(
    redis: Redis, redis_server: EmbeddedServer, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[World]:
    """Run a bot between its neighbours."""
    assert await redis.dbsize() == 0
    async with World.begin(redis_server.url, clock, tmp_path) as world:
        await world.start_bot()
        yield world


@pytest.fixture
def log() -> Iterator[Log]:
    """Read the log as an operator does."""
    with written() as log:
        yield log


@pytest.fixture
async def stranger() -> AsyncIterator[aiohttp.ClientSession]:
    """Be somebody who found the port."""
    async with aiohttp.ClientSession() as session:
        yield session
