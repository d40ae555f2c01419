"""The ground on which the state machine stands: two bots, a provider, a Redis, a loop."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from bot.domain.events import OrderState
from bot.domain.order import Order
from bot.domain.request import OrderKind, PurchaseRequest
from bot.errors import Conflict, DuplicateDelivery, NotAllowed, TransitionError
from bot.providers.telnyx.form import NAME
from bot.store.connection import connect, dictated
from bot.store.queues import LEASE
from bot.store.trust.presence import BEAT, SETTLE
from tests.support.clock import ManualClock
from tests.support.lives.effects import Crash
from tests.support.machine.checks import Seen
from tests.support.machine.families import Families
from tests.support.machine.parts import APPROVERS, Parts, Process, may_approve
from tests.support.machine.priced import Till
from tests.support.machine.seller import Seller, Way
from tests.support.requests import a_request

MOST = 2
"""Orders of a run."""
CHANGED = "8931999999999999999"
"""The ICCID of a SIM card that orders of other kinds change."""
_PATIENCE = 60.0
"""Seconds, of real time, that a step may take."""


@dataclass(frozen=True)
class Act:
    """What a person did; delivered twice, it is the same one."""

    what: str
    who: str
    trigger: str
    order_id: str = ""
    amount: int = 0
    provider: str = NAME
    kind: OrderKind = OrderKind.PURCHASE
    revision: int = 1
    """Of the order, as the person saw it."""

    @property
    def request(self) -> PurchaseRequest:
        """What is asked for, where something is ordered."""
        asked = a_request(self.amount)
        changed = {"iccid": CHANGED} if self.kind is not OrderKind.PURCHASE else {}
        parts = {"provider": self.provider, "kind": self.kind}
        return asked.model_copy(update={**parts, "options": {**asked.options, **changed}})


class Ground(RuleBasedStateMachine):
    """Two bots on one Redis, made of `parts`, and what it takes to let them act and to check."""

    redis_url: ClassVar[str]
    parts: ClassVar[Parts]
    till_of: ClassVar[Callable[[Seller], Till]]
    """Makes the other provider, which has firm prices; both keep one ledger."""
    restart: ClassVar[Callable[[], None]]
    """Lets Redis be another server than before, with all that it had."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = ManualClock()
        self.seller = Seller(self.clock.now)
        self.folder = tempfile.TemporaryDirectory()
        self.redis = connect(self.redis_url)
        self.till = type(self).till_of(self.seller)
        folder = Path(self.folder.name)
        self.one, self.other = (
            Process.of(self.parts, self.redis, self.seller, self.clock, folder, self.till)
            for _ in range(2)
        )
        self._number_orders()
        self.ids: list[str] = []
        self.requesters: dict[str, str] = {}
        self.states: dict[str, OrderState] = {}
        self.revisions: dict[str, int] = {}
        self.acts: list[Act] = []
        self.carried_out: set[str] = set()
        self.calls: list[asyncio.Task[None]] = []
        self.families = Families()
        self.restarted = False
        self.run(self._empty())

    def _number_orders(self) -> None:
        """Give orders the same ids in each run: what is due at one time is sorted by them."""
        numbers = count(1)
        for bot in (self.one, self.other):
            bot.store.new_id = lambda: f"{next(numbers):08}"  # type: ignore[method-assign]

    def teardown(self) -> None:
        """End what is under way and let go of everything."""
        self.run(self._end())
        for bot in (self.one, self.other):
            bot.presence.close()
        self.runner.close()
        self.folder.cleanup()

    async def _empty(self) -> None:
        await self.redis.flushall()

    async def _end(self) -> None:
        for call in self.calls:
            call.cancel()
        await asyncio.gather(*self.calls, return_exceptions=True)
        await self.redis.aclose()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run it in the loop of this machine."""
        return self.runner.run(work)

    def in_state(self, state: OrderState) -> bool:
        """Whether any order is in this state."""
        return state in self.states.values()

    def id_of(self, which: int) -> str:
        """The id of one of the orders, whatever number is drawn."""
        return self.ids[which % len(self.ids)]

    def click(self, what: str, which: int, who: str) -> None:
        """Click a button of one of the orders; a look before that is older than the click."""
        self.run(self.clock.jump(1))
        order_id, trigger = self.id_of(which), f"t{len(self.acts)}"
        seen = self.revisions.get(order_id, 1)
        self.do(Act(what, who, trigger, order_id, revision=seen))

    def do(self, act: Act) -> None:
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
        if act.what in {"place", "order_rest"}:
            self.ids.append(order.id)
            self.requesters[order.id] = order.requester

    async def _heard(self, act: Act) -> Order:
        if act.what != "place":
            decide = getattr(self.one.orders, act.what)
            click = {"by": act.who, "trigger": act.trigger, "revision": act.revision}
            decided: Order = await decide(act.order_id, **click)
            return decided
        return await self.one.orders.place(
            act.request, requester=act.who, channel="C0OPS", trigger=act.trigger
        )

    def claim_and_step(self, way: Way) -> None:
        """Let the first bot do what is due; `way` is what becomes of a purchase."""
        self.seller.ways.append(way)
        self.run(self._claimed_work())
        self.seller.ways.clear()

    async def _claimed_work(self) -> None:
        claimed = await self.one.agenda.claim(dictated(self.clock), LEASE, MOST)
        for thing in claimed.things:
            await self.steps(thing.id, self.one)

    async def steps(self, order_id: str, *bots: Process) -> None:
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

    async def beat(self, *bots: Process) -> None:
        """Let these bots, or both, compare what they saw with what Redis has."""
        for bot in bots or (self.one, self.other):
            await bot.presence.beat()

    async def go_on(self) -> None:
        """Both bots live for a while: what was approved, and waits for no look, is begun."""
        approved = [each for each in await self._orders() if each.state is OrderState.APPROVED]
        begun = [each.id for each in approved if not (each.rest_of or each.asks_price)]
        for _ in range(int(SETTLE / BEAT) + 3):
            await self.clock.jump(BEAT)
            await self.beat()
            for order_id in begun:
                await self.steps(order_id, self.one)
        for order in await self._orders():
            waits = order.id in begun and order.state is OrderState.APPROVED
            assert not waits, f"{order.id} does not go on"

    async def answer_held(self) -> None:
        """Let the oldest answer that is kept back come."""
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

    async def check(self) -> None:
        """Raise AssertionError when any order breaks a promise."""
        all_seen = await Seen.all_of(self.redis, await self._orders(), self.seller)
        self.states = {seen.order.id: seen.order.state for seen in all_seen}
        self.revisions = {seen.order.id: seen.order.revision for seen in all_seen}
        assert {send.order_id for send in self.seller.sends} <= set(self.states)
        for seen in all_seen:
            seen.check(self.seller, self.clock.now())
            seen.paid_what_was_approved(self.till)
        self.families.check(all_seen, self.seller)
        forgotten = self.one.presence.forgotten + self.other.presence.forgotten
        assert not forgotten, "a restart was taken for forgetting"

    async def _orders(self) -> list[Order]:
        loaded = [await self.one.store.load(order_id) for order_id in self.ids]
        return [order for order in loaded if order is not None]


def _is_allowed(act: Act, order: Order) -> bool:
    """The rule for what was carried out, written down a second time."""
    match act.what:
        case "place":
            return True
        case "approve" | "buy_again":
            return may_approve(act.who, order) and act.revision == order.revision
        case "cancel" | "order_rest":
            return act.who in {order.requester, *APPROVERS}
        case _:
            return act.who in APPROVERS
