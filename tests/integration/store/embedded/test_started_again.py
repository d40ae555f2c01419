"""The embedded server dies under the living bot: it comes back, or the bot says that it can't."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from bot.errors import StoreUnavailable
from bot.store.connection import connect, reaching_redis
from bot.store.embedded import server as embedded
from tests.integration.store.samples import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    import pytest
    from redis.asyncio import Redis

    from bot.store.embedded import EmbeddedServer

    Start = Callable[..., EmbeddedServer]


@asynccontextmanager
async def kept_running(server: EmbeddedServer) -> AsyncIterator[asyncio.Event]:
    """Watch over it until the end of the block."""
    stopping = asyncio.Event()
    watch = asyncio.create_task(server.keep_running(stopping))
    yield stopping
    stopping.set()
    await watch


async def killed(redis: Redis) -> int:
    """SIGKILL the server; the number that its process had."""
    process = int((await redis.info("server"))["process_id"])
    os.kill(process, signal.SIGKILL)
    return process


async def process_of(redis: Redis) -> int:
    """The number of the server's process, once it answers."""
    while True:
        with suppress(StoreUnavailable):
            async with reaching_redis():
                return int((await redis.info("server"))["process_id"])


async def test_it_is_started_again(start: Start, data: Path) -> None:
    """The same link leads to a new process with all that was written."""
    server = start(data)
    async with connect(server.url) as redis, kept_running(server):
        await redis.set("order", "1")
        for _ in range(2):
            before = await killed(redis)
            assert await process_of(redis) != before
        assert await redis.get("order") == "1"
        assert server.alive()
    server.stop()
    assert not (data / "redis.sock").exists()


async def test_it_is_given_up(start: Start, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that no server starts on any more: the process says so, for its supervisor."""
    monkeypatch.setattr(embedded, "_WAITS", (0.0, 0.0, 0.0))
    server = start(data)
    async with connect(server.url) as redis:
        await killed(redis)
    (log,) = (data / "appendonlydir").glob("*.incr.aof")
    log.write_text("this is no append-only file")
    with capture_logs() as lines:
        await server.keep_running(asyncio.Event())
    assert not server.alive()
    events = [line["event"] for line in lines]
    assert events == ["embedded_server_died"] * 3 + ["embedded_server_given_up"]


async def test_a_binary_that_is_gone(
    start: Start, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What keeps it from being started is told, and it is tried again."""
    monkeypatch.setattr(embedded, "_WAITS", (0.0,))
    server = start(data)
    async with connect(server.url) as redis:
        await killed(redis)
    (data / "lock").unlink()
    (data / "lock").mkdir()
    with capture_logs() as lines:
        await server.keep_running(asyncio.Event())
    assert "embedded_server_not_started" in [line["event"] for line in lines]


async def test_a_server_that_ran_for_long_is_well_again(
    start: Start, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deaths that lie far apart are no reason to give it up."""
    monkeypatch.setattr(embedded, "_WAITS", (0.0,))
    monkeypatch.setattr(embedded, "_STEADY", 0.0)
    server = start(data)

    async def is_well() -> bool:
        return server._tries == 0

    async with connect(server.url) as redis, kept_running(server):
        for _ in range(3):
            await killed(redis)
            await process_of(redis)
            await until(is_well)
        assert server.alive()


async def test_told_to_stop_while_it_waits(
    start: Start, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot that ends does not start its server again."""
    monkeypatch.setattr(embedded, "_WAITS", (60.0,))
    server = start(data)

    async def is_waiting() -> bool:
        return server._tries == 1

    async with connect(server.url) as redis, kept_running(server):
        await killed(redis)
        await until(is_waiting)
    assert server.alive()


def test_watched_over_from_another_thread(start: Start, data: Path) -> None:
    """The server would end with that thread: refused."""
    server, failures = start(data), []

    def watch() -> None:
        try:
            asyncio.run(server.keep_running(asyncio.Event()))
        except RuntimeError as failure:
            failures.append(str(failure))

    thread = threading.Thread(target=watch)
    thread.start()
    thread.join()
    assert failures == ["start the embedded server from the main thread"]
