"""Bugs that the state machine must find: each is a part of the bot, spoilt in one place."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Self

from redis.asyncio import Redis

from bot.domain.order import Order
from bot.domain.outcome import Outcome, Refused, Sim, Unknown
from bot.domain.policy import Policy
from bot.domain.state import OrderState
from bot.engine.looking import Look, Looking
from bot.engine.outcomes import Outcomes
from bot.engine.steps import Engine
from bot.errors import Conflict, NotAllowed
from bot.providers.base import Deadline, Fence, Provider, PurchaseCall
from bot.store.connection import lua
from bot.store.keys import Keys
from bot.store.orders import Change, OrderStore
from bot.store.queues import LEASE
from tests.support.machine.parts import Parts


class SendsBeforeCommit(Engine):
    """The provider is called first; the attempt is written down afterwards."""

    async def _commit_and_send(self, order: Order, previous: Order) -> None:
        now = self._clock.now()
        started = order.start_attempt(now, now + timedelta(seconds=LEASE))
        attempt = started.attempts[-1]
        call = PurchaseCall(order.request, attempt.quantity, attempt.reference, order.reference)
        outcome = await self._provider.purchase(call, Deadline(self._clock, LEASE))
        await self._journal.save(started, previous)
        await self._outcomes.write_down(started, attempt.number, outcome)


class ResendsOpenAttempts(Engine):
    """An attempt without an outcome is sent again by whoever finds it."""

    async def _advance(self, order: Order) -> None:
        if order.state is not OrderState.PURCHASING or not order.attempt_is_open:
            await super()._advance(order)
            return
        attempt = order.attempts[-1]
        call = PurchaseCall(order.request, attempt.quantity, attempt.reference, order.reference)
        outcome = await self._provider.purchase(call, Deadline(self._clock, LEASE))
        await self._outcomes.write_down(order, attempt.number, outcome)


class Between:
    """Stands between the bot and its provider."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def place(self) -> AbstractAsyncContextManager[None]:
        """Pass it on."""
        return self.provider.place()

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Pass it on."""
        return await self.provider.purchase(call, fence)

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Pass it on."""
        return await self.provider.find(order_reference, urgent=urgent)

    async def close(self) -> None:
        """Nothing is open."""


class RetriesOnTimeout(Between):
    """A call without an answer is made once more, as the official SDK does."""

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Call, and when the answer is lost call again."""
        outcome = await super().purchase(call, fence)
        return await super().purchase(call, fence) if isinstance(outcome, Unknown) else outcome


class Endless(Fence):
    """A fence that never closes."""

    @property
    def remaining(self) -> float:
        """Any number of seconds."""
        return 1e9


class SendsHoweverLate(Between):
    """A call goes out however long the process slept since its commit."""

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Forget the fence."""
        del fence
        return await super().purchase(call, Endless())


class _LooksAway(Looking):
    async def look(self, order: Order, *, urgent: bool = True) -> Look:
        """See nothing, without asking."""
        del order, urgent
        return Look({})


class LooksAway(Engine):
    """Before a call is sent again, nobody asks whether it is there already."""

    async def _look_up(self, order: Order) -> None:
        usual = self._looking
        if order.wish or order.must_look:
            self._looking = _LooksAway(self._journal, self._provider)
        await super()._look_up(order)
        self._looking = usual


class LeavesNoMark(OrderStore):
    """The rest of an order is recorded, and the first order does not know of it."""

    async def save_together(
        self, changes: Sequence[Change], at: datetime, trigger: str = ""
    ) -> bool:
        """Save the new order alone."""
        return await super().save_together(changes[-1:], at, trigger)


