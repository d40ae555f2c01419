"""The commit: one step of an order, all of it or nothing, and never twice."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from bot.domain.catalogue.offer import Offer
from bot.domain.order import Order
from bot.domain.thing import Thing
from bot.errors import Conflict, DuplicateDelivery, OwnedElsewhere, StoreUnavailable
from bot.store.connection import lua, milliseconds
from bot.store.keys import TRIGGER_SECONDS
from bot.store.orders import Change, Followers, OrderStore
from bot.store.orders.iccids import bucket_of
from bot.store.orders.shape import LISTED
from bot.store.queues import LEASE, Queue
from bot.store.trust.presence import Presence
from tests.integration.store.samples import (
    NUMBERED,
    OP,
    arguments_of,
    commit,
    everything,
    life,
    member,
    order_ids,
    scores,
)
from tests.support.order_steps import now_of
from tests.support.orders import BEN, KEYS, ORDER_ID, T0, TEAM, a_purchase, an_order
from tests.support.stored import core_of

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

    from redis.asyncio import Redis

    from bot.store.orders.commit import Commit
    from tests.support.clock import ManualClock


@pytest.fixture
def store(redis: Redis) -> OrderStore:
    """Make a store on the empty server."""
    return OrderStore(redis, KEYS)


async def test_new_order(store: OrderStore) -> None:
    """What was saved is loaded again, equal in every part."""
    order = an_order(note="for the fleet", tags=("fleet", "emea"))
    await store.save(order, None, T0)
    assert await store.load(ORDER_ID) == order


async def test_no_order(store: OrderStore) -> None:
    """An id that nobody has is None, not an error."""
    assert await store.load("00000000") is None


async def test_every_step(store: OrderStore) -> None:
    """Each step builds on the one before, and the last one is what is loaded."""
    steps = life()
    await commit(store, steps)
    assert await store.load(ORDER_ID) == steps[-1]


async def test_taken_id(store: OrderStore, redis: Redis) -> None:
    """A new order with the id of another is a Conflict, and changes nothing."""
    await store.save(an_order(3), None, T0)
    before = await everything(redis)
    with pytest.raises(Conflict):
        await store.save(an_order(5), None, T0)
    assert await everything(redis) == before


async def test_stale_version(store: OrderStore, redis: Redis) -> None:
    """Of two changes of one version the first counts; the second is a Conflict, without effect."""
    placed = an_order()
    await store.save(placed, None, T0)
    await store.save(placed.approve(BEN, T0), placed, T0)
    before = await everything(redis)
    with pytest.raises(Conflict):
        await store.save(placed.decline(BEN, T0), placed, T0, "click")
    assert await everything(redis) == before
    assert not await store.was_seen("click")


async def test_change_of_an_order_that_is_not_there(store: OrderStore, redis: Redis) -> None:
    """A change can't bring an order to life that was never saved."""
    placed = an_order()
    with pytest.raises(Conflict):
        await store.save(placed.approve(BEN, T0), placed, T0)
    assert await everything(redis) == {}


async def test_commit_sent_twice(redis: Redis) -> None:
    """A script that the client sends again gets the same answer, and changes nothing more."""
    script = redis.register_script(lua("commit"))
    keys, arguments = arguments_of(an_order(), None, "click")
    assert await script(keys=keys, args=arguments) == ["ok", "1", OP, 0, ""]
    before = await everything(redis)
    assert await script(keys=keys, args=arguments) == ["ok", "1", OP, 0, ""]
    assert await everything(redis) == before


async def test_commit_sent_twice_with_a_change_between(store: OrderStore, redis: Redis) -> None:
    """Once others have moved the order on, a script sent again is told so: it is a Conflict."""
    script = redis.register_script(lua("commit"))
    placed, approved, *_ = life()
    keys, arguments = arguments_of(placed, None, "")
    await script(keys=keys, args=arguments)
    await store.save(approved, placed, T0)
    before = await everything(redis)
    assert await script(keys=keys, args=arguments) == ["conflict"]
    assert await everything(redis) == before


