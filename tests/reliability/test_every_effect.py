"""A bot that dies right before or after any of its effects buys nothing twice and loses nothing.

Each kind of life is lived once to count its effects, then anew for every effect and both moments.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.clock import Fence
from bot.domain.catalogue.offer import Offer
from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import Outcome, Unknown
from bot.domain.request import PurchaseRequest
from bot.providers.base import PurchaseCall
from bot.store.embedded import EmbeddedServer
from bot.store.queues import LEASE
from tests.support.harness.providers import Between
from tests.support.harness.thoroughness import thorough
from tests.support.lives.balance import check
from tests.support.lives.effects import Fuse
from tests.support.lives.life import Life

pytestmark = pytest.mark.timeout(
    thorough(300, 3600)
)  # usually seconds; a busy machine takes much longer
CHUNKS = 2
"""Parts in which the moments of a life are tested, so that several processes share them."""


@dataclass(frozen=True)
class Kind:
    """What is typed and clicked in a life, and what goes wrong besides the crash."""

    line: str = "/esim buy 1"
    answers: tuple[str, ...] = ("Approve",)
    batch: int = 100
    faults: Callable[[Life], None] = lambda _: None
    ends: OrderState = OrderState.PURCHASED
    """How it ends when nobody crashes."""
    effects: tuple[str, ...] = ()
    """Some of the effects that it must have; a harness that sees none of them proves nothing."""
    events: tuple[Event, ...] = ()
    """Some of the steps that it must take."""
    every: int = 1
    """Of so many moments one is tested, where there is no time for all."""


def answer_lost(life: Life) -> None:
    """Telnyx sells and the connection breaks."""
    life.telnyx.faults.close(after_selling=True)


def answer_lost_and_list_late(life: Life) -> None:
    """The same, and the first looks list nothing."""
    answer_lost(life)
    life.telnyx.faults.hide_new_sims(listings=2)


def posts_lost(life: Life) -> None:
    """Slack stores the first posts and the file, and drops the answers."""
    life.slack.faults.drop_after_storing("chat.postMessage", times=3)
    life.slack.faults.drop_after_storing("files.completeUploadExternal")
    life.slack.faults.drop_after_storing("chat.update")


def nothing_sold(life: Life) -> None:
    """A failure of Telnyx that says nothing, and nothing was sold."""
    life.telnyx.faults.fail(500, after_selling=False)


def call_not_taken(life: Life) -> None:
    """Telnyx turns the first call away unread."""
    life.telnyx.faults.rate_limit(retry_after=20)


class Slow(Between):
    """A provider that takes long: the claim is renewed before a call is sent, and after it."""

    def __init__(self, life: Life) -> None:
        super().__init__(life.provider)
        self._life = life

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Send the call, with more than a third of a lease before it and after."""
        await self._wait()
        outcome = await super().purchase(call, fence)
        await self._wait()
        return outcome

    async def _wait(self) -> None:
        fuse = self._life.process.fuse
        while not self._life.clock.sleepers:
            await asyncio.sleep(0)  # who renews the claim is still on its way to its next sleep
            fuse.check()
        before = fuse.names.count("renew")
        await self._life.clock.jump(0.4 * LEASE)
        await fuse.until(lambda: fuse.names.count("renew") > before)


def slow(life: Life) -> None:
    """Telnyx takes its time."""
    life.provider = Slow(life)


class Rising(Between):
    """A kiosk whose price rises once: after it was named first, or after the first call."""

    def __init__(self, life: Life, after: str) -> None:
        super().__init__(life.till)
        self._life = life
        self._after = after

    async def offer(self, request: PurchaseRequest) -> Offer:
        """Name the price, before it may rise."""
        offer = await super().offer(request)
        self._happened("offer")
        return offer

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Sell, before the price may rise."""
        outcome = await super().purchase(call, fence)
        self._happened("purchase")
        return outcome

    def _happened(self, what: str) -> None:
        if what == self._after:
            self._life.kiosk.prices["japan-5"] = 1000


class Deaf(Between):
    """A kiosk that sells, and whose first answer is lost."""

    lost = False

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Sell; the first time nobody hears of it."""
        outcome = await super().purchase(call, fence)
        if self.lost or outcome.kind != "bought":
            return outcome
        self.lost = True
        return Unknown(why="the answer was lost")


def price_risen(life: Life) -> None:
    """The price rises while the card waits."""
    life.till = Rising(life, "offer")


def price_rises_later(life: Life) -> None:
    """The price rises after the first call."""
    life.till = Rising(life, "purchase")


def kiosk_answer_lost(life: Life) -> None:
    """The kiosk sells, its answer is lost, and its list shows it."""
    life.till = Deaf(life.till)


def kiosk_list_hidden(life: Life) -> None:
    """The same, and its list never shows what it sold."""
    kiosk_answer_lost(life)
    life.kiosk.hidden = 1000


