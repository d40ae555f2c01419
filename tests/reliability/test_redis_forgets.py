"""A Redis that forgets what was sent: it is looked up first, and never sent a second time."""

import shutil
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.domain.state import OrderState
from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer
from tests.support.effects import Fuse
from tests.support.lives.balance import no_message_stands_twice, nothing_was_lost
from tests.support.lives.life import Life

Begin = Callable[[str], EmbeddedServer]


@pytest.fixture
async def ending() -> AsyncIterator[AsyncExitStack]:
    """Undo everything at the end."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def begin(tmp_path: Path, ending: AsyncExitStack) -> Begin:
    """Start servers, each on a folder of its own."""

    def start(name: str) -> EmbeddedServer:
        server = EmbeddedServer.start(tmp_path / name)
        ending.callback(server.stop)
        return server

    return start


async def client_of(server: EmbeddedServer, ending: AsyncExitStack) -> Redis:
    """A client of the test's own."""
    redis = connect(server.url)
    ending.push_async_callback(redis.aclose)
    return redis


@asynccontextmanager
async def approved(
    server: EmbeddedServer, ending: AsyncExitStack, folder: Path, line: str, batch: int = 100
) -> AsyncIterator[Life]:
    """An order that was approved a moment ago; nothing has been sent yet."""
    redis = await client_of(server, ending)
    begun = Life.begin(redis, server.url, folder / "kept", line, "Approve", esim_batch_size=batch)
    async with begun as life:
        await life.restart(Fuse())
        await life.act()
        await life.settle()
        await life.act()
        yield life


async def moved(life: Life, server: EmbeddedServer, ending: AsyncExitStack) -> None:
    """Another process goes on with this server."""
    life.redis, life.redis_url = await client_of(server, ending), server.url
    await life.restart(Fuse())
    await life.settle()


async def state_of(life: Life) -> OrderState:
    """The state that Redis has."""
    order = await life.order()
    assert order is not None
    return order.state
