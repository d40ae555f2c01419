"""What a provider answered is written down, or kept on disk and told: it is never dropped."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot.clock import Deadline
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, NotSent, Unknown
from bot.engine.outcomes import Outcomes, Started
from bot.errors import Conflict, NewerOrder, StoreUnavailable
from bot.store.connection import connect
from bot.store.emergency import EmergencyFiles, UnsavedOutcome
from bot.store.orders import Change, OrderStore
from tests.integration.store.samples import commit, life
from tests.support.clock import ManualClock
from tests.support.harness.stores import FailingStore, StandInStore
from tests.support.orders import KEYS, T0, some_sims

PLACED, APPROVED, STARTED, *_ = life()
SOLD = Bought(sims=some_sims(2))
UNSAVED = UnsavedOutcome(
    order_id=STARTED.id,
    number=1,
    outcome=SOLD,
    channel=STARTED.channel,
    requester=STARTED.requester,
    provider="telnyx",
    reference=STARTED.attempts[0].reference,
    quantity=2,
)


class Failing(FailingStore):
    """A store that can't be reached for a while."""

    failure: Exception | None = StoreUnavailable()
    reads_fail = True


def outcomes_on(
    redis: Redis,
    folder: Path,
    clock: ManualClock,
    store: OrderStore | None = None,
    **how: Any,
) -> Outcomes:
    """The part that is tested; `store` stands in for the real one on this Redis."""
    return Outcomes(store or OrderStore(redis, KEYS), EmergencyFiles(folder), clock, **how)


@pytest.mark.parametrize("known", [(), (PLACED, APPROVED)], ids=["order", "attempt"])
async def test_redis_has_forgotten_the_order_or_its_attempt(
    redis: Redis, clock: ManualClock, tmp_path: Path, known: tuple[Order, ...]
) -> None:
    """The outcome stays on disk, and the log tells it at once and at every start."""
    await commit(OrderStore(redis, KEYS), known)
    outcomes = outcomes_on(redis, tmp_path, clock)
    with capture_logs() as lines:
        await outcomes.write_down(STARTED, 1, SOLD)
        await outcomes.recover()
    told = [line for line in lines if line["event"] == "outcome_of_an_unknown_attempt"]
    assert [line["outcome"]["sims"][0]["iccid"] for line in told] == [SOLD.sims[0].iccid] * 2
    assert EmergencyFiles(tmp_path).all() == [UNSAVED]


async def test_what_an_earlier_process_kept(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """It is committed at the next start, and then the file goes."""
    store = OrderStore(redis, KEYS)
    await commit(store, [PLACED, APPROVED, STARTED])
    EmergencyFiles(tmp_path).write(UNSAVED)
    await outcomes_on(redis, tmp_path, clock).recover()
    order = await store.load(STARTED.id)
    assert order is not None
    assert order.sims == SOLD.sims
    assert EmergencyFiles(tmp_path).all() == []


async def test_cancelled_while_it_is_written(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """A process that is told to stop keeps on disk what it can't wait to see committed."""
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED, STARTED])
    task = asyncio.create_task(outcomes_on(redis, tmp_path, clock).write_down(STARTED, 1, SOLD))
    await asyncio.sleep(0)  # it has begun
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert EmergencyFiles(tmp_path).all() == [UNSAVED]


async def test_neither_redis_nor_the_disk(clock: ManualClock, tmp_path: Path) -> None:
    """The log holds the outcome, and the process goes on trying to write it down."""
    nowhere = connect(f"unix://{tmp_path}/no-server")
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with capture_logs() as lines:
        task = asyncio.create_task(
            outcomes_on(nowhere, in_the_way, clock).write_down(STARTED, 1, SOLD)
        )
        await clock.until_asleep()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await nowhere.aclose()
    (told,) = [line for line in lines if line["event"] == "outcome_only_in_memory"]
    assert told["outcome"]["sims"][1]["iccid"] == SOLD.sims[1].iccid


