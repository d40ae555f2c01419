"""The states of an order, its events, and the entry that each step leaves."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class OrderState(StrEnum):
    """Where an order is in its life."""

    CHECKING = "checking"
    """Recorded; the price is asked, or the first order looked at, before it can be approved."""
    AWAITING_APPROVAL = "awaiting_approval"
    """The card is posted, and people may decide."""
    APPROVED = "approved"
    """Approved; the engine makes the next call."""
    PURCHASING = "purchasing"
    """An attempt is recorded, and its call may be under way."""
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


class Event(StrEnum):
    """What happened to an order: one for each line of its history and of the audit."""

    PLACED = "placed"
    """Somebody asked for it, by a command or a button."""
    PRICED = "priced"
    """The provider named its price, and what it sells for it."""
    PRICE_FAILED = "price_failed"
    """The provider could not be asked for its price: the card, or the next call, must wait."""
    PRICE_ROSE = "price_rose"
    """The price rose: before the first call it is approved anew, later nothing more is bought."""
    PRICE_FELL = "price_fell"
    """The price fell before the first call: it goes on at the lower one."""
    NOT_OFFERED = "not_offered"
    """The provider does not sell this, or could not be asked for long: nothing more is bought."""
    CHECKED = "checked"
    """The first order was looked at: the card is posted."""
    CHECK_FAILED = "check_failed"
    """The look at the first order failed: the card, or the next call, must wait."""
    NOTHING_MISSING = "nothing_missing"
    """All of the first order has turned up meanwhile, so its rest is not bought."""
    LOWERED = "lowered"
    """Some of the first order has turned up since the approval, so fewer are bought."""
    VOTED = "voted"
    """An approver agreed; more of them are needed."""
    APPROVED = "approved"
    """An approver let it be bought, and no more are needed."""
    DECLINED = "declined"
    """An approver said no."""
    CANCELLED = "cancelled"
    """Whoever asked, or the bot, took it back."""
    EXPIRED = "expired"
    """Nobody decided in time."""
    ATTEMPT_STARTED = "attempt_started"
    """A call is recorded; it is sent once."""
    ATTEMPT_REPEATED = "attempt_repeated"
    """The same bytes are sent again under their key, as a person has decided."""
    ATTEMPT_BOUGHT = "attempt_bought"
    """The provider sold."""
    ATTEMPT_REFUSED = "attempt_refused"
    """The provider sold nothing, for certain."""
    ATTEMPT_NOT_SENT = "attempt_not_sent"
    """The provider never took the call."""
    ATTEMPT_UNKNOWN = "attempt_unknown"
    """It is not known what a call bought: it is looked up."""
    ANSWERED_LATE = "answered_late"
    """The answer to a call came after the order had ended, without new SIM cards."""
    LOOKED_UP = "looked_up"
    """The provider was asked what it lists for the order."""
    FOUND_LATE = "found_late"
    """More SIM cards turned up after the order had ended."""
    REMINDED = "reminded"
    """A person must still decide, and is told again."""
    LOOK_AGAIN = "look_again"
    """Somebody asked for another look, now."""
    CLOSED = "closed"
    """Somebody has made sure that no more was bought than is known."""
    BUY_AGAIN = "buy_again"
    """Somebody wishes to buy again what is missing."""
    BUY_AGAIN_UNPROVEN = "buy_again_unproven"
    """The look before buying again failed: the wish was dropped, and nothing sent."""
    BUY_AGAIN_NEEDLESS = "buy_again_needless"
    """SIM cards turned up: the wish to buy again was dropped, and nothing sent."""
    REST_ORDERED = "rest_ordered"
    """What it fell short of was ordered; the detail is that order's id."""
    REQUEUED = "requeued"
    """The operator had it looked at now."""


class Reason(StrEnum):
    """Why an attempt is in doubt or was not sent, where no provider said it."""

    LATE = "came late"
    """The answer came when the order had taken its next step without it."""
    UNEXPLAINED = "unexplained"
    """Fewer were returned than asked for, without an error: the rest may follow."""
    UNNUMBERED = "unnumbered"
    """A SIM card was returned without its ICCID: it is looked up until the list has it."""
    ODD = "odd"
    """The answer has odd SIM cards: it is compared with the list."""
    SOLD_ALL_THE_SAME = "sold_all_the_same"
    """The call was turned away, but SIM cards of it are listed: the rest may follow."""
    UNASKABLE = "unaskable"
    """The call was turned away, and all looks before its repeat failed."""
    UNSHOWN = "unshown"
    """The call was not taken, an earlier one may have sold, and all looks failed."""
    MORE_SHOWN = "more_shown"
    """Before a repeat, more of an earlier call turned up: its rest may follow, too."""
    REPEAT_REFUSED = "repeat_refused"
    """The same bytes were refused when they were sent again: the first time they may have sold."""
    STOPPED = "stopped"
    """The process ended while the call was under way."""
    FORGETFUL = "forgetful"
    """The call was not sent: Redis may have lost an earlier one."""
    FROZEN = "frozen"
    """The call was not sent: its lease may have run out."""


class Entry(BaseModel):
    """One step of an order's life: its line in the audit trail."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    event: Event
    """What happened."""
    by: str
    """A Slack user id, or `bot`."""
    state: OrderState
    """The state after it."""
    detail: str = ""
