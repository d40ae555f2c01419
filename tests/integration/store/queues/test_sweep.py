"""The sweep: an order that should be in a queue and is not is put back, once, by one process."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.domain.events import OrderState
from bot.errors import StoreUnavailable
from bot.store.connection import milliseconds
from bot.store.orders import OrderStore
from bot.store.posted import PostedStore, RoundEnd
from bot.store.queues import Queue
from bot.store.sweep import Sweep
from tests.integration.store.samples import commit, life, member, order_ids, scores
from tests.support.harness.stores import StandInStore
from tests.support.orders import KEYS, T0, an_order

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.domain.order import Order
    from tests.support.clock import ManualClock

STEPS = life()


@pytest.fixture
def sweep(redis: Redis, clock: ManualClock) -> Sweep:
    """Make the sweep of one process."""
    return Sweep(OrderStore(redis, KEYS), redis, KEYS, clock)


async def test_nothing_is_missing(sweep: Sweep, redis: Redis) -> None:
    """Orders that are where they belong stay so, and nothing is said."""
    await commit(OrderStore(redis, KEYS), STEPS[:3])
    before = await scores(redis, KEYS.agenda), await scores(redis, KEYS.deliveries)
    with capture_logs() as lines:
        await sweep.once()
    assert (await scores(redis, KEYS.agenda), await scores(redis, KEYS.deliveries)) == before
    assert (lines, sweep.found) == ([], 0)


@pytest.mark.parametrize("step", range(1, 6))
async def test_fell_out_of_the_agenda(sweep: Sweep, redis: Redis, step: int) -> None:
    """It comes due when the order says so."""
    await commit(OrderStore(redis, KEYS), STEPS[:step])
    expected = await scores(redis, KEYS.agenda)
    await redis.delete(KEYS.agenda)
    with capture_logs() as lines:
        await sweep.once()
    assert await scores(redis, KEYS.agenda) == expected
    assert [(line["event"], line["queue"]) for line in lines] == [("order_put_back", "agenda")]
    assert sweep.found == 1


async def test_what_an_earlier_version_put_in(sweep: Sweep, redis: Redis) -> None:
    """An order that stands in a queue by its bare id is there: it is put in no second time."""
    await commit(OrderStore(redis, KEYS), STEPS[:3])
    for queue in (KEYS.agenda, KEYS.deliveries):
        await redis.delete(queue)
        await redis.zadd(queue, {STEPS[0].id: 0})
    await sweep.once()
    assert sweep.found == 0
    assert list(await scores(redis, KEYS.agenda)) == [STEPS[0].id]


async def test_fell_out_of_the_deliveries(sweep: Sweep, redis: Redis, clock: ManualClock) -> None:
    """Messages that are behind are brought up to date; those that are shown are left."""
    store, deliveries = OrderStore(redis, KEYS), Queue.deliveries(redis, KEYS)
    await commit(store, STEPS[:2])
    await PostedStore(redis, KEYS).write(STEPS[1].id, {}, RoundEnd(STEPS[1], T0))
    await sweep.once()
    assert await deliveries.size() == 0
    await store.save(STEPS[2], STEPS[1], T0)
    await redis.delete(KEYS.deliveries, KEYS.sweep)
    await sweep.once()
    assert await scores(redis, KEYS.deliveries) == {member(): milliseconds(clock.now())}


async def test_orders_that_ended(sweep: Sweep, redis: Redis, clock: ManualClock) -> None:
    """One that was looked at for the last time has nothing due; one that ended long ago is left."""
    ended = an_order(state=OrderState.PURCHASED)
    await OrderStore(redis, KEYS).save(ended, None, T0)
    await redis.delete(KEYS.deliveries, KEYS.agenda)
    await clock.advance(timedelta(days=7).total_seconds())
    await sweep.once()
    assert await scores(redis, KEYS.deliveries) == {member(): milliseconds(clock.now())}
    assert await scores(redis, KEYS.agenda) == {}
    await clock.advance(timedelta(days=2).total_seconds())
    for _ in range(2):
        await redis.delete(KEYS.sweep, KEYS.deliveries)
        await sweep.once()
    assert (await scores(redis, KEYS.deliveries), sweep.found) == ({}, 1)


async def test_an_order_that_took_long_to_end(
    sweep: Sweep, redis: Redis, clock: ManualClock
) -> None:
    """What counts is when it ended, not when it was placed."""
    placed, ended_at = an_order(3), T0 + timedelta(days=30)
    store = OrderStore(redis, KEYS)
    await store.save(placed, None, T0)
    await store.save(placed.cancel(placed.requester, ended_at), placed, ended_at)
    await redis.delete(KEYS.deliveries, KEYS.agenda)
    await clock.advance(timedelta(days=31).total_seconds())
    await sweep.once()
    assert list(await scores(redis, KEYS.deliveries)) == [member()]


async def test_a_look_after_the_end_fell_out(
    sweep: Sweep, redis: Redis, clock: ManualClock
) -> None:
    """The next look is put back, not one that was made already: nothing is asked twice."""
    ended = an_order(state=OrderState.PURCHASED)
    await OrderStore(redis, KEYS).save(ended, None, T0)
    await redis.delete(KEYS.agenda)
    await clock.advance(600)
    await sweep.once()
    following = ended.next_look(clock.now())
    assert following is not None
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(following)}


async def test_many_orders(sweep: Sweep, redis: Redis) -> None:
    """Page by page, all are found."""
    store, ids = OrderStore(redis, KEYS), order_ids(150)
    for order_id in ids:
        await store.save(life(order_id)[0], None, T0)
    await redis.delete(KEYS.agenda)
    await sweep.once()
    assert sorted(await scores(redis, KEYS.agenda)) == [member(each) for each in ids]


async def test_one_process_does_it_for_all(sweep: Sweep, redis: Redis, clock: ManualClock) -> None:
    """Whoever comes second within ten minutes does nothing."""
    await sweep.once()
    await commit(OrderStore(redis, KEYS), STEPS[:1])
    await redis.delete(KEYS.agenda)
    await Sweep(OrderStore(redis, KEYS), redis, KEYS, clock).once()
    assert await scores(redis, KEYS.agenda) == {}
    assert 500_000 < await redis.pttl(KEYS.sweep) <= 600_000


async def test_orders_that_cannot_be_read(sweep: Sweep, redis: Redis) -> None:
    """One of a newer version, and one that is gone, keep no other from being found."""
    store, (first, second) = OrderStore(redis, KEYS), order_ids(2)
    for order_id in (first, second):
        await store.save(life(order_id)[0], None, T0)
    await redis.hset(KEYS.order(first), "json", '{"schema_number": 99}')
    await redis.zadd(KEYS.state("awaiting_approval"), {"gone": 0})
    await redis.delete(KEYS.agenda)
    await sweep.once()
    assert list(await scores(redis, KEYS.agenda)) == [member(second)]


BROKEN = ["no JSON", "[]", "{}", '{"schema_number": "x"}', '{"schema_number": 1, "amount": 0}']


@pytest.mark.parametrize("text", BROKEN)
async def test_orders_that_are_none(sweep: Sweep, redis: Redis, text: str) -> None:
    """One that can't be read is told once, by its id alone, and keeps no other from being found."""
    store, (first, second) = OrderStore(redis, KEYS), order_ids(2)
    for order_id in (first, second):
        await store.save(life(order_id)[0], None, T0)
    await redis.hset(KEYS.order(first), "json", text)
    with capture_logs() as lines:
        for _ in range(2):
            await redis.delete(KEYS.agenda, KEYS.sweep)
            await sweep.once()
    assert list(await scores(redis, KEYS.agenda)) == [member(second)]
    told = [line for line in lines if line["event"] == "order_unreadable"]
    assert told == [{"event": "order_unreadable", "log_level": "error", "order": first}]


