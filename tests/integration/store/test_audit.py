"""The audit trail: one order's steps, or everybody's; from a time on; and those to come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.store.connection import connect
from bot.store.orders import OrderStore
from bot.store.orders.audit import Audit, AuditLine
from tests.integration.store.samples import commit, life, order_ids
from tests.support.orders import KEYS, T0, an_order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.asyncio import Redis

    from bot.domain.order import Order
    from bot.store.embedded import EmbeddedServer

MANY = 1500


@pytest.fixture
def store(redis: Redis) -> OrderStore:
    """Make a store on the empty server."""
    return OrderStore(redis, KEYS)


@pytest.fixture
def audit(redis: Redis) -> Audit:
    """Make a reader of its trail."""
    return Audit(redis, KEYS)


async def all_of(lines: AsyncIterator[AuditLine]) -> list[AuditLine]:
    """Every line."""
    return [line async for line in lines]


def lines_of(order: Order) -> list[AuditLine]:
    """What the trail must have of an order."""
    return [AuditLine(order.id, version, entry) for version, entry in enumerate(order.history, 1)]


async def test_nothing_yet(audit: Audit) -> None:
    """Where nothing happened there is no line; nor is there one of an order that is not there."""
    assert await all_of(audit.lines()) == []
    assert await all_of(audit.lines("00000000")) == []
    assert await all_of(audit.lines(since=T0)) == []


async def test_every_step_of_every_order(store: OrderStore, audit: Audit) -> None:
    """In the order in which they were made."""
    lives = [life(order_id) for order_id in order_ids(2)]
    for steps in lives:
        await commit(store, steps)
    expected = [line for steps in lives for line in lines_of(steps[-1])]
    assert await all_of(audit.lines()) == expected


async def test_one_order(store: OrderStore, redis: Redis, audit: Audit) -> None:
    """Its own history is enough: the trail, which may be long, is not read for it."""
    lives = [life(order_id) for order_id in order_ids(2)]
    for steps in lives:
        await commit(store, steps)
    await redis.config_resetstat()
    assert await all_of(audit.lines(lives[1][0].id)) == lines_of(lives[1][-1])
    assert "cmdstat_xrange" not in await redis.info("commandstats")


async def test_from_a_time_on(redis: Redis, audit: Audit) -> None:
    """What is older is left out, and not read either, but for the lines about that time."""
    (entry,) = an_order().history
    async with redis.pipeline(transaction=False) as pipe:
        for minute, order_id in enumerate(order_ids(MANY)):
            own = entry.model_copy(update={"at": T0 + timedelta(minutes=minute)})
            fields: dict[Any, Any] = {"order": order_id, "version": 1, "op": "a"}
            pipe.xadd(KEYS.audit, {**fields, "entry": own.model_dump_json()}, f"{minute + 1}-0")
        await pipe.execute()
    await redis.config_resetstat()
    since = T0 + timedelta(minutes=MANY - 10)
    found = await all_of(audit.lines(since=since))
    assert [line.order_id for line in found] == order_ids(MANY)[-10:]
    assert (await redis.info("commandstats"))["cmdstat_xrange"]["calls"] < 20
    assert len(await all_of(audit.lines())) == MANY


async def test_what_is_to_come(store: OrderStore, audit: Audit) -> None:
    """After what there is, each step is told as it is made."""
    placed, approved, started, *_ = life()
    await store.save(placed, None, T0)
    lines = audit.lines(follow=True)
    got = [await anext(lines)]
    for order, previous in [(approved, placed), (started, approved)]:
        await store.save(order, previous, T0)
        got.append(await anext(lines))
    assert got == lines_of(started)


async def test_what_is_to_come_of_one_order(store: OrderStore, audit: Audit) -> None:
    """Others' steps are left out, and none is told twice."""
    (one, two) = (life(order_id) for order_id in order_ids(2))
    await store.save(one[0], None, T0)
    lines = audit.lines(one[0].id, follow=True)
    got = [await anext(lines)]
    await store.save(two[0], None, T0)
    await store.save(one[1], one[0], T0)
    got.append(await anext(lines))
    assert got == lines_of(one[1])


async def test_nothing_comes_for_a_while(
    store: OrderStore, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second without a step ends nothing: it is asked again."""
    monkeypatch.setattr("bot.store.orders.audit._BLOCK", 1)
    placed, *_ = life()
    asked = 0

    class Waits(Audit):
        """Notes how often it was asked; something happens after the third time."""

        async def _after(self, last: str) -> list[tuple[str, AuditLine]]:
            nonlocal asked
            asked += 1
            if asked == 4:
                await store.save(placed, None, T0)
            return await super()._after(last)

    lines = Waits(audit._redis, KEYS).lines(follow=True)
    assert [await anext(lines)] == lines_of(placed)
    assert asked == 4


async def test_the_newer_protocol(store: OrderStore, redis_server: EmbeddedServer) -> None:
    """What comes is read, too, where the address asks for protocol 3."""
    placed, approved, *_ = life()
    await store.save(placed, None, T0)
    async with connect(f"{redis_server.url}?protocol=3") as newer:
        lines = Audit(newer, KEYS).lines(follow=True)
        got = [await anext(lines)]
        await store.save(approved, placed, T0)
        got.append(await anext(lines))
        assert await OrderStore(newer, KEYS).load(placed.id) == approved
        assert [order async for order in OrderStore(newer, KEYS).listed()] == [approved]
    assert got == lines_of(approved)
