"""Many changes at once: Slack is written to no faster than it takes, and ends up to date."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.store.embedded import EmbeddedServer
from sandbox.slack.web_api.rate_limits import RateLimit
from tests.support.clock import ManualClock
from tests.support.world import World

BURST = 3
"""Posts to a channel that may follow each other at once."""


@pytest.fixture
async def world(
    redis: Redis, redis_server: EmbeddedServer, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[World]:
    """A running bot that buys one eSIM a call; at the end Slack never had to turn it away."""
    assert await redis.dbsize() == 0
    async with World.begin(redis_server.url, clock, tmp_path) as world:
        await world.start_bot(esim_batch_size=1)
        yield world
        assert "ratelimited" not in {call.error for call in world.slack.calls}


def counted(world: World, method: str) -> int:
    """How many calls of a method Slack got."""
    return sum(call.method == method for call in world.slack.calls)


async def test_a_storm_of_progress(world: World) -> None:
    """Fifty calls answered within one second are one edit of the card; at the end it is right."""
    card = await world.ask("/esim buy 50")
    await world.click("Approve", card)
    await world.until_bought(50)
    await world.up_to_date()
    assert world.state(card) != "awaiting_approval"
    assert counted(world, "chat.update") == 1
    began = world.clock.time()
    await world.until_state(card, "purchased")
    assert counted(world, "chat.update") <= 1 + world.clock.time() - began
    assert "Bought 50 of 50" in card.plain()


async def test_a_storm_that_goes_on(world: World) -> None:
    """However long it takes, the card is edited once a second at most."""
    card = await world.ask("/esim buy 20")
    began, edits = world.clock.time(), Counter[float]()
    gates = [world.telnyx.faults.hold() for _ in range(20)]
    await world.click("Approve", card)
    for gate in gates:
        await gate.reached()
        gate.release()
        await world.clock.jump(0.25)
        await world.up_to_date_on_slack_now()
        edits[world.clock.time() // 1] = counted(world, "chat.update")
    await world.until_state(card, "purchased")
    assert counted(world, "chat.update") <= 2 + world.clock.time() - began


async def test_many_orders_end_at_once(world: World) -> None:
    """Ten lines to #fleet: three at once, then one a second, none lost, none twice."""
    cards = [await world.ask("/esim buy 1") for _ in range(10)]
    await asyncio.gather(*(world.click("Approve", card) for card in cards))
    await world.until_bought(10)
    await world.up_to_date()
    fleet = len(world.slack.messages("fleet"))
    assert fleet <= BURST
    for seconds in range(1, 11):
        await world.clock.jump(1)
        await world.up_to_date()
        assert len(world.slack.messages("fleet")) <= fleet + seconds
    await world.up_to_date_on_slack()
    keys = [str(message.metadata) for message in world.slack.messages("fleet")]
    assert len(keys) == len(set(keys)) == 10
