"""The list of all orders: newest first, page by page, however many there are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import OrderState
from bot.store.connection import milliseconds
from bot.store.orders import OrderStore
from bot.store.orders.reading import PAGE
from bot.store.orders.shape import parts_of
from tests.integration.store.samples import order_ids
from tests.support.orders import BEN, KEYS, T0, an_order

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from redis.asyncio import Redis

    from bot.domain.order import Order

MANY = 6_000
"""Orders of which most were placed in the same second as others: ten at each."""


@pytest.fixture
def store(redis: Redis) -> OrderStore:
    """Make a store on the empty server."""
    return OrderStore(redis, KEYS)


async def ids_of(orders: AsyncIterator[Order]) -> list[str]:
    """The ids, in the order in which they come."""
    return [order.id async for order in orders]


async def fill(redis: Redis) -> list[str]:
    """Write that many orders as commits do, faster; their ids, newest first."""
    ids, sample = order_ids(MANY), an_order(1)
    core = parts_of(sample, None).core
    times = {order_id: milliseconds(T0) + place // 10 for place, order_id in enumerate(ids)}
    async with redis.pipeline(transaction=False) as pipe:
        for order_id in ids:
            pipe.hset(KEYS.order(order_id), mapping={"json": core, "version": 1})
        for index in (KEYS.orders, KEYS.state("awaiting_approval"), KEYS.requester("U0ANA")):
            pipe.zadd(index, times)
        await pipe.execute()
    return sorted(ids, key=lambda order_id: (times[order_id], order_id), reverse=True)


class Counted(OrderStore):
    """Counts the orders that were read."""

    read = 0

    async def _answers(self, ids: Sequence[str]) -> list[tuple[dict[bytes, bytes], list[bytes]]]:
        self.read += len(ids)
        return await super()._answers(ids)


async def test_many_orders(redis: Redis) -> None:
    """Each comes once, newest first; never is more than a page read ahead, and kept."""
    expected, got, store = await fill(redis), 0, Counted(redis, KEYS)
    async for order in store.listed():
        assert order.id == expected[got]
        got += 1
        assert store.read - got < PAGE
    assert got == store.read == MANY


async def test_the_first_of_many_come_at_once(store: OrderStore, redis: Redis) -> None:
    """Whoever looks at the newest ones waits for a page: no key is searched for."""
    expected = await fill(redis)
    await redis.config_resetstat()
    listed = store.listed(OrderState.AWAITING_APPROVAL, requester="U0ANA")
    assert [(await anext(listed)).id for _ in range(5)] == expected[:5]
    asked = await redis.info("commandstats")
    assert asked["cmdstat_zrange"]["calls"] == 1
    assert asked["cmdstat_hgetall"]["calls"] == PAGE
    assert not {"cmdstat_scan", "cmdstat_keys", "cmdstat_zscan"} & set(asked)


async def place(store: OrderStore) -> list[str]:
    """Four orders an hour apart, of two people by turns; the last two are approved."""
    ids = order_ids(4)
    for hours, order_id in enumerate(ids):
        at, who = T0 + timedelta(hours=hours), ("U0ANA", "U0EVE")[hours % 2]
        order = an_order(order_id=order_id, at=at, requester=who)
        await store.save(order, None, at)
        if hours > 1:
            await store.save(order.approve(BEN, at), order, at)
    return ids


async def test_by_state_time_and_person(store: OrderStore) -> None:
    """Each narrows the list, and all of them together."""
    one, two, three, four = await place(store)
    approved, hour = OrderState.APPROVED, T0 + timedelta(hours=1)
    assert await ids_of(store.listed()) == [four, three, two, one]
    assert await ids_of(store.listed(approved)) == [four, three]
    assert await ids_of(store.listed(since=hour)) == [four, three, two]
    assert await ids_of(store.listed(requester="U0EVE")) == [four, two]
    assert await ids_of(store.listed(approved, hour, "U0ANA")) == [three]
    assert await ids_of(store.listed(requester="U0NOBODY")) == []


async def test_what_can_not_be_read(store: OrderStore, redis: Redis) -> None:
    """It keeps no other out, and its id is told; one that is gone is left out."""
    one, two, three, four = await place(store)
    await redis.hset(KEYS.order(one), "json", '{"schema_number": 99}')
    await redis.hset(KEYS.order(two), "json", "no JSON")
    await redis.delete(KEYS.order(three))
    left_out: list[str] = []
    assert await ids_of(store.listed(left_out=left_out.append)) == [four]
    assert left_out == [two, one]


async def test_one_that_moves_on_meanwhile(store: OrderStore) -> None:
    """A list by state has no order that has left it by the time at which it is read."""
    *_, last = await place(store)
    order = await store.load(last)
    assert order is not None
    listed = store.listed(OrderState.APPROVED)
    now = T0 + timedelta(hours=4)
    await store.save(order.start_attempt(now, now), order, now)
    assert last not in await ids_of(listed)
