"""Two processes that begin calls with their commits, while Redis fails: random lives."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.errors import EsimBotError, StoreUnavailable
from bot.store.orders import Change, OrderStore
from tests.integration.store.samples import commit
from tests.support.clock import ManualClock
from tests.support.harness.parts import Parts
from tests.support.harness.thoroughness import thorough
from tests.support.machine.parts import CARLA, Process
from tests.support.machine.seller import Seller, Way
from tests.support.orders import KEYS, ORDER_ID, an_order, terms

_LIVES = thorough(8, 200)
_TROUBLED, _LEFT = 90, 50
"""Steps of the clock while Redis fails, and after that."""
_WAYS = (*[Way.WHOLE] * 6, *(way for way in Way if way is not Way.WHOLE))


class Flaky(OrderStore):
    """Commits fail before they are made, are made later, or lose their answer; reads fail."""

    def __init__(self, *rest: Any, **named: Any) -> None:
        super().__init__(*rest, **named)
        self.random = random.Random(0)  # noqa: S311 - a test repeats it
        self.share = 0.0
        """How many of all commits go wrong."""
        self.late: list[asyncio.Task[None]] = []

    async def save_together(self, changes: Sequence[Change], *rest: Any, **named: Any) -> bool:
        """Commit, or something of that kind."""
        luck = self.random.random() / self.share if self.share else 1.0
        if luck < 1 / 3:
            raise StoreUnavailable
        if luck < 2 / 3:
            self.late.append(asyncio.create_task(self._later(changes, *rest, **named)))
            raise StoreUnavailable
        remembers = await super().save_together(changes, *rest, **named)
        if luck < 1:
            raise StoreUnavailable
        return remembers

    async def _later(self, changes: Sequence[Change], *rest: Any, **named: Any) -> None:
        await asyncio.sleep(self.random.choice([0, 0.002, 0.01]))
        with suppress(EsimBotError):
            await super().save_together(changes, *rest, **named)

    async def load(self, order_id: str) -> Order | None:
        """Read, or fail."""
        if self.random.random() < self.share / 2:
            raise StoreUnavailable
        return await super().load(order_id)


@asynccontextmanager
async def working(
    redis: Redis, seller: Seller, clock: ManualClock, folder: Path, luck: random.Random
) -> AsyncIterator[list[Process]]:
    """Two bots whose agenda is worked on, and whose outcomes are recovered."""
    bots = [Process.of(Parts(store=Flaky), redis, seller, clock, folder / n) for n in "ab"]
    for store in (bot.store for bot in bots if isinstance(bot.store, Flaky)):
        store.random, store.share = luck, luck.choice([0.1, 0.3, 0.5])
    work = [asyncio.create_task(bot.worker.run(bot.stopping, grace=1)) for bot in bots]
    work += [asyncio.create_task(bot.outcomes.run()) for bot in bots]
    yield bots
    for bot in bots:
        bot.stopping.set()
    while not all(task.done() for task in work[: len(bots)]):
        await clock.advance(1)
        await asyncio.sleep(0.002)
    for task in work:
        task.cancel()
    late = [task for bot in bots if isinstance(bot.store, Flaky) for task in bot.store.late]
    await asyncio.gather(*work, *late, return_exceptions=True)


async def approve(bot: Process) -> None:
    """Somebody clicks until it is taken."""
    for _ in range(10):
        try:
            await bot.orders.approve(ORDER_ID, by=CARLA, trigger="click")
        except StoreUnavailable:
            await asyncio.sleep(0.02)
        except EsimBotError:
            return
        else:
            return


async def live(bots: list[Process], clock: ManualClock, luck: random.Random) -> None:
    """Let time go by: at first Redis fails, then it is well."""
    for step in range(_TROUBLED + _LEFT):
        await clock.advance(luck.choice([0.5, 1, 3.4, 5]) if step < _TROUBLED + 10 else 30)
        await asyncio.sleep(0.006)
        if step == _TROUBLED:
            for store in (bot.store for bot in bots if isinstance(bot.store, Flaky)):
                store.share = 0.0


@pytest.mark.parametrize("seed", range(_LIVES))
async def test_random_lives(redis: Redis, clock: ManualClock, tmp_path: Path, seed: int) -> None:
    """Never is more sold than was ordered, nothing sold is lost, and no order is forgotten."""
    luck, seller = random.Random(seed), Seller(clock.now)  # noqa: S311 - a test repeats it
    seller.ways.extend(luck.choice(_WAYS) for _ in range(12))
    amount = luck.choice([3, 5, 8])
    await commit(OrderStore(redis, KEYS), [an_order(amount, under=terms(batch_size=2))])
    async with working(redis, seller, clock, tmp_path, luck) as bots:
        await approve(bots[0])
        await live(bots, clock, luck)
        order = await OrderStore(redis, KEYS).load(ORDER_ID)
    assert order is not None
    sold = [sim.provider_id for sims in seller.sold.values() for sim in sims]
    known = [sim.provider_id for sim in order.sims]
    assert len(sold) <= amount
    assert sorted(map(str, known)) == sorted(map(str, sold))
    assert order.bought == len(known)
    assert order.state.is_final or order.state is OrderState.NEEDS_ATTENTION
