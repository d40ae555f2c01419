"""Lives of orders, step by step; all that Redis holds; and waiting for it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from zlib import crc32

from redis.client import NEVER_DECODE

from bot.domain.purchase.outcome import Bought
from bot.domain.purchase.sim import Sim
from bot.domain.thing import Thing
from bot.store.connection import milliseconds
from bot.store.orders import Change
from bot.store.orders.commit import Commit, script_call
from tests.support.order_steps import answered, now_of, started
from tests.support.orders import BEN, KEYS, ORDER_ID, T0, an_order, some_sims, terms

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from redis.asyncio import Redis

    from bot.domain.order import Order
    from bot.store.orders import OrderStore

NUMBERED = some_sims(2)
UNNUMBERED = Sim(provider_id="sim-without-number")


def life(order_id: str = ORDER_ID) -> list[Order]:
    """An order after each of its six steps: two calls, one SIM card without an ICCID.

    Those of another id have got other SIM cards.
    """
    numbered = (
        NUMBERED
        if order_id == ORDER_ID
        else some_sims(2, 10 + 2 * crc32(order_id.encode()) % 99_991)
    )
    placed = an_order(3, order_id=order_id, under=terms(batch_size=2))
    approved = placed.approve(BEN, now_of(placed))
    first = started(approved)
    half = answered(first, Bought(sims=numbered))
    second = started(half)
    return [placed, approved, first, half, second, answered(second, Bought(sims=(UNNUMBERED,)))]


def order_ids(count: int) -> list[str]:
    """So many different order ids."""
    return [f"{number:08d}" for number in range(count)]


OP = "a1b2"
"""Id of a commit."""


def arguments_of(
    order: Order, previous: Order | None, trigger: str, *, also: Order | None = None
) -> tuple[list[str], list[str | bytes]]:
    """Keys and arguments of the script, by a process that saw nothing before.

    `also`: an order that is placed in the same step.
    """
    process = {
        "now": str(milliseconds(T0)),
        "process": "p",
        "witness": {"number": "0", "op": "", "epoch": ""},
        "delivers": False,
        "lease": 10_000,
    }
    changes = [Change(order, previous), *([Change(also, None)] if also else [])]
    keys, call, texts = script_call(KEYS, Commit(OP, changes, T0, trigger))
    return keys, [json.dumps(call | process), *texts]


async def commit(store: OrderStore, steps: Sequence[Order]) -> None:
    """Save each step upon the one before; the first one is new."""
    for previous, order in zip([None, *steps], steps, strict=False):
        await store.save(order, previous, now_of(order))


def member(order_id: str = ORDER_ID) -> str:
    """An order, as queues have it."""
    return str(Thing.order(order_id))


async def enqueue(redis: Redis, order_id: str, due: datetime) -> None:
    """Put an order into the agenda, as a commit does."""
    await redis.zadd(KEYS.agenda, {member(order_id): milliseconds(due)})


async def everything(redis: Redis) -> dict[str, object]:
    """Every key with what it holds."""
    return {str(key): await _content(redis, str(key)) for key in await redis.keys()}


async def scores(redis: Redis, key: str) -> dict[str, int]:
    """Members of a sorted set with their times (ms)."""
    pairs: Any = await redis.zrange(key, 0, -1, withscores=True)
    return {member: int(score) for member, score in pairs}


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait, in real time, until the condition holds."""
    while not await condition():  # noqa: ASYNC110 - what is in Redis sets no event
        await asyncio.sleep(0.005)


async def _content(redis: Redis, key: str) -> object:
    match await redis.type(key):
        case "hash":
            read: Callable[..., Awaitable[object]] = redis.execute_command
            return await read("HGETALL", key, **{NEVER_DECODE: True})
        case "list":
            return await redis.lrange(key, 0, -1)
        case "zset":
            return await redis.zrange(key, 0, -1, withscores=True)
        case "set":
            return await redis.smembers(key)
        case "stream":
            return await redis.xrange(key)
        case _:
            return await redis.get(key)
