"""After the operator has restored a copy of Redis: which orders must be looked up first."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from redis.asyncio import Redis

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.errors import NewerOrder, UnreadableOrder
from bot.store.connection import Script, lua, milliseconds, reaching_redis
from bot.store.keys import Keys
from bot.store.orders import OrderStore

RECENT = timedelta(days=7)
"""Age up to which orders that have ended are listed, too."""
_COLUMNS = ("order", "state", "requester", "channel", "tag at the provider")


async def workspaces(redis: Redis) -> list[str]:
    """The team ids of all that this server holds orders of. Raises StoreUnavailable."""
    async with reaching_redis():
        found = [str(key) async for key in redis.scan_iter(match=Keys("*").orders, count=1000)]
    return sorted(key.split("{")[1].split("}")[0] for key in found)


async def begin_epoch(redis: Redis, keys: Keys) -> None:
    """Begin an epoch: every existing order is looked up before anything is sent for it.

    Raises StoreUnavailable.
    """
    script = Script(redis, lua("restored"))
    await script([keys.server, keys.epochs], {"epoch": uuid4().hex}, "")


async def to_look_at(redis: Redis, keys: Keys) -> AsyncIterator[Order]:
    """The orders that may have changed after the copy was made, newest first.

    An order that a newer version wrote, or that can't be read, is left out. Raises
    StoreUnavailable.
    """
    store, oldest = OrderStore(redis, keys), datetime.now(UTC) - RECENT
    for state in OrderState:
        since = milliseconds(oldest) if state.is_final else "-inf"
        async with reaching_redis():
            ids = await redis.zrangebyscore(keys.state(state), since, "+inf")
        for order_id in reversed(ids):
            try:
                order = await store.load(str(order_id))
            except (NewerOrder, UnreadableOrder):
                continue
            if order is not None:
                yield order


async def table(redis: Redis) -> str:
    """Begin an epoch in each workspace; a plain table of what to look at."""
    rows = [_COLUMNS]
    for workspace in await workspaces(redis):
        keys = Keys(workspace)
        await begin_epoch(redis, keys)
        async for order in to_look_at(redis, keys):
            facts = (order.id, str(order.state), order.requester, order.channel)
            rows.append((*facts, f"esim-{order.id}"))
    widths = [max(len(row[i]) for row in rows) for i in range(len(_COLUMNS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
