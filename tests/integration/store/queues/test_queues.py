"""The queues: what is due is claimed once, and comes due again unless somebody says otherwise."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.thing import Thing, ThingKind
from bot.store.connection import milliseconds
from bot.store.orders import OrderStore
from bot.store.queues import Claim, Queue
from tests.integration.store.samples import commit, enqueue, life, member, order_ids, scores
from tests.support.orders import KEYS, ORDER_ID, T0

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from redis.asyncio import Redis

    from bot.domain.order import Order

THING = Thing.order(ORDER_ID)
LEASE = 30.0
"""Seconds."""
SECOND = timedelta(seconds=1)
LEASED = T0 + timedelta(seconds=LEASE)


def ms(time: datetime) -> str:
    """A time as a test's clock dictates it."""
    return str(milliseconds(time))


@pytest.fixture
def agenda(redis: Redis) -> Queue:
    """Make the agenda of the empty server."""
    return Queue.agenda(redis, KEYS)


async def test_empty_queue(agenda: Queue) -> None:
    """Nothing is due, and nothing is known to come due."""
    assert (await agenda.claim(ms(T0), LEASE, 4))[:2] == ([], None)
    assert await agenda.size() == 0


async def test_claim_takes_only_what_is_due(agenda: Queue, redis: Redis) -> None:
    """An order is claimed from its time on, not before; the next time is told."""
    await enqueue(redis, ORDER_ID, T0)
    assert (await agenda.claim(ms(T0 - SECOND), LEASE, 4)).next_in == 1
    assert (await agenda.claim(ms(T0), LEASE, 4))[:2] == ([Claim(THING, ms(LEASED))], LEASE)


async def test_claimed_order_is_left_alone_until_its_lease_ends(
    agenda: Queue, redis: Redis
) -> None:
    """A claim holds for its lease; then the order comes due by itself."""
    await enqueue(redis, ORDER_ID, T0)
    await agenda.claim(ms(T0), LEASE, 4)
    before_end = LEASED - timedelta(milliseconds=1)
    assert (await agenda.claim(ms(before_end), LEASE, 4)).things == []
    assert (await agenda.claim(ms(LEASED), LEASE, 4)).things == [THING]


async def test_claim_takes_the_longest_due_up_to_the_limit(agenda: Queue, redis: Redis) -> None:
    """No more than the limit is taken, the oldest first."""
    ids = order_ids(5)
    for age, order_id in enumerate(ids):
        await enqueue(redis, order_id, T0 - age * SECOND)
    assert (await agenda.claim(ms(T0), LEASE, 2)).things == [
        Thing.order(ids[4]),
        Thing.order(ids[3]),
    ]
    assert (await agenda.claim(ms(T0), LEASE, 2)).things == [
        Thing.order(ids[2]),
        Thing.order(ids[1]),
    ]
    assert (await agenda.claim(ms(T0), LEASE, 2)).things == [Thing.order(ids[0])]


async def test_claim_tells_the_next_time(agenda: Queue, redis: Redis) -> None:
    """Of those that are not due yet, the earliest is told."""
    due, late, soon = order_ids(3)
    await enqueue(redis, due, T0)
    await enqueue(redis, late, T0 + 9 * SECOND)
    await enqueue(redis, soon, T0 + 5 * SECOND)
    claimed = await agenda.claim(ms(T0), LEASE, 1)
    assert (claimed.things, claimed.next_in) == ([Thing.order(due)], 5)
    assert await agenda.size() == 3


async def test_two_claimers_never_get_the_same_order(agenda: Queue, redis: Redis) -> None:
    """Whoever else claims at the same moment, an order goes to one of them."""
    ids = set(order_ids(80))
    for order_id in ids:
        await enqueue(redis, order_id, T0)
    others = [agenda, Queue.agenda(redis, KEYS)]
    claims = [others[turn % 2].claim(ms(T0), LEASE, 5) for turn in range(20)]
    got = [thing.id for claimed in await asyncio.gather(*claims) for thing in claimed.things]
    assert len(got) == len(set(got))
    assert set(got) == ids


