"""The middle of an order: its attempts, their outcomes, and what they make of it."""

from datetime import datetime, timedelta
from typing import Self

from bot.domain.attempt import Attempt, AttemptOutcome
from bot.domain.order.aftercare import Aftercare
from bot.domain.order.facts import BOT
from bot.domain.outcome import Outcome, Unknown, marked
from bot.domain.state import OrderState
from bot.errors import TransitionError

LATE = "came late"
"""Detail of an entry: the answer came when the order had gone on without it."""
NEEDLESS = "buy_again_needless"
"""Event: SIM cards turned up, so that the wish to buy again was dropped and nothing was sent."""
_LONGEST_WAIT = 3600.0
"""Seconds to wait at most before a new try, whatever the provider asks for."""
_SOON = 1.0
"""Seconds before a call is tried again that was too late, where the terms know no delay."""
_MOST_DOUBLINGS = 12
"""Doublings after which the wait for a call that is always too late grows no more."""


class Purchase(Aftercare):
    """The steps that the engine makes."""

    def start_attempt(self, at: datetime, lease_until: datetime) -> Self:
        """Record the next call before it is made. Raises TransitionError.

        Without an outcome by `lease_until`, whoever finds it must doubt it.
        """
        self._must_be(OrderState.APPROVED, OrderState.PURCHASING)
        if self.attempt_is_open or self.must_look or not self.remaining:
            raise TransitionError(f"Order `{self.id}` has no call to make now.")
        number = len(self.attempts) + 1
        attempt = Attempt(
            number=number,
            quantity=min(self.remaining, self.terms.batch_size),
            reference=f"{self.reference}-{number}",
            shares_tag=True,
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
        told = marked(outcome, self._held_by_others(number))
        answered = self._changed(number, lambda attempt: attempt.ended(told, at))
        if answered.attempts == self.attempts:
            return self
        event = f"attempt_{answered.attempts[number - 1].outcome}"
        if len(answered.sims) > len(self.sims) and self.wish:
            answered, event = answered.model_copy(update={"wish": None}), NEEDLESS
        if self.state.is_final and len(answered.sims) == len(self.sims):
            event = "answered_late"
        if self.state.is_final or number < len(self.attempts):
            return answered._came_late(event, at)
        if self.state is OrderState.NEEDS_ATTENTION:
            return answered._explained(event, at)
        if self.state is OrderState.IN_DOUBT and not answered.attempts[-1].is_certain:
            return answered._came_late(event, at)  # the look that is due is made all the same
        return answered._after(event, at)

    def doubt(self, why: str, at: datetime) -> Self:
        """An attempt was found without an outcome: it is never sent again, but looked up.

        Raises TransitionError when there is none.
        """
        if not self.attempt_is_open:
            raise TransitionError(f"Order `{self.id}` has no call under way.")
        return self.record(len(self.attempts), Unknown(why=why), at)

    def _held_by_others(self, number: int) -> dict[str, str]:
        """The ICCIDs that other calls of this order have got: one is never counted twice."""
        others = (attempt for attempt in self.attempts if attempt.number != number)
        return {sim.iccid: self.id for each in others for sim in each.counted if sim.iccid}

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

    def _needs_attention(self, event: str, at: datetime, detail: str = "") -> Self:
        """A person must decide; until then it is looked up, and they are reminded."""
        again = self.state is OrderState.NEEDS_ATTENTION
        due = at + timedelta(seconds=self.terms.reminder)
        state, event = OrderState.NEEDS_ATTENTION, "reminded" if again else event
        return self._moved(event, BOT, state, at, due=due, detail=detail)

    def _not_sent(self, last: Attempt, event: str, at: datetime) -> Self:
        """Try again after a while; after the last try, end with what there is."""
        tries, delays = self.not_sent_in_a_row, self.terms.send_delays
        if not self.remaining or (tries > len(delays) and not last.too_late):
            return self._ended(event, at, detail=last.why)
        wait = self._wait_after_too_late() if last.too_late else delays[tries - 1]
        asked = min(last.retry_after or 0, _LONGEST_WAIT)
        due = at + timedelta(seconds=max(wait, asked))
        return self._moved(event, BOT, OrderState.PURCHASING, at, due=due, detail=last.why)

    def _wait_after_too_late(self) -> float:
        """Seconds; they double, so that a machine that is always too late does not race."""
        count = 0
        while count < len(self.attempts) and self.attempts[-1 - count].too_late:
            count += 1
        first = max((_SOON, *self.terms.send_delays[:1]))
        return min(_LONGEST_WAIT, first * float(2 ** min(count - 1, _MOST_DOUBLINGS)))

    def _explained(self, event: str, at: datetime) -> Self:
        """An answer came when a person had been asked: nothing more is bought behind their back."""
        if self.attempts[-1].outcome is AttemptOutcome.UNKNOWN:
            return self._moved(event, BOT, self.state, at, due=self.due_at, detail=LATE)
        return self._ended(event, at, detail=LATE)

    def _came_late(self, event: str, at: datetime) -> Self:
        """Keep what came after the order had gone on; with all there, it goes no more."""
        buying = self.state in {OrderState.APPROVED, OrderState.PURCHASING}
        if buying and not (self.attempt_is_open or self.remaining):
            return self._ended(event, at, detail=LATE)
        due = self.next_look(at) if self.state.is_final else self.due_at
        return self._moved(event, BOT, self.state, at, due=due, detail=LATE)

    @property
    def not_sent_in_a_row(self) -> int:
        """How many of the latest tries, in a row, never reached the provider.

        Those that our own queue or a freeze made too late are no tries.
        """
        count = 0
        for attempt in reversed(self.attempts):
            if attempt.outcome is not AttemptOutcome.NOT_SENT:
                break
            count += not attempt.too_late
        return count
