"""What lies in Redis of an order, as its own version wrote it."""

import json
from typing import Any

from redis.asyncio import Redis
from redis.client import NEVER_DECODE

from bot.store.orders.packing import unpacked
from tests.support.orders import KEYS


async def core_of(redis: Redis, order_id: str) -> dict[str, Any]:
    """The JSON of the order without its attempts."""
    name = KEYS.order(order_id)
    answer: Any = redis.execute_command("HGET", name, "json", **{NEVER_DECODE: True})  # type: ignore[no-untyped-call]
    data = bytes(await answer)
    text = data if data.startswith(b"{") else unpacked(data)
    core: dict[str, Any] = json.loads(text)
    return core
