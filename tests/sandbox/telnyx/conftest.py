"""A started sandbox, and an HTTP client that talks to it over a real socket."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from sandbox.telnyx import TelnyxSandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

NOON = 1_767_268_800.0  # 2026-01-01T12:00:00Z


@pytest.fixture
def naps() -> list[float]:
    """Collect how long the sandbox was asked to sleep, in seconds; it does not really sleep."""
    return []


@pytest.fixture
async def telnyx(naps: list[float]) -> AsyncIterator[TelnyxSandbox]:
    """Start a sandbox with a fixed clock."""

    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    sandbox = await TelnyxSandbox.start(now=lambda: NOON, sleep=sleep)
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def client(telnyx: TelnyxSandbox) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client with the right key."""
    headers = {"Authorization": f"Bearer {telnyx.api_key}"}
    async with httpx.AsyncClient(base_url=telnyx.url, headers=headers) as client:
        yield client
