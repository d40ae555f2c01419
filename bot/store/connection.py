"""One shared pool of connections to Redis, and one error for all of its failures."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from importlib.resources import files
from typing import Any

import structlog
from redis.asyncio import BlockingConnectionPool, Connection, Redis, SSLConnection
from redis.asyncio.connection import AbstractConnection, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as LinkLost
from redis.exceptions import NoScriptError, RedisError, ResponseError

from bot.clock import Clock
from bot.errors import SettingsError, StoreUnavailable
from bot.reasons import reason_of

CONNECTIONS = 16
"""More connections only make the slowest answers slower."""
TIMEOUT = 5
"""Seconds for one answer, with all tries for it."""
_ANSWER = 2.0
"""Seconds without an answer after which a link counts as dead."""
_IDLE = 15.0
"""Seconds after which an unused link is replaced: a load balancer may have dropped it."""
_RETRIES = 2
_NESTED = re.compile(r": -([A-Z]+) ")
"""The first word of an error inside of another one."""
_KEEPS = frozenset(
    {
        "ERR",
        "CROSSSLOT",
        "EXECABORT",
        "MISCONF",
        "NOPERM",
        "NOSCRIPT",
        "OOM",
        "WRONGTYPE",
    }
)
"""First words of refusals that a new link would bring again. After any other one (READONLY,
MASTERDOWN, NOREPLICAS, UNBLOCKED and the like) the host name may lead to another server."""
_FAULTS = frozenset({"ERR", "NOPERM", "WRONGTYPE"})
"""First words of what may stop a script at any command."""


class _Untouched(LinkLost):
    """It is certain that no try of the command has changed anything."""


class _Link(AbstractConnection):
    """A connection that is closed when it leads to the wrong server, or to none."""

    _used = 0.0
    _in_doubt = False
    """Whether some try of the present command may have been carried out."""
    _before = False
    """The same before its last try."""

    async def connect(self) -> None:
        """Connect; a connection that was idle for long is replaced, since it may be dead.

        The pool does this for each command. Raises _Untouched.
        """
        if self.is_connected and time.monotonic() - self._used > _IDLE:
            await self.disconnect(nowait=True)
        self._in_doubt = False
        try:
            await super().connect()  # type: ignore[no-untyped-call]
        except (LinkLost, OSError) as failure:
            raise _Untouched(str(failure)) from failure
        self._used = time.monotonic()

    async def connect_check_health(self, *args: Any, **options: Any) -> None:
        """Connect; what is said in the greeting is no part of a command."""
        in_doubt = self._in_doubt
        try:
            await super().connect_check_health(*args, **options)
        finally:
            self._in_doubt = in_doubt

    async def send_packed_command(self, *args: Any, **options: Any) -> None:
        """Send a command, or try it again. Raises _Untouched when no try of it has left."""
        if not self.is_connected:
            try:
                await self.connect_check_health(check_health=False)
            except (LinkLost, OSError) as failure:
                raise self._sorted(failure) from failure
        self._before, self._in_doubt = self._in_doubt, True
        await super().send_packed_command(*args, **options)

    async def read_response(self, *args: Any, **options: Any) -> Any:
        """Read an answer. Raises LinkLost where a new link may bring another answer."""
        try:
            async with asyncio.timeout(_ANSWER):
                answer = await super().read_response(*args, **options)
        except TimeoutError:
            raise LinkLost(f"no answer within {_ANSWER:g} seconds") from None
        except ResponseError as refusal:
            if not _stopped_a_script(refusal):
                self._in_doubt = self._before  # a server that refuses has done nothing
            if not _costs_the_link(refusal):
                vars(refusal)["untouched"] = not self._in_doubt
                raise
            await self.disconnect(nowait=True)
            raise self._sorted(refusal) from refusal
        self._used = time.monotonic()
        return answer

    def _sorted(self, failure: Exception) -> LinkLost:
        return (LinkLost if self._in_doubt else _Untouched)(str(failure))


class _TcpLink(_Link, Connection):
    pass


class _TlsLink(_Link, SSLConnection):
    pass


class _UnixLink(_Link, UnixDomainSocketConnection):
    pass


_LINKS: dict[type[AbstractConnection], type[AbstractConnection]] = {
    Connection: _TcpLink,
    SSLConnection: _TlsLink,
    UnixDomainSocketConnection: _UnixLink,
}


def connect(url: str) -> Redis:
    """A client for `redis://`, `rediss://` or `unix://`; it connects at its first use.

    So a script may be sent twice: each gives the same answer the second time. Raises
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
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=TIMEOUT,
        socket_timeout=None,  # the limits are ours: `_Link` for a try, `reaching_redis` for all
        socket_connect_timeout=_ANSWER,
        decode_responses=True,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), _RETRIES),
    )
    pool.connection_class = _LINKS[pool.connection_class]
    if pool.connection_class is not _UnixLink:
        pool.connection_kwargs["socket_keepalive"] = True
    return pool


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
        known = isinstance(failure, _Untouched) or vars(failure).get("untouched", False)
        raise StoreUnavailable(untouched=known) from failure


