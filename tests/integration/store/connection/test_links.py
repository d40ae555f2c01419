"""Links to Redis: one that leads nowhere, or to the wrong server, is given up for a fresh one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from redis.exceptions import NoPermissionError, ReadOnlyError, ResponseError
from structlog.testing import capture_logs

from bot.errors import SettingsError, StoreUnavailable
from bot.store import connection
from bot.store.connection import _costs_the_link, clock_difference, connect
from bot.store.embedded import EmbeddedServer
from bot.store.orders import OrderStore
from bot.store.queues import Queue
from tests.integration.store.samples import life
from tests.support.orders import KEYS, ORDER_ID, T0
from tests.support.wire import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from redis.asyncio import Redis


@pytest.fixture
async def wire(redis: Redis, redis_server: EmbeddedServer) -> AsyncIterator[Wire]:
    """Stretch a wire to the empty server."""
    del redis
    async with Wire.to(Path(redis_server.url.removeprefix("unix://"))) as wire:
        yield wire


@pytest.fixture
def other(tmp_path: Path) -> Iterator[EmbeddedServer]:
    """Start a second server."""
    server = EmbeddedServer.start(tmp_path / "other")
    yield server
    server.stop()


async def burst(redis: Redis, size: int = 12) -> None:
    """So many people ask at once."""
    store = OrderStore(redis, KEYS)
    await asyncio.gather(*(store.load(ORDER_ID) for _ in range(size)))


async def test_forgotten_idle_links(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Links that were idle for long are made anew: nobody waits for one that is dead."""
    monkeypatch.setattr(connection, "_ANSWER", 60)
    async with connect(wire.url) as redis:
        await burst(redis)
        wire.forget_links()
        monkeypatch.setattr(connection, "_IDLE", -1)
        await burst(redis)


async def test_links_that_go_silent(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that gives no answer is tried once more on a fresh link, inside the limit."""
    monkeypatch.setattr(connection, "_ANSWER", 0.3)
    async with connect(wire.url) as redis:
        await burst(redis)
        wire.forget_links()
        await burst(redis)


async def test_a_commit_on_a_silent_link(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sent a second time it gets the first answer: the step is there once."""
    monkeypatch.setattr(connection, "_ANSWER", 0.3)
    placed, approved, *_ = life()
    async with connect(wire.url) as redis:
        store = OrderStore(redis, KEYS)
        await store.save(placed, None, T0)
        wire.forget_links()
        await store.save(approved, placed, T0, "click")
        assert await store.load(ORDER_ID) == approved


async def test_a_fail_over_by_name(wire: Wire, redis: Redis, other: EmbeddedServer) -> None:
    """The old primary only reads now: the link to it is given up, and the name leads elsewhere."""
    async with connect(wire.url) as client:
        agenda = Queue.agenda(client, KEYS)
        await agenda.check()
        await redis.replicaof("127.0.0.1", "1")
        try:
            wire.socket = Path(other.url.removeprefix("unix://"))
            await agenda.check()
            await OrderStore(client, KEYS).save(life()[0], None, T0)
        finally:
            await redis.replicaof("NO", "ONE")
    async with connect(other.url) as there:
        assert await OrderStore(there, KEYS).load(ORDER_ID) == life()[0]


async def test_all_links_of_a_fail_over(wire: Wire, redis: Redis, other: EmbeddedServer) -> None:
    """Each link that still leads to the old primary is given up at its first use."""
    async with connect(wire.url) as client:
        agenda = Queue.agenda(client, KEYS)
        await asyncio.gather(*(agenda.check() for _ in range(12)))
        await redis.replicaof("127.0.0.1", "1")
        try:
            wire.socket = Path(other.url.removeprefix("unix://"))
            await asyncio.gather(*(agenda.check() for _ in range(12)))
        finally:
            await redis.replicaof("NO", "ONE")


@pytest.mark.parametrize(
    ("refusal", "costs"),
    [
        (
            ReadOnlyError("You can't write against a read only replica.", status_code="READONLY"),
            True,
        ),
        (ResponseError("NOREPLICAS Not enough good replicas to write."), True),
        (ResponseError("UNBLOCKED force unblock from blocking operation"), True),
        (ResponseError("SOMETHING that a later version says"), True),
        (
            ResponseError(
                "Error running script: @user_script: 5: -READONLY You can't", status_code="ERR"
            ),
            True,
        ),
        (ResponseError("WRONGTYPE Operation against a key of the wrong kind"), False),
        (ResponseError("value is not an integer or out of range", status_code="ERR"), False),
        (NoPermissionError("User x has no permissions", status_code="NOPERM"), False),
    ],
)
def test_what_costs_the_link(refusal: ResponseError, *, costs: bool) -> None:
    """Whatever another server may answer otherwise; not what is wrong with the command itself."""
    assert _costs_the_link(refusal) == costs


async def why(url: str) -> str:
    """The reason in the log when this address is tried."""
    async with connect(url) as redis:
        with capture_logs() as lines, pytest.raises(StoreUnavailable):
            await OrderStore(redis, KEYS).load(ORDER_ID)
    assert "s3cret" not in str(lines)
    return str(lines[0]["reason"])


async def test_reasons(redis_server: EmbeddedServer, tmp_path: Path) -> None:
    """Name, port, TLS, password: each is told in words, and no password is."""
    socket = redis_server.url.removeprefix("unix://")
    assert "name not found" in await why("redis://u:s3cret@no-such-host.invalid:1")
    assert "refused" in await why("redis://u:s3cret@127.0.0.1:1")
    assert "no such socket" in await why(f"unix://u:s3cret@{tmp_path}/nobody.sock")
    assert "user or password not accepted" in await why(f"unix://u:s3cret@{socket}")


async def test_no_tls_there() -> None:
    """Who answers without TLS is told so."""

    async def answers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"-ERR what is this?\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answers, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert "TLS" in await why(f"rediss://u:s3cret@127.0.0.1:{port}")


async def test_no_answer_at_all(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time ran out: it says so."""
    monkeypatch.setattr(connection, "_ANSWER", 0.05)
    wire._silent = set(range(99))
    assert "timed out" in await why(wire.url)
    monkeypatch.setattr(connection, "TIMEOUT", 0.05)
    monkeypatch.setattr(connection, "_ANSWER", 60)
    assert "timed out" in await why(wire.url)


@pytest.mark.parametrize(
    "url", ["redis://:s3cret@h:99999999", "redis://:s3cret@h?max_connections=x"]
)
def test_an_address_that_the_client_does_not_take(url: str) -> None:
    """It is told by the name of its setting, and without its password."""
    with pytest.raises(SettingsError, match="REDIS_URL is wrong") as caught:
        connect(url)
    assert "s3cret" not in str(caught.value)


async def test_clocks_are_compared(redis: Redis) -> None:
    """The server runs on this machine: there is no difference."""
    assert abs(await clock_difference(redis)) < 1