async def test_click_delivered_twice(store: OrderStore, redis: Redis) -> None:
    """The same click again is a DuplicateDelivery, also when the order has moved on by it."""
    placed = an_order()
    await store.save(placed, None, T0, "command")
    await store.save(placed.approve(BEN, T0), placed, T0, "click")
    before = await everything(redis)
    with pytest.raises(DuplicateDelivery):
        await store.save(placed.approve(BEN, T0), placed, T0, "click")
    assert await everything(redis) == before


async def test_command_delivered_twice(store: OrderStore) -> None:
    """A command that comes again has another order id, and still makes no second order."""
    first, second = store.new_id(), store.new_id()
    await store.save(an_order(order_id=first), None, T0, "command")
    with pytest.raises(DuplicateDelivery):
        await store.save(an_order(order_id=second), None, T0, "command")
    assert await store.load(second) is None


async def test_click_is_remembered_for_an_hour(store: OrderStore, redis: Redis) -> None:
    """A click counts as seen from its commit on, for as long as Slack may send it again."""
    assert not await store.was_seen("click")
    await store.save(an_order(), None, T0, "click")
    assert await store.was_seen("click")
    assert not await store.was_seen("another")
    assert TRIGGER_SECONDS >= 2 * 300, "Slack's signatures hold 300 s"
    assert TRIGGER_SECONDS - 60 < await redis.ttl(KEYS.trigger("click")) <= TRIGGER_SECONDS


async def test_steps_without_a_click(store: OrderStore, redis: Redis) -> None:
    """Steps of the engine have no click: none is remembered, and none counts as seen."""
    await commit(store, life())
    assert await redis.keys("*trigger*") == []


def test_new_id(redis: Redis) -> None:
    """Ids are random, and of eight characters."""
    store = OrderStore(redis, KEYS)
    ids = {store.new_id() for _ in range(50)}
    assert len(ids) == 50
    assert {len(order_id) for order_id in ids} == {8}


class Following(Followers):
    """Notes which order was handed over after which step, and under which claim."""

    deliver = True

    def __init__(self) -> None:
        self.committed_so_far: list[tuple[Order, str]] = []

    def committed(self, change: Change, claim: str) -> None:
        """Note it."""
        self.committed_so_far.append((change.order, claim))


async def test_followers_are_told(redis: Redis) -> None:
    """Whoever goes on is told of each commit, and of nothing else."""
    follower = Following()
    store = OrderStore(redis, KEYS, follower)
    placed = an_order()
    approved = placed.approve(BEN, T0)
    await store.save(placed, None, T0)
    await store.save(approved, placed, T0, "click")
    with pytest.raises(Conflict):
        await store.save(placed.decline(BEN, T0), placed, T0)
    with pytest.raises(DuplicateDelivery):
        await store.save(placed.decline(BEN, T0), placed, T0, "click")
    assert [order for order, _ in follower.committed_so_far] == [placed, approved]


async def test_delivery_is_handed_over(redis: Redis) -> None:
    """The process that commits gets the claim on the delivery, so that no other takes it."""
    follower = Following()
    await OrderStore(redis, KEYS, follower).save(an_order(), None, T0)
    ((_, claim),) = follower.committed_so_far
    lease = timedelta(seconds=LEASE)
    assert await scores(redis, KEYS.deliveries) == {member(): milliseconds(T0 + lease)}
    assert claim == str(milliseconds(T0 + lease))


@pytest.mark.parametrize("others", [False, True], ids=["its own", "another one's"])
async def test_the_answer_with_the_claim_is_lost(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, *, others: bool
) -> None:
    """Asked again, the process gets its own claim, and none that was made before."""
    monkeypatch.setattr("bot.store.orders.store.new_op", lambda: "op")
    due = milliseconds(T0 + timedelta(seconds=LEASE - 2))
    if others:
        await redis.zadd(KEYS.deliveries, {member(): due})
    follower = Following()
    store = OrderStore(redis, KEYS, follower)
    await store.save(an_order(), None, T0)
    await store.save(an_order(), None, T0)
    claim = "" if others else str(milliseconds(T0 + timedelta(seconds=LEASE)))
    assert [each for _, each in follower.committed_so_far] == [claim, claim]


