"""An operator beside an empty Redis."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.store.connection import connect
from tests.integration.operating.operator import Operator
from tests.support.log import written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bot.store.embedded import EmbeddedServer


async def _emptied(url: str) -> None:
    async with connect(url) as redis:
        await redis.flushall()


@pytest.fixture
def operator(
    redis_server: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Operator:
    """Make one whose settings name the tests' server."""
    monkeypatch.delenv("REDIS_URL", raising=False)
    asyncio.run(_emptied(redis_server.url))
    return Operator(tmp_path, redis_server.url)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A command configures the logs of its process, which here is that of all tests."""
    with written():
        yield
