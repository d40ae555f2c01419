"""A card that Slack does not take: without it nobody can decide, so the order ends."""

import pytest
from redis.asyncio import Redis

from bot.domain.events import Event, OrderState
from bot.domain.order import BOT
from bot.engine.refused_cards import RefusedCards
from bot.errors import Conflict
from bot.store.orders import OrderStore
from tests.integration.store.samples import commit
from tests.support.clock import ManualClock
from tests.support.harness.stores import FailingStore
from tests.support.orders import KEYS, ORDER_ID, an_order

WAITS = an_order()


async def test_an_order_that_waits_is_cancelled(redis: Redis, clock: ManualClock) -> None:
    """The entry holds Slack's own word; reported again, nothing more happens."""
    store = OrderStore(redis, KEYS)
    await commit(store, [WAITS])
    for _ in range(2):
        await RefusedCards(store, clock).refused(ORDER_ID, "is_archived")
    order = await store.load(ORDER_ID)
    assert order is not None
    assert (order.state, order.version) == (OrderState.CANCELLED, WAITS.version + 1)
    last = order.history[-1]
    assert (last.event, last.by, last.detail) == (Event.CANCELLED, BOT, "is_archived")


@pytest.mark.parametrize("state", [each for each in OrderState if each != WAITS.state])
async def test_an_order_that_has_gone_on_stays(
    redis: Redis, clock: ManualClock, state: OrderState
) -> None:
    """Somebody decided before the card was lost: that holds."""
    store, order = OrderStore(redis, KEYS), an_order(state=state)
    await commit(store, [order])
    await RefusedCards(store, clock).refused(ORDER_ID, "is_archived")
    assert await store.load(ORDER_ID) == order


async def test_an_order_that_nobody_knows(redis: Redis, clock: ManualClock) -> None:
    """There is nothing to end."""
    await RefusedCards(OrderStore(redis, KEYS), clock).refused(ORDER_ID, "is_archived")
    assert await OrderStore(redis, KEYS).load(ORDER_ID) is None


@pytest.mark.parametrize("times", [1, 4])
async def test_others_change_it_at_the_same_moment(
    redis: Redis, clock: ManualClock, times: int
) -> None:
    """It is decided anew, on the order as it is then."""
    store = FailingStore(redis, KEYS)
    await commit(store, [WAITS])
    store.fail_commits(Conflict(), times)
    await RefusedCards(store, clock).refused(ORDER_ID, "is_archived")
    order = await store.load(ORDER_ID)
    assert order is not None
    assert order.state is OrderState.CANCELLED


async def test_others_change_it_all_the_time(redis: Redis, clock: ManualClock) -> None:
    """It is given up for this round; the next delivery reports it again."""
    store = FailingStore(redis, KEYS)
    await commit(store, [WAITS])
    store.fail_commits(Conflict(), 5)
    with pytest.raises(Conflict):
        await RefusedCards(store, clock).refused(ORDER_ID, "is_archived")
    assert await store.load(ORDER_ID) == WAITS
