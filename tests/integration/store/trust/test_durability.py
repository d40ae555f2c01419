"""What Redis may forget is told, each with what to set; a safe server is left in peace."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.errors import StoreUnavailable
from bot.store.connection import connect
from bot.store.embedded import EmbeddedServer
from bot.store.trust.durability import durability_warnings, warn_of_durability

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from redis.asyncio import Redis

SAFE = {
    "appendonly": "yes",
    "appendfsync": "always",
    "maxmemory-policy": "noeviction",
    "min-replicas-to-write": "0",
}


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """Start a server whose settings these tests may change."""
    server = EmbeddedServer.start(tmp_path_factory.mktemp("unsafe"))
    yield server
    server.stop()


@pytest.fixture
async def unsafe(own_server: EmbeddedServer) -> AsyncIterator[Redis]:
    """Connect to it; afterwards its settings are safe again."""
    async with connect(own_server.url) as redis:
        yield redis
        for name, value in SAFE.items():
            await redis.config_set(name, value)


async def test_the_embedded_server_is_safe(redis: Redis) -> None:
    """The server that the bot starts itself gives no reason to warn."""
    assert await durability_warnings(redis) == []


@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("appendonly", "no", "set appendonly yes"),
        ("appendfsync", "no", "set appendfsync always"),
        ("maxmemory-policy", "allkeys-lru", "set maxmemory-policy noeviction"),
        ("maxmemory-policy", "volatile-ttl", "set maxmemory-policy noeviction"),
    ],
)
async def test_an_unsafe_setting(unsafe: Redis, name: str, value: str, advice: str) -> None:
    """One sentence says what it means and what to set."""
    await unsafe.config_set(name, value)
    (warning,) = await durability_warnings(unsafe)
    assert advice in warning


async def test_a_second_at_most(unsafe: Redis) -> None:
    """`everysec` is what most servers have; what it loses is looked up, so it is no warning."""
    await unsafe.config_set("appendfsync", "everysec")
    assert await durability_warnings(unsafe) == []


async def test_replicas_that_nobody_waits_for(unsafe: Redis, tmp_path: Path) -> None:
    """With a replica, writes that it did not get must be refused."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    await unsafe.config_set("port", port)
    await unsafe.config_set("repl-diskless-sync-delay", 0)
    replica = EmbeddedServer.start(tmp_path)
    try:
        async with connect(replica.url) as follower:
            await follower.replicaof("127.0.0.1", str(port))
            await unsafe.set("marker", "1")
            assert await unsafe.wait(1, 10_000) == 1
        (warning,) = await durability_warnings(unsafe)
        assert "set min-replicas-to-write 1" in warning
        await unsafe.config_set("min-replicas-to-write", 1)
        assert await durability_warnings(unsafe) == []
    finally:
        replica.stop()


@pytest.mark.parametrize("forbidden", [["-config"], ["-config", "-info"]])
async def test_a_server_that_hides_its_settings(
    unsafe: Redis, own_server: EmbeddedServer, forbidden: list[str]
) -> None:
    """A managed server that forbids CONFIG, or INFO, too: one line says so."""
    await unsafe.acl_setuser(
        "guest", enabled=True, nopass=True, keys=["*"], categories=["+@all"], commands=forbidden
    )
    async with connect(f"{own_server.url}?username=guest&password=any") as guest:
        (warning,) = await durability_warnings(guest)
    await unsafe.acl_deluser("guest")
    assert "CONFIG is forbidden" in warning


async def test_a_server_that_is_away(tmp_path: Path) -> None:
    """It can't be judged; at the start that is nobody's worry here."""
    async with connect(f"unix://{tmp_path}/nobody.sock") as redis:
        with pytest.raises(StoreUnavailable):
            await durability_warnings(redis)
        async with asyncio.timeout(10):
            await warn_of_durability(redis)


async def test_warnings_at_the_start(unsafe: Redis) -> None:
    """Each is a line of the log, for whoever reads it."""
    await unsafe.config_set("appendfsync", "no")
    with capture_logs() as lines:
        await warn_of_durability(unsafe)
    (line,) = lines
    assert (line["event"], line["log_level"]) == ("redis_may_forget", "warning")
    assert "appendfsync" in line["advice"]
