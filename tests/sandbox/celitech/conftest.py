"""A started sandbox, and an HTTP client with a token that talks to it over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from sandbox.celitech import CelitechSandbox
from sandbox.testing import MovedClock
from tests.sandbox.celitech.calling import renew

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
def clock() -> MovedClock:
    """Make a clock that stands at noon of New Year's Day 2026, UTC."""
    return MovedClock()


@pytest.fixture
async def celitech(clock: MovedClock) -> AsyncIterator[CelitechSandbox]:
    """Start a sandbox that goes by the clock."""
    sandbox = await CelitechSandbox.start(now=clock.time, sleep=clock.sleep)
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def client(celitech: CelitechSandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client with a token."""
    async with httpx.AsyncClient(base_url=celitech.url) as client:
        await renew(celitech, client)
        yield client
