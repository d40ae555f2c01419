"""A commit that a person waits for: made in time, certainly not made, or not known yet."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.clock import Deadline, SystemClock
from bot.errors import NotRecorded, StoreUnavailable
from bot.store import connection
from bot.store.connection import connect
from bot.store.orders import OrderStore
from bot.store.trust.presence import Presence
from tests.integration.store.samples import commit, everything, life, until
from tests.support.clock import ManualClock
from tests.support.orders import KEYS, ORDER_ID, T0
from tests.support.wire import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from bot.store.embedded import EmbeddedServer
    from bot.store.orders.commit import Commit

PLACED, APPROVED, STARTED, *_ = life()


def soon() -> Deadline:
    """A minute from now."""
    return Deadline(SystemClock(), 60)


@pytest.fixture
async def wire(redis: Redis, redis_server: EmbeddedServer) -> AsyncIterator[Wire]:
    """Stretch a wire to the empty server."""
    del redis
    async with Wire.to(Path(redis_server.url.removeprefix("unix://"))) as wire:
        yield wire


async def test_in_time(redis: Redis) -> None:
    """What arrives in time is written as any other step."""
    store = OrderStore(redis, KEYS)
    await store.save(PLACED, None, T0, "typed", within=soon())
    assert await store.load(ORDER_ID) == PLACED
    assert await store.carried_out("typed") == ORDER_ID


async def test_too_late(redis: Redis) -> None:
    """After its time nothing is written, and the caller knows for certain."""
    store = OrderStore(redis, KEYS, presence=Presence(redis, KEYS))
    before = await everything(redis)
    with pytest.raises(NotRecorded):
        await store.save(PLACED, None, T0, "typed", within=Deadline(SystemClock(), -1))
    assert await everything(redis) == before
    assert await store.carried_out("typed") is None


async def test_too_late_by_a_dictated_clock(redis: Redis) -> None:
    """Where a test's clock is the server's, the time of the step is what counts."""
    clock = ManualClock()
    store = OrderStore(redis, KEYS, presence=Presence(redis, KEYS, clock))
    within = Deadline(clock, 2)
    await clock.advance(3)
    with pytest.raises(NotRecorded):
        await store.save(PLACED, None, clock.now(), "typed", within=within)


async def test_written_before_its_time_was_over(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked again after its time, a commit that was made gets its first answer."""
    monkeypatch.setattr("bot.store.orders.store.new_op", lambda: "op")
    store = OrderStore(redis, KEYS, presence=Presence(redis, KEYS))
    await store.save(PLACED, None, T0, "typed", within=soon())
    await store.save(PLACED, None, T0, "typed", within=Deadline(SystemClock(), -1))
    assert await store.load(ORDER_ID) == PLACED


async def test_nobody_listens(tmp_path: Path) -> None:
    """When no server can be reached the command never left: certainly not recorded."""
    async with connect(f"unix://{tmp_path}/nobody.sock") as redis:
        with pytest.raises(NotRecorded):
            await OrderStore(redis, KEYS).save(PLACED, None, T0, "typed", within=soon())


async def test_nobody_listens_without_a_person(tmp_path: Path) -> None:
    """The engine's own steps are tried again, whatever is known."""
    async with connect(f"unix://{tmp_path}/nobody.sock") as redis:
        with pytest.raises(StoreUnavailable) as failure:
            await OrderStore(redis, KEYS).save(PLACED, None, T0)
    assert failure.value.untouched