def _costs_the_link(refusal: ResponseError) -> bool:
    """Whether another server may answer otherwise; before Redis 7.0 the cause is in the text."""
    words = [_first_word(refusal), *_NESTED.findall(str(refusal))]
    return any(word not in _KEEPS for word in words)


def _stopped_a_script(refusal: ResponseError) -> bool:
    """Whether a script ended in its midst: what it had written by then stays.

    Other refusals (no memory, no disk, no replicas) come before the first write.
    """
    return "@user_script" in str(refusal) and _first_word(refusal) in _FAULTS


def _first_word(refusal: ResponseError) -> str:
    return refusal.status_code or str(refusal).split(" ", 1)[0]


async def clock_difference(redis: Redis) -> float:
    """Seconds by which this machine's clock is ahead of the server's. Raises StoreUnavailable."""
    asked = time.time()
    async with reaching_redis():
        seconds, microseconds = await redis.time()
    return (asked + time.time()) / 2 - (seconds + microseconds / 1_000_000)


def lua(name: str) -> str:
    """The text of a script, after the functions that all scripts share."""
    folder = files("bot.store").joinpath("lua")
    return "".join(folder.joinpath(f"{each}.lua").read_text() for each in ("shared", name))


class Script:
    """One of the Lua scripts: the one place that passes it its arguments and the time."""

    def __init__(self, redis: Redis, text: str) -> None:
        """`text`: see `lua`."""
        self._redis = redis
        self._registered = redis.register_script(text)

    async def __call__(
        self, keys: Sequence[str], call: Mapping[str, object], now: str, *texts: str | bytes
    ) -> Any:
        """Run it. Raises StoreUnavailable.

        It finds `call` by its names; `texts` are too large for that, or no text. `now` in ms: see
        `dictated`.
        """
        facts = json.dumps({**call, "now": now}, ensure_ascii=False)
        run = partial(self._redis.evalsha, self._registered.sha, len(keys), *keys, facts, *texts)
        async with reaching_redis():
            try:
                return await run()
            except NoScriptError as unknown:
                return await self._load_and(run, unknown)

    async def _load_and(self, run: Callable[[], Awaitable[Any]], unknown: NoScriptError) -> Any:
        """Run it on a server that does not know it yet.

        It may have started anew since it ran: what fails now says nothing of that.
        """
        try:
            await self._redis.script_load(self._registered.script)
            return await run()
        except (RedisError, OSError) as failure:
            if vars(unknown).get("untouched", False):
                raise
            raise LinkLost(str(failure)) from failure


def milliseconds(time: datetime) -> int:
    """The time as the score of a sorted set."""
    return int(time.timestamp() * 1000)


def dictated(clock: Clock) -> str:
    """The time that a script gets: "" to take the server's own, or the time of a test's clock."""
    return str(milliseconds(clock.now())) if clock.dictates else ""
