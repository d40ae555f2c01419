"""An answer that nobody foresaw: the work goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from bot.store.queues import Claimed, Queue
from bot.worker import Worker
from tests.integration.store.samples import enqueue
from tests.integration.store.worker.work import Work, running
from tests.support.orders import KEYS, ORDER_ID

if TYPE_CHECKING:
    from redis.asyncio import Redis

    from tests.support.clock import ManualClock


class OddOnce(Queue):
    """A queue whose first answer can't be handled."""

    odd = True

    async def claim(self, time: str, lease: float, limit: int) -> Claimed:
        """Fail the first time."""
        if self.odd:
            self.odd = False
            raise ValueError("an answer that nobody foresaw")
        return await super().claim(time, lease, limit)


async def test_a_claim_that_can_not_be_handled(redis: Redis, clock: ManualClock) -> None:
    """It is told, and the worker claims again at its next look."""
    work = Work()
    work.may_end.set()
    await enqueue(redis, ORDER_ID, clock.now())
    worker = Worker("engine", OddOnce(redis, KEYS, KEYS.agenda), work, clock)
    with capture_logs() as lines:
        async with running(worker):
            await clock.until_asleep()
            await clock.advance(1)
            assert await work.begun.get() == ORDER_ID
    assert [line["event"] for line in lines] == ["claim_failed"]
