"""The middle of an order: its attempts, their outcomes, and what they make of it."""

from datetime import datetime, timedelta
from typing import Self

from bot.domain.attempt import Attempt, AttemptOutcome
from bot.domain.order.facts import BOT, Facts
from bot.domain.outcome import Outcome, Sim, Unknown
from bot.domain.state import OrderState
from bot.errors import TransitionError

LATE = "came late"
"""Detail of an entry: the answer came when the order had gone on without it."""
_LONGEST_WAIT = 3600.0
"""Seconds to wait at most before a new try, whatever the provider asks for."""
AFTERCARE = (3600.0, 86_400.0)
"""Seconds before each look for an attempt that was still in doubt when its order ended."""


class Purchase(Facts):
    """The steps that the engine makes."""

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
        if self.state.is_final and len(answered.sims) == len(self.sims):
            event = "answered_late"
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
        """Take what the provider lists for the last attempt; None: it could not be asked.

        Raises TransitionError when that attempt is not in doubt.
        """
        self._must_be(OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION)
        looked = self._changed(len(self.attempts), lambda attempt: attempt.looked_up(found, at))
        last = looked.attempts[-1]
        if len(last.lookups) >= len(self.terms.lookup_delays) and last.sims and last.is_stable:
            looked = looked._changed(last.number, lambda attempt: attempt.settled(at))
        if self.state is OrderState.NEEDS_ATTENTION and looked.attempts[-1].is_certain:
            return looked._ended("looked_up", at)  # nothing more is bought behind their back
        return looked._after("looked_up", at)

    def found_late(self, number: int, found: tuple[Sim, ...] | None, at: datetime) -> Self:
        """Keep what the provider lists for an attempt after which the order has gone on.

        No more SIM cards than were known gives this very order.
        """
        looked = self._changed(number, lambda attempt: attempt.looked_up(found, at))
        if len(looked.sims) == len(self.sims):
            return self
        return looked._came_late("found_late", at)

    def looked_after(self, at: datetime) -> Self:
        """One of the looks after the end is done. Raises TransitionError before the end."""
        if not self.state.is_final:
            raise TransitionError(f"Order `{self.id}` is {self.state}: it has not ended.")
        return self._moved("looked_after", BOT, self.state, at, due=self._next_look(at, done=1))

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
                return self._ended(event, at)

    def _in_doubt(self, event: str, at: datetime) -> Self:
        last, delays = self.attempts[-1], self.terms.lookup_delays
        if len(last.lookups) >= len(delays):
            return self._needs_attention(event, at)
        due = at + timedelta(seconds=delays[len(last.lookups)])
        return self._moved(event, BOT, OrderState.IN_DOUBT, at, due=due, detail=last.why)

    def _needs_attention(self, event: str, at: datetime) -> Self:
        """A person must decide; until then it is looked up, and they are reminded."""
        again = self.state is OrderState.NEEDS_ATTENTION
        due = at + timedelta(seconds=self.terms.reminder)
        state = OrderState.NEEDS_ATTENTION
        return self._moved("reminded" if again else event, BOT, state, at, due=due)

    def _not_sent(self, last: Attempt, event: str, at: datetime) -> Self:
        """Try again after a while; after the last try, end with what there is."""
        tries, delays = self.not_sent_in_a_row, self.terms.send_delays
        if tries > len(delays) or not self.remaining:
            return self._ended(event, at, detail=last.why)
        asked = min(last.retry_after or 0, _LONGEST_WAIT)
        due = at + timedelta(seconds=max(delays[tries - 1], asked))
        return self._moved(event, BOT, OrderState.PURCHASING, at, due=due, detail=last.why)

    def _explained(self, event: str, at: datetime) -> Self:
        """An answer came when a person had been asked: nothing more is bought behind their back."""
        if self.attempts[-1].outcome is AttemptOutcome.UNKNOWN:
            return self._moved(event, BOT, self.state, at, due=self.due_at, detail=LATE)
        return self._ended(event, at, detail=LATE)

    def _came_late(self, event: str, at: datetime) -> Self:
        """Keep an answer that came after the order had gone on; with all there, it goes no more."""
        buying = self.state in {OrderState.APPROVED, OrderState.PURCHASING}
        if buying and not (self.attempt_is_open or self.remaining):
            return self._ended(event, at, detail=LATE)
        return self._moved(event, BOT, self.state, at, due=self.due_at, detail=LATE)

    def _ended(self, event: str, at: datetime, *, by: str = BOT, detail: str = "") -> Self:
        """Nothing more is bought; what stays in doubt is looked at some more times."""
        return self._moved(event, by, self.end, at, due=self._next_look(at), detail=detail)

    def _next_look(self, at: datetime, done: int = 0) -> datetime | None:
        """When to look after an order that has ended; `done` looks are not in its history yet."""
        looks = done + sum(entry.event == "looked_after" for entry in self.history)
        if not self.watched or looks >= len(AFTERCARE):
            return None
        return at + timedelta(seconds=AFTERCARE[looks])

    @property
    def not_sent_in_a_row(self) -> int:
        """How many of the latest attempts, in a row, never reached the provider."""
        count = 0
        for attempt in reversed(self.attempts):
            if attempt.outcome is not AttemptOutcome.NOT_SENT:
                break
            count += 1
        return count