async def test_delivery_under_way_is_left_alone(redis: Redis) -> None:
    """Whoever delivers the order already goes on: it looks at the version when done."""
    placed, approved, started, half, *_ = life()
    await commit(OrderStore(redis, KEYS), [placed, approved, started])
    due = milliseconds(now_of(half) + timedelta(seconds=8))
    await redis.zadd(KEYS.deliveries, {member(): due})
    follower = Following()
    done = half.model_copy(update={"due_at": None})
    await OrderStore(redis, KEYS, follower).save(done, started, now_of(half))
    assert await scores(redis, KEYS.deliveries) == {member(): due}
    assert [claim for _, claim in follower.committed_so_far] == [""]


async def test_nothing_is_said_between_steps_that_follow_at_once(redis: Redis) -> None:
    """While the engine goes on, Slack is told in a second: an end before that is told alone."""
    placed, approved, *_ = life()
    follower = Following()
    store = OrderStore(redis, KEYS, follower)
    await commit(OrderStore(redis, KEYS), [placed])
    await Queue.deliveries(redis, KEYS).put(Thing.order(placed.id), None, 0)
    await store.save(approved, placed, T0)
    assert await scores(redis, KEYS.deliveries) == {member(): milliseconds(T0) + 1000}
    assert [claim for _, claim in follower.committed_so_far] == [""]


async def test_a_card_waits_a_second_for_its_price(redis: Redis) -> None:
    """A price that comes by then is on the first card; one that does not is not waited for."""
    estimated = an_order(3)
    asked = Order.place(
        ORDER_ID,
        estimated.request,
        workspace=TEAM,
        requester=estimated.requester,
        channel=estimated.channel,
        terms=estimated.terms,
        quote=None,
        requirement=estimated.requirement,
        at=T0,
    )
    follower, price = Following(), estimated.quote or pytest.fail("an estimate")
    store = OrderStore(redis, KEYS, follower)
    await store.save(asked, None, T0)
    assert await scores(redis, KEYS.deliveries) == {member(): milliseconds(T0) + 1000}
    priced = asked.offered(Offer(quote=price), asked.requirement, T0)
    await store.save(priced, asked, T0)
    assert [bool(claim) for _, claim in follower.committed_so_far] == [False, True]


async def test_one_sim_card_is_never_two_orders(redis: Redis) -> None:
    """What another order has got is told to whoever commits it, and nothing is written."""
    store = OrderStore(redis, KEYS)
    await commit(store, life("2B2B2B2B"))
    *before, last = life()[:4]
    await commit(store, before)
    theirs = life("2B2B2B2B")[-1].attempts[0]
    doubled = last.model_copy(update={"attempts": (theirs,)})
    kept = await everything(redis)
    with pytest.raises(OwnedElsewhere) as others:
        await store.save(doubled, before[-1], now_of(last))
    assert others.value.owners == {sim.iccid: "2B2B2B2B" for sim in theirs.sims}
    assert await everything(redis) == kept


