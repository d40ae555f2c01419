"""What is known to stand on Slack is kept, message by message."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.events import OrderState
from bot.errors import Conflict
from bot.store.delayed_deliveries import Delay, DelayedDeliveries
from bot.store.orders import OrderStore
from bot.store.posted import Fault, Posted, PostedStore, RoundEnd, Trouble
from tests.support.orders import KEYS, ORDER_ID, T0, an_order

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.domain.order import Order

CARD = Posted(channel="C0OPS", ts="1767268800.000100", digest="a1b2")
TROUBLE = Trouble(
    fault=Fault.PASSING, error="x", digest="a1b2", tries=3, since=T0, tried_at=T0, wait=20
)


async def test_nothing_posted(redis: Redis) -> None:
    """Of an order that nobody posted, nothing is known to stand."""
    assert await PostedStore(redis, KEYS).load(ORDER_ID) == {}


async def test_messages_are_kept_one_by_one(redis: Redis) -> None:
    """What is written is loaded, and writing one message leaves the others as they are."""
    store = PostedStore(redis, KEYS)
    card = await store.change(ORDER_ID, "card", Posted(), CARD)
    begun = await store.change(ORDER_ID, "csv", Posted(), Posted(begun_at=T0))
    refused = await store.change(ORDER_ID, "csv", begun, begun.changed(trouble=TROUBLE))
    assert await store.load(ORDER_ID) == {"card": card, "csv": refused}
    assert await store.load("00000000") == {}


async def test_two_writers(redis: Redis) -> None:
    """Of two that have read the same, one writes; the other must read again."""
    store = PostedStore(redis, KEYS)
    first = await store.change(ORDER_ID, "card", Posted(), Posted(begun_at=T0))
    for late in (Posted(), CARD):
        with pytest.raises(Conflict):
            await store.change(ORDER_ID, "card", late, Posted(begun_at=T0))
    await store.change(ORDER_ID, "card", first, CARD)
    assert (await store.load(ORDER_ID))["card"].ts == CARD.ts


async def test_a_write_that_is_sent_twice(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client repeats what was not confirmed: the second time it gets the same answer."""
    store = PostedStore(redis, KEYS)
    send, answers = store._script, list[object]()

    async def twice(*parts: Any) -> object:
        answers.extend([await send(*parts), await send(*parts)])
        return answers[-1]

    monkeypatch.setattr(store, "_script", twice)
    await store.change(ORDER_ID, "card", Posted(), CARD)
    assert answers == [1, 1]


async def test_several_messages_are_one_write(redis: Redis) -> None:
    """All of them are written, or none: one that somebody else has changed spoils the rest."""
    store = PostedStore(redis, KEYS)
    begun = Posted(begun_at=T0)
    written = await store.write(ORDER_ID, {key: (Posted(), begun) for key in ("result", "dm")})
    assert await store.load(ORDER_ID) == written
    changes = {"result": (written["result"], CARD), "dm": (Posted(), CARD), "csv": (Posted(), CARD)}
    with pytest.raises(Conflict):
        await store.write(ORDER_ID, changes)
    assert await store.load(ORDER_ID) == written


def ended(order: Order, **parts: Any) -> RoundEnd:
    """The end of a round, at the time when the order was placed."""
    return RoundEnd(order, T0, **parts)


async def test_the_end_of_a_round_comes_with_it(redis: Redis) -> None:
    """What was shown, and that nothing waits any more, are one write with the messages."""
    store, order = PostedStore(redis, KEYS), an_order()
    await OrderStore(redis, KEYS).save(order, None, T0)
    await redis.hset(KEYS.waiting, ORDER_ID, "late")
    await store.write(ORDER_ID, {"card": (Posted(), CARD)}, ended(order, is_undelayed=True))
    assert (await store.load(ORDER_ID))["card"].ts == CARD.ts
    assert await redis.zcard(KEYS.deliveries) == 0
    assert await redis.hget(KEYS.order(ORDER_ID), "shown") == str(order.version)
    assert await redis.hlen(KEYS.waiting) == 0


