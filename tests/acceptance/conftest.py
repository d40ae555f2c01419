"""The whole bot over signed HTTP, and what every test must end with: a balance, and no leak."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.providers.celitech.provider import Celitech
from bot.store.embedded import EmbeddedServer
from sandbox.celitech import CelitechSandbox
from tests.support.clock import ManualClock
from tests.support.leaks.whole import Run, assert_nothing_leaked
from tests.support.log import Log, written
from tests.support.world import World

_FAULTS_OF_OURS = {"invalid_blocks", "msg_too_long", "missing_scope", "msg_blocks_too_long"}


@pytest.fixture
async def world(
    redis: Redis, redis_server: EmbeddedServer, clock: ManualClock, tmp_path: Path
) -> AsyncIterator[World]:
    """A running bot between its neighbours; the ledger must balance at the end."""
    assert await redis.dbsize() == 0
    with written() as log:
        log.configure("DEBUG")
        async with World.begin(redis_server.url, clock, tmp_path) as world:
            world.telnyx.account.spills = True  # what must be kept nowhere comes with each answer
            await world.start_bot()
            yield world
            _no_call_was_made_twice(world)
            _nothing_was_malformed(world)
            await _nothing_leaked(world, redis, log)


@pytest.fixture
async def celitech(world: World) -> AsyncIterator[CelitechSandbox]:
    """Let the bot buy at Celitech, too."""
    sandbox = await CelitechSandbox.start(now=world.clock.time, sleep=world.clock.sleep)
    sandbox.dialect.spills = True
    world.celitech = sandbox
    world.others["celitech"] = Celitech(
        sandbox.client_id,
        sandbox.client_secret,
        world.clock,
        api_url=sandbox.url,
        auth_url=sandbox.auth_url,
    )
    await world.restart_bot()
    yield sandbox
    await sandbox.stop()


def _no_call_was_made_twice(world: World) -> None:
    """Each reference reached the provider once."""
    references = [str(entry.body["tags"][-1]) for entry in world.telnyx.ledger.requests]
    assert len(set(references)) == len(references), references


def _nothing_was_malformed(world: World) -> None:
    """Slack never had to refuse what the bot wrote for the way it was written."""
    errors = {call.error for call in world.slack.calls}
    assert not errors & _FAULTS_OF_OURS


async def _nothing_leaked(world: World, redis: Redis, log: Log) -> None:
    """No secret of an eSIM stands anywhere but before whom it was given to."""
    sellers = [each for each in (world.telnyx, world.celitech) if each is not None]
    await assert_nothing_leaked(Run(world.slack, sellers, redis, [world.folder], log.text))