async def test_it_waits_for_redis(redis: Redis, clock: ManualClock, tmp_path: Path) -> None:
    """A Redis that comes back gets what was kept meanwhile."""
    store = Failing(redis, KEYS)
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED, STARTED])
    outcomes = outcomes_on(redis, tmp_path, clock, store)
    task = asyncio.create_task(outcomes.write_down(STARTED, 1, SOLD))
    await clock.until_asleep()
    assert EmergencyFiles(tmp_path).all() == [UNSAVED]
    store.failure = None
    await clock.jump(1)
    await task
    order = await store.load(STARTED.id)
    assert order is not None
    assert order.sims == SOLD.sims
    assert EmergencyFiles(tmp_path).all() == []


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """It is left for a person and told; the others are read."""
    EmergencyFiles(tmp_path).write(UNSAVED)
    (tmp_path / "0-broken.json").write_text("{")
    with capture_logs() as lines:
        assert EmergencyFiles(tmp_path).all() == [UNSAVED]
    assert [line["event"] for line in lines] == ["emergency_file_unreadable"]
    assert (tmp_path / "0-broken.json").exists()


async def test_an_outcome_that_is_known_already(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """It changes nothing, and its file goes."""
    store = OrderStore(redis, KEYS)
    await commit(store, [PLACED, APPROVED, STARTED])
    outcomes = outcomes_on(redis, tmp_path, clock)
    await outcomes.write_down(STARTED, 1, SOLD)
    once = await store.load(STARTED.id)
    EmergencyFiles(tmp_path).write(UNSAVED)
    await outcomes.recover()
    assert await store.load(STARTED.id) == once
    assert EmergencyFiles(tmp_path).all() == []


class Newer(StandInStore):
    """A store in which a newer version of the bot has written one order since."""

    newer = STARTED.id

    async def read(self, order_id: str, order: Order | None) -> Order | None:
        """Read what can be read."""
        if order_id == self.newer:
            raise NewerOrder(order_id)
        return order

    async def before(self, changes: Sequence[Change]) -> None:
        """Say that the order has changed, where it has."""
        if changes[0].order.id == self.newer:
            raise Conflict


class Away(Newer):
    """The same, behind a connection that is lost at first."""

    is_lost = True

    async def before(self, changes: Sequence[Change]) -> None:
        """Fail once, as Redis does that can't be reached."""
        if self.is_lost:
            self.is_lost = False
            raise StoreUnavailable
        await super().before(changes)


class Broken(OrderStore):
    """A store that fails in a way that nobody foresaw."""

    async def save_together(self, changes: Sequence[Change], *_: Any, **__: Any) -> bool:
        """Fail."""
        raise ValueError(changes)


async def test_an_order_that_a_newer_version_has_written(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """The outcome is on disk, and tried again until it can be written; others are not kept back."""
    store = Newer(redis, KEYS)
    outcomes = outcomes_on(redis, tmp_path, clock, store)
    others = life("8N5T7WZB")[:3]
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED, STARTED])
    await commit(OrderStore(redis, KEYS), others)
    await outcomes.write_down(STARTED, 1, SOLD)
    assert EmergencyFiles(tmp_path).all() == [UNSAVED]
    EmergencyFiles(tmp_path).write(
        UNSAVED.model_copy(update={"order_id": others[0].id, "outcome": Unknown(why="lost")})
    )
    assert await outcomes.recover() == 5
    assert EmergencyFiles(tmp_path).all() == [UNSAVED]
    other = await store.load(others[0].id)
    assert other is not None
    assert other.state == "in_doubt"
    store.newer = ""
    await outcomes.recover()
    order = await store.load(STARTED.id)
    assert order is not None
    assert (order.sims, EmergencyFiles(tmp_path).all()) == (SOLD.sims, [])


async def test_whatever_goes_wrong_it_is_on_disk(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """An error that nobody foresaw: kept, told in the log, and tried again."""
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED, STARTED])
    with capture_logs() as lines:
        broken = outcomes_on(redis, tmp_path, clock, Broken(redis, KEYS))
        await broken.write_down(STARTED, 1, SOLD)
        assert await broken.recover() == 60
    told = [line for line in lines if line["event"] == "outcome_not_recovered"]
    assert [line["reason"] for line in told] == ["ValueError"] * 2
    assert EmergencyFiles(tmp_path).all() == [UNSAVED]
    await outcomes_on(redis, tmp_path, clock).recover()
    assert EmergencyFiles(tmp_path).all() == []


