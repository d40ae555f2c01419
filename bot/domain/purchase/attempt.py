"""An attempt: one call to the provider, and what came of it."""

import zlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import takewhile
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from bot.domain.events import Reason
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.raw import RawFields
from bot.domain.purchase.sim import ProviderError, Sim, is_nameless, merge_sims


class AttemptOutcome(StrEnum):
    """What is known of an attempt that has ended."""

    BOUGHT = "bought"
    """SIM cards were sold, perhaps fewer than asked."""
    REFUSED = "refused"
    """Nothing was bought, for certain."""
    NOT_SENT = "not_sent"
    """The provider never took the call; another attempt follows."""
    UNKNOWN = "unknown"
    """It is not known what was bought; it is looked up."""


class Lookup(BaseModel):
    """One look at the provider's list for an order, as it concerns one of its attempts."""

    model_config = ConfigDict(frozen=True)

    at: datetime
    found: int | None
    """SIM cards of this attempt that were listed; None when the look failed: it shows nothing."""
    why: str = ""
    """For a look that failed: the reason, in words."""


class Attempt(BaseModel):
    """One call to the provider. Recorded before it is sent, so it is never sent twice."""

    model_config = ConfigDict(frozen=True)

    number: int
    """Counted from 1 within the order."""
    quantity: int
    """eSIMs asked for in this call."""
    reference: str
    """The tag under which the provider lists what this call bought."""
    shares_tag: bool = False
    """Whether the call carries the order's own reference too; those of earlier versions do not."""
    body: str = ""
    """What is sent, to the byte, where the provider compares it."""
    key_until: datetime | None = None
    """Until when the provider takes the same bytes for the same purchase; None: it has no key."""
    repeats: int = 0
    """How often a person had the same bytes sent again."""
    started_at: datetime
    """When its call, or the last repeat of it, was recorded."""
    ended_at: datetime | None = None
    outcome: AttemptOutcome | None = None
    """None while the call may be under way."""
    why: str = ""
    """For `not_sent` and `unknown`: what happened, as a `Reason` or in a provider's words."""
    retry_after: float | None = None
    """For `not_sent`: seconds that the provider asked to wait."""
    turned_away: bool = False
    """For `not_sent`: the provider refused the call, but may have sold all the same."""
    too_late: bool = False
    """For `not_sent`: our own queue or a freeze was the cause; it does not count as a try."""
    sims: tuple[Sim, ...] = ()
    """Every SIM card that was told or found, also those that belong to somebody else."""
    errors: tuple[ProviderError, ...] = ()
    lookups: tuple[Lookup, ...] = ()

    @cached_property
    def counted(self) -> tuple[Sim, ...]:
        """The SIM cards that this call bought: those of others do not count."""
        if all(sim.counts for sim in self.sims):
            return self.sims
        return tuple(sim for sim in self.sims if sim.counts)

    @cached_property
    def checksum(self) -> int:
        """Of the SIM cards that count, and of when the provider answered, to the second."""
        at = int((self.ended_at or self.started_at).timestamp())
        lines = [
            f"{sim.iccid} {sim.provider_id} {sim.status} {RawFields(sim.fields).text}"
            for sim in self.counted
        ]
        return zlib.crc32("\n".join((f"{self.number} {at}", *lines)).encode())

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy, which counts its SIM cards itself."""
        copied = super().model_copy(update=update, deep=deep)
        for name in ("counted", "checksum"):
            copied.__dict__.pop(name, None)
        return copied

    @property
    def shortage(self) -> int:
        """ESIMs that this attempt still owes."""
        return max(0, self.quantity - len(self.counted))

    @property
    def is_certain(self) -> bool:
        """Whether it has ended and its outcome is known."""
        return self.outcome not in {None, AttemptOutcome.UNKNOWN}

    @property
    def may_have_sold(self) -> bool:
        """Whether the call may have reached the provider, whatever its outcome."""
        return self.outcome is not AttemptOutcome.NOT_SENT or self.turned_away

    @property
    def may_show_more(self) -> bool:
        """Whether a look may show what no answer has told: not all that it asked for is known."""
        return not self.is_certain or self.turned_away or self.shortage > 0

    @property
    def looks_that_worked(self) -> int:
        """How many looks since the doubt worked: only these are evidence."""
        return sum(look.found is not None for look in self.lookups)

    @property
    def looks_that_failed(self) -> int:
        """How many of the latest looks since its end failed, in a row."""
        failed = takewhile(lambda look: look.found is None, reversed(self._looks_since_its_end))
        return len(tuple(failed))

    @property
    def was_looked_for(self) -> bool:
        """Whether a look has worked since its end: only such a look can show what it bought."""
        return any(look.found is not None for look in self._looks_since_its_end)

    @property
    def _looks_since_its_end(self) -> tuple[Lookup, ...]:
        end = self.ended_at
        return tuple(look for look in self.lookups if end is None or look.at >= end)

    @property
    def is_stable(self) -> bool:
        """Whether the last two looks both listed all known SIM cards: the list is up to date.

        When nothing is missing, it is enough that both worked. While an ICCID is not known, it is
        False: the look-up goes on until it is known.
        """
        listed = [look.found for look in self.lookups[-2:]]
        if not all(sim.iccid for sim in self.counted):
            return False
        if not self.shortage:
            return len(listed) > 1 and None not in listed
        return listed == [len(self.counted)] * 2

    def may_repeat(self, at: datetime) -> bool:
        """Whether its own bytes may be sent again: the provider takes them for the same purchase.

        Only where it is not known what came of it, and only when a person has decided it.
        """
        in_doubt = self.outcome is AttemptOutcome.UNKNOWN
        return in_doubt and self.key_until is not None and at < self.key_until

    def repeated(self, at: datetime) -> Self:
        """The attempt open again, as a person has decided: its own bytes are sent once more.

        What is known of it stays; looks are made anew.
        """
        anew = {"outcome": None, "ended_at": None, "why": "", "lookups": (), "started_at": at}
        return self.model_copy(update={**anew, "repeats": self.repeats + 1})

    def ended(self, outcome: Outcome, at: datetime) -> Self:  # noqa: PLR0911 - one an outcome
        """Take the provider's answer, however late or often: what is known stays known.

        SIM cards and errors are only added, and a certain outcome never becomes uncertain.
        An answer that tells nothing new gives an equal attempt. What the repeat of a call did not
        do, the call itself may have done: only SIM cards are an answer to a repeat.
        """
        if self.repeats:
            outcome = _of_a_repeat(outcome)
        match outcome:
            case Bought(sims=sims, errors=errors):
                return self._bought(_joined(self.sims, sims), errors, at)
            case Refused(errors=errors) if self.counted:
                return self._bought(self.sims, errors, at)
            case Refused(errors=errors):
                return self._with(AttemptOutcome.REFUSED, at, errors=self._with_errors(errors))
            case Unknown(sims=sims, errors=errors) if sims and self._needs_no_more(sims):
                return self._bought(_joined(self.sims, sims), errors, at)
            case NotSent() | Unknown() if self.is_certain or self._contradicts(outcome):
                return self
            case NotSent():
                facts = outcome.model_dump(exclude={"kind"})
                return self._with(AttemptOutcome.NOT_SENT, at, **facts)
            case _:
                known, told = _joined(self.sims, outcome.sims), self._with_errors(outcome.errors)
                why = outcome.why
                return self._with(AttemptOutcome.UNKNOWN, at, why=why, sims=known, errors=told)

    def _needs_no_more(self, sims: tuple[Sim, ...]) -> bool:
        """Whether nothing is left to be looked up once these SIM cards are known."""
        known = _joined(self.sims, sims)
        return self.is_certain or sum(sim.counts for sim in known) >= self.quantity

    def _bought(
        self, sims: tuple[Sim, ...], errors: tuple[ProviderError, ...], at: datetime
    ) -> Self:
        why = "" if self.is_certain else self._doubt_about(sims, errors)
        outcome = AttemptOutcome.UNKNOWN if why else AttemptOutcome.BOUGHT
        return self._with(outcome, at, why=why, sims=sims, errors=self._with_errors(errors))

    def _doubt_about(self, sims: tuple[Sim, ...], errors: tuple[ProviderError, ...]) -> str:
        """The reason why such an answer must be looked up before it counts; "" for none."""
        if not all(sim.iccid for sim in sims):
            return Reason.UNNUMBERED
        if any(sim.odd for sim in sims):
            return Reason.ODD
        short = sum(sim.counts for sim in sims) < self.quantity
        return Reason.UNEXPLAINED if short and not errors else ""

    def _contradicts(self, outcome: Outcome) -> bool:
        """Whether SIM cards were found of a call that is said to be not sent."""
        return bool(self.counted) and isinstance(outcome, NotSent)

    def _with_errors(self, errors: tuple[ProviderError, ...]) -> tuple[ProviderError, ...]:
        """The errors so far and the new ones among these; repeats within one answer stay."""
        return (*self.errors, *(error for error in errors if error not in self.errors))

    def looked_up(self, found: tuple[Sim, ...] | None, at: datetime, why: str = "") -> Self:
        """Add what the provider lists of this attempt; None: the look failed, and `why`.

        SIM cards of a call that is said to have sold none show that it has: it is bought, or in
        doubt again while some of them are missing.
        """
        sims = _joined(self.sims, found or ())
        count = None if found is None else sum(sim.counts for sim in merge_sims((), found))
        look = Lookup(at=at, found=count, why=why)
        looked = self.model_copy(update={"sims": sims, "lookups": (*self.lookups, look)})
        return looked if found is None else looked.judged(at)

    def judged(self, at: datetime) -> Self:
        """The attempt with the outcome that follows from a look that worked."""
        if not self.shortage and all(sim.is_clear for sim in self.counted):
            return self.settled(at)
        if self.outcome is AttemptOutcome.NOT_SENT and self.counted:
            return self._with(AttemptOutcome.UNKNOWN, at, why=Reason.SOLD_ALL_THE_SAME)
        if self.outcome is AttemptOutcome.REFUSED and self.counted:
            return self.settled(at)
        return self

    def settled(self, at: datetime) -> Self:
        """The attempt closed: what was found so far is all that was bought."""
        return self._with(AttemptOutcome.BOUGHT, at, why="")

    def _with(self, outcome: AttemptOutcome, at: datetime, **changes: object) -> Self:
        ended_at = self.ended_at if outcome is self.outcome else at
        return self.model_copy(update={"outcome": outcome, "ended_at": ended_at, **changes})


def _of_a_repeat(outcome: Outcome) -> Outcome:
    """What it shows of the call that was repeated: a refusal says nothing of the first sending."""
    match outcome:
        case Refused(errors=errors):
            return Unknown(why=Reason.REPEAT_REFUSED, errors=errors)
        case NotSent(why=why):
            return Unknown(why=why)
    return outcome


def _joined(known: tuple[Sim, ...], more: tuple[Sim, ...]) -> tuple[Sim, ...]:
    """The SIM cards of two accounts of one call, each once.

    A nameless SIM card counts as one of the named ones if possible: it may be the same one, found
    by its number later.
    """
    merged = merge_sims(known, more)
    most = max(len(known), len(merge_sims((), more)))
    surplus = len(merged) - max(most, sum(not is_nameless(sim) for sim in merged))
    kept = list(merged)
    for sim in [each for each in merged if is_nameless(each)][:surplus]:
        kept.remove(sim)
    return tuple(kept)
