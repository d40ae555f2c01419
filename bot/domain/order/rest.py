"""What an order fell short of: one new order for it, checked before its card goes up."""

from datetime import datetime, timedelta
from typing import Self

from bot.domain.order.aftercare import Aftercare
from bot.domain.order.facts import BOT, REST_ORDERED
from bot.domain.request import PurchaseRequest
from bot.domain.state import OrderState
from bot.domain.terms import Terms
from bot.errors import NothingToDecide, RestOrdered, TransitionError

CHECK_FAILED = "check_failed"
"""Event: the first order could not be looked at, so the card is not up, or nothing is sent yet."""
NOTHING_MISSING = "nothing_missing"
"""Event: all of the first order has turned up meanwhile, so its rest is not bought."""
LOWERED = "lowered"
"""Event: some of the first order has turned up since the approval, so fewer are bought."""
_HELD_AGAINST = (OrderState.CHECKING, OrderState.APPROVED, OrderState.PURCHASING)
"""States in which a rest is held against its first order before it goes on."""


class Rest(Aftercare):
    """The steps by which the rest of an order becomes an order of its own."""

    @property
    def fell_short(self) -> bool:
        """Whether it has ended with some bought and some missing; also what turned up late counts.

        An order that ended as refused, and of which a part was found, is short like any other.
        """
        ended_short = self.state in {OrderState.PARTLY_PURCHASED, OrderState.REFUSED}
        return ended_short and bool(self.sims and self.remaining)

    def rest_request(self) -> PurchaseRequest:
        """The request for what this order fell short of. Raises NothingToDecide."""
        if not self.fell_short:
            raise NothingToDecide(
                f"Nothing is missing of order `{self.id}` any more, so I ordered nothing."
            )
        return self.request.model_copy(update={"amount": self.remaining})

    def order_rest(self, rest_id: str, by: str, at: datetime, earlier: Self | None = None) -> Self:
        """Mark that its rest is ordered, as `rest_id`. Raises NothingToDecide, RestOrdered.

        `earlier` is the order that was opened for it before: only when that one ended without
        buying anything may another be opened.
        """
        self.rest_request()
        if self.rest and not (earlier and earlier.came_to_nothing):
            raise RestOrdered(self.id, self.rest)
        marked = self.model_copy(update={"rest": rest_id})
        due = self.next_look(at)
        return marked._moved(REST_ORDERED, by, self.state, at, due=due, detail=rest_id)

    @property
    def came_to_nothing(self) -> bool:
        """Whether it has ended and bought nothing, as far as is known."""
        return self.state.is_final and not self.sims

    @classmethod
    def place_rest(cls, rest_id: str, first: Self, terms: Terms, by: str, at: datetime) -> Self:
        """Start the order for the rest of `first`, for its requester. Raises NothingToDecide."""
        rest = cls(
            id=rest_id,
            provider=first.provider,
            request=first.rest_request(),
            requester=first.requester,
            channel=first.channel,
            terms=terms,
            state=OrderState.CHECKING,
            created_at=at,
            due_at=at,
            rest_of=first.id,
        )
        return rest._moved("placed", by, rest.state, at, due=at)

    @property
    def must_check(self) -> bool:
        """Whether the first order must be looked at before the next call for its rest is made."""
        return self.rest_of is not None and self.state in _HELD_AGAINST and bool(self.remaining)

    def checked(self, missing: int, at: datetime) -> Self:
        """The first order was looked at: `missing` eSIMs are still to be bought.

        While it is checked, its card goes up; before each call fewer are bought if more have
        turned up, and the same order comes back when not. Raises TransitionError otherwise.
        """
        self._must_be(*_HELD_AGAINST)
        if missing <= len(self.sims):
            return self._with_nothing_missing(at)
        fitting = self._with_amount(min(missing, self.request.amount))
        if self.state is OrderState.CHECKING:
            up = fitting._moved("checked", BOT, OrderState.AWAITING_APPROVAL, at)
            return up.model_copy(update={"due_at": up.expires_at})
        if fitting.request == self.request:
            return self
        return fitting._moved(LOWERED, BOT, self.state, at, due=at)

    def _with_nothing_missing(self, at: datetime) -> Self:
        """What it has bought stays, and it ends with that."""
        if not self.sims:
            return self._ended(NOTHING_MISSING, at)
        return self._with_amount(len(self.sims))._ended(LOWERED, at)

    def not_checked(self, why: str, at: datetime) -> Self:
        """The first order could not be looked at: try again after a while, and wait until then.

        Raises TransitionError when nothing is to be checked.
        """
        if not self.must_check:
            raise TransitionError(f"Order `{self.id}` is the rest of no other: nothing to check.")
        failed = sum(
            each.event == CHECK_FAILED and each.state is self.state for each in self.history
        )
        delays = (*self.terms.lookup_delays, self.terms.reminder)
        due = at + timedelta(seconds=delays[min(failed, len(delays) - 1)])
        return self._moved(CHECK_FAILED, BOT, self.state, at, due=due, detail=why)
