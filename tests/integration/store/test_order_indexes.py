"""What a commit writes beside the order: queues, audit, indexes; and the lists made of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.events import Entry, OrderState
from bot.errors import UnreadableOrder
from bot.store.connection import milliseconds
from bot.store.orders import OrderStore
from bot.store.queues import LEASE
from tests.integration.store.samples import (
    NUMBERED,
    commit,
    everything,
    life,
    member,
    order_ids,
    scores,
)
from tests.support.orders import ANA, BEN, KEYS, OPS, ORDER_ID, T0, an_order

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from bot.domain.order import Order

PLACED = {ORDER_ID: milliseconds(T0)}


@pytest.fixture
def store(redis: Redis) -> OrderStore:
    """Make a store on the empty server."""
    return OrderStore(redis, KEYS)


async def audit(redis: Redis) -> list[tuple[str, int, Entry]]:
    """Order, version and entry of each line of the audit stream, in their order."""
    lines: Any = [line for _, line in await redis.xrange(KEYS.audit) or ()]
    return [
        (line["order"], int(line["version"]), Entry.model_validate_json(line["entry"]))
        for line in lines
    ]


@pytest.mark.parametrize("state", OrderState)
async def test_order_is_found_by_what_it_is(
    store: OrderStore, redis: Redis, state: OrderState
) -> None:
    """An order stands in the index of its state, and only there, and by person and channel."""
    placed, order = an_order(), an_order(state=state)
    await store.save(placed, None, T0)
    await store.save(order, placed, T0)
    for index in (KEYS.orders, KEYS.requester(ANA), KEYS.channel(OPS), KEYS.state(state)):
        assert await scores(redis, index) == {ORDER_ID: milliseconds(order.created_at)}
    assert await redis.keys("*:state:*") == [KEYS.state(state)]


@pytest.mark.parametrize("step", range(6))
async def test_agenda_holds_the_time_that_the_order_names(
    store: OrderStore, redis: Redis, step: int
) -> None:
    """After each step the engine looks when the order says so, and never when it is final."""
    steps = life()[: step + 1]
    await commit(store, steps)
    due = steps[-1].due_at
    expected = {member(): milliseconds(due)} if due else {}
    assert await scores(redis, KEYS.agenda) == expected


async def test_every_step_is_to_be_delivered(store: OrderStore, redis: Redis) -> None:
    """Slack is behind from the moment of the commit."""
    at = T0 + timedelta(seconds=3)
    await store.save(an_order(), None, at)
    assert await scores(redis, KEYS.deliveries) == {member(): milliseconds(at)}


async def test_delivery_under_way_keeps_its_time(store: OrderStore, redis: Redis) -> None:
    """A commit takes no delivery away from who is at it."""
    placed = an_order()
    await store.save(placed, None, T0)
    leased = milliseconds(T0 + timedelta(seconds=LEASE))
    await redis.zadd(KEYS.deliveries, {member(): leased})
    await store.save(placed.approve(BEN, T0), placed, T0)
    assert await scores(redis, KEYS.deliveries) == {member(): leased}


async def test_what_waits_for_slack_is_looked_at_with_each_step(
    store: OrderStore, redis: Redis
) -> None:
    """What was refused may wait for long; what is new is due at once, or in a second."""
    placed = an_order()
    await store.save(placed, None, T0)
    waiting = milliseconds(T0 + timedelta(seconds=LEASE + 1))
    for step, soon in ((placed.approve(BEN, T0), 1000), (placed.decline(BEN, T0), 0)):
        await redis.zadd(KEYS.deliveries, {member(): waiting})
        await redis.hset(KEYS.order(placed.id), "version", str(placed.version))
        await store.save(step, placed, T0)
        assert await scores(redis, KEYS.deliveries) == {member(): milliseconds(T0) + soon}


async def test_audit_has_each_step_once(store: OrderStore, redis: Redis) -> None:
    """The audit stream is the order's history, line by line: it tells how it came to its state."""
    steps = life()
    await commit(store, steps)
    order = steps[-1]
    lines = await audit(redis)
    assert lines == [(ORDER_ID, i, entry) for i, entry in enumerate(order.history, 1)]
    assert lines[-1][2].state is order.state