async def test_cut_off_after_it_was_sent(
    wire: Wire, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the answer is lost and no link can be made again, nothing is claimed either way."""
    monkeypatch.setattr(connection, "_ANSWER", 0.3)
    async with connect(wire.url) as through:
        store = OrderStore(through, KEYS)
        await store.load(ORDER_ID)
        wire.cut = True
        with pytest.raises(StoreUnavailable) as failure:
            await store.save(PLACED, None, T0, "typed", within=soon())
    assert not failure.value.untouched
    assert await OrderStore(redis, KEYS).carried_out("typed") == ORDER_ID


async def test_cut_off_and_then_away(
    wire: Wire, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit of a call is repeated: that a repeat never left says nothing of the first try."""
    monkeypatch.setattr("bot.store.orders.store.PATIENCE", 1.0)
    monkeypatch.setattr("bot.store.orders.store._RETRY_AFTER", 0.05)
    direct = OrderStore(redis, KEYS)
    await direct.save(PLACED, None, T0)
    await direct.save(APPROVED, PLACED, T0)
    async with connect(wire.url) as through:
        store = OrderStore(through, KEYS)
        await store.load(ORDER_ID)
        wire.cut, send = True, store._send

        async def once(commit: Commit) -> list[str]:
            try:
                return await send(commit)
            finally:
                wire.refusing = True

        monkeypatch.setattr(store, "_send", once)
        with pytest.raises(StoreUnavailable) as failure:
            await store.save(STARTED, APPROVED, T0, "clicked", within=soon())
    assert not failure.value.untouched
    assert await direct.carried_out("clicked") == ORDER_ID


async def test_gone_silent_on_an_old_link(
    wire: Wire, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What went into a dead link may arrive yet: it is not called unrecorded."""
    monkeypatch.setattr(connection, "_ANSWER", 0.3)
    async with connect(wire.url) as through:
        store = OrderStore(through, KEYS)
        await store.load(ORDER_ID)
        wire.forget_links()
        wire.refusing = True
        with pytest.raises(StoreUnavailable) as failure:
            await store.save(PLACED, None, T0, "typed", within=soon())
    assert not failure.value.untouched
    del redis


async def test_refused_by_the_server(redis: Redis) -> None:
    """A server that says no has written nothing: that is certain."""
    await redis.config_set("maxmemory", 1)
    try:
        with pytest.raises(NotRecorded):
            await OrderStore(redis, KEYS).save(PLACED, None, T0, "typed", within=soon())
    finally:
        await redis.config_set("maxmemory", 0)
    assert await everything(redis) == {}


async def test_cut_off_and_started_anew(
    wire: Wire, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that does not know the script any more may have run it before it was restarted."""
    monkeypatch.setattr(connection, "_ANSWER", 0.3)
    seen = OrderStore(redis, KEYS)

    async def is_written() -> bool:
        return await seen.carried_out("typed") is not None

    async with connect(wire.url) as through:

        async def gone(text: str) -> str:
            del text
            wire.refusing = True
            await through.connection_pool.disconnect()
            await through.ping()
            return ""

        store = OrderStore(through, KEYS)
        await store.load(ORDER_ID)
        await commit(seen, life("8N5T7WZB")[:1])  # it knows the script
        monkeypatch.setattr(through, "script_load", gone)
        wire.cut = True
        task = asyncio.create_task(store.save(PLACED, None, T0, "typed", within=soon()))
        await until(is_written)
        wire.cut = False
        await redis.script_flush()
        with pytest.raises(StoreUnavailable):
            await task
    assert wire.refusing


async def test_stopped_in_its_midst(redis: Redis) -> None:
    """A fault in one key (no queue at all) leaves what was written before: it is not unrecorded."""
    store = OrderStore(redis, KEYS)
    await commit(store, [PLACED])
    await redis.set(KEYS.deliveries, "no queue")
    with pytest.raises(StoreUnavailable) as failure:
        await store.save(APPROVED, PLACED, T0, "clicked", within=soon())
    assert not failure.value.untouched
    assert await store.load(ORDER_ID) == APPROVED
    assert await store.carried_out("clicked") == ORDER_ID


async def test_a_call_refused_by_the_server(redis: Redis) -> None:
    """Where a call would follow, too: a person is told at once, and it is not asked for again."""
    placed, approved, started, *_ = life()
    await commit(OrderStore(redis, KEYS), [placed, approved])
    before = await everything(redis)
    await redis.config_set("maxmemory", 1)
    try:
        with pytest.raises(NotRecorded):
            await OrderStore(redis, KEYS).save(started, approved, T0, "click", within=soon())
    finally:
        await redis.config_set("maxmemory", 0)
    assert await everything(redis) == before
