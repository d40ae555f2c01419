"""An order and its life. Every transition is a method that returns a new order."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict

from bot.domain.attempt import Attempt, AttemptOutcome
from bot.domain.outcome import Outcome, ProviderError, Sim, Unknown
from bot.domain.request import PurchaseRequest
from bot.domain.state import Entry, OrderState
from bot.domain.terms import Terms
from bot.errors import AlreadyDecided, ApprovalExpired, TransitionError

SCHEMA = 1
"""Number of the shape below; a later shape reads all earlier ones."""
BOT = "bot"
"""Stands for the bot itself where a person's id would stand."""
LATE = "came late"
"""Detail of an entry: the answer came when the order had gone on without it."""
_LONGEST_WAIT = 3600.0
"""Seconds to wait at most before a new try, whatever the provider asks for."""


class Order(BaseModel):
    """One order. Its version is the number of its history entries."""

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

    @classmethod
    def place(  # noqa: PLR0913 - all of these make an order
        cls,
        order_id: str,
        request: PurchaseRequest,
        *,
        provider: str,
        requester: str,
        channel: str,
        terms: Terms,
        at: datetime,
    ) -> Self:
        """Start an order: it waits for approval until its terms' expiry."""
        order = cls(
            id=order_id,
            provider=provider,
            request=request,
            requester=requester,
            channel=channel,
            terms=terms,
            state=OrderState.AWAITING_APPROVAL,
            created_at=at,
            due_at=at,
        )
        return order._moved("placed", requester, order.state, at, due=order.expires_at)

    # What is known of it

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

    # A person decides

    def approve(self, by: str, at: datetime) -> Self:
        """Let it be bought. Raises AlreadyDecided or ApprovalExpired."""
        self._must_await()
        if at >= self.expires_at:
            raise self._expired()
        return self._moved("approved", by, OrderState.APPROVED, at, due=at)

    def decline(self, by: str, at: datetime) -> Self:
        """An approver says no. Raises AlreadyDecided or ApprovalExpired."""
        self._must_await()
        return self._moved("declined", by, OrderState.DECLINED, at)

    def cancel(self, by: str, at: datetime, detail: str = "") -> Self:
        """The requester takes it back, or the bot does. Raises as `decline` does."""
        self._must_await()
        return self._moved("cancelled", by, OrderState.CANCELLED, at, detail=detail)

    def expire(self, at: datetime) -> Self:
        """Nobody decided in time. Raises as `decline` does."""
        self._must_await()
        return self._moved("expired", BOT, OrderState.EXPIRED, at)

    # The engine buys

    def start_attempt(self, at: datetime, lease_until: datetime) -> Self:
        """Record the next call before it is made. Raises TransitionError.

        Without an outcome by `lease_until`, whoever finds it must doubt it.
        """
        self._must_be(OrderState.APPROVED, OrderState.PURCHASING)
        if self.attempt_is_open or not self.remaining:
            raise TransitionError(f"Order `{self.id}` has no call to make now.")
        number = len(self.attempts) + 1
        attempt = Attempt(
            number=number,
            quantity=min(self.remaining, self.terms.batch_size),
            reference=f"esim-{self.id}-{number}",
            started_at=at,
        )
        started = self.model_copy(update={"attempts": (*self.attempts, attempt)})
        return started._moved("attempt_started", BOT, OrderState.PURCHASING, at, due=lease_until)

    def record(self, number: int, outcome: Outcome, at: datetime) -> Self:
        """Take the provider's answer to an attempt, however late or often it comes.

        An answer that tells nothing new gives this very order. Raises TransitionError when
        there is no such attempt.
        """
        if not 1 <= number <= len(self.attempts):
            raise TransitionError(f"Order `{self.id}` made no call {number}.")
        answered = self._changed(number, lambda attempt: attempt.ended(outcome, at))
        if answered.attempts == self.attempts:
            return self
        event = f"attempt_{answered.attempts[number - 1].outcome}"
        if self.state.is_final or number < len(self.attempts):
            return answered._came_late(event, at)
        if self.state is OrderState.NEEDS_ATTENTION:
            return answered._explained(event, at)
        return answered._after(event, at)

    def doubt(self, why: str, at: datetime) -> Self:
        """An attempt was found without an outcome: it is never sent again, but looked up.

        Raises TransitionError when there is none.
        """
        if not self.attempt_is_open:
            raise TransitionError(f"Order `{self.id}` has no call under way.")
        return self.record(len(self.attempts), Unknown(why=why), at)

    def looked_up(self, found: tuple[Sim, ...] | None, at: datetime) -> Self:
        """Take what the provider lists for the attempt in doubt; None: it could not be asked.

        Raises TransitionError when nothing is in doubt.
        """
        self._must_be(OrderState.IN_DOUBT)
        looked = self._changed(len(self.attempts), lambda attempt: attempt.looked_up(found, at))
        last = looked.attempts[-1]
        if len(last.lookups) >= len(self.terms.lookup_delays) and last.sims and last.is_stable:
            looked = looked._changed(last.number, lambda attempt: attempt.settled(at))
        return looked._after("looked_up", at)

    # What follows

    def _after(self, event: str, at: datetime) -> Self:
        """Decide what an order becomes by the attempt that was answered or looked up last."""
        last = self.attempts[-1]
        match last.outcome:
            case AttemptOutcome.UNKNOWN:
                return self._in_doubt(event, at)
            case AttemptOutcome.NOT_SENT:
                return self._not_sent(last, event, at)
            case AttemptOutcome.BOUGHT if not last.shortage and self.remaining:
                return self._moved(event, BOT, OrderState.PURCHASING, at, due=at)
            case _:
                return self._moved(event, BOT, self._end(), at)

    def _in_doubt(self, event: str, at: datetime) -> Self:
        last, delays = self.attempts[-1], self.terms.lookup_delays
        if len(last.lookups) >= len(delays):
            return self._moved(event, BOT, OrderState.NEEDS_ATTENTION, at)
        due = at + timedelta(seconds=delays[len(last.lookups)])
        return self._moved(event, BOT, OrderState.IN_DOUBT, at, due=due, detail=last.why)

    def _not_sent(self, last: Attempt, event: str, at: datetime) -> Self:
        """Try again after a while; after the last try, end with what there is."""
        tries, delays = self.not_sent_in_a_row, self.terms.send_delays
        if tries > len(delays) or not self.remaining:
            return self._moved(event, BOT, self._end(), at, detail=last.why)
        asked = min(last.retry_after or 0, _LONGEST_WAIT)
        due = at + timedelta(seconds=max(delays[tries - 1], asked))
        return self._moved(event, BOT, OrderState.PURCHASING, at, due=due, detail=last.why)

    def _explained(self, event: str, at: datetime) -> Self:
        """An answer came when a person had been asked: nothing more is bought behind their back."""
        unknown = self.attempts[-1].outcome is AttemptOutcome.UNKNOWN
        return self._moved(event, BOT, self.state if unknown else self._end(), at, detail=LATE)

    def _came_late(self, event: str, at: datetime) -> Self:
        """Keep an answer that came after the order had gone on; with all there, it goes no more."""
        if self.state is OrderState.PURCHASING and not (self.attempt_is_open or self.remaining):
            return self._moved(event, BOT, OrderState.PURCHASED, at, detail=LATE)
        return self._moved(event, BOT, self.state, at, due=self.due_at, detail=LATE)

    @property
    def not_sent_in_a_row(self) -> int:
        """How many of the latest attempts, in a row, never reached the provider."""
        count = 0
        for attempt in reversed(self.attempts):
            if attempt.outcome is not AttemptOutcome.NOT_SENT:
                break
            count += 1
        return count

    def _end(self) -> OrderState:
        if not self.remaining:
            return OrderState.PURCHASED
        return OrderState.PARTLY_PURCHASED if self.sims else OrderState.REFUSED

    # How it is done

    def _must_await(self) -> None:
        decision = self.decision
        if decision is None:
            return
        if decision.state is OrderState.EXPIRED:
            raise self._expired()
        who = "" if decision.by == BOT else f" by <@{decision.by}>"
        raise AlreadyDecided(f"Order `{self.id}` was already {decision.event}{who}.")

    def _expired(self) -> ApprovalExpired:
        return ApprovalExpired(
            f"Order `{self.id}` waited too long for approval and has expired; nothing was "
            "bought. Send the command again if it is still wanted."
        )

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
        return self.model_copy(
            update={"state": state, "due_at": due, "history": (*self.history, entry)}
        )