async def test_renewal_only_makes_later(agenda: Queue, redis: Redis) -> None:
    """A claim can be renewed; a time that is later already stays."""
    await enqueue(redis, ORDER_ID, T0)
    await agenda.renew(Claim(THING, ""), ms(T0), LEASE)
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(LEASED)}
    await agenda.renew(Claim(THING, ""), ms(T0 - SECOND), LEASE)
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(LEASED)}


async def test_put_sets_the_time(agenda: Queue, redis: Redis) -> None:
    """An order can be put to any time, also an earlier one, or taken out."""
    await enqueue(redis, ORDER_ID, T0)
    await agenda.put(THING, T0 - SECOND, 0)
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(T0 - SECOND)}
    await agenda.put(THING, None, 0)
    assert await agenda.size() == 0


async def test_order_that_was_taken_out_stays_out(agenda: Queue) -> None:
    """A claim that is renewed too late does not bring back what a commit took out."""
    await agenda.renew(Claim(THING, ""), ms(T0), LEASE)
    await agenda.release(Claim(THING, ms(T0)), ms(T0))
    assert await agenda.size() == 0


async def test_queues_are_apart(agenda: Queue, redis: Redis) -> None:
    """What is done in one queue leaves the other as it is."""
    await OrderStore(redis, KEYS).save(life()[0], None, T0)
    await Queue.deliveries(redis, KEYS).put(THING, None, 1)
    assert (await agenda.size(), await Queue.deliveries(redis, KEYS).size()) == (1, 0)


async def test_an_old_order_moves_nothing(agenda: Queue, redis: Redis) -> None:
    """Who read the order before somebody else's step neither moves it nor takes it out."""
    store = OrderStore(redis, KEYS)
    placed, approved, *_ = life()
    await store.save(placed, None, T0)
    await store.save(approved, placed, T0)
    before = await scores(redis, KEYS.agenda)
    for due in (T0 + 3600 * SECOND, None):
        await agenda.put(THING, due, placed.version)
        assert await scores(redis, KEYS.agenda) == before
    await agenda.put(THING, T0 + 3600 * SECOND, approved.version)
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(T0 + 3600 * SECOND)}


async def test_an_order_that_fell_out_is_added(agenda: Queue, redis: Redis) -> None:
    """It is put in when it is not there and has not moved on; one that is there keeps its time."""
    placed = life()[0]
    await OrderStore(redis, KEYS).save(placed, None, T0)
    before = await scores(redis, KEYS.agenda)
    assert not await agenda.add(THING, T0, placed.version)
    assert await scores(redis, KEYS.agenda) == before
    await redis.zrem(KEYS.agenda, member())
    assert not await agenda.add(THING, T0, placed.version + 1)
    assert await agenda.add(THING, T0, placed.version)
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(T0)}


async def test_a_claim_is_given_back(agenda: Queue, redis: Redis) -> None:
    """It comes due at once, or in a while; whoever has it by then keeps it."""
    await enqueue(redis, ORDER_ID, T0)
    (claim,) = (await agenda.claim(ms(T0), LEASE, 1)).claims
    await agenda.release(claim, ms(T0 + SECOND), 5)
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(T0 + 6 * SECOND)}
    await agenda.release(claim, ms(T0 + SECOND))
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(T0 + 6 * SECOND)}


async def test_a_renewed_claim_has_another_name(agenda: Queue, redis: Redis) -> None:
    """What is given back is the claim as it was renewed last."""
    await enqueue(redis, ORDER_ID, T0)
    (claim,) = (await agenda.claim(ms(T0), LEASE, 1)).claims
    await agenda.renew(claim, ms(T0 + SECOND), LEASE)
    await agenda.release(claim, ms(T0 + SECOND))
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(T0 + SECOND)}


