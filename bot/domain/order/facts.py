"""What is known of an order."""

from collections.abc import Callable
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from bot.domain.attempt import Attempt, AttemptOutcome
from bot.domain.outcome import ProviderError, Sim
from bot.domain.request import PurchaseRequest
from bot.domain.state import Entry, OrderState
from bot.domain.terms import Terms
from bot.errors import TransitionError

SCHEMA = 3
"""Number of the shape below; it reads all earlier ones (1 had no reminders, 2 no rests)."""
BOT = "bot"
"""Stands for the bot itself where a person's id would stand."""
REST_ORDERED = "rest_ordered"
"""Event of the entry that names, as its detail, the order opened for the rest."""
_UNDECIDED = frozenset({OrderState.CHECKING, OrderState.AWAITING_APPROVAL})


class Wish(BaseModel):
    """Somebody's decision to buy again: it holds for the next look only."""

    model_config = ConfigDict(frozen=True)

    by: str
    """Slack user id."""
    at: datetime


class Facts(BaseModel):
    """What is known of an order. Its version is the number of its history entries."""

    model_config = ConfigDict(frozen=True)

    schema_number: int = SCHEMA
    id: str
    provider: str
    request: PurchaseRequest
    requester: str
    """Slack user id of whoever it is for; a rest keeps that of the first order."""
    channel: str
    """Slack channel id where the card is."""
    terms: Terms
    state: OrderState
    created_at: datetime
    due_at: datetime | None
    """When the engine must look at it; None when nothing is to be done."""
    attempts: tuple[Attempt, ...] = ()
    history: tuple[Entry, ...] = ()
    wish: Wish | None = None
    """To buy again what is missing, if the next look shows nothing new."""
    rest_of: str | None = None
    """The id of the order that fell short of what this one is for."""
    rest: str | None = None
    """The id of the order that was opened for what this one fell short of."""

    @property
    def reference(self) -> str:
        """The tag that every call of the order carries: one look finds them all."""
        return f"esim-{self.id}"

    @property
    def placed_by(self) -> str:
        """The Slack user id of whoever typed the command or pressed the button."""
        return self.history[0].by

    @property
    def askers(self) -> frozenset[str]:
        """The Slack user ids of those whose own order it is."""
        return frozenset({self.requester, self.placed_by})

    @property
    def rests(self) -> tuple[str, ...]:
        """The ids of all orders that were ever opened for what this one fell short of."""
        return tuple(entry.detail for entry in self.history if entry.event == REST_ORDERED)

    @property
    def version(self) -> int:
        """Number of steps so far."""
        return len(self.history)

    @property
    def expires_at(self) -> datetime:
        """When it can't be approved any more: counted from when the card went up."""
        up = (entry.at for entry in self.history if entry.state is OrderState.AWAITING_APPROVAL)
        return next(up, self.created_at) + self.terms.expiry()

    @property
    def ended_at(self) -> datetime | None:
        """When it came to its end; None while it goes on."""
        return next((entry.at for entry in self.history if entry.state.is_final), None)

    @property
    def sims(self) -> tuple[Sim, ...]:
        """Every SIM card that is known to be bought: those of others do not count."""
        return tuple(sim for attempt in self.attempts for sim in attempt.counted)

    @property
    def odd_sims(self) -> tuple[Sim, ...]:
        """Every SIM card with something odd about it, whether it counts or not."""
        return tuple(sim for attempt in self.attempts for sim in attempt.sims if sim.odd)

    @property
    def errors(self) -> tuple[ProviderError, ...]:
        """Every error that the provider told."""
        return tuple(error for attempt in self.attempts for error in attempt.errors)

    @property
    def remaining(self) -> int:
        """ESIMs still to be bought."""
        return max(0, self.request.amount - len(self.sims))

    @property
    def last_attempt(self) -> Attempt | None:
        """The attempt that was started last."""
        return self.attempts[-1] if self.attempts else None

    @property
    def attempt_is_open(self) -> bool:
        """Whether an attempt is recorded without an outcome: it may be at the provider."""
        last = self.last_attempt
        return last is not None and last.outcome is None

    @property
    def decision(self) -> Entry | None:
        """Who decided what: the entry that ended the wait for approval."""
        return next((entry for entry in self.history if entry.state not in _UNDECIDED), None)

    @property
    def may_have_bought(self) -> bool:
        """Whether any call may have reached the provider: then it is looked for."""
        return any(attempt.may_have_sold for attempt in self.attempts)

    @property
    def may_buy_again(self) -> bool:
        """Whether *Buy again* may be offered: something is missing, and a look worked since."""
        last = self.last_attempt
        undecided = self.state is OrderState.NEEDS_ATTENTION and last is not None
        return undecided and bool(self.remaining and last and last.looks_that_worked)

    @property
    def must_look(self) -> bool:
        """Whether the next call may only be made after a look that worked.

        The last one was not taken, and it or an earlier one may have sold all the same: only a
        look since its end is evidence, however many were made before.
        """
        last = self.last_attempt
        if last is None or last.outcome is not AttemptOutcome.NOT_SENT or last.was_looked_for:
            return False
        return self.state is OrderState.PURCHASING and self._may_have_sold_more

    @property
    def _may_have_sold_more(self) -> bool:
        """Whether more may turn up of any call so far: it is in doubt, or was turned away."""
        unknown = AttemptOutcome.UNKNOWN
        return any(each.outcome is unknown or each.turned_away for each in self.attempts)

    @property
    def end(self) -> OrderState:
        """What the order has come to when nothing more is bought for it."""
        if not self.remaining:
            return OrderState.PURCHASED
        return OrderState.PARTLY_PURCHASED if self.sims else OrderState.REFUSED

    # How every step is made

    def _must_be(self, *states: OrderState) -> None:
        if self.state not in states:
            raise self._not_for_it()

    def _not_for_it(self) -> TransitionError:
        return TransitionError(
            f"This step is not for order `{self.id}` ({self.state.words}); nothing was changed."
        )

    def _with_amount(self, amount: int) -> Self:
        """The same order for so many eSIMs, with the estimate that goes with it."""
        estimate = self.terms.estimate.scaled(amount, self.request.amount)
        terms = self.terms.model_copy(update={"estimate": estimate})
        request = self.request.model_copy(update={"amount": amount})
        return self.model_copy(update={"request": request, "terms": terms})

    def _changed(self, number: int, change: Callable[[Attempt], Attempt]) -> Self:
        attempts = list(self.attempts)
        attempts[number - 1] = change(attempts[number - 1])
        return self.model_copy(update={"attempts": tuple(attempts)})

    def _moved(  # noqa: PLR0913 - the parts of one history entry
        self,
        event: str,
        by: str,
        state: OrderState,
        at: datetime,
        *,
        due: datetime | None = None,
        detail: str = "",
    ) -> Self:
        entry = Entry(at=at, event=event, by=by, state=state, detail=detail)
        wish = self.wish if state is OrderState.IN_DOUBT else None
        changes = {"state": state, "due_at": due, "history": (*self.history, entry), "wish": wish}
        return self.model_copy(update={"schema_number": SCHEMA, **changes})
