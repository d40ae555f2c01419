"""Many changes at once: Slack is written to no faster than it takes, and ends up to date."""

import asyncio
from collections.abc import AsyncIterator
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.store.embedded import EmbeddedServer
from sandbox.slack.workspace.message import Message
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


def edits_of(world: World, card: Message) -> list[float]:
    """When the card was edited, in Unix seconds."""
    calls = [call for call in world.slack.calls if call.method == "chat.update"]
    return [call.at for call in calls if call.arguments["ts"] == card.ts]


async def test_a_storm_of_progress(world: World) -> None:
    """Fifty calls answered within one second are one edit of the card; at the end it is right."""
    card = await world.ask("/esim buy 50")
    await world.click("Approve", card)
    await world.until_bought(50)
    await world.up_to_date()
    assert world.state(card) != "awaiting_approval"
    assert len(edits_of(world, card)) == 1
    await world.until_state(card, "purchased")
    assert len(edits_of(world, card)) == 2
    assert "Bought 50 of 50" in card.plain()


async def test_a_storm_that_goes_on(world: World) -> None:
    """However long it takes, the card follows, a second after its last edit at the earliest."""
    card = await world.ask("/esim buy 12")
    gates = [world.telnyx.faults.hold() for _ in range(12)]
    await world.click("Approve", card)
    assert world.bot is not None
    for gate in gates:
        await gate.reached()
        gate.release()
        await world.clock.jump(0.25)
        await world.bot.deliveries.drain()
    await world.until_state(card, "purchased")
    times = edits_of(world, card)
    assert len(times) > 2
    assert all(later - earlier >= 1 for earlier, later in pairwise(times)), times


async def test_many_orders_end_at_once(world: World) -> None:
    """Ten lines to #fleet: three at once, else one a second; none is lost, none stands twice."""
    cards = [await world.ask("/esim buy 1") for _ in range(10)]
    await asyncio.gather(*(world.click("Approve", card) for card in cards))
    await world.until_bought(10)
    await world.until(lambda: len(world.slack.messages("fleet")) == 10)
    times = [float(message.ts) // 1 for message in world.slack.messages("fleet")]
    for (one, first), (two, last) in combinations(enumerate(times), 2):
        assert two - one < BURST + last - first, times
    await world.up_to_date_on_slack()
    keys = {str(message.metadata) for message in world.slack.messages("fleet")}
    assert len(keys) == len(world.slack.messages("fleet")) == 10
