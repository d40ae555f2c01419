"""Hand-outs in Redis: the audit before anything else, one giver, nothing kept for long."""

from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.domain.activation.hand_out import HandOut, HandOutForm, Piece
from bot.domain.activation.trail import EsimEvent, Reveal
from bot.domain.thing import Thing, ThingKind
from bot.errors import Conflict, DuplicateDelivery, StoreUnavailable, UnreadableOrder
from bot.store.activation import GIVING, HandOutStore
from bot.store.orders import OrderStore
from bot.store.orders.audit import Audit
from bot.store.queues import Queue
from tests.support.orders import ANA, BEN, KEYS, ORDER_ID, T0, an_order

NOW = str(int(T0.timestamp() * 1000))
HAND_OUT = HandOut(
    id="h1",
    by=BEN,
    to=ANA,
    form=HandOutForm.MESSAGES,
    order_id=ORDER_ID,
    iccids=("8901",),
    at=T0,
    until=T0 + timedelta(days=1),
)
REVEAL = Reveal(
    at=T0, by=BEN, to=ANA, iccids=("8901",), form=HandOutForm.MESSAGES, order_id=ORDER_ID
)
THING = Thing(ThingKind.HAND_OUT, "h1")


def later(seconds: float) -> str:
    """So many seconds after T0, as scripts take it."""
    return str(int((T0 + timedelta(seconds=seconds)).timestamp() * 1000))


async def due(redis: Redis, now: str) -> list[Thing]:
    """What a worker would get then."""
    return (await Queue.agenda(redis, KEYS).claim(now, 1, 10)).things


async def test_a_reveal_is_in_the_audit(redis: Redis) -> None:
    """Who, which ICCID, to whom: in the stream, and with what else is known of the order."""
    store = HandOutStore(redis, KEYS)
    await store.reveal(HAND_OUT, REVEAL, NOW)
    lines = [line async for line in Audit(redis, KEYS).lines()]
    assert [(line.order_id, line.version, line.entry) for line in lines] == [(ORDER_ID, 0, REVEAL)]
    assert await store.entries_of(ORDER_ID) == (REVEAL,)


async def test_the_audit_of_an_order_has_its_reveals_in_their_place(redis: Redis) -> None:
    """Steps and reveals of one order stand by their time."""
    order = an_order()
    await OrderStore(redis, KEYS).save(order, None, T0)
    at = T0 + timedelta(minutes=1)
    await HandOutStore(redis, KEYS).reveal(HAND_OUT, REVEAL.model_copy(update={"at": at}), NOW)
    cancelled = order.cancel(ANA, T0 + timedelta(minutes=2))
    await OrderStore(redis, KEYS).save(cancelled, order, T0 + timedelta(minutes=2))
    events = [line.entry.event async for line in Audit(redis, KEYS).lines(ORDER_ID)]
    assert events == ["placed", EsimEvent.CODES_REVEALED, "cancelled"]
    everything = [line.entry.event async for line in Audit(redis, KEYS).lines()]
    assert everything == events


async def test_a_hand_out_is_revealed_once(redis: Redis) -> None:
    """A second click, in whatever process, finds that it was carried out; the audit has one."""
    store = HandOutStore(redis, KEYS)
    await store.reveal(HAND_OUT, REVEAL, NOW)
    with pytest.raises(DuplicateDelivery):
        await store.reveal(HAND_OUT, REVEAL, NOW)
    assert len(await store.entries_of(ORDER_ID)) == 1


async def test_a_click_after_all_is_gone_is_a_second_one_too(redis: Redis) -> None:
    """That its messages were deleted does not open a confirmation again."""
    store = HandOutStore(redis, KEYS)
    stored = await store.reveal(HAND_OUT, REVEAL, NOW)
    assert await store.save(stored, None, NOW) is None
    with pytest.raises(DuplicateDelivery):
        await store.reveal(HAND_OUT, REVEAL, NOW)


async def test_nobody_takes_it_while_it_is_given(redis: Redis) -> None:
    """It comes due only when whoever gives it was not heard of for its lease."""
    store = HandOutStore(redis, KEYS)
    stored = await store.reveal(HAND_OUT, REVEAL, NOW)
    assert await due(redis, later(GIVING - 1)) == []
    await store.hold(stored, later(GIVING - 1))
    assert await due(redis, later(2 * GIVING - 2)) == []
    assert await due(redis, later(2 * GIVING)) == [THING]


