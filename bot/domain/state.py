"""The states of an order, and the entry that each step leaves."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class OrderState(StrEnum):
    """Where an order is in its life."""

    CHECKING = "checking"
    """Recorded; what must be known before the card goes up is being asked."""
    AWAITING_APPROVAL = "awaiting_approval"
    """The card is up."""
    APPROVED = "approved"
    """Due for the engine."""
    PURCHASING = "purchasing"
    """An attempt is recorded and may be at the provider."""
    IN_DOUBT = "in_doubt"
    """The outcome of an attempt is unknown and being looked up."""
    NEEDS_ATTENTION = "needs_attention"
    """The look-up did not settle it: a person decides."""
    PURCHASED = "purchased"
    """Everything ordered was bought."""
    PARTLY_PURCHASED = "partly_purchased"
    """Less than ordered was bought, and nothing more will be."""
    REFUSED = "refused"
    """Nothing was bought: the provider sold nothing, or nothing was missing any more."""
    DECLINED = "declined"
    """An approver said no."""
    CANCELLED = "cancelled"
    """Whoever asked, or the bot, took it back before approval."""
    EXPIRED = "expired"
    """Nobody decided in time."""

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self in _FINAL

    @property
    def words(self) -> str:
        """How people say it."""
        return _WORDS[self]


_FINAL = frozenset(
    {
        OrderState.PURCHASED,
        OrderState.PARTLY_PURCHASED,
        OrderState.REFUSED,
        OrderState.DECLINED,
        OrderState.CANCELLED,
        OrderState.EXPIRED,
    }
)

_WORDS = {
    OrderState.CHECKING: "being checked",
    OrderState.AWAITING_APPROVAL: "waits for approval",
    OrderState.APPROVED: "approved",
    OrderState.PURCHASING: "being bought",
    OrderState.IN_DOUBT: "being looked up",
    OrderState.NEEDS_ATTENTION: "waits for a person",
    OrderState.PURCHASED: "bought",
    OrderState.PARTLY_PURCHASED: "partly bought",
    OrderState.REFUSED: "not bought",
    OrderState.DECLINED: "declined",
    OrderState.CANCELLED: "cancelled",
    OrderState.EXPIRED: "expired",
}


class Entry(BaseModel):
    """One step of an order's life: its line in the audit trail."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    event: str
    """What happened, in the words of the states and outcomes."""
    by: str
    """A Slack user id, or `bot`."""
    state: OrderState
    """The state after it."""
    detail: str = ""
