"""An attempt: one call to the provider, and what came of it."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict

from bot.domain.outcome import (
    Bought,
    NotSent,
    Outcome,
    ProviderError,
    Refused,
    Sim,
    Unknown,
    merge_sims,
)


class AttemptOutcome(StrEnum):
    """What is known of an attempt that has ended."""

    BOUGHT = "bought"
    """SIM cards were sold, perhaps fewer than asked."""
    REFUSED = "refused"
    """Nothing was bought, for certain."""
    NOT_SENT = "not_sent"
    """The provider never took the call; another attempt follows."""
    UNKNOWN = "unknown"
    """What was bought is being looked up."""


class Lookup(BaseModel):
    """One look at the provider's list for an attempt in doubt."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    found: int | None
    """SIM cards listed; None when the provider could not be asked."""


class Attempt(BaseModel):
    """One call to the provider. Recorded before it is sent, so it is never sent twice."""

    model_config = ConfigDict(frozen=True)

    number: int
    """Counted from 1 within the order."""
    quantity: int
    """eSIMs asked for in this call."""
    reference: str
    """The tag under which the provider lists what this call bought."""
    started_at: datetime
    ended_at: datetime | None = None
    outcome: AttemptOutcome | None = None
    """None while the call may be under way."""
    why: str = ""
    """For `not_sent` and `unknown`: what happened, in words."""
    retry_after: float | None = None
    """For `not_sent`: seconds that the provider asked to wait."""
    sims: tuple[Sim, ...] = ()
    errors: tuple[ProviderError, ...] = ()
    lookups: tuple[Lookup, ...] = ()

    @property
    def shortage(self) -> int:
        """ESIMs that this attempt still owes."""
        return max(0, self.quantity - len(self.sims))

    @property
    def is_certain(self) -> bool:
        """Whether it has ended and its outcome is known."""
        return self.outcome not in {None, AttemptOutcome.UNKNOWN}

    @property
    def is_stable(self) -> bool:
        """Whether the last two looks both listed all that is known: a list that lags does not."""
        listed = [look.found for look in self.lookups]
        return listed[-2:] == [len(self.sims)] * 2

    def ended(self, outcome: Outcome, at: datetime) -> Self:  # noqa: PLR0911 - one an outcome
        """Take the provider's answer, however late or often: what is known stays known.

        SIM cards and errors are only added, and a certain outcome never becomes uncertain.
        An answer that tells nothing new gives an equal attempt.
        """
        match outcome:
            case Bought(sims=sims, errors=errors):
                return self._bought(merge_sims(self.sims, sims), errors, at)
            case Refused(errors=errors) if self.sims:
                return self._bought(self.sims, errors, at)
            case Refused(errors=errors):
                return self._with(AttemptOutcome.REFUSED, at, errors=self._and(errors))
            case Unknown(sims=sims, errors=errors) if sims and self._needs_no_more(sims):
                return self._bought(merge_sims(self.sims, sims), errors, at)
            case NotSent() | Unknown() if self.is_certain or self._belies(outcome):
                return self
            case NotSent(why=why, retry_after=retry_after):
                return self._with(AttemptOutcome.NOT_SENT, at, why=why, retry_after=retry_after)
            case _:
                known, told = merge_sims(self.sims, outcome.sims), self._and(outcome.errors)
                why = outcome.why
                return self._with(AttemptOutcome.UNKNOWN, at, why=why, sims=known, errors=told)

    def _needs_no_more(self, sims: tuple[Sim, ...]) -> bool:
        """Whether nothing is left to be looked up once these SIM cards are known."""
        return self.is_certain or len(merge_sims(self.sims, sims)) >= self.quantity

    def _bought(
        self, sims: tuple[Sim, ...], errors: tuple[ProviderError, ...], at: datetime
    ) -> Self:
        if len(sims) < self.quantity and not errors and not self.is_certain:
            return self._with(AttemptOutcome.UNKNOWN, at, why=UNEXPLAINED, sims=sims)
        return self._with(AttemptOutcome.BOUGHT, at, why="", sims=sims, errors=self._and(errors))

    def _belies(self, outcome: Outcome) -> bool:
        """Whether SIM cards were found of a call that is said to be not sent."""
        return bool(self.sims) and isinstance(outcome, NotSent)

    def _and(self, errors: tuple[ProviderError, ...]) -> tuple[ProviderError, ...]:
        """The errors so far and the new ones among these; repeats within one answer stay."""
        return (*self.errors, *(error for error in errors if error not in self.errors))

    def looked_up(self, found: tuple[Sim, ...] | None, at: datetime) -> Self:
        """Add what the provider lists under the reference; None: it could not be asked."""
        sims = merge_sims(self.sims, found or ())
        count = None if found is None else len(merge_sims((), found))
        looked = self.model_copy(
            update={"sims": sims, "lookups": (*self.lookups, Lookup(at=at, found=count))}
        )
        return looked.settled(at) if not looked.shortage else looked

    def settled(self, at: datetime) -> Self:
        """Call what has been found so far all that was bought."""
        return self._with(AttemptOutcome.BOUGHT, at, why="")

    def _with(self, outcome: AttemptOutcome, at: datetime, **changes: object) -> Self:
        ended_at = self.ended_at if outcome is self.outcome else at
        return self.model_copy(update={"outcome": outcome, "ended_at": ended_at, **changes})


UNEXPLAINED = "the provider returned fewer eSIMs than asked for, and no error that says why"
"""A shortage without a reason may still be filled: it is looked up like a lost answer."""
