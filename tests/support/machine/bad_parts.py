"""Bugs in what the bot keeps in Redis, in whether it believes Redis, and towards its provider."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Self

from redis.asyncio import Redis

from bot.clock import Fence
from bot.domain.events import Event, OrderState
from bot.domain.order import Order
from bot.domain.purchase.outcome import NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import Sim
from bot.errors import LookupFailed
from bot.providers.base import PurchaseCall
from bot.store.connection import Script, lua
from bot.store.orders import Change, OrderStore
from bot.store.trust.presence import Presence
from tests.support.harness.providers import Between


class LeavesNoMark(OrderStore):
    """The rest of an order is recorded, and the first order does not know of it."""

    async def save_together(self, changes: Sequence[Change], *rest: Any, **named: Any) -> bool:
        """Save the new order alone."""
        return await super().save_together(changes[-1:], *rest, **named)


class _Heedless(Order):
    """An order that can be approved at any time."""

    def approve(self, by: str, at: datetime, void: Collection[str] = ()) -> Self:
        del void
        self._must_be_undecided()
        return self._moved(Event.APPROVED, by, OrderState.APPROVED, at, due=at)


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
        **named: Any,
    ) -> bool:
        """Save without its trigger."""
        del trigger
        return await super().save(order, previous, at, **named)


COMPARE = ("if version ~= change.expected then", "if false then")
AGENDA = ("redis.call('ZADD', keys.agenda, due, change.thing)", "local nothing = nil")
AUDIT = (
    "for i, entry in ipairs(change.entries) do",
    "for i, entry in ipairs(change.expected == '0' and change.entries or {}) do",
)


def with_commit(old: str, new: str) -> type[OrderStore]:
    """A store whose commit has one line changed."""

    class Spoilt(OrderStore):
        def __init__(self, redis: Redis, *rest: Any, **named: Any) -> None:
            super().__init__(redis, *rest, **named)
            self._commit = Script(redis, _changed("commit", old, new))

    return Spoilt


def of(kind: type[OrderStore]) -> type[OrderStore]:
    """A store of this kind."""
    return kind


class CountsForeign(with_commit("if others[2] then return others end", "")):  # type: ignore[misc]
    """Nobody asks whether another order has got a SIM card."""

    async def owners(self, iccids: Sequence[str]) -> dict[str, str]:
        """Know of none."""
        del iccids
        return {}


class TakesRestartForForgetting(Presence):
    """Whoever finds what it saw does not vouch for the server."""

    spoilt = ("any = any or (on == server and result == 'same')", "any = false")

    def __init__(self, redis: Redis, *rest: Any, **named: Any) -> None:
        super().__init__(redis, *rest, **named)
        self._beat = Script(redis, _changed("beat", *self.spoilt))


class NeverTrustsAgain(TakesRestartForForgetting):
    """Another server than before is never trusted."""

    spoilt = ("redis.call('HSET', keys.server, 'trusted', server)", "local nothing = nil")


def _changed(script: str, old: str, new: str) -> str:
    text = lua(script)
    assert old in text, f"the script {script} has changed: seed the bug anew"
    return text.replace(old, new)


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


class TakesUnknownForRefused(Between):
    """A lost answer counts as "nothing was bought"."""

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Call, and lie about a lost answer."""
        outcome = await super().purchase(call, fence)
        return Refused(errors=()) if isinstance(outcome, Unknown) else outcome


class TakesTurnedAwayForNotSent(Between):
    """A call that was turned away counts as one that never arrived."""

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Call, and leave out who said no."""
        outcome = await super().purchase(call, fence)
        return NotSent(why=outcome.why) if isinstance(outcome, NotSent) else outcome


class BelievesFailedLooks(Between):
    """A list that can't be had, or that contradicts itself, counts as an empty one."""

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """Look, and make a failure nothing."""
        try:
            return await super().find(order_reference, urgent=urgent)
        except LookupFailed:
            return {}