class TakesUnknownForRefused(Between):
    """A lost answer counts as "nothing was bought"."""

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Call, and lie about a lost answer."""
        outcome = await super().purchase(call, fence)
        return Refused(errors=()) if isinstance(outcome, Unknown) else outcome


class AllowsSelfApproval(Policy):
    """Every approver may approve their own order, however large."""

    def authorise_approval(self, user: str, order: Order) -> None:
        """Look only at whether they approve at all."""
        del order
        if user not in self.approvers:
            raise NotAllowed("You may not approve orders.")


class AllowsEverybody(Policy):
    """Whoever clicks may approve."""

    def authorise_approval(self, user: str, order: Order) -> None:
        """Look at nothing."""


class _Heedless(Order):
    """An order that can be approved at any time."""

    def approve(self, by: str, at: datetime) -> Self:
        self._must_await()
        return self._moved("approved", by, OrderState.APPROVED, at, due=at)


class IgnoresExpiry(OrderStore):
    """Orders never become too old to be approved."""

    async def load(self, order_id: str) -> Order | None:
        """Load one that does not look at its age."""
        order = await super().load(order_id)
        return order and _Heedless.model_validate(order.model_dump())


class ForgetsTriggers(OrderStore):
    """A command or a click that is delivered twice is carried out twice."""

    async def save(
        self,
        order: Order,
        previous: Order | None,
        at: datetime,
        trigger: str = "",
        *,
        looked: bool = False,
    ) -> bool:
        """Save without its trigger."""
        del trigger
        return await super().save(order, previous, at, looked=looked)


class DropsLateAnswers(Outcomes):
    """An answer to an order that somebody has changed in the meantime is thrown away."""

    async def write_down(self, order: Order, number: int, outcome: Outcome) -> None:
        """Try once."""
        recorded = order.record(number, outcome, self._clock.now())
        try:
            await self._journal.save(recorded, order)
        except Conflict:
            return


_COMPARE = ("if version ~= change.expected then", "if false then")
_AGENDA = ("redis.call('ZADD', keys.agenda, due, change.id)", "local nothing = nil")
_AUDIT = (
    "in ipairs(change.entries) do",
    "in ipairs(change.expected == '0' and change.entries or {}) do",
)


def _with_script(old: str, new: str) -> Callable[[Redis, Keys], OrderStore]:
    """A store whose commit has one line changed."""

    def store(redis: Redis, keys: Keys) -> OrderStore:
        script = lua("commit")
        assert old in script, "the commit has changed: seed the bug anew"
        spoilt = OrderStore(redis, keys)
        spoilt._commit = redis.register_script(script.replace(old, new))
        return spoilt

    return store


@dataclass(frozen=True)
class Bug:
    """A bot with a bug, and the words in which the machine must complain of it."""

    parts: Parts
    complaint: str


BUGS: Mapping[str, Bug] = MappingProxyType(
    {
        "send before commit": Bug(Parts(engine=SendsBeforeCommit), "sent twice|without an attempt"),
        "open attempt sent again": Bug(Parts(engine=ResendsOpenAttempts), "sent twice|after its"),
        "retry on timeout": Bug(Parts(provider=RetriesOnTimeout), "sent twice"),
        "unknown taken for refused": Bug(
            Parts(provider=TakesUnknownForRefused), "taken for refused"
        ),
        "self-approval": Bug(Parts(policy=AllowsSelfApproval), "not allowed"),
        "approval by anybody": Bug(Parts(policy=AllowsEverybody), "not allowed"),
        "ignored expiry": Bug(Parts(store=IgnoresExpiry), "after it had expired"),
        "trigger not remembered": Bug(Parts(store=ForgetsTriggers), "carried out twice"),
        "late answer dropped": Bug(Parts(outcomes=DropsLateAnswers), "answer was dropped"),
        "call sent late": Bug(Parts(provider=SendsHoweverLate), "after its commit"),
        "no look before the next call": Bug(Parts(engine=LooksAway), "without a look"),
        "rest without a mark": Bug(Parts(store=LeavesNoMark), "times"),
        "lost compare-and-set": Bug(Parts(store=_with_script(*_COMPARE)), "audit|sent twice"),
        "agenda forgotten": Bug(Parts(store=_with_script(*_AGENDA)), "will never look"),
        "audit incomplete": Bug(Parts(store=_with_script(*_AUDIT)), "audit entry is missing"),
    }
)
