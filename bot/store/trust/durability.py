"""Whether the settings of Redis may lose data: a sentence for the operator for each."""

from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.errors import StoreUnavailable
from bot.store.connection import reaching_redis

_UNCHECKED = (
    "Redis does not let its settings be read (CONFIG is forbidden, as on managed servers): make "
    "sure with its provider that it persists every write and evicts nothing."
)


async def durability_warnings(redis: Redis) -> list[str]:
    """What may make Redis lose orders: what it means, and what to set. Raises StoreUnavailable."""
    async with reaching_redis():
        try:
            replication: Mapping[str, Any] = await redis.info("replication")
        except ResponseError:
            replication = {}  # this user may not ask for it
        try:
            # One pattern for all: servers before 7.0 take no more than one.
            settings = await redis.config_get("*")
        except ResponseError:
            return [_UNCHECKED]
    return list(_warnings(settings, replication))


async def warn_of_durability(redis: Redis) -> None:
    """Log each warning; nothing when Redis is away: others log that."""
    try:
        for warning in await durability_warnings(redis):
            structlog.get_logger().warning("redis_may_forget", advice=warning)
    except StoreUnavailable:
        return


def _warnings(
    settings: Mapping[str | None, str | None], replication: Mapping[str, Any]
) -> Iterator[str]:
    """What is wrong; settings that the server does not tell are left out."""
    if settings.get("appendonly") == "no":
        yield (
            "Redis keeps no append-only file, so a crash or restart of it loses orders, and what "
            "was bought for them: set appendonly yes."
        )
    elif settings.get("appendfsync") == "no":
        yield (
            "Redis leaves it to the system when writes reach the disk, so a power cut loses the "
            "last half minute of orders: set appendfsync always (or everysec for one second)."
        )
    policy = settings.get("maxmemory-policy", "noeviction")
    if policy != "noeviction":
        yield (
            f"Redis throws keys away when its memory is full (maxmemory-policy {policy}), orders "
            "among them: set maxmemory-policy noeviction."
        )
    if replication.get("connected_slaves") and settings.get("min-replicas-to-write") == "0":
        yield (
            "Redis has replicas but takes writes that none of them got, so a fail-over loses the "
            "last orders: set min-replicas-to-write 1."
        )
