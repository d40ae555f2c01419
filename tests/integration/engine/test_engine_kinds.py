"""Orders about SIM cards that were sold before: at most once, and of nobody else's counting."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.clock import Fence
from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Bought, Outcome
from bot.domain.purchase.sim import Sim
from bot.domain.request import OrderKind, PurchaseRequest
from bot.providers.base import PurchaseCall
from bot.store.orders import OrderStore
from tests.integration.store.samples import commit
from tests.support.clock import ManualClock
from tests.support.machine.parts import ANA, CARLA, Parts, Process
from tests.support.machine.priced import Priced, not_sold
from tests.support.machine.seller import Seller, Way
from tests.support.orders import KEYS, OPS, an_order, some_sims

SIM = some_sims(1)[0]
ICCID = SIM.iccid or ""


class Changing(Priced):
    """A provider that changes a SIM card that it has sold, whatever becomes of the answer."""

    def __init__(self, seller: Seller) -> None:
        super().__init__(seller)
        self.done: list[OrderKind] = []
        """The kinds of what was really done."""
        self.shows = True
        """Whether a look shows what was done."""
        self.looks = 0
        self.failure: Exception | None = None
        """What every look raises."""

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Do it, and answer as the seller's next way says."""
        outcome = await super().purchase(call, fence)
        self.done.append(call.request.kind)
        if isinstance(outcome, Bought):
            return Bought(sims=(self._changed(),))
        return outcome

    async def find_change(
        self, request: PurchaseRequest, reference: str, *, urgent: bool = True
    ) -> tuple[Sim, ...]:
        """The SIM card, once it was changed."""
        del reference, urgent
        self.looks += 1
        if self.failure is not None:
            raise self.failure
        return (self._changed(),) if self.shows and request.kind in self.done else ()

    def _changed(self) -> Sim:
        return Sim(iccid=ICCID, provider_id="purchase-7")


@pytest.fixture
def shop(clock: ManualClock) -> Changing:
    """The provider."""
    return Changing(Seller(clock.now))


@pytest.fixture
async def bot(redis: Redis, clock: ManualClock, tmp_path: Path, shop: Changing) -> Process:
    """A bot, and an earlier order that bought the SIM card."""
    await commit(OrderStore(redis, KEYS), [an_order(1, state=OrderState.PURCHASED, sims=(SIM,))])
    return Process.of(Parts(provider=lambda _: shop), redis, shop.seller, clock, tmp_path)


async def ordered(bot: Process, redis: Redis, kind: OrderKind) -> Order:
    """An order of this kind, carried out as far as it goes at once."""
    request = PurchaseRequest(kind=kind, provider="telnyx", amount=1, options={"iccid": ICCID})
    order = await bot.orders.place(request, requester=ANA, channel=OPS, trigger="t1")
    await bot.engine.step(order.id)
    await bot.orders.approve(order.id, by=CARLA, trigger="t2")
    await bot.engine.step(order.id)
    return await order_on(redis, order)


async def order_on(redis: Redis, order: Order) -> Order:
    """The order as Redis has it."""
    found = await OrderStore(redis, KEYS).load(order.id)
    assert found is not None
    return found


async def looked_at(bot: Process, redis: Redis, clock: ManualClock, order: Order) -> Order:
    """The order after its next look."""
    assert order.due_at is not None
    await clock.jump((order.due_at - clock.now()).total_seconds())
    await bot.engine.step(order.id)
    return await order_on(redis, order)


KINDS: Sequence[OrderKind] = [OrderKind.TOP_UP, OrderKind.EDIT, OrderKind.SUSPENSION]


@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_done_once(bot: Process, redis: Redis, shop: Changing, kind: OrderKind) -> None:
    """The SIM card counts for it, though an earlier order bought it, which keeps it."""
    order = await ordered(bot, redis, kind)
    assert (order.state, order.bought, order.odd_sims) == (OrderState.PURCHASED, 1, ())
    assert shop.done == [kind]
    owners = await OrderStore(redis, KEYS).others_with(order, [SIM])
    assert owners == {ICCID: "7K2M9QXA"}


@pytest.mark.parametrize("kind", [OrderKind.EDIT, OrderKind.SUSPENSION])
async def test_a_lost_answer_is_looked_up_where_the_change_shows(
    bot: Process, redis: Redis, clock: ManualClock, shop: Changing, kind: OrderKind
) -> None:
    """Such a call leaves no reference: what it changed is looked at, and it is not made again."""
    shop.seller.ways.append(Way.LOST)
    order = await ordered(bot, redis, kind)
    assert order.state is OrderState.IN_DOUBT
    order = await looked_at(bot, redis, clock, order)
    assert (order.state, shop.looks) == (OrderState.PURCHASED, 1)
    assert shop.done == [kind]


async def test_a_change_that_does_not_show_goes_to_a_person(
    bot: Process, redis: Redis, clock: ManualClock, shop: Changing
) -> None:
    """Nothing is done again, and nothing is believed that was not seen."""
    shop.seller.ways.append(Way.LOST)
    shop.shows = False
    order = await ordered(bot, redis, OrderKind.SUSPENSION)
    while order.state is OrderState.IN_DOUBT:
        order = await looked_at(bot, redis, clock, order)
    assert (order.state, order.bought) == (OrderState.NEEDS_ATTENTION, 0)
    assert shop.done == [OrderKind.SUSPENSION]


async def test_a_lost_top_up_is_found_by_its_reference(
    bot: Process, redis: Redis, clock: ManualClock, shop: Changing
) -> None:
    """It is a purchase like any other, but for the SIM card that somebody else's order has."""
    shop.seller.ways.append(Way.LOST_NONE)
    order = await ordered(bot, redis, OrderKind.TOP_UP)
    shop.seller.sold[order.attempts[0].reference] = [SIM]
    order = await looked_at(bot, redis, clock, order)
    assert (order.state, order.odd_sims, shop.looks) == (OrderState.PURCHASED, (), 0)


async def test_a_provider_without_such_changes_can_not_be_looked_at(
    redis: Redis, clock: ManualClock, tmp_path: Path
) -> None:
    """The look fails, which shows nothing; nobody is told that nothing was done."""
    shop = Priced(Seller(clock.now))
    bot = Process.of(Parts(provider=lambda _: shop), redis, shop.seller, clock, tmp_path)
    shop.seller.ways.append(Way.LOST)
    order = await ordered(bot, redis, OrderKind.EDIT)
    order = await looked_at(bot, redis, clock, order)
    assert order.attempts[0].lookups[0].found is None
    assert "can't be asked for such changes" in order.attempts[0].lookups[0].why


@pytest.mark.parametrize(
    "failure", [not_sold("no such eSIM"), KeyError("SECRET0123")], ids=["refused", "fault"]
)
async def test_a_look_that_the_provider_refuses_is_one_that_failed(
    bot: Process, redis: Redis, clock: ManualClock, shop: Changing, failure: Exception
) -> None:
    """What it does not know any more is no evidence; the order goes on, and reaches a person."""
    shop.failure = failure
    shop.seller.ways.append(Way.LOST)
    order = await ordered(bot, redis, OrderKind.SUSPENSION)
    while order.state is OrderState.IN_DOUBT:
        order = await looked_at(bot, redis, clock, order)
    assert order.state is OrderState.NEEDS_ATTENTION
    why = "KeyError" if isinstance(failure, KeyError) else "no such eSIM"
    assert all(why in look.why for look in order.attempts[0].lookups)
    assert "SECRET0123" not in order.model_dump_json()
    assert not order.may_buy_again
