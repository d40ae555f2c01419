"""Orders of an earlier version go on; those of a newer one are left alone, and keep none back."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot.domain.order import SCHEMA
from bot.store.connection import milliseconds
from bot.store.embedded import EmbeddedServer
from bot.store.orders import OrderStore
from bot.store.orders.shape import order_of
from sandbox.slack.workspace.message import Message
from tests.support.clock import ManualClock
from tests.support.orders import KEYS
from tests.support.stored import core_of
from tests.support.world import World

FIRST = Path(__file__).with_name("order_of_version_1.json")
"""What the first version wrote when it was about to buy 2 eSIMs: it knew no reminders."""
THIRD = Path(__file__).with_name("order_of_version_3.json")
"""What the third one wrote in the second of two calls: attempts and history stood in one JSON."""


@pytest.fixture
async def world(
    redis: Redis, redis_server: EmbeddedServer, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[World]:
    """A running bot; Redis is empty."""
    assert await redis.dbsize() == 0
    async with World.begin(redis_server.url, clock, tmp_path) as world:
        await world.start_bot()
        yield world


async def put(redis: Redis, shape: dict[str, Any]) -> None:
    """Write an order as the commit of its version did, due when it says."""
    order_id = shape["id"]
    facts: dict[Any, Any] = {
        "json": json.dumps(shape),
        "version": len(shape["history"]),
        "op": "an earlier one",
    }
    await redis.hset(KEYS.order(order_id), mapping=facts)
    order = order_of(order_id, {b"json": json.dumps(shape).encode()}, [])
    due = milliseconds((order and order.due_at) or ManualClock().now())
    await redis.zadd(KEYS.agenda, {order_id: due})
    await redis.zadd(KEYS.deliveries, {order_id: 0})


async def rewritten(world: World, redis: Redis, card: Message, number: int) -> str:
    """Make the order of this card one of another version; its id."""
    order_id = world.order_id(card)
    if number < SCHEMA:
        order = await OrderStore(redis, KEYS).load(order_id)
        assert order is not None
        shape = order.model_dump(mode="json") | {"schema_number": number}
        del shape["terms"]["reminder"]
        await redis.delete(KEYS.history(order_id))
    else:
        shape = await core_of(redis, order_id) | {"schema_number": number}
        shape |= {"state": "teleported", "surprise": {"deep": [1]}}
    await redis.hset(KEYS.order(order_id), "json", json.dumps(shape))
    return order_id


async def test_the_first_version_stopped_in_a_purchase(world: World, redis: Redis) -> None:
    """Its open call is looked up, found, told; nothing is sent, and the new shape is written."""
    ops = world.slack.workspace.channel("ops").id
    text = FIRST.read_text().replace("C0OPS", ops).replace("U0ANA", world.id("ana"))
    shape = json.loads(text)
    assert shape["schema_number"] == 1
    tags = ("fleet", shape["attempts"][0]["reference"])
    sims = [world.telnyx.account.add_sim(tags) for _ in range(2)]
    await put(redis, shape)
    for seconds in (40, 15):
        await world.pass_time(seconds)
    await world.until(lambda: world.slack.messages("ops"))
    (card,) = world.slack.messages("ops")
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(sim["iccid"] in world.thread(card) for sim in sims)
    assert world.telnyx.ledger.requests == []
    assert (await core_of(redis, shape["id"]))["schema_number"] == SCHEMA


async def test_the_third_version_stopped_in_its_second_call(world: World, redis: Redis) -> None:
    """It goes on where it was, and lies in parts then: each attempt, the whole history, once."""
    ops = world.slack.workspace.channel("ops").id
    text = THIRD.read_text().replace("C0OPS", ops).replace("U0ANA", world.id("ana"))
    shape = json.loads(text)
    first, second = shape["attempts"]
    known = [sim["iccid"] for sim in first["sims"]]
    tags = ("fleet", f"esim-{shape['id']}", second["reference"])
    found = [world.telnyx.account.add_sim(tags)["iccid"] for _ in range(2)]
    await put(redis, shape)
    for seconds in (40, 15):
        await world.pass_time(seconds)
    await world.until(lambda: world.slack.messages("ops"))
    (card,) = world.slack.messages("ops")
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert all(iccid in world.thread(card) for iccid in (*known, *found))
    assert world.telnyx.ledger.requests == []
    await lies_in_parts(redis, shape["id"], [*known, *found])


async def lies_in_parts(redis: Redis, order_id: str, iccids: list[str]) -> None:
    """Nothing that grows is left in the JSON; what the earlier version knew stands beside it."""
    store = OrderStore(redis, KEYS)
    order, core = await store.load(order_id), await core_of(redis, order_id)
    assert order is not None
    assert core["schema_number"] == SCHEMA
    assert "attempts" not in core
    fields = {str(name) for name in await redis.hkeys(KEYS.order(order_id))}
    assert {"attempt:1", "attempt:2"} <= fields
    assert await redis.llen(KEYS.history(order_id)) == order.version
    assert [sim.iccid for sim in order.sims] == iccids
    assert await store.owners(iccids) == dict.fromkeys(iccids, order_id)
    members = [
        member
        for key in (KEYS.agenda, KEYS.deliveries)
        for member in await redis.zrange(key, 0, -1)
    ]
    assert set(members) <= {f"order:{order_id}"}


async def test_the_first_version_waited_for_approval(world: World, redis: Redis) -> None:
    """Its card's button works, and the order is bought."""
    card = await world.ask("/esim buy 1")
    order_id = await rewritten(world, redis, card, 1)
    assert order_id in await world.told("/esim orders")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")
    assert len(world.sold()) == 1


async def test_a_newer_order_is_left_alone(world: World, redis: Redis) -> None:
    """When it is due, the log says so; it is not changed, and looked at again later."""
    card = await world.ask("/esim buy 1")
    order_id = await rewritten(world, redis, card, SCHEMA + 1)
    before = await redis.hgetall(KEYS.order(order_id))
    await redis.zadd(KEYS.agenda, {f"order:{order_id}": 0})
    with capture_logs() as lines:
        await world.up_to_date()
    assert ("newer_order_skipped", order_id) in [
        (line["event"], line.get("order")) for line in lines
    ]
    assert await redis.hgetall(KEYS.order(order_id)) == before
    again = await redis.zscore(KEYS.agenda, f"order:{order_id}")
    assert again is not None
    assert again > milliseconds(world.clock.now())


async def test_who_asks_for_a_newer_order(world: World, redis: Redis) -> None:
    """A look at it and a click on it say what to do; lists show all the others."""
    newer = await world.ask("/esim buy 1")
    card = await world.ask("/esim buy 2")
    order_id = await rewritten(world, redis, newer, SCHEMA + 1)
    sorry = "written by a newer version"
    assert sorry in await world.told(f"/esim order {order_id}")
    assert sorry in await world.click_told("Approve", newer, "ben")
    for line in ("/esim orders", "/esim orders all"):
        told = await world.told(line)
        assert world.order_id(card) in told
        assert order_id not in told
    assert world.telnyx.ledger.requests == []
