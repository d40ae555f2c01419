"""The whole bot over signed HTTP, and the balance that every test must end with."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.store.embedded import EmbeddedServer
from tests.support.clock import ManualClock
from tests.support.world import World

_FAULTS_OF_OURS = {"invalid_blocks", "msg_too_long", "missing_scope", "msg_blocks_too_long"}


@pytest.fixture
async def world(
    redis: Redis, redis_server: EmbeddedServer, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[World]:
    """A running bot between its neighbours; the ledger must balance at the end."""
    assert await redis.dbsize() == 0
    async with World.begin(redis_server.url, clock, tmp_path) as world:
        await world.start_bot()
        yield world
        _no_call_was_made_twice(world)
        _nothing_was_malformed(world)


def _no_call_was_made_twice(world: World) -> None:
    """Each reference reached the provider once."""
    references = [str(entry.body["tags"][-1]) for entry in world.telnyx.ledger.requests]
    assert len(set(references)) == len(references), references


def _nothing_was_malformed(world: World) -> None:
    """Slack never had to refuse what the bot wrote for the way it was written."""
    errors = {call.error for call in world.slack.calls}
    assert not errors & _FAULTS_OF_OURS
