"""What the engine does when others are quicker, when it is stopped, and when Redis forgot."""

import asyncio
from pathlib import Path
from typing import cast

import pytest
from redis.asyncio import Redis

from bot.errors import Conflict
from bot.store.connection import milliseconds
from bot.store.orders import OrderStore
from tests.integration.store.samples import commit, enqueue, life
from tests.support.clock import ManualClock
from tests.support.harness.stores import FailingStore
from tests.support.machine.parts import ANA, CARLA, Parts, Process
from tests.support.machine.seller import Seller, Way
from tests.support.orders import KEYS, ORDER_ID, T0
from tests.support.requests import a_request

PLACED, APPROVED, STARTED, *_ = life()
REQUEST = a_request(1)


class TakenIds(OrderStore):
    """A store whose first ids are taken already."""

    taken = 0

    def new_id(self) -> str:
        """The id of the order that is there, for a while."""
        if not self.taken:
            return super().new_id()
        self.taken -= 1
        return ORDER_ID


class Restless(FailingStore):
    """A store in which somebody else is always quicker."""

    failure = Conflict()


@pytest.fixture
def seller(clock: ManualClock) -> Seller:
    """A provider that does what it is told to."""
    return Seller(clock.now)


def process(
    redis: Redis, clock: ManualClock, folder: Path, seller: Seller, parts: Parts | None = None
) -> Process:
    """A bot of these parts."""
    return Process.of(parts or Parts(), redis, seller, clock, folder)


async def test_an_order_that_redis_does_not_know(
    redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller
) -> None:
    """It is taken off the agenda."""
    await enqueue(redis, ORDER_ID, T0)
    await process(redis, clock, tmp_path, seller).engine.step(ORDER_ID)
    assert await redis.zscore(KEYS.agenda, f"order:{ORDER_ID}") is None


async def test_stopped_in_the_middle_of_a_purchase(
    redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller
) -> None:
    """The attempt is in doubt at once, and nothing is sent again."""
    store = OrderStore(redis, KEYS)
    await commit(store, [PLACED, APPROVED])
    await clock.jump(60)
    seller.ways.append(Way.HELD)
    bot = process(redis, clock, tmp_path, seller)
    task = asyncio.create_task(bot.engine.step(ORDER_ID))
    await seller.changes.until(lambda: seller.held, 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    order = await store.load(ORDER_ID)
    assert order is not None
    assert order.state == "in_doubt"
    assert len(seller.sends) == 1


@pytest.mark.parametrize(("taken", "placed"), [(1, True), (99, False)])
async def test_ids_that_are_taken(  # noqa: PLR0913 - fixtures
    redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller, taken: int, *, placed: bool
) -> None:
    """Another id is drawn; when none is free, the person is told, and no order is overwritten."""
    await commit(OrderStore(redis, KEYS), [PLACED])
    bot = process(redis, clock, tmp_path, seller, Parts(store=TakenIds))
    cast("TakenIds", bot.store).taken = taken
    orders = bot.orders
    if placed:
        order = await orders.place(REQUEST, requester=ANA, channel="C0OPS", trigger="t")
        assert order.id != ORDER_ID
    else:
        with pytest.raises(Conflict):
            await orders.place(REQUEST, requester=ANA, channel="C0OPS", trigger="t")
    assert await OrderStore(redis, KEYS).load(ORDER_ID) == PLACED


async def test_somebody_is_always_quicker(
    redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller
) -> None:
    """After some tries the person is told to look again, and nothing has changed."""
    await commit(OrderStore(redis, KEYS), [PLACED])
    orders = process(redis, clock, tmp_path, seller, Parts(store=Restless)).orders
    with pytest.raises(Conflict):
        await orders.approve(ORDER_ID, by=CARLA, trigger="t")
    assert await OrderStore(redis, KEYS).load(ORDER_ID) == PLACED


async def test_an_order_that_is_not_due_yet(
    redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller
) -> None:
    """Claimed too early, it goes back to its time, and nothing is done."""
    await commit(OrderStore(redis, KEYS), [PLACED])
    await enqueue(redis, ORDER_ID, T0)
    await process(redis, clock, tmp_path, seller).engine.step(ORDER_ID)
    score = await redis.zscore(KEYS.agenda, f"order:{ORDER_ID}")
    assert score == milliseconds(PLACED.expires_at)
    assert await OrderStore(redis, KEYS).load(ORDER_ID) == PLACED


async def test_an_order_that_nobody_decided(
    redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller
) -> None:
    """It expires when its time is over, and is not bought."""
    await commit(OrderStore(redis, KEYS), [PLACED])
    await clock.jump(PLACED.terms.approval_expires)
    await process(redis, clock, tmp_path, seller).engine.step(ORDER_ID)
    order = await OrderStore(redis, KEYS).load(ORDER_ID)
    assert order is not None
    assert (order.state, seller.sends) == ("expired", [])


async def test_a_call_that_a_dead_process_left(
    redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller
) -> None:
    """Whoever finds it doubts it, and does not send it."""
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED, STARTED])
    await clock.jump(60)
    await process(redis, clock, tmp_path, seller).engine.step(ORDER_ID)
    order = await OrderStore(redis, KEYS).load(ORDER_ID)
    assert order is not None
    assert (order.state, seller.sends) == ("in_doubt", [])


async def test_an_answer_that_cannot_be_handled(
    redis: Redis, clock: ManualClock, tmp_path: Path, seller: Seller
) -> None:
    """Whatever the provider's part raises, money may be spent: the order is in doubt."""
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED])
    await clock.jump(60)
    seller.ways.append(Way.RAISES)
    await process(redis, clock, tmp_path, seller).engine.step(ORDER_ID)
    order = await OrderStore(redis, KEYS).load(ORDER_ID)
    assert order is not None
    assert (order.state, len(seller.sends)) == ("in_doubt", 1)
    assert "ValueError" in order.attempts[-1].why
