"""A provider that keeps one reference a call: an order of many calls is still looked up in time."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, Unknown
from bot.domain.purchase.sim import Sim
from bot.engine.lookups import FRESH, Lookups, references_of
from bot.errors import LookupFailed, LookupPostponed
from bot.store.orders import OrderStore
from tests.integration.store.samples import commit
from tests.support.clock import ManualClock
from tests.support.machine.parts import Parts, Process
from tests.support.machine.priced import Priced
from tests.support.machine.seller import Seller
from tests.support.order_steps import LOST, answered, started
from tests.support.orders import KEYS, ORDER_ID, an_order, some_sims, terms


class Counting(Priced):
    """Answers so many looks; then one that can wait is postponed."""

    def __init__(self, seller: Seller, budget: int) -> None:
        super().__init__(seller)
        self.budget = budget
        self.asked_for: list[str] = []
        self.fails = False

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Pass it on within the budget."""
        if self.fails:
            raise LookupFailed("HTTP 500")
        if not urgent and self.budget <= 0:
            raise LookupPostponed(60)
        self.budget -= 1
        self.asked_for.append(order_reference)
        return await super().find(order_reference, urgent=urgent)


def call(order: Order) -> Order:
    """The next call, with a reference of its own alone."""
    return started(order).prepared("{}", None, shares_tag=False)


def bought(calls: int, *, lost: bool = False) -> Order:
    """An order of so many calls for two; of the last one the answer may be lost."""
    order = an_order(2 * calls, state=OrderState.APPROVED, under=terms(batch_size=2))
    for number in range(calls):
        is_lost = lost and number == calls - 1
        sims = some_sims(2, first=2 * number + 1)
        order = answered(call(order), Unknown(why=LOST) if is_lost else Bought(sims=sims))
    return order


def reference(number: int) -> str:
    """That of a call."""
    return f"esim-{ORDER_ID}-{number}"


def test_a_doubt_is_asked_for_alone() -> None:
    """Calls that sold all of their quantity for certain don't make the look slow."""
    order = bought(200, lost=True)
    assert references_of(order, whole=False) == [reference(200)]
    assert references_of(order, whole=True) == [reference(n) for n in range(1, 201)]


def test_an_earlier_doubt_is_asked_for_too() -> None:
    """What may show more is looked at, wherever it stands."""
    order = bought(3)
    doubted = order.attempts[0].model_copy(update={"outcome": "unknown", "sims": ()})
    changed = order.model_copy(update={"attempts": (doubted, *order.attempts[1:])})
    assert references_of(changed, whole=False) == [reference(1), reference(3)]


def test_calls_that_share_a_reference_are_asked_for_by_it() -> None:
    """One look finds them all."""
    order = an_order(4, state=OrderState.PURCHASED, under=terms(batch_size=2))
    assert references_of(order, whole=True) == [f"esim-{ORDER_ID}"]


class Slow(Counting):
    """Needs a second for each answer."""

    def __init__(self, seller: Seller, clock: ManualClock) -> None:
        super().__init__(seller, 1000)
        self._clock = clock

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Answer late."""
        await self._clock.sleep(1)
        return await super().find(order_reference, urgent=urgent)


async def test_a_whole_look_can_be_relied_on(redis: Redis, clock: ManualClock) -> None:
    """Also one of the largest order: else no rest of it could ever be bought."""
    shop, begun = Slow(Seller(clock.now), clock), clock.now()
    lookups = Lookups(OrderStore(redis, KEYS), {"telnyx": shop})
    looking = asyncio.ensure_future(lookups.look(bought(200), whole=True))
    while not looking.done():
        await clock.advance(1)
    assert (await looking).found == {}
    assert sorted(shop.asked_for) == sorted(reference(n) for n in range(1, 201))
    assert (clock.now() - begun).total_seconds() <= FRESH / 2


async def test_one_that_fails_ends_a_whole_look(redis: Redis, clock: ManualClock) -> None:
    """It shows nothing then, and asks for nothing more."""
    shop = Slow(Seller(clock.now), clock)
    shop.fails = True
    lookups = Lookups(OrderStore(redis, KEYS), {"telnyx": shop})
    looking = asyncio.ensure_future(lookups.look(bought(200), whole=True))
    while not looking.done():
        await clock.advance(1)
    assert (await looking).why == "HTTP 500"
    assert clock.sleepers == 0


@pytest.fixture
def shop(clock: ManualClock) -> Counting:
    """A provider with a budget for three looks."""
    return Counting(Seller(clock.now), 3)


@pytest.fixture
async def bot(redis: Redis, clock: ManualClock, tmp_path: Path, shop: Counting) -> Process:
    """A bot, and an order of eight calls that has ended; one SIM card more turned up."""
    await commit(OrderStore(redis, KEYS), [bought(8)])
    shop.seller.sell_unasked(reference(7), 1)
    await clock.jump(120)
    return Process.of(Parts(provider=lambda _: shop), redis, shop.seller, clock, tmp_path)


async def test_a_look_that_had_to_stop_goes_on(
    redis: Redis, bot: Process, clock: ManualClock, shop: Counting
) -> None:
    """However small the budget, a look after the end comes to its own; nothing is asked twice."""
    for _ in range(3):
        await bot.engine.step(ORDER_ID)
        shop.budget = 3
        await clock.jump(61)
    order = await OrderStore(redis, KEYS).load(ORDER_ID)
    assert order is not None
    assert order.bought == 17
    assert shop.asked_for == [reference(n) for n in range(1, 9)]


async def test_a_look_that_failed_goes_on_too(
    bot: Process, clock: ManualClock, shop: Counting
) -> None:
    """It is tried again later, from where it was; the next look begins anew."""
    await bot.engine.step(ORDER_ID)
    shop.fails = True
    await clock.jump(61)
    await bot.engine.step(ORDER_ID)
    shop.fails, shop.budget = False, 100
    await clock.jump(400)
    await bot.engine.step(ORDER_ID)
    assert len(shop.asked_for) == 8
    await clock.jump(3600)
    await bot.engine.step(ORDER_ID)
    assert len(shop.asked_for) == 16


async def test_what_is_remembered_of_looks_is_bounded(
    bot: Process, redis: Redis, clock: ManualClock, shop: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many looks had to stop: the oldest one begins anew."""
    monkeypatch.setattr("bot.engine.lookups._MOST_BEGUN", 0)
    await bot.engine.step(ORDER_ID)
    shop.budget = 100
    await clock.jump(61)
    await bot.engine.step(ORDER_ID)
    order = await OrderStore(redis, KEYS).load(ORDER_ID)
    assert order is not None
    assert order.bought == 17
    assert len(shop.asked_for) == 3 + 8