PLAIN = Kind(effects=("commit", "claim", "posted", "delivered", "purchase"))
KINDS = {
    "plain": PLAIN,
    "declined": Kind(answers=("Cancel",), ends=OrderState.DECLINED, every=2),
    "in parts": Kind(
        line="/esim buy 12",
        batch=5,
        effects=("chat.update", "files.completeUploadExternal"),
        every=5,
    ),
    "answer lost": Kind(line="/esim buy 2", faults=answer_lost, effects=("find",), every=2),
    "list late": Kind(line="/esim buy 3", batch=2, faults=answer_lost_and_list_late, every=8),
    "posts lost": Kind(
        line="/esim buy 12",
        faults=posts_lost,
        effects=("later", "conversations.history", "conversations.replies"),
        every=12,
    ),
    "slow": Kind(line="/esim buy 2", faults=slow, effects=("renew",), every=6),
    "not taken": Kind(faults=call_not_taken, every=6),
    "closed": Kind(
        answers=("Approve", "Look again", "Close as not bought"),
        faults=nothing_sold,
        ends=OrderState.REFUSED,
        every=12,
    ),
    "priced": Kind(line="/esim buy 2 from=kiosk plan=japan-5", effects=("offer",), every=5),
    "priced in parts": Kind(line="/esim buy 7 from=kiosk plan=japan-5", every=15),
    "price risen": Kind(
        line="/esim buy 2 from=kiosk plan=japan-5",
        answers=("Approve", "Approve"),
        faults=price_risen,
        events=(Event.PRICE_ROSE,),
        every=11,
    ),
    "price rises later": Kind(
        line="/esim buy 7 from=kiosk plan=japan-5",
        faults=price_rises_later,
        ends=OrderState.PARTLY_PURCHASED,
        events=(Event.PRICE_ROSE,),
        every=14,
    ),
    "priced, answer lost": Kind(
        line="/esim buy 2 from=kiosk plan=japan-5",
        faults=kiosk_answer_lost,
        effects=("find",),
        every=11,
    ),
    "sent again": Kind(
        line="/esim buy 2 from=kiosk plan=japan-5",
        answers=("Approve", "Buy again"),
        faults=kiosk_list_hidden,
        events=(Event.ATTEMPT_REPEATED,),
        every=13,
    ),
    "bought again": Kind(answers=("Approve", "Buy again"), faults=nothing_sold, every=13),
}
Lives = Callable[[Kind], AbstractAsyncContextManager[Life]]


@pytest.fixture
def lives(redis: Redis, redis_server: EmbeddedServer, tmp_path: Path) -> Lives:
    """Begin lives on the emptied server, one after the other."""

    @asynccontextmanager
    async def begin(kind: Kind) -> AsyncIterator[Life]:
        begun = Life.begin(
            redis, redis_server.url, tmp_path, kind.line, *kind.answers, esim_batch_size=kind.batch
        )
        async with begun as life:
            kind.faults(life)
            yield life

    return begin


async def lived(lives: Lives, kind: Kind, *fuses: Fuse) -> Order:
    """Live one life through these crashes and hold it to its balance; the order at its end."""
    async with lives(kind) as life:
        try:
            await life.run(*fuses)
            await check(life)
        except (AssertionError, TimeoutError) as failure:
            for fuse in fuses:
                failure.add_note(str(fuse))
            raise
        order = await life.order()
        assert order is not None
        return order


async def effects_of(lives: Lives, kind: Kind) -> int:
    """How many effects a life without a crash has."""
    fuse = Fuse()
    order = await lived(lives, kind, fuse)
    assert order.state is kind.ends
    assert set(kind.effects) <= set(fuse.names)
    assert set(kind.events) <= {entry.event for entry in order.history}
    return len(fuse.names)


def moments(effects: int, every: int) -> Iterator[tuple[int, bool]]:
    """Every effect with both of its moments, or some of them spread evenly."""
    both = product(range(1, effects + 1), (False, True))
    return (moment for place, moment in enumerate(both) if not (place + place // 2) % every)


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("name", KINDS)
async def test_a_crash_at_any_effect(lives: Lives, name: str, chunk: int) -> None:
    """One crash, three restarts: the balance of money, SIM cards, messages and audit holds."""
    kind = KINDS[name]
    effects = await effects_of(lives, kind)
    every = thorough(kind.every, 1)
    for at, after in list(moments(effects, every))[chunk::CHUNKS]:
        fuse = Fuse(at, after=after)
        await lived(lives, kind, fuse)
        assert fuse.burnt


@pytest.mark.parametrize("chunk", range(CHUNKS))
@pytest.mark.parametrize("name", ["plain", "answer lost"])
async def test_crash_upon_crash(lives: Lives, name: str, chunk: int) -> None:
    """The processes that take over crash as well, soon after their start."""
    kind = KINDS[name]
    for at in range(1 + chunk, await effects_of(lives, kind) + 1, 5 * CHUNKS):
        second = Fuse(1 + at * 3 % 7, after=at % 4 == 1)
        third = Fuse(1 + at * 2 % 5, after=at % 3 == 0)
        await lived(lives, kind, Fuse(at, after=True), second, third)