async def test_one_giver_at_a_time(redis: Redis) -> None:
    """What another process has taken is neither held nor written by the one before it."""
    store = HandOutStore(redis, KEYS)
    stored = await store.reveal(HAND_OUT, REVEAL, NOW)
    found = await HandOutStore(redis, KEYS).load("h1")
    assert found == stored
    taken = await store.save(found, HAND_OUT, NOW)
    with pytest.raises(Conflict):
        await store.hold(stored, NOW)
    with pytest.raises(Conflict):
        await store.save(stored, None, NOW)
    assert await store.load("h1") == taken


async def test_what_is_given_comes_due_to_be_deleted(redis: Redis) -> None:
    """At the time that was set; its places are kept, and who was given what is in the audit."""
    store = HandOutStore(redis, KEYS)
    stored = await store.reveal(HAND_OUT, REVEAL, NOW)
    piece = Piece(ts="1.2", file="F1")
    given = HAND_OUT.model_copy(update={"pieces": (piece,), "is_given": True, "iccids": ()})
    told = REVEAL.model_copy(update={"event": EsimEvent.CODES_GIVEN})
    saved = await store.save(stored, given, NOW, T0 + timedelta(hours=24), [told])
    assert await store.load("h1") == saved
    assert await store.entries_of(ORDER_ID) == (REVEAL, told)
    assert await due(redis, later(86_399)) == []
    assert await due(redis, later(86_400)) == [THING]


async def test_nothing_is_left_of_one_that_is_gone(redis: Redis) -> None:
    """No key of it, and nothing in the agenda."""
    store = HandOutStore(redis, KEYS)
    stored = await store.reveal(HAND_OUT, REVEAL, NOW)
    await store.save(stored, None, NOW)
    assert await store.load("h1") is None
    assert not await redis.exists(KEYS.hand_out("h1"))
    assert await due(redis, later(10**6)) == []


async def test_a_save_whose_answer_was_lost_is_no_conflict(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent again, and the same commit gets the same answer."""
    store = HandOutStore(redis, KEYS)
    script, lost = store._script, ["once", "twice"]

    async def losing(*arguments: Any) -> Any:
        answer = await script(*arguments)
        if lost.pop(0) == "once":
            raise StoreUnavailable
        return answer

    monkeypatch.setattr(store, "_script", losing)
    stored = await store.reveal(HAND_OUT, REVEAL, NOW)
    lost[:] = ["once", "twice"]
    saved = await store.save(stored, HAND_OUT, NOW)
    assert saved is not None
    assert saved.version == 2
    assert len(await HandOutStore(redis, KEYS).entries_of(ORDER_ID)) == 1


async def test_an_end_whose_answer_was_lost_is_no_conflict(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is forgotten already: that is what was asked for."""
    store = HandOutStore(redis, KEYS)
    stored = await store.reveal(HAND_OUT, REVEAL, NOW)
    script, lost = store._script, ["once", "twice"]

    async def losing(*arguments: Any) -> Any:
        answer = await script(*arguments)
        if lost.pop(0) == "once":
            raise StoreUnavailable
        return answer

    monkeypatch.setattr(store, "_script", losing)
    assert await store.save(stored, None, NOW) is None
    assert await store.load("h1") is None


async def test_one_of_a_newer_version_is_left_alone(redis: Redis) -> None:
    """What can't be read waits for the version that wrote it."""
    store = HandOutStore(redis, KEYS)
    await store.reveal(HAND_OUT, REVEAL, NOW)
    await redis.hset(KEYS.hand_out("h1"), "json", "{}")
    with pytest.raises(UnreadableOrder):
        await store.load("h1")


async def test_a_first_reveal_does_not_hold_up_the_first_order(redis: Redis) -> None:
    """On an empty server, orders are sent as if it had been the first commit of an order."""
    await HandOutStore(redis, KEYS).reveal(HAND_OUT, REVEAL, NOW)
    assert await redis.hget(KEYS.server, "trusted")
    assert await redis.hget(KEYS.server, "epoch")
    order = an_order()
    await OrderStore(redis, KEYS).save(order, None, T0)
    assert await OrderStore(redis, KEYS).load(order.id) == order