async def test_leases_go_by_the_server(agenda: Queue, redis: Redis) -> None:
    """Nobody's own clock is asked: a claim without a time lasts from the server's time on."""
    await redis.zadd(KEYS.agenda, {member(): 0})
    claimed = await agenda.claim("", LEASE, 1)
    seconds, _ = await redis.time()
    (claim,) = claimed.claims
    assert claim.thing == THING
    before = claim.name
    assert abs(int(before) / 1000 - LEASE - seconds) < 5
    assert (await agenda.claim("", LEASE, 1)).things == []
    await agenda.renew(claim, "", LEASE)
    assert int(claim.name) >= int(before)


async def test_a_bare_id_of_an_earlier_version(agenda: Queue, redis: Redis) -> None:
    """It is an order: claimed as one, and named as one from then on."""
    await redis.zadd(KEYS.agenda, {ORDER_ID: milliseconds(T0)})
    assert (await agenda.claim(ms(T0), LEASE, 1)).things == [THING]
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(LEASED)}


async def test_a_bare_id_of_an_order_that_is_there(agenda: Queue, redis: Redis) -> None:
    """The order's own place counts: what an earlier version left beside it goes."""
    await redis.zadd(KEYS.agenda, {ORDER_ID: milliseconds(T0)})
    await enqueue(redis, ORDER_ID, T0 + SECOND)
    assert (await agenda.claim(ms(T0), LEASE, 1)).things == []
    assert await scores(redis, KEYS.agenda) == {member(): milliseconds(T0 + SECOND)}


async def test_a_step_takes_over_from_an_earlier_version(redis: Redis) -> None:
    """A commit leaves each queue with the order under its one name."""
    await redis.zadd(KEYS.agenda, {ORDER_ID: 0})
    await redis.zadd(KEYS.deliveries, {ORDER_ID: 0})
    await OrderStore(redis, KEYS).save(life()[0], None, T0)
    assert list(await scores(redis, KEYS.agenda)) == [member()]
    assert list(await scores(redis, KEYS.deliveries)) == [member()]


async def test_things_of_other_kinds(agenda: Queue) -> None:
    """Jobs and schedules stand in a queue beside orders, each with a version of its own."""
    things = [Thing(kind, "1") for kind in ThingKind]
    for thing in things:
        await agenda.put(thing, T0, 0)
    assert sorted((await agenda.claim(ms(T0), LEASE, 5)).things, key=str) == sorted(things, key=str)


async def claimed_of(agenda: Queue, store: OrderStore, steps: Sequence[Order]) -> Claim:
    """Bring an order so far, and claim it."""
    await commit(store, steps)
    (claim,) = (await agenda.claim(ms(T0 + 3600 * SECOND), LEASE, 1)).claims
    return claim


async def test_a_claim_knows_the_version(agenda: Queue, redis: Redis) -> None:
    """It is the one at which the thing was taken."""
    claim = await claimed_of(agenda, OrderStore(redis, KEYS), life()[:2])
    assert claim.version == "2"


async def test_what_moved_on_is_not_held_back(agenda: Queue, redis: Redis) -> None:
    """Whoever claimed an order does not put off what somebody else's step has made due."""
    store, (placed, approved, *_) = OrderStore(redis, KEYS), life()
    claim = await claimed_of(agenda, store, [placed])
    await store.save(approved, placed, T0)
    before = await scores(redis, KEYS.agenda)
    await agenda.renew(claim, ms(T0), LEASE)
    assert await scores(redis, KEYS.agenda) == before


