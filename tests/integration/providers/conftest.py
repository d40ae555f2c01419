"""Providers that talk over real sockets to a sandbox, or to a server without manners."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest
import stamina
from pydantic import SecretStr
from stamina.instrumentation import set_on_retry_hooks

from bot.providers.telnyx import CallLimits, Telnyx
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.wire.rude_server import Behaviour, RudeServer
from tests.support.clock import ManualClock

API_KEY = "KEY0123456789ABCDEF"
"""For servers that don't look at it."""

OpenTelnyx = Callable[..., Telnyx]
StartRude = Callable[..., Awaitable[RudeServer]]


@pytest.fixture
async def sandbox(clock: ManualClock) -> AsyncIterator[TelnyxSandbox]:
    """Start a Telnyx account on this machine; it waits for nothing."""
    sandbox = await TelnyxSandbox.start(now=clock.time, sleep=clock.sleep)
    yield sandbox
    await sandbox.stop()


@pytest.fixture
async def start_rude() -> AsyncIterator[StartRude]:
    """Start servers that behave as told to every request."""
    started: list[RudeServer] = []

    async def start(
        behave: Behaviour, greeting: bytes = b"", tls: ssl.SSLContext | None = None
    ) -> RudeServer:
        started.append(await RudeServer.start(behave, greeting, tls))
        return started[-1]

    yield start
    for server in started:
        await server.stop()


@pytest.fixture
async def open_telnyx(clock: ManualClock) -> AsyncIterator[OpenTelnyx]:
    """Open clients for a base address; further arguments are parts of their limits."""
    opened: list[Telnyx] = []

    def make(base_url: str, api_key: str | SecretStr = API_KEY, **changes: Any) -> Telnyx:
        limits = CallLimits(**changes)
        opened.append(Telnyx(api_key, clock, base_url=base_url, limits=limits))
        return opened[-1]

    yield make
    for telnyx in opened:
        await telnyx.close()


@pytest.fixture
def telnyx(sandbox: TelnyxSandbox, open_telnyx: OpenTelnyx) -> Telnyx:
    """Open a client of the sandbox, with the limits of production."""
    return open_telnyx(sandbox.url, sandbox.api_key)


@pytest.fixture
def no_backoff() -> Iterator[None]:
    """Let retries follow each other at once, as many as in production."""
    with stamina.set_testing(True, attempts=99, cap=True):
        yield


@pytest.fixture
def waits() -> Iterator[list[float]]:
    """Collect the seconds waited before each retry."""
    collected: list[float] = []
    set_on_retry_hooks([lambda details: collected.append(details.wait_for)])
    yield collected
    set_on_retry_hooks(None)
