"""Bugs between the bot and its provider."""

from collections.abc import Mapping

from bot.clock import Fence
from bot.domain.purchase.outcome import NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import Sim
from bot.errors import LookupFailed
from bot.providers.base import PurchaseCall
from tests.support.harness.providers import Between

__all__ = ["Between"]


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