@pytest.mark.parametrize("failure", [StoreUnavailable(), ValueError()])
async def test_it_goes_on_for_ever(
    sweep: Sweep, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    """A Redis that is away is waited for, and a fault of ours ends nothing."""
    tries: list[int] = []

    async def once() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise failure

    monkeypatch.setattr(sweep, "once", once)
    run = asyncio.create_task(sweep.run())
    for _ in range(3):
        await clock.until_asleep()
        await clock.advance(60)
    run.cancel()
    assert len(tries) >= 3


class Moving(StandInStore):
    """A store in which somebody else makes a step as soon as an order was read."""

    async def read(self, order_id: str, order: Order | None) -> Order | None:
        """Be overtaken."""
        del order_id
        if order == STEPS[0]:
            await self.save(STEPS[1], STEPS[0], T0)
        return order


async def test_an_order_that_moves_on_meanwhile(redis: Redis, clock: ManualClock) -> None:
    """The step that was quicker has put it where it belongs: it stays there."""
    await OrderStore(redis, KEYS).save(STEPS[0], None, T0)
    await redis.delete(KEYS.agenda)
    sweep = Sweep(Moving(redis, KEYS), redis, KEYS, clock)
    await sweep.once()
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(STEPS[1].due_at or T0)}
    assert sweep.found == 0
