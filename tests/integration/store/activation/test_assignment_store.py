"""Who has which eSIM, in Redis."""

from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.domain.activation.assignment import Assignment, Holder
from bot.domain.activation.trail import EsimEntry, EsimEvent
from bot.errors import DuplicateDelivery, NotRecorded, StoreUnavailable
from bot.store.activation import AssignmentStore
from bot.store.orders import OrderStore
from bot.store.orders.audit import Audit
from tests.support.orders import ANA, BEN, KEYS, ORDER_ID, T0

NOW = str(int(T0.timestamp() * 1000))


def assignment(iccid: str, name: str = "Truck 12") -> Assignment:
    """Somebody has it, as Ben said."""
    return Assignment(iccid=iccid, holder=Holder(name=name, person=ANA), by=BEN, at=T0)


def entry(*iccids: str, event: EsimEvent = EsimEvent.ASSIGNED) -> EsimEntry:
    """The line of the audit."""
    return EsimEntry(at=T0, event=event, by=BEN, iccids=iccids, order_id=ORDER_ID)


async def test_all_are_written_with_one_line_of_the_audit(redis: Redis) -> None:
    """Who has them is in the hash; the audit has by whom and of which eSIMs, but no name."""
    store = AssignmentStore(redis, KEYS)
    told = {each: assignment(each) for each in ("8901", "8902")}
    await store.write(told, entry("8901", "8902"), "t1", NOW)
    assert await store.about(["8901", "8902", "8903"]) == told
    assert {each.iccid async for each in store.all()} == {"8901", "8902"}
    lines = [line async for line in Audit(redis, KEYS).lines()]
    assert [line.entry for line in lines] == [entry("8901", "8902")]
    stream = str(await redis.xrange(KEYS.audit))
    assert "Truck" not in stream


async def test_what_is_removed_is_gone(redis: Redis) -> None:
    """Nothing of the name is left anywhere."""
    store = AssignmentStore(redis, KEYS)
    await store.write({"8901": assignment("8901")}, entry("8901"), "t1", NOW)
    await store.write({"8901": None}, entry("8901", event=EsimEvent.UNASSIGNED), "t2", NOW)
    assert await store.about(["8901"]) == {}
    assert not await redis.exists(KEYS.assignments)


async def test_a_command_that_is_delivered_twice_counts_once(redis: Redis) -> None:
    """The second one changes nothing, not even what was changed since."""
    store = AssignmentStore(redis, KEYS)
    await store.write({"8901": assignment("8901", "old")}, entry("8901"), "t1", NOW)
    await store.write({"8901": assignment("8901", "new")}, entry("8901"), "t2", NOW)
    with pytest.raises(DuplicateDelivery):
        await store.write({"8901": assignment("8901", "old")}, entry("8901"), "t1", NOW)
    assert (await store.about(["8901"]))["8901"].holder.name == "new"


async def test_its_trigger_shows_that_it_was_carried_out(redis: Redis) -> None:
    """So a person whose answer was lost learns it; there is the order's id to name."""
    orders = OrderStore(redis, KEYS)
    assert await orders.carried_out("t1") is None
    await AssignmentStore(redis, KEYS).write({"8901": assignment("8901")}, entry("8901"), "t1", NOW)
    assert await orders.carried_out("t1") == ORDER_ID


async def test_too_late_nothing_is_written(redis: Redis) -> None:
    """Whoever waited was told that it is not recorded, and it never will be."""
    store = AssignmentStore(redis, KEYS)
    with pytest.raises(NotRecorded):
        await store.write(
            {"8901": assignment("8901")},
            entry("8901"),
            "t1",
            NOW,
            not_after=T0 - timedelta(seconds=1),
        )
    assert await redis.keys("*") == []


@pytest.mark.parametrize(
    ("untouched", "waits", "told"),
    [
        (True, True, NotRecorded),
        (True, False, StoreUnavailable),
        (False, True, StoreUnavailable),
    ],
)
async def test_a_server_that_does_not_answer(
    redis: Redis,
    monkeypatch: pytest.MonkeyPatch,
    untouched: bool,
    waits: bool,
    told: type[Exception],
) -> None:
    """That it is not recorded is said only where it is certain, and to whoever waits."""
    store = AssignmentStore(redis, KEYS)

    async def away(*_: object) -> None:
        raise StoreUnavailable(untouched=untouched)

    monkeypatch.setattr(store, "_script", away)
    with pytest.raises(told):
        await store.write(
            {"8901": assignment("8901")},
            entry("8901"),
            "t1",
            NOW,
            not_after=T0 if waits else None,
        )
    assert await store.about([]) == {}