async def test_redis_comes_back_with_a_newer_order(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """It is left on disk for later, and whoever waited goes on."""
    store, away = Newer(redis, KEYS), Away(redis, KEYS)
    outcomes = outcomes_on(redis, tmp_path, clock, away)
    await outcomes.write_down(STARTED, 1, SOLD)
    assert EmergencyFiles(tmp_path).all() == [UNSAVED]
    assert await outcomes_on(redis, tmp_path, clock, store).recover() == 60


async def test_a_full_disk_while_the_bot_is_stopped(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """Neither Redis nor the disk takes it in time: the log has every ICCID."""
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED, STARTED])
    (tmp_path / "file").touch()
    outcomes = outcomes_on(redis, tmp_path / "file", clock)
    with capture_logs() as lines:
        task = asyncio.create_task(outcomes.write_down(STARTED, 1, SOLD))
        await asyncio.sleep(0)  # it has begun
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    (told,) = [line for line in lines if line["event"] == "outcome_only_in_memory"]
    assert [sim["iccid"] for sim in told["outcome"]["sims"]] == [sim.iccid for sim in SOLD.sims]


async def test_a_full_disk_and_a_newer_order(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """What is only in memory is tried again as well."""
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED, STARTED])
    folder, store = tmp_path / "kept", Newer(redis, KEYS)
    folder.touch()
    outcomes = outcomes_on(redis, folder, clock, store)
    await outcomes.write_down(STARTED, 1, SOLD)
    store.newer = ""
    folder.unlink()
    await outcomes.recover()
    order = await store.load(STARTED.id)
    assert order is not None
    assert order.sims == SOLD.sims
    assert await outcomes.recover() == 5


async def test_it_is_recovered_when_redis_is_back(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """A bot that starts without Redis tries every few seconds, and does not give up."""
    store = Failing(redis, KEYS)
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED, STARTED])
    EmergencyFiles(tmp_path).write(UNSAVED)
    task = asyncio.create_task(outcomes_on(redis, tmp_path, clock, store).run())
    await clock.until_asleep()
    assert EmergencyFiles(tmp_path).all() == [UNSAVED]
    store.failure = None
    await clock.jump(5)
    while EmergencyFiles(tmp_path).all():  # noqa: ASYNC110 - a file sets no event
        await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    order = await store.load(STARTED.id)
    assert order is not None
    assert order.sims == SOLD.sims


