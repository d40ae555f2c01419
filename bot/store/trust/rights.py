"""Whether the bot's Redis user has every right that the work needs, tried beside the real keys."""

import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, ResponseError

from bot.domain.thing import Thing
from bot.errors import StoreUnavailable
from bot.store.connection import Script, lua, reaching_redis
from bot.store.keys import Keys
from bot.store.orders.commit import fixed_keys
from bot.store.queues import Queue
from bot.store.trust.presence import Presence

ROOM = "trial"
"""Prefix of the keys that are written here; nothing else is written below it."""
_ELSEWHERE = re.compile(r"^ACL failure in script: | script: .*$")
"""What a script's error adds to the server's words."""


async def missing_rights(redis: Redis, keys: Keys) -> list[str]:
    """What the user may not do, in the server's own words; empty when all is well.

    Runs the very scripts of the work. Raises StoreUnavailable when it can't be asked.
    """
    trial = Keys(keys.workspace, ROOM)
    missing: list[str] = []
    for attempt in (*_commands(redis, trial), *_scripts(redis, trial)):
        try:
            async with reaching_redis():
                await attempt()
        except StoreUnavailable as failure:
            if not isinstance(failure.__cause__, ResponseError):
                raise
            if lacks_a_right(failure.__cause__):
                missing.append(_ELSEWHERE.sub("", str(failure.__cause__)))
    await _clear(redis, trial)
    return list(dict.fromkeys(missing))


async def _clear(redis: Redis, keys: Keys) -> None:
    """Delete the trial keys, if the user may delete; the work itself deletes nothing."""
    with suppress(StoreUnavailable):
        async with reaching_redis():
            await redis.delete(
                *(keys.audit, keys.server, keys.epochs, keys.processes, keys.beats, keys.compared),
                *(keys.agenda, keys.order("nothing"), keys.trigger("nothing")),
                keys.history("nothing"),
            )


def lacks_a_right(refusal: ResponseError) -> bool:
    """Whether a right is missing; within a script the error has other words."""
    return isinstance(refusal, NoPermissionError) or "ACL failure" in str(refusal)


def _commands(redis: Redis, keys: Keys) -> list[Callable[[], Awaitable[object]]]:
    """Each command alone, also those of scripts: a script names only the first missing right."""
    no, name, queue = "nothing", keys.order("nothing"), keys.agenda
    tried: list[tuple[str, ...]] = [
        ("TIME",),
        ("EXISTS", keys.trigger(no)),
        ("SET", keys.trigger(no), no, "PX", "1"),
        ("HSET", name, no, no),
        ("HSETNX", name, no, no),
        ("HGET", name, no),
        ("HGETALL", name),
        ("HSCAN", name, "0"),
        ("HMGET", name, no),
        ("HKEYS", name),
        ("HINCRBY", keys.beats, no, "1"),
        ("HDEL", name, no),
        ("RPUSH", keys.history(no), no),
        ("LLEN", keys.history(no)),
        ("LRANGE", keys.history(no), "0", "0"),
        ("SADD", keys.epochs, no),
        ("SISMEMBER", keys.epochs, no),
        ("XADD", keys.audit, "MAXLEN", "0", "*", no, no),
        ("XRANGE", keys.audit, "0-0", "0-0"),
        ("XREVRANGE", keys.audit, "+", "-", "COUNT", "1"),
        ("XINFO", "STREAM", keys.audit),
        ("ZADD", queue, "0", no),
        ("ZSCORE", queue, no),
        ("ZMSCORE", queue, no),
        ("ZCARD", queue),
        ("ZRANGE", queue, "0", "0"),
        ("ZRANGEBYSCORE", queue, "0", "0"),
        ("ZREM", queue, no),
        ("SCRIPT", "LOAD", lua("commit")),
    ]
    execute: Callable[..., Awaitable[object]] = redis.execute_command
    return [partial(execute, *each) for each in tried]


def _scripts(redis: Redis, keys: Keys) -> list[Callable[[], Awaitable[object]]]:
    queue = Queue.agenda(redis, keys)
    presence = Presence(redis, keys)
    commit = Script(redis, lua("commit"))
    names = [*fixed_keys(keys, "t"), keys.order("nothing")]
    names += [keys.history("nothing"), *[keys.state("nothing")] * 4]
    return [
        presence.beat,
        lambda: queue.claim("", 0, 1),
        lambda: queue.put(Thing.order("nothing"), None, 0),
        lambda: commit(names, _empty_commit(), "", "{}"),
        presence.leave,
    ]


def _empty_commit() -> Mapping[str, object]:
    """A commit that changes no order."""
    change = {"id": "nothing", "expected": "never", "sends": False}
    lists = dict.fromkeys(("attempts", "entries", "earlier", "iccids", "had"), ())
    witness = {"number": "0", "op": "", "epoch": ""}
    facts = {"op": uuid4().hex, "trigger_seconds": "", "not_after": "", "witness": witness}
    return {**facts, "changes": [{**change, **lists}]}
