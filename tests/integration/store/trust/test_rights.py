"""What the bot's user may not do is named; what the work does not need is not asked for."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from bot.errors import StoreUnavailable
from bot.store.connection import connect
from bot.store.orders import OrderStore
from bot.store.trust.rights import ROOM, missing_rights
from tests.integration.store.samples import commit, everything, life
from tests.support.orders import KEYS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from redis.asyncio import Redis


@asynccontextmanager
async def user(redis: Redis, *rules: str) -> AsyncIterator[Redis]:
    """Connect as a user with just these rights."""
    execute: Callable[..., Awaitable[object]] = redis.execute_command
    await execute("ACL", "SETUSER", "worker", "reset", "on", ">pass", *rules)
    path = redis.connection_pool.connection_kwargs["path"]
    async with connect(f"unix://worker:pass@{path}") as client:
        yield client
    await redis.acl_deluser("worker")


async def test_all_is_well(redis: Redis) -> None:
    """Nothing is missing, and the real keys are as they were."""
    await commit(OrderStore(redis, KEYS), life())
    before = await everything(redis)
    with capture_logs() as lines:
        assert await missing_rights(redis, KEYS) == []
    told = [line["reason"] for line in lines if line["event"] == "redis_unavailable"]
    assert told in ([], ["it says: no such key"])  # the stream whose length is asked
    after = await everything(redis)
    assert {key: value for key, value in after.items() if f":{ROOM}:" not in key} == before


async def test_without_dangerous_rights(redis: Redis) -> None:
    """INFO and CONFIG are not needed: the bot works without them."""
    async with user(redis, "~esim:*", "+@all", "-@dangerous") as limited:
        assert await missing_rights(limited, KEYS) == []
        await commit(OrderStore(limited, KEYS), life())


@pytest.mark.parametrize(
    "command",
    [
        "evalsha",
        "xadd",
        "xinfo",
        "hset",
        "zadd",
        "zrem",
        "set",
        "time",
        "sadd",
        "hget",
        "rpush",
        "lrange",
    ],
)
async def test_a_right_is_missing(redis: Redis, command: str) -> None:
    """It is named, whether the bot or a script needs it."""
    async with user(redis, "~esim:*", "+@all", "-@dangerous", f"-{command}") as limited:
        missing = await missing_rights(limited, KEYS)
    assert any(command in each for each in missing), missing


async def test_keys_that_are_not_ours(redis: Redis) -> None:
    """A user of other keys is told so."""
    async with user(redis, "~other:*", "+@all") as limited:
        assert any("key" in each for each in await missing_rights(limited, KEYS))


async def test_a_server_that_is_away(tmp_path: Path) -> None:
    """That is no missing right."""
    async with connect(f"unix://{tmp_path}/nobody.sock") as redis:
        with pytest.raises(StoreUnavailable):
            await missing_rights(redis, KEYS)
