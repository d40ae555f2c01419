"""The queues: what is due is claimed once, and comes due again unless somebody says otherwise."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.store.connection import milliseconds
from bot.store.orders import OrderStore
from bot.store.queues import Queue
from tests.integration.store.samples import enqueue, life, order_ids, scores
from tests.support.orders import KEYS, ORDER_ID, T0

if TYPE_CHECKING:
    from redis.asyncio import Redis

LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


@pytest.fixture
def agenda(redis: Redis) -> Queue:
    """Make the agenda of the empty server."""
    return Queue.agenda(redis, KEYS)


async def test_empty_queue(agenda: Queue) -> None:
    """Nothing is due, and nothing is known to come due."""
    assert await agenda.claim(T0, T0 + LEASE, 4) == ([], None)
    assert await agenda.size() == 0


async def test_claim_takes_only_what_is_due(agenda: Queue, redis: Redis) -> None:
    """An order is claimed from its time on, not before; the next time is told."""
    await enqueue(redis, ORDER_ID, T0)
    assert await agenda.claim(T0 - SECOND, T0, 4) == ([], T0.timestamp())
    assert await agenda.claim(T0, T0 + LEASE, 4) == ([ORDER_ID], (T0 + LEASE).timestamp())


async def test_claimed_order_is_left_alone_until_its_lease_ends(
    agenda: Queue, redis: Redis
) -> None:
    """A claim holds for its lease; then the order comes due by itself."""
    await enqueue(redis, ORDER_ID, T0)
    await agenda.claim(T0, T0 + LEASE, 4)
    before_end = T0 + LEASE - timedelta(milliseconds=1)
    assert (await agenda.claim(before_end, T0 + 2 * LEASE, 4)).ids == []
    assert (await agenda.claim(T0 + LEASE, T0 + 2 * LEASE, 4)).ids == [ORDER_ID]


async def test_claim_takes_the_longest_due_up_to_the_limit(agenda: Queue, redis: Redis) -> None:
    """No more than the limit is taken, the oldest first."""
    ids = order_ids(5)
    for age, order_id in enumerate(ids):
        await enqueue(redis, order_id, T0 - age * SECOND)
    assert (await agenda.claim(T0, T0 + LEASE, 2)).ids == [ids[4], ids[3]]
    assert (await agenda.claim(T0, T0 + LEASE, 2)).ids == [ids[2], ids[1]]
    assert (await agenda.claim(T0, T0 + LEASE, 2)).ids == [ids[0]]


async def test_claim_tells_the_next_time(agenda: Queue, redis: Redis) -> None:
    """Of those that are not due yet, the earliest is told."""
    due, late, soon = order_ids(3)
    await enqueue(redis, due, T0)
    await enqueue(redis, late, T0 + 9 * SECOND)
    await enqueue(redis, soon, T0 + 5 * SECOND)
    claimed = await agenda.claim(T0, T0 + LEASE, 1)
    assert claimed == ([due], (T0 + 5 * SECOND).timestamp())
    assert await agenda.size() == 3


async def test_two_claimers_never_get_the_same_order(agenda: Queue, redis: Redis) -> None:
    """Whoever else claims at the same moment, an order goes to one of them."""
    ids = set(order_ids(80))
    for order_id in ids:
        await enqueue(redis, order_id, T0)
    others = [agenda, Queue.agenda(redis, KEYS)]
    claims = [others[turn % 2].claim(T0, T0 + LEASE, 5) for turn in range(20)]
    got = [order_id for claimed in await asyncio.gather(*claims) for order_id in claimed.ids]
    assert len(got) == len(set(got))
    assert set(got) == ids


async def test_postpone_only_makes_later(agenda: Queue, redis: Redis) -> None:
    """A claim can be renewed; a time that is later already stays."""
    await enqueue(redis, ORDER_ID, T0)
    await agenda.postpone(ORDER_ID, T0 + LEASE)
    assert await scores(redis, KEYS.agenda) == {ORDER_ID: milliseconds(T0 + LEASE)}
    await agenda.postpone(ORDER_ID, T0)
    assert await scores(redis, KEYS.agenda) == {ORDER_ID: milliseconds(T0 + LEASE)}


async def test_put_sets_the_time(agenda: Queue, redis: Redis) -> None:
    """An order can be put to any time, also an earlier one, or taken out."""
    await enqueue(redis, ORDER_ID, T0)
    await agenda.put(ORDER_ID, T0 - SECOND)
    assert await scores(redis, KEYS.agenda) == {ORDER_ID: milliseconds(T0 - SECOND)}
    await agenda.put(ORDER_ID, None)
    assert await agenda.size() == 0


async def test_order_that_was_taken_out_stays_out(agenda: Queue) -> None:
    """A claim that is renewed too late does not bring back what a commit took out."""
    await agenda.postpone(ORDER_ID, T0)
    await agenda.put(ORDER_ID, T0)
    assert await agenda.size() == 0


async def test_delivered(redis: Redis) -> None:
    """When Slack shows the order as it is, nothing is left to deliver."""
    store, deliveries = OrderStore(redis, KEYS), Queue.deliveries(redis, KEYS)
    placed = life()[0]
    await store.save(placed, None, T0)
    await deliveries.claim(T0, T0 + LEASE, 4)
    await deliveries.delivered(placed, T0)
    assert await deliveries.size() == 0


async def test_delivered_after_the_order_moved_on(redis: Redis) -> None:
    """A version that is old by now leaves the order due at once: the new one follows."""
    store, deliveries = OrderStore(redis, KEYS), Queue.deliveries(redis, KEYS)
    placed, approved, *_ = life()
    await store.save(placed, None, T0)
    await deliveries.claim(T0, T0 + LEASE, 4)
    await store.save(approved, placed, T0)
    await deliveries.delivered(placed, T0 + SECOND)
    assert await scores(redis, KEYS.deliveries) == {ORDER_ID: milliseconds(T0 + SECOND)}


async def test_queues_are_apart(agenda: Queue, redis: Redis) -> None:
    """What is done in one queue leaves the other as it is."""
    await OrderStore(redis, KEYS).save(life()[0], None, T0)
    await Queue.deliveries(redis, KEYS).put(ORDER_ID, None)
    assert (await agenda.size(), await Queue.deliveries(redis, KEYS).size()) == (1, 0)