async def test_one_sim_card_is_never_two_orders_of_which_one_is_earlier(redis: Redis) -> None:
    """What an earlier version has counted stays; what is new of its order is another's, if it is.

    The first owner that was written down stays the owner, in the way of any version.

    So it is with an outcome that was kept on disk while the bot was replaced.
    """
    store, others = OrderStore(redis, KEYS), life("2B2B2B2B")
    await commit(store, others)
    *before, last = life()
    await commit(store, before)
    earlier = before[-1].model_copy(update={"schema_number": LISTED})
    theirs = others[-1].attempts[0]
    doubled = last.model_copy(update={"attempts": (last.attempts[0], theirs)})
    with pytest.raises(OwnedElsewhere) as owned:
        await store.save(doubled, earlier, now_of(last))
    assert owned.value.owners == {sim.iccid: "2B2B2B2B" for sim in theirs.sims}
    first = str(NUMBERED[0].iccid)
    bucket = KEYS.iccids(bucket_of(first))
    await redis.hset(bucket, first, "FIRST000")
    await redis.hset(KEYS.former_sims, first, "EARLIER0")
    assert await store.save(last, earlier, now_of(last))
    assert await redis.hget(bucket, first) == "FIRST000"
    assert await store.others_with(last, [NUMBERED[0]]) == {first: "EARLIER0"}


async def test_server_that_has_forgotten_the_script(store: OrderStore, redis: Redis) -> None:
    """A server that was started anew is given the script again."""
    placed, approved, *_ = life()
    await store.save(placed, None, T0)
    await redis.script_flush()
    await store.save(approved, placed, T0)
    assert await store.load(ORDER_ID) == approved


async def test_two_orders_in_one_step(store: OrderStore, redis: Redis) -> None:
    """An order and its rest change together: one number, one click, the audit of both."""
    first, second = (life(order_id) for order_id in order_ids(2))
    await store.save(first[0], None, T0)
    changes = [Change(first[1], first[0]), Change(second[0], None)]
    assert await store.save_together(changes, T0, "click")
    assert await store.load(first[0].id) == first[1]
    assert await store.load(second[0].id) == second[0]
    lines: Any = await redis.xrange(KEYS.audit, "2-0")
    assert [(entry, fields["order"]) for entry, fields in lines] == [
        ("2-0", first[0].id),
        ("2-1", second[0].id),
    ]
    with pytest.raises(DuplicateDelivery):
        await store.save_together(changes, T0, "click")


@pytest.mark.parametrize("stale", [0, 1])
async def test_two_orders_one_of_which_moved_on(
    store: OrderStore, redis: Redis, stale: int
) -> None:
    """When either has changed, neither is written, and the click may come again."""
    lives = [life(order_id) for order_id in order_ids(2)]
    for steps in lives:
        await store.save(steps[0], None, T0)
    await store.save(lives[stale][1], lives[stale][0], T0)
    before = await everything(redis)
    with pytest.raises(Conflict):
        await store.save_together([Change(each[1], each[0]) for each in lives], T0, "click")
    assert await everything(redis) == before


async def test_two_orders_sent_twice(redis: Redis) -> None:
    """The same commit again gets the first answer, and changes nothing more."""
    script = redis.register_script(lua("commit"))
    orders = [life(order_id)[0] for order_id in order_ids(2)]
    keys, arguments = arguments_of(orders[0], None, "click", also=orders[1])
    assert await script(keys=keys, args=arguments) == ["ok", "1", OP, 0, "", ""]
    before = await everything(redis)
    assert await script(keys=keys, args=arguments) == ["ok", "1", OP, 0, "", ""]
    assert await everything(redis) == before


async def test_owners(store: OrderStore) -> None:
    """A SIM card belongs to the order that had it; one that nobody bought has no owner."""
    lives = [life(order_id)[:4] for order_id in order_ids(2)]
    for steps in lives:
        await commit(store, steps)
    for steps in lives:
        iccids = [str(sim.iccid) for sim in steps[-1].sims]
        assert await store.owners([*iccids, "8900"]) == dict.fromkeys(iccids, steps[0].id)
    assert await store.owners([]) == {}


async def test_a_commit_without_an_entry(store: OrderStore, redis: Redis) -> None:
    """It is written, and takes no number under which nothing would stand."""
    placed, approved, started, *_ = life()
    await commit(store, [placed, approved])
    later = approved.model_copy(update={"due_at": T0 + timedelta(hours=1)})
    assert await store.save(later, approved, T0)
    assert await store.load(ORDER_ID) == later
    assert len(await redis.xrange(KEYS.audit) or ()) == 2
    assert await store.save(started, later, T0)


