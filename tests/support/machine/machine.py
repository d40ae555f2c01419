"""Everything that can happen to orders, in any sequence, against a real Redis."""

import asyncio
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain.order import Order
from bot.domain.request import PurchaseRequest, SimStatus
from bot.domain.state import OrderState
from bot.errors import Conflict, DuplicateDelivery, NotAllowed, TransitionError
from bot.store.connection import connect
from bot.store.queues import LEASE
from tests.support.clock import ManualClock
from tests.support.machine.checks import Seen, never_reopened
from tests.support.machine.parts import ANA, APPROVERS, BEN, CARLA, DAN, Parts, Process, may_approve
from tests.support.machine.seller import Crash, Listing, Seller, Way

_MOST = 2
"""Orders of a run."""
_PATIENCE = 10.0
"""Seconds, of real time, that a step may take."""
_TIMES = (1.0, LEASE + 1, 31.0, 300.0, 601.0, 3601.0)
_ways = st.sampled_from(Way)
_people = st.sampled_from([ANA, BEN, CARLA, DAN])
_which = st.integers(0, _MOST - 1)


@dataclass(frozen=True)
class Act:
    """What a person did; delivered twice, it is the same one."""

    what: str
    who: str
    trigger: str
    order_id: str = ""
    amount: int = 0