async def test_the_end_of_a_round_that_waits(redis: Redis) -> None:
    """The queue has the time of the next one, and the reason lies beside it."""
    store, order = PostedStore(redis, KEYS), an_order()
    await OrderStore(redis, KEYS).save(order, None, T0)
    delay, later = Delay(reason="x", since=T0), T0 + timedelta(seconds=30)
    await store.write(ORDER_ID, {}, ended(order, due=later, delay=delay))
    score = await redis.zscore(KEYS.deliveries, f"order:{ORDER_ID}")
    assert score == later.timestamp() * 1000
    assert await DelayedDeliveries(redis, KEYS).all() == {ORDER_ID: delay}


@pytest.mark.parametrize("due", [None, T0 + timedelta(hours=1)])
async def test_the_end_of_a_round_over_an_older_version(redis: Redis, due: datetime | None) -> None:
    """The order has moved on meanwhile: it is due at once, whatever the round says, and told."""
    told: list[Order | None] = []
    store, order = PostedStore(redis, KEYS, told.append), an_order()
    approved = an_order(state=OrderState.APPROVED)
    for step, before in ((order, None), (approved, order)):
        await OrderStore(redis, KEYS).save(step, before, T0)
    await redis.zadd(KEYS.deliveries, {f"order:{ORDER_ID}": 0})
    await store.write(ORDER_ID, {"card": (Posted(), CARD)}, ended(order, due=due))
    score = await redis.zscore(KEYS.deliveries, f"order:{ORDER_ID}")
    assert score == T0.timestamp() * 1000
    assert await redis.hget(KEYS.order(ORDER_ID), "shown") is None
    assert told == [order]


async def test_a_round_that_conflicts_has_no_end(redis: Redis) -> None:
    """Nothing of the queue is touched: the round is made anew."""
    store, order = PostedStore(redis, KEYS), an_order()
    await OrderStore(redis, KEYS).save(order, None, T0)
    await store.change(ORDER_ID, "card", Posted(), Posted(begun_at=T0))
    with pytest.raises(Conflict):
        await store.write(ORDER_ID, {"card": (Posted(), CARD)}, ended(order))
    assert await redis.zcard(KEYS.deliveries) == 1


async def test_an_end_that_is_sent_twice(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was queued after the first time stays queued."""
    store, order = PostedStore(redis, KEYS), an_order()
    await OrderStore(redis, KEYS).save(order, None, T0)
    send = store._script

    async def twice(*parts: Any) -> object:
        await send(*parts)
        await DelayedDeliveries(redis, KEYS).queue(ORDER_ID, T0)
        return await send(*parts)

    monkeypatch.setattr(store, "_script", twice)
    await store.write(ORDER_ID, {"card": (Posted(), CARD)}, ended(order))
    assert await redis.zcard(KEYS.deliveries) == 1


def test_how_long_a_trouble_rests() -> None:
    """Up to the next try; a clock that was set back makes nobody wait for it to catch up."""
    assert TROUBLE.wait_left(T0) == 20
    assert TROUBLE.wait_left(T0 + timedelta(seconds=15)) == 5
    assert TROUBLE.wait_left(T0 + timedelta(seconds=20)) == 0
    assert TROUBLE.wait_left(T0 - timedelta(hours=1)) == 0


async def test_what_is_due_soon_is_looked_for(redis: Redis) -> None:
    """A turn within a second may come before the worker looks at the queue again by itself."""
    told: list[Order | None] = []
    posted = PostedStore(redis, KEYS, told.append)
    order = an_order()
    await OrderStore(redis, KEYS).save(order, None, T0)
    await posted.write(order.id, {}, ended(order, due=T0 + timedelta(seconds=2)))
    assert told == []
    await posted.write(order.id, {}, ended(order, due=T0 + timedelta(seconds=0.3)))
    assert told == [None]


async def test_nobody_looks_again(redis: Redis) -> None:
    """Where nobody waits to be told, the queue alone tells when an order is due."""
    posted, order = PostedStore(redis, KEYS), an_order()
    await OrderStore(redis, KEYS).save(order, None, T0)
    await posted.write(order.id, {}, ended(order, due=T0 + timedelta(seconds=0.3)))
    assert await redis.zscore(KEYS.deliveries, f"order:{ORDER_ID}") == T0.timestamp() * 1000 + 300


def test_how_long_a_trouble_lasts() -> None:
    """From its first try to the last one, whatever was waited for since."""
    assert TROUBLE.lasted == timedelta(0)
    later = TROUBLE.model_copy(update={"tried_at": T0 + timedelta(minutes=5)})
    assert later.lasted == timedelta(minutes=5)