async def test_the_first_owner_of_an_earlier_version(store: OrderStore, redis: Redis) -> None:
    """What an earlier version wrote down still counts: the order that had the SIM card keeps it."""
    steps = life()
    iccids = [str(sim.iccid) for sim in NUMBERED]
    await redis.hset(KEYS.former_sims, iccids[0], "EARLIER0")
    with pytest.raises(OwnedElsewhere) as others:
        await commit(store, steps)
    assert others.value.owners == {iccids[0]: "EARLIER0"}
    assert await store.owners(iccids) == {iccids[0]: "EARLIER0"}


async def test_a_sim_card_is_found_by_its_last_digits(store: OrderStore) -> None:
    """Four digits may fit several SIM cards, more of them fewer; others are not named."""
    steps = life()
    await commit(store, steps)
    one = str(NUMBERED[0].iccid)
    for count in (4, 9, len(one)):
        assert (await store.find_by_last_digits(one[-count:])).get(one) == ORDER_ID
    other = "1" if one[-5] != "1" else "2"
    assert one not in await store.find_by_last_digits(other + one[-4:])


@pytest.mark.parametrize("digits", ["", "123", "1" * 23, "12a4", "１２３４"])
async def test_these_are_no_last_digits(store: OrderStore, digits: str) -> None:
    """Fewer than four fit too many, and anything else is no number."""
    with pytest.raises(ValueError, match="4 to 22 digits"):
        await store.find_by_last_digits(digits)


def told(lines: Sequence[MutableMapping[str, Any]]) -> list[tuple[object, ...]]:
    """What the log has of steps."""
    names = ("event", "order", "state", "version", "by")
    return [tuple(str(line[name]) for name in names) for line in lines if "version" in line]


async def test_each_step_is_logged_once(store: OrderStore) -> None:
    """Whoever made it: a person's decision as the engine's call; what was refused is not told."""
    placed, approved, started, *_ = life()
    with capture_logs() as lines:
        await commit(store, [placed, approved, started])
        with pytest.raises(Conflict):
            await store.save(approved, placed, T0)
    assert told(lines) == [
        ("placed", ORDER_ID, "awaiting_approval", "1", placed.requester),
        ("approved", ORDER_ID, "approved", "2", BEN),
        ("attempt_started", ORDER_ID, "purchasing", "3", "bot"),
    ]


class LosesAnswers(OrderStore):
    """The answer to each commit is lost once: it was written all the same."""

    lost = False

    async def _send(self, commit: Commit) -> list[str]:
        answer = await super()._send(commit)
        if not self.lost:
            self.lost = True
            raise StoreUnavailable
        return answer


async def test_a_commit_that_is_asked_for_again_is_logged_once(
    redis: Redis, clock: ManualClock
) -> None:
    """The answer to a call's commit was lost: it is asked for again, and told once."""
    placed, approved, started, *_ = life()
    await commit(OrderStore(redis, KEYS), [placed, approved])
    losing = LosesAnswers(redis, KEYS, presence=Presence(redis, KEYS, clock))
    with capture_logs() as lines:
        saving = asyncio.create_task(losing.save(started, approved, T0))
        await clock.until_asleep()
        await clock.advance(1)
        assert await saving
    assert [line[0] for line in told(lines)] == ["attempt_started"]


async def test_what_a_commit_writes_stays_small(store: OrderStore, redis: Redis) -> None:
    """The JSON of an order that bought twenty times fifty is that of one that bought nothing."""
    steps = a_purchase(20)
    await commit(store, steps)
    core = json.dumps(await core_of(redis, ORDER_ID))
    assert len(core) < len(json.dumps(json.loads(steps[10].model_dump_json(exclude={"attempts"}))))
    assert await store.load(ORDER_ID) == steps[-1]
