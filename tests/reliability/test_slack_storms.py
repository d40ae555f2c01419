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
    """Fifty calls answered within one second cost no edit in between: the card shows the end."""
    card = await world.ask("/esim buy 50")
    await world.click("Approve", card)
    await world.until_bought(50)
    await world.up_to_date()
    await world.until_state(card, "purchased")
    assert len(edits_of(world, card)) == 1
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


async def test_two_hundred_orders_end_while_slack_is_away(world: World) -> None:
    """Once it is back everything follows, results first, and no faster than Slack takes it."""
    cards = [await world.ask("/esim buy 1") for _ in range(40)]
    for card in cards:
        await world.click("Approve", card)
    world.slack.faults.down()
    await world.until_bought(40)
    await world.pass_time(1)
    await world.clock.jump(600)
    await world.up_to_date()
    world.slack.faults.up()
    for _ in range(400):
        if not await world.behind():
            break
        await world.clock.jump(1)
        await world.up_to_date()
    assert all(iccid in world.thread(card) for card in cards for iccid in bought_for(world, card))
    assert {world.state(card) for card in cards} == {"purchased"}
    counts = {len(world.slack.thread(card)) for card in cards}
    assert counts == {1}
    assert len(world.slack.messages("fleet")) == 40
    results = [m.ts for card in cards for m in world.slack.thread(card)]
    assert float(max(results)) - float(min(results)) < 60


def bought_for(world: World, card: Message) -> list[str]:
    """The ICCIDs that the provider sold for this card's order."""
    tag = f"esim-{world.order_id(card)}-1"
    return [str(sim["iccid"]) for sim in world.telnyx.ledger.sims if tag in sim["tags"]]


async def test_results_come_before_new_cards(world: World) -> None:
    """While sixty new cards wait in the channel, ICCIDs that are paid for wait a few seconds."""
    cards = [await world.ask("/esim buy 1") for _ in range(3)]
    await asyncio.gather(
        *(world.slack.person("ana").types("/esim buy 1") for _ in range(60)),
    )
    await asyncio.gather(*(world.click("Approve", card) for card in cards))
    await world.until_bought(3)
    begun = world.clock.time()
    await world.until(lambda: all(world.slack.thread(card) for card in cards))
    assert world.clock.time() - begun <= 6
    assert len(world.slack.messages("ops")) < 15
    for _ in range(90):
        if len(world.slack.messages("ops")) == 63:
            break
        await world.clock.jump(1)
        await world.up_to_date()
    assert len(world.slack.messages("ops")) == 63
