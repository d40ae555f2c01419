"""A crowd in one channel, one process and two: who asked knows, ICCIDs first, limits kept."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.store.embedded import EmbeddedServer
from bot.store.trust.presence import LEASE, Presence
from sandbox.slack.workspace.message import Message
from tests.support.clock import ManualClock
from tests.support.orders import KEYS
from tests.support.world import World

ORDERS, APPROVED = 200, 50
FEW = 3
"""429s that two processes may get. Each has a channel's burst of three, and a channel takes five at
once: where both spend theirs at the same moment, one post is turned away. It holds for both, so a
second is lost, and not one post more is tried in it."""
POST = "chat.postMessage"
Start = Callable[[int], AbstractAsyncContextManager[list[World]]]


@pytest.fixture
def start(redis: Redis, redis_server: EmbeddedServer, clock: ManualClock, tmp_path: Path) -> Start:
    """Start so many bots on one empty Redis; commands go to the last one."""

    @asynccontextmanager
    async def started(count: int) -> AsyncIterator[list[World]]:
        assert await redis.dbsize() == 0
        async with AsyncExitStack() as stack:
            begun = World.begin(redis_server.url, clock, tmp_path / "first")
            worlds = [first := await stack.enter_async_context(begun)]
            for number in range(1, count):
                folder = tmp_path / str(number)
                worlds.append(World(first.slack, first.telnyx, redis_server.url, clock, folder))
                stack.push_async_callback(worlds[-1].stop_bot)
            for world in worlds:
                await world.start_bot()
            await beat(worlds)
            yield worlds

    return started


async def beat(worlds: list[World]) -> None:
    """Let each say that it lives, and learn who else does."""
    for world in worlds:
        assert world.bot is not None
        await world.bot.presence.beat()
    await up_to_date(worlds)


async def up_to_date(worlds: list[World]) -> None:
    """Work off what is due now, in all processes at once."""
    await asyncio.gather(*(world.up_to_date() for world in worlds))


async def a_second(worlds: list[World]) -> None:
    """Let one go by, and do what came due in it."""
    clock = worlds[0].clock
    await clock.jump(1)
    await (beat(worlds) if int(clock.time()) % 20 == 0 else up_to_date(worlds))


async def seconds_until(worlds: list[World], condition: Callable[[], bool], most: int) -> int:
    """Let time go by until it is true; how many seconds that took."""
    for second in range(most):
        if condition():
            return second
        await a_second(worlds)
    raise TimeoutError(worlds[0].slack.transcript("ops"))


def turned_away(world: World) -> int:
    """How often Slack answered with 429."""
    return len([call for call in world.slack.calls if call.error == "ratelimited"])


def posts(world: World) -> int:
    """How often the bots tried to post."""
    return len([call for call in world.slack.calls if call.method == POST])


def threads(world: World) -> set[str | None]:
    """The cards that have an answer in their threads."""
    return {message.thread_ts for message in world.slack.workspace.timeline} - {None}


def all_up(world: World) -> bool:
    """Whether every card is up."""
    return len(world.slack.messages("ops")) == ORDERS


def known(world: World) -> int:
    """How many orders ana knows of: by their cards, or by an answer."""
    return len(world.slack.messages("ops")) + len(world.slack.ephemerals("ana"))


async def order_and_approve(worlds: list[World]) -> list[Message]:
    """A crowd orders; once fifty cards are up, all of these are approved. They come back."""
    world, ana, clock = worlds[0], worlds[0].slack.person("ana"), worlds[0].clock
    for _ in range(ORDERS):
        assert (await ana.types("/esim buy 1")).ok
        await clock.jump(0.01)
    await seconds_until(worlds, lambda: known(world) >= ORDERS, 5)
    most = APPROVED * len(worlds) + 10
    await seconds_until(worlds, lambda: len(world.slack.messages("ops")) >= APPROVED, most)
    cards = world.slack.messages("ops")[:APPROVED]
    for card in cards:
        await world.click("Approve", card)
        await clock.jump(0.01)
    return cards


@pytest.mark.timeout(180)  # usually 20 s
@pytest.mark.parametrize(("count", "most"), [(1, 0), (2, FEW)])
async def test_a_crowd_in_one_channel(start: Start, count: int, most: int) -> None:
    """Two hundred orders, fifty of them approved: everybody knows at once, ICCIDs come first.

    Each of two processes posts half as fast as one alone: where one of them claims more than its
    half, that takes longer, at most twice as long.
    """
    async with start(count) as worlds:
        world = worlds[0]
        cards = await order_and_approve(worlds)
        others = len(world.slack.messages("ops"))
        told = {card.ts for card in cards}
        await seconds_until(worlds, lambda: told <= threads(world), count * APPROVED + 10)
        assert len(world.slack.messages("ops")) - others <= 5 * count
        await seconds_until(worlds, lambda: all_up(world), count * ORDERS)
        while await world.behind():
            await a_second(worlds)
        assert {world.state(card) for card in cards} == {"purchased"}
        assert len(threads(world)) == len(world.slack.messages("fleet")) == APPROVED
        assert len(world.slack.workspace.timeline) == len(
            {(m.channel, m.ts) for m in world.slack.workspace.timeline}
        )
        assert turned_away(world) <= most


async def test_what_one_was_told_the_other_keeps_to(start: Start) -> None:
    """One is told to leave posts alone for 30 s: neither posts, both go on with edits."""
    async with start(2) as worlds:
        first, second = worlds
        card = await first.ask("/esim buy 2")
        first.slack.faults.rate_limit(POST, retry_after=30)
        await first.slack.person("ana").types("/esim buy 3")
        await seconds_until(worlds, lambda: turned_away(first) == 1, 5)
        await up_to_date(worlds)
        before = posts(first)
        await second.slack.person("ana").types("/esim buy 4")
        await second.click("Approve", card)
        await seconds_until(worlds, lambda: second.state(card) == "purchased", 20)
        assert posts(first) == before
        await seconds_until(worlds, lambda: len(first.slack.messages("ops")) == 3, 40)
        assert turned_away(first) == 1


async def test_a_dead_process_gives_its_share_back(start: Start, redis: Redis) -> None:
    """Beside a process that lives, cards come two seconds apart; after its lease, about one."""
    async with start(1) as worlds:
        world = worlds[0]
        await Presence(redis, KEYS, world.clock).beat()
        await up_to_date(worlds)
        for _ in range(60):
            assert (await world.slack.person("ana").types("/esim buy 1")).ok
            await world.clock.jump(0.01)
        await seconds_until(worlds, lambda: len(world.slack.messages("ops")) == 60, int(LEASE) + 60)
        times = [int(float(card.ts)) for card in world.slack.messages("ops")]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        assert set(gaps[4:24]) == {2}
        assert sum(gaps[-15:]) <= 20
