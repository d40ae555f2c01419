"""One shared pool of connections to Redis, and one error for all that can go wrong with it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.resources import files

import structlog
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError

from bot.errors import SettingsError, StoreUnavailable
from bot.reasons import reason_of

CONNECTIONS = 16
"""More only lengthen the slowest answers."""
TIMEOUT = 5
"""Seconds for one answer."""
_RETRIES = 2


def connect(url: str) -> Redis:
    """A client for `redis://`, `rediss://` or `unix://`; it connects at its first use.

    A script may so be sent twice: every one gives the same answer the second time. Raises
    SettingsError for an address that the client does not take, without repeating it.
    """
    try:
        pool = _pool(url)
        pool.make_connection()  # type: ignore[no-untyped-call]  # what it refuses shows only here
    except Exception:  # noqa: BLE001 - whatever it says may repeat a password
        raise SettingsError(
            "REDIS_URL is wrong: the Redis client does not take it. Write it like "
            "redis://localhost:6379/0 or rediss://user:password@redis.example:6380/0."
        ) from None
    return Redis.from_pool(pool)


def _pool(url: str) -> BlockingConnectionPool:
    return BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=TIMEOUT,
        socket_timeout=None,  # `reaching_redis` sets the limit
        socket_connect_timeout=TIMEOUT,
        decode_responses=True,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), _RETRIES),
    )


@asynccontextmanager
async def reaching_redis() -> AsyncIterator[None]:
    """Turn every failure of Redis into StoreUnavailable, with the reason in the log.

    The time limit is ours: within the client's own, Python 3.11 can lose a cancellation.
    """
    try:
        async with asyncio.timeout(TIMEOUT):
            yield
    except (RedisError, OSError) as failure:
        structlog.get_logger().warning("redis_unavailable", reason=reason_of(failure))
        raise StoreUnavailable from failure


def lua(name: str) -> str:
    """The text of a script."""
    return files("bot.store").joinpath("lua", f"{name}.lua").read_text()


def milliseconds(time: datetime) -> int:
    """The time as the score of a sorted set."""
    return int(time.timestamp() * 1000)