async def test_it_is_recovered_soon_after_it_was_put_on_disk(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """A bot that runs does not wait for its next round."""
    told: list[UnsavedOutcome] = []

    async def tell(unsaved: UnsavedOutcome) -> bool:
        told.append(unsaved)
        return True

    outcomes = outcomes_on(redis, tmp_path, clock, tell=tell)
    task = asyncio.create_task(outcomes.run())
    await clock.until_asleep()
    await outcomes.write_down(STARTED, 1, SOLD)
    while not told:  # noqa: ASYNC110 - what is told here sets no event
        await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert told == [UNSAVED]


@pytest.mark.parametrize("reached", [True, False])
async def test_people_are_told_of_what_redis_has_forgotten(
    redis: Redis, clock: ManualClock, tmp_path: Path, *, reached: bool
) -> None:
    """Channel, requester and ICCIDs are on disk; the file is kept until somebody was told."""
    told: list[UnsavedOutcome] = []

    async def tell(unsaved: UnsavedOutcome) -> bool:
        told.append(unsaved)
        return reached

    outcomes = outcomes_on(redis, tmp_path, clock, tell=tell)
    await outcomes.write_down(STARTED, 1, SOLD)
    assert await outcomes.recover() == (5 if reached else 60)
    assert EmergencyFiles(tmp_path).all() == ([] if reached else [UNSAVED])
    await outcomes.recover()
    assert told == ([UNSAVED] if reached else [UNSAVED, UNSAVED])
    assert bool(list(tmp_path.glob("*.told"))) == reached  # noqa: ASYNC240 - a small folder


async def test_a_call_that_sold_nothing_needs_nobody(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """Redis has forgotten a call that was refused: nobody is troubled with it."""
    outcomes = outcomes_on(redis, tmp_path, clock)
    await outcomes.write_down(STARTED, 1, NotSent(why="no connection"))
    await outcomes.recover()
    assert EmergencyFiles(tmp_path).all() == []


async def test_a_file_of_an_earlier_version(tmp_path: Path) -> None:
    """It lacks the channel and the requester, and is read all the same."""
    EmergencyFiles(tmp_path).write(UNSAVED)
    lacking = {"channel", "requester", "provider", "reference", "quantity"}
    path = tmp_path / f"{UNSAVED.order_id}-1.json"
    path.write_text(UNSAVED.model_dump_json(exclude=lacking))
    (read,) = EmergencyFiles(tmp_path).all()
    assert (read.outcome, read.channel, read.quantity) == (SOLD, "", 0)


async def test_an_attempt_that_was_made_anew(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """One that was never recorded says nothing of its successor, which was sent: no doubt is lost.

    Else a call whose answer was lost while Redis was away would be made a second time.
    """
    store = FailingStore(redis, KEYS)
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED, STARTED])
    outcomes = outcomes_on(redis, tmp_path, clock, store)
    store.fail_commits(StoreUnavailable(), times=1)
    assert await outcomes.write_down(STARTED, 1, SOLD, begin) is None
    half = await store.load(STARTED.id)
    assert half is not None
    sent = begin(half).order
    await store.save(sent, half, clock.now())
    store.fail_commits(StoreUnavailable(), times=1)
    await outcomes.write_down(sent, 2, Unknown(why="lost"))
    order = await store.load(STARTED.id)
    assert order is not None
    assert (order.state, order.attempts[1].outcome) == ("in_doubt", "unknown")


class Late(OrderStore):
    """The first commit arrives only when the second one is made."""

    _first: tuple[Any, ...] | None = None

    async def save_together(self, *parts: Any, **named: Any) -> bool:
        """Commit, if it comes to that."""
        if self._first is None:
            self._first = parts
            raise StoreUnavailable
        if self._first:
            first, self._first = self._first, ()
            await super().save_together(*first)
        return await super().save_together(*parts, **named)


async def test_an_attempt_that_is_recorded_late(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """A slow server may make a commit that was given up: what it began was not sent all the same.

    Nobody has to doubt it.
    """
    await commit(OrderStore(redis, KEYS), [PLACED, APPROVED, STARTED])
    store = Late(redis, KEYS)
    await outcomes_on(redis, tmp_path, clock, store).write_down(STARTED, 1, SOLD, begin)
    order = await store.load(STARTED.id)
    assert order is not None
    assert [attempt.outcome for attempt in order.attempts] == ["bought", "not_sent"]
    assert EmergencyFiles(tmp_path).all() == []


async def test_an_attempt_of_another_process(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """What this process did not send is told by more than its number: others number alike."""
    store, others = FailingStore(redis, KEYS), OrderStore(redis, KEYS)
    await commit(others, [PLACED, APPROVED, STARTED])
    outcomes = outcomes_on(redis, tmp_path, clock, store)
    store.failure = StoreUnavailable()
    task = asyncio.create_task(outcomes.write_down(STARTED, 1, SOLD, begin))
    await asyncio.sleep(0.1)
    half = STARTED.record(1, SOLD, T0)
    await others.save(half, STARTED, T0)
    sent = half.start_attempt(T0 + timedelta(seconds=20), T0 + timedelta(seconds=30))
    await others.save(sent, half, T0)
    store.failure = None
    await clock.jump(1)
    await task
    order = await store.load(STARTED.id)
    assert order is not None
    assert order.attempt_is_open


def begin(order: Order) -> Started:
    """The next attempt."""
    fence = Deadline(ManualClock(), 8)
    return Started(order.start_attempt(T0, T0 + timedelta(seconds=10)), fence)
