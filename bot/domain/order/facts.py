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

SCHEMA = 2
"""Number of the shape below; it reads all earlier ones (1 had no reminders)."""
BOT = "bot"
"""Stands for the bot itself where a person's id would stand."""


class Facts(BaseModel):
    """What is known of an order. Its version is the number of its history entries."""

    model_config = ConfigDict(frozen=True)

    schema_number: int = SCHEMA
    id: str
    provider: str
    request: PurchaseRequest
    requester: str
    """Slack user id."""
    channel: str
    """Slack channel id where the card is."""
    terms: Terms
    state: OrderState
    created_at: datetime
    due_at: datetime | None
    """When the engine must look at it; None when nothing is to be done."""
    attempts: tuple[Attempt, ...] = ()
    history: tuple[Entry, ...] = ()

    @property
    def version(self) -> int:
        """Number of steps so far."""
        return len(self.history)

    @property
    def expires_at(self) -> datetime:
        """When it can't be approved any more."""
        return self.created_at + self.terms.expiry()

    @property
    def sims(self) -> tuple[Sim, ...]:
        """Every SIM card that is known to be bought."""
        return tuple(sim for attempt in self.attempts for sim in attempt.sims)

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
        waiting = OrderState.AWAITING_APPROVAL
        return next((entry for entry in self.history if entry.state is not waiting), None)

    @property
    def watched(self) -> tuple[Attempt, ...]:
        """The attempts of which more SIM cards may still turn up."""
        return tuple(
            each
            for each in self.attempts
            if each.outcome is AttemptOutcome.UNKNOWN or (each.lookups and each.shortage)
        )

    @property
    def end(self) -> OrderState:
        """What the order has come to when nothing more is bought for it."""
        if not self.remaining:
            return OrderState.PURCHASED
        return OrderState.PARTLY_PURCHASED if self.sims else OrderState.REFUSED

    # How every step is made

    def _must_be(self, *states: OrderState) -> None:
        if self.state not in states:
            raise TransitionError(f"Order `{self.id}` is {self.state}: this step is not for it.")

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
        changes = {"state": state, "due_at": due, "history": (*self.history, entry)}
        return self.model_copy(update={"schema_number": SCHEMA, **changes})
