"""What a provider answered is written down, or kept on disk and told: it is never dropped."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot.domain.order import Order
from bot.domain.outcome import Bought
from bot.engine.journal import Journal
from bot.engine.outcomes import Outcomes
from bot.errors import StoreUnavailable
from bot.store.connection import connect
from bot.store.emergency import Emergency, Kept
from bot.store.orders import OrderStore
from tests.integration.store.samples import commit, life
from tests.support.clock import ManualClock
from tests.support.orders import KEYS, some_sims

PLACED, APPROVED, STARTED, *_ = life()
SOLD = Bought(sims=some_sims(2))
KEPT = Kept(
    order_id=STARTED.id,
    number=1,
    outcome=SOLD,
    channel=STARTED.channel,
    requester=STARTED.requester,
    provider="telnyx",
    reference=STARTED.attempts[0].reference,
    quantity=2,
)


class Failing(OrderStore):
    """A store that can't be reached for a while."""

    fails = True

    async def load(self, order_id: str) -> Order | None:
        """Load, once it can be reached."""
        if self.fails:
            raise StoreUnavailable
        return await super().load(order_id)

    async def save(
        self,
        order: Order,
        previous: Order | None,
        at: datetime,
        trigger: str = "",
        *,
        looked: bool = False,
    ) -> bool:
        """Save, once it can be reached."""
        if self.fails:
            raise StoreUnavailable
        return await super().save(order, previous, at, trigger, looked=looked)


def outcomes_on(redis: Redis, folder: Path, clock: ManualClock) -> Outcomes:
    """The part that is tested."""
    return Outcomes(Journal(OrderStore(redis, KEYS), clock), Emergency(folder), clock)


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
    assert Emergency(tmp_path).all() == [KEPT]


async def test_what_an_earlier_process_kept(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """It is committed at the next start, and then the file goes."""
    store = OrderStore(redis, KEYS)
    await commit(store, [PLACED, APPROVED, STARTED])
    Emergency(tmp_path).keep(KEPT)
    await outcomes_on(redis, tmp_path, clock).recover()
    order = await store.load(STARTED.id)
    assert order is not None
    assert order.sims == SOLD.sims
    assert Emergency(tmp_path).all() == []


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
    assert Emergency(tmp_path).all() == [KEPT]


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
    outcomes = Outcomes(Journal(store, clock), Emergency(tmp_path), clock)
    task = asyncio.create_task(outcomes.write_down(STARTED, 1, SOLD))
    await clock.until_asleep()
    assert Emergency(tmp_path).all() == [KEPT]
    store.fails = False
    await clock.jump(1)
    await task
    order = await store.load(STARTED.id)
    assert order is not None
    assert order.sims == SOLD.sims
    assert Emergency(tmp_path).all() == []


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """It is left for a person and told; the others are read."""
    Emergency(tmp_path).keep(KEPT)
    (tmp_path / "0-broken.json").write_text("{")
    with capture_logs() as lines:
        assert Emergency(tmp_path).all() == [KEPT]
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
    Emergency(tmp_path).keep(KEPT)
    await outcomes.recover()
    assert await store.load(STARTED.id) == once
    assert Emergency(tmp_path).all() == []