async def test_audit_of_several_steps_in_one_commit(store: OrderStore, redis: Redis) -> None:
    """Steps that are committed together leave a line each, with their own version."""
    placed, *_, last = life()
    await store.save(placed, None, T0)
    await store.save(last, placed, T0)
    versions = [version for _, version, _ in await audit(redis)]
    assert versions == list(range(1, last.version + 1))


async def bought(redis: Redis) -> dict[str, str]:
    """ICCID to order, over all groups."""
    keys = await redis.keys("*:iccids:*")
    return {str(one): str(by) for key in keys for one, by in (await redis.hgetall(key)).items()}


async def test_sim_cards_lead_to_their_order(store: OrderStore, redis: Redis) -> None:
    """Each ICCID that was bought leads to the order; a SIM card without one is left out."""
    steps = life()
    await commit(store, steps)
    assert await bought(redis) == {str(sim.iccid): ORDER_ID for sim in NUMBERED}


async def test_known_sim_cards_are_not_written_again(store: OrderStore, redis: Redis) -> None:
    """A step writes only the SIM cards that are new with it."""
    steps = life()
    await commit(store, steps[:-1])
    await redis.delete(*await redis.keys("*:iccids:*"))
    await store.save(steps[-1], steps[-2], T0)
    assert await bought(redis) == {}


def test_life_is_what_these_tests_need() -> None:
    """The sample passes through calls, and has a SIM card whose ICCID is looked up."""
    states = [order.state for order in life()]
    assert states == [
        OrderState.AWAITING_APPROVAL,
        OrderState.APPROVED,
        OrderState.PURCHASING,
        OrderState.PURCHASING,
        OrderState.PURCHASING,
        OrderState.IN_DOUBT,
    ]
    assert [sim.iccid for sim in life()[-1].sims][-1] is None


async def place_many(store: OrderStore) -> list[Order]:
    """Sixteen orders, a minute apart, by turns of two people in two channels."""
    orders: list[Order] = []
    for i, order_id in enumerate(order_ids(16)):
        order = an_order(
            order_id=order_id,
            at=T0 + timedelta(minutes=i),
            requester=("U0ANA", "U0EVE")[i % 2],
            channel=("C0OPS", "C0EVA")[i // 2 % 2],
        )
        await store.save(order, None, T0)
        orders.append(order)
    return orders


async def test_latest_orders_of_a_person(store: OrderStore) -> None:
    """A person's own orders come newest first, as many as asked for."""
    orders = await place_many(store)
    hers = [order for order in reversed(orders) if order.requester == "U0EVE"]
    for count in (1, 5):
        assert await store.latest_of("U0EVE", count) == hers[:count]
    assert await store.latest_of("U0EVE", 100) == hers
    assert await store.latest_of("U0NOBODY", 5) == []


async def test_latest_orders_in_a_channel(store: OrderStore) -> None:
    """A channel's own orders come newest first, as many as asked for."""
    orders = await place_many(store)
    there = [order for order in reversed(orders) if order.channel == "C0EVA"]
    for count in (1, 3):
        assert await store.latest_in("C0EVA", count) == there[:count]
    assert await store.latest_in("C0EVA", 100) == there
    assert await store.latest_in("C0NONE", 5) == []


async def test_listed_orders_are_as_they_are_now(store: OrderStore) -> None:
    """A list shows the order's latest step, not the one it was placed with."""
    steps = life()
    await commit(store, steps)
    assert await store.latest_of(ANA, 1) == [steps[-1]]


async def test_an_order_that_is_none(store: OrderStore, redis: Redis) -> None:
    """Whoever asks for it is told that it can't be read; lists have all the others."""
    one, two = order_ids(2)
    for order_id in (one, two):
        await store.save(life(order_id)[0], None, T0)
    await redis.hset(KEYS.order(one), "json", '{"schema_number": 1, "amount": 0}')
    with pytest.raises(UnreadableOrder, match=one):
        await store.load(one)
    placed = life(two)[0]
    assert await store.latest_of(placed.requester, 5) == [placed]
    assert await store.latest_in(placed.channel, 5) == [placed]


async def test_no_key_but_those_of_the_workspace(store: OrderStore, redis: Redis) -> None:
    """Nothing is written outside of the order's workspace."""
    await commit(store, life())
    assert all(key.startswith(f"esim:{{{KEYS.workspace}}}:") for key in await everything(redis))
