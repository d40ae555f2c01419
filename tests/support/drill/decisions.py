"""What a person was asked to decide, and whether that needed to be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.events import OrderState, Reason
from bot.domain.order import Order
from bot.domain.purchase.attempt import Attempt
from tests.support.drill.books import Call

LOOKUP_DELAYS = (0.5, 2.0, 8.0)
"""Seconds before each look of an order in doubt in a drill; then a person is asked.

Longer in all than a bot is frozen, as they are with the usual settings.
"""
NEVER_THERE = "the call never reached the provider"
IN_FULL = "all was sold, and the list was complete"
UNREADABLE = "all was sold, but the list was not complete or not there"
SHORT = "fewer were sold than asked for"
NONE = "the call reached the provider, and none was sold"
_NEEDLESS = frozenset({NEVER_THERE, IN_FULL})


@dataclass(frozen=True)
class Decision:
    """One order that a person had to decide about, by the first call that was asked about."""

    order_id: str
    kind: str
    """What had become of the call, by the provider's ledger."""
    why: str
    """What the order said of the call."""

    @property
    def needless(self) -> bool:
        """Whether whoever knows the ledger would not have asked."""
        return self.kind in _NEEDLESS

    @property
    def forgetful(self) -> bool:
        """Whether it was asked because Redis may have forgotten something."""
        return self.why == Reason.FORGETFUL


def decisions(orders: list[Order], ledger: Mapping[str, Call]) -> Iterator[Decision]:
    """All of them; `ledger` has the requests by the reference of their call."""
    for order in orders:
        asked = _asked_about(order)
        if asked is not None:
            attempt, why = asked
            yield Decision(order.id, _kind(attempt, ledger.get(attempt.reference)), why)


def _asked_about(order: Order) -> tuple[Attempt, str] | None:
    """The call because of which a person was asked first, and why it was in doubt."""
    started, why = 0, ""
    for entry in order.history:
        if entry.event == "attempt_started":
            started, why = started + 1, ""
        if entry.state is OrderState.IN_DOUBT:
            why = why or entry.detail
        if entry.state is OrderState.NEEDS_ATTENTION:
            return order.attempts[started - 1], why or entry.detail
    return None


def _kind(attempt: Attempt, entry: Call | None) -> str:
    if entry is None:
        return NEVER_THERE
    if not entry.sims:
        return NONE
    if len(entry.sims) < attempt.quantity:
        return SHORT
    looks = attempt.lookups[: len(LOOKUP_DELAYS)]
    return IN_FULL if any(look.found is not None for look in looks) else UNREADABLE