class Machine(RuleBasedStateMachine):
    """Two bots on one Redis. Each rule is something that may happen at any time."""

    def __init__(self, redis_url: str, parts: Parts) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = ManualClock()
        self.seller = Seller(self.clock.now)
        self.folder = tempfile.TemporaryDirectory()
        self.redis = connect(redis_url)
        folder = Path(self.folder.name)
        self.one, self.other = (
            Process.of(parts, self.redis, self.seller, self.clock, folder) for _ in range(2)
        )
        self.ids: list[str] = []
        self.states: dict[str, OrderState] = {}
        self.acts: list[Act] = []
        self.carried_out: set[str] = set()
        self.calls: list[asyncio.Task[None]] = []
        self.run(self.redis.flushall())

    def teardown(self) -> None:
        """End what is under way and let go of everything."""
        self.run(self._end())
        self.runner.close()
        self.folder.cleanup()

    async def _end(self) -> None:
        for call in self.calls:
            call.cancel()
        await asyncio.gather(*self.calls, return_exceptions=True)
        await self.redis.aclose()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run it in the loop of this machine."""
        return self.runner.run(work)

    # What people do

    @precondition(lambda self: len(self.ids) < _MOST)
    @rule(who=st.sampled_from([ANA, BEN]), amount=st.integers(1, 5))
    def place(self, who: str, amount: int) -> None:
        """Somebody orders; an approver may do so, too."""
        self._do(Act("place", who, f"t{len(self.acts)}", amount=amount))

    @precondition(lambda self: self.ids)
    @rule(which=_which, who=_people)
    def approve(self, which: int, who: str) -> None:
        """Somebody clicks Approve, whether they may or not."""
        self._click("approve", which, who)

    @precondition(lambda self: self.in_state(OrderState.AWAITING_APPROVAL))
    @rule(which=_which, late=st.sampled_from([0.0, 0.0, 0.0, 601.0]))
    def approve_as_approver(self, which: int, late: float) -> None:
        """An approver approves, mostly in time."""
        self.run(self.clock.jump(late))
        self._click("approve", which, CARLA)

    @precondition(lambda self: self.in_state(OrderState.AWAITING_APPROVAL))
    @rule(which=_which, who=_people)
    def cancel(self, which: int, who: str) -> None:
        """Somebody clicks Cancel: it is cancelled, declined, or they may not."""
        self._click("cancel", which, who)

    @precondition(lambda self: self.in_state(OrderState.NEEDS_ATTENTION))
    @rule(which=_which, who=_people, what=st.sampled_from(["look_again", "close", "buy_again"]))
    def decide(self, which: int, who: str, what: str) -> None:
        """Somebody decides about an order that needs attention."""
        self._click(what, which, who)

    @precondition(lambda self: self.acts)
    @rule(data=st.data())
    def deliver_again(self, data: st.DataObject) -> None:
        """Slack delivers something a second time."""
        self._do(data.draw(st.sampled_from(self.acts)))

    # What the engine and the provider do

    @rule(way=_ways)
    def work(self, way: Way) -> None:
        """A bot claims what is due and does a step; it may die at the provider."""
        self._work(way)

    @rule(way=_ways, commits=st.integers(0, 1), goes_through=st.booleans())
    def work_and_be_killed(self, way: Way, commits: int, *, goes_through: bool) -> None:
        """A bot does a step and is killed at a commit, before or after it."""
        self.one.journal.killed = (commits, goes_through)
        self._work(way)
        self.one.journal.killed = None

    @precondition(lambda self: self.ids)
    @rule(which=_which, one=_ways, other=_ways)
    def both_work(self, which: int, one: Way, other: Way) -> None:
        """Both bots do a step of the same order, as after a claim that ran out."""
        self.seller.ways.extend([one, other])
        self.run(self._steps(self._id(which), self.one, self.other))
        self.seller.ways.clear()

    @precondition(lambda self: any(not held.done() for held in self.seller.held))
    @rule()
    def answer(self) -> None:
        """An answer that was kept back comes, however late."""
        self.run(self._answer())

    @rule(listing=st.sampled_from(Listing))
    def list_differently(self, listing: Listing) -> None:
        """From now on the provider lists all, some or nothing of what was sold, or fails."""
        self.seller.listing = listing

    @rule(seconds=st.sampled_from(_TIMES))
    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.run(self.clock.jump(seconds))

    # What must hold

    @invariant()
    def every_order_is_in_order(self) -> None:
        """Look at each order with all that is known of it elsewhere."""
        self.run(self._check())

    # How it is done

    def in_state(self, state: OrderState) -> bool:
        """Whether any order is in this state."""
        return state in self.states.values()

    def _id(self, which: int) -> str:
        return self.ids[which % len(self.ids)]

    def _click(self, what: str, which: int, who: str) -> None:
        self._do(Act(what, who, f"t{len(self.acts)}", self._id(which)))

    def _do(self, act: Act) -> None:
        """Let the bot hear of it; what it carries out must be allowed, and new."""
        if act not in self.acts:
            self.acts.append(act)
        try:
            order = self.run(self._heard(act))
        except (NotAllowed, TransitionError, DuplicateDelivery):
            return
        assert act.trigger not in self.carried_out, f"carried out twice: {act}"
        assert _is_allowed(act, order), f"not allowed: {act}"
        self.carried_out.add(act.trigger)
        if act.what == "place":
            self.ids.append(order.id)

    async def _heard(self, act: Act) -> Order:
        if act.what != "place":
            decide = getattr(self.one.orders, act.what)
            decided: Order = await decide(act.order_id, by=act.who, trigger=act.trigger)
            return decided
        request = PurchaseRequest(amount=act.amount, status=SimStatus.STANDBY)
        return await self.one.orders.place(
            request, requester=act.who, channel="C0OPS", trigger=act.trigger
        )

    def _work(self, way: Way) -> None:
        self.seller.ways.append(way)
        self.run(self._claimed_work())
        self.seller.ways.clear()

    async def _claimed_work(self) -> None:
        now = self.clock.now()
        claimed = await self.one.agenda.claim(now, now + timedelta(seconds=LEASE), _MOST)
        for order_id in claimed.ids:
            await self._steps(order_id, self.one)

    async def _steps(self, order_id: str, *bots: Process) -> None:
        """Let them do a step until they end, die, or wait for an answer that is kept back."""
        tasks = [asyncio.create_task(self._step(bot, order_id)) for bot in bots]
        self.calls += tasks
        for task in tasks:
            task.add_done_callback(lambda _: self.seller.changes.announce())
        await self._until_quiet()

    async def _step(self, bot: Process, order_id: str) -> None:
        """Do a step as a worker does; what a dead bot was told died with it."""
        try:
            await bot.engine.step(order_id)
        except Conflict:
            return  # somebody else has changed the order: it is done later
        except Crash:
            self.seller.told.pop(order_id, None)

    async def _answer(self) -> None:
        next(held for held in self.seller.held if not held.done()).set_result(None)
        await self._until_quiet()

    async def _until_quiet(self) -> None:
        """Wait until every step has ended or waits for the provider; a failed one raises."""
        await self.seller.changes.until(self._is_quiet, _PATIENCE)
        for call in self.calls:
            if call.done():
                call.result()

    def _is_quiet(self) -> bool:
        running = sum(not call.done() for call in self.calls)
        return running == sum(not held.done() for held in self.seller.held)

    async def _check(self) -> None:
        all_seen = [await Seen.now(self.redis, each, self.seller) for each in await self._orders()]
        never_reopened(self.states, [seen.order for seen in all_seen])
        self.states = {seen.order.id: seen.order.state for seen in all_seen}
        assert {send.order_id for send in self.seller.sends} <= set(self.states)
        for seen in all_seen:
            seen.check(self.seller, self.clock.now())

    async def _orders(self) -> list[Order]:
        loaded = [await self.one.store.load(order_id) for order_id in self.ids]
        return [order for order in loaded if order is not None]


def _is_allowed(act: Act, order: Order) -> bool:
    """The rule for what was carried out, written down a second time."""
    match act.what:
        case "place":
            return True
        case "approve" | "buy_again":
            return may_approve(act.who, order)
        case "cancel":
            return act.who in {order.requester, *APPROVERS}
        case _:
            return act.who in APPROVERS