async def test_an_attempt_under_way_is_held(agenda: Queue, redis: Redis) -> None:
    """Its own attempt moves an order on, and the claim must hold until the answer is there."""
    store, (placed, approved, started, half, *_) = OrderStore(redis, KEYS), life()
    claim = await claimed_of(agenda, store, [placed, approved])
    await store.save(started, approved, T0)
    await agenda.renew(claim, ms(T0 + 3600 * SECOND), LEASE)
    held = milliseconds(T0 + 3600 * SECOND + LEASE * SECOND)
    assert await scores(redis, KEYS.agenda) == {member(): held}
    await store.save(half, started, T0)
    before = await scores(redis, KEYS.agenda)
    await agenda.renew(claim, ms(T0 + 3600 * SECOND), LEASE)
    assert await scores(redis, KEYS.agenda) == before != {member(): held}


async def test_a_step_beside_a_call_leaves_its_lease(agenda: Queue, redis: Redis) -> None:
    """The operator's, say, or an earlier call's late answer: the call may take long."""
    store, (placed, approved, started, *_) = OrderStore(redis, KEYS), life()
    claim = await claimed_of(agenda, store, [placed, approved])
    await store.save(started, approved, T0)
    await agenda.renew(claim, ms(T0 + 3600 * SECOND), LEASE)
    before = await scores(redis, KEYS.agenda)
    hurried = started.requeue("operator:root@bot-1", T0 + 3600 * SECOND)
    await store.save(hurried, started, T0 + 3600 * SECOND)
    assert await scores(redis, KEYS.agenda) == before
    await agenda.renew(claim, ms(T0 + 3620 * SECOND), LEASE)
    held = milliseconds(T0 + 3620 * SECOND + LEASE * SECOND)
    assert await scores(redis, KEYS.agenda) == {member(): held}


async def test_a_call_that_nobody_sends_any_more_is_doubted(agenda: Queue, redis: Redis) -> None:
    """A step beside it does not prolong the lease of a process that is gone."""
    store, (placed, approved, started, *_) = OrderStore(redis, KEYS), life()
    await commit(store, [placed, approved, started])
    before = await scores(redis, KEYS.agenda)
    await store.save(started.requeue("operator:root@bot-1", T0), started, T0)
    assert await scores(redis, KEYS.agenda) == before
    (claim,) = (await agenda.claim(ms(T0 + 3600 * SECOND), LEASE, 1)).claims
    assert claim.version == "4"


async def test_a_thing_of_a_shape_that_nobody_knows_holds_up_no_other(
    agenda: Queue, redis: Redis
) -> None:
    """What a newer version has written beside it may be no hash at all."""
    await redis.set(KEYS.thing(Thing("tariff", "1")), "no hash")
    await redis.zadd(KEYS.agenda, {"tariff:1": 0})
    await enqueue(redis, ORDER_ID, T0)
    taken = (await agenda.claim(ms(T0), LEASE, 4)).things
    assert taken == [Thing("tariff", "1"), THING]


async def test_a_delivery_is_held_whatever_happens(redis: Redis) -> None:
    """Steps leave a delivery to who is at it, so a renewal does, too."""
    store, deliveries = OrderStore(redis, KEYS), Queue.deliveries(redis, KEYS)
    placed, approved, *_ = life()
    await store.save(placed, None, T0)
    (claim,) = (await deliveries.claim(ms(T0), LEASE, 1)).claims
    await store.save(approved, placed, T0)
    await deliveries.renew(claim, ms(T0 + SECOND), LEASE)
    assert await scores(redis, KEYS.deliveries) == {member(): milliseconds(LEASED + SECOND)}


async def test_what_moved_on_is_given_back_at_once(redis: Redis) -> None:
    """A wait that was meant for the version before does not put off the new one."""
    store, deliveries = OrderStore(redis, KEYS), Queue.deliveries(redis, KEYS)
    placed, approved, *_ = life()
    await store.save(placed, None, T0)
    (claim,) = (await deliveries.claim(ms(T0), 5, 1)).claims
    await store.save(approved, placed, T0)
    await deliveries.release(claim, ms(T0 + SECOND), 300)
    assert await scores(redis, KEYS.deliveries) == {member(): milliseconds(T0 + SECOND)}
