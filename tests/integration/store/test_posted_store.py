"""What is known to stand on Slack is kept, message by message."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import Conflict
from bot.store.posted import Fault, Posted, PostedStore, Trouble
from tests.support.orders import KEYS, ORDER_ID, T0

if TYPE_CHECKING:
    from redis.asyncio import Redis

CARD = Posted(channel="C0OPS", ts="1767268800.000100", digest="a1b2")
TROUBLE = Trouble(
    fault=Fault.PASSING, error="x", digest="a1b2", tries=3, since=T0, tried_at=T0, wait=20
)


async def test_nothing_posted(redis: Redis) -> None:
    """Of an order that nobody posted, nothing is known to stand."""
    assert await PostedStore(redis, KEYS).load(ORDER_ID) == {}


async def test_messages_are_kept_one_by_one(redis: Redis) -> None:
    """What is written is loaded, and writing one message leaves the others as they are."""
    store = PostedStore(redis, KEYS)
    card = await store.change(ORDER_ID, "card", Posted(), CARD)
    begun = await store.change(ORDER_ID, "csv", Posted(), Posted(begun_at=T0))
    refused = await store.change(ORDER_ID, "csv", begun, begun.changed(trouble=TROUBLE))
    assert await store.load(ORDER_ID) == {"card": card, "csv": refused}
    assert await store.load("00000000") == {}


async def test_two_writers(redis: Redis) -> None:
    """Of two that have read the same, one writes; the other must read again."""
    store = PostedStore(redis, KEYS)
    first = await store.change(ORDER_ID, "card", Posted(), Posted(begun_at=T0))
    for late in (Posted(), CARD):
        with pytest.raises(Conflict):
            await store.change(ORDER_ID, "card", late, Posted(begun_at=T0))
    await store.change(ORDER_ID, "card", first, CARD)
    assert (await store.load(ORDER_ID))["card"].ts == CARD.ts


async def test_a_write_that_is_sent_twice(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client repeats what was not confirmed: the second time it gets the same answer."""
    store = PostedStore(redis, KEYS)
    send, answers = store._script, list[object]()

    async def twice(*parts: Any) -> object:
        answers.extend([await send(*parts), await send(*parts)])
        return answers[-1]

    monkeypatch.setattr(store, "_script", twice)
    await store.change(ORDER_ID, "card", Posted(), CARD)
    assert answers == [1, 1]


def test_how_long_a_trouble_rests() -> None:
    """Up to the next try; a clock that was set back makes nobody wait for it to catch up."""
    assert TROUBLE.wait_left(T0) == 20
    assert TROUBLE.wait_left(T0 + timedelta(seconds=15)) == 5
    assert TROUBLE.wait_left(T0 + timedelta(seconds=20)) == 0
    assert TROUBLE.wait_left(T0 - timedelta(hours=1)) == 0
