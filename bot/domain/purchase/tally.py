"""Counts over an order's calls, carried from step to step: no step walks through all of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.purchase.attempt import Attempt, AttemptOutcome


@dataclass(frozen=True, slots=True)
class Tally:
    """What the calls of an order come to."""

    bought: int = 0
    """SIM cards that count."""
    in_doubt: int = 0
    """Calls of which it is not known what they bought."""
    turned_away: int = 0
    """Calls that the provider refused, but may have sold all the same."""
    odd: int = 0
    """Calls with SIM cards that have something odd about them, whether they count or not."""
    checksum: int = 0
    """Sum of the calls' checksums: another one when anything changes of what files tell."""
    iccids: tuple[frozenset[str], ...] = ()
    """The ICCIDs of the SIM cards that count, in sets of which each is larger than the next one.

    So adding a few to many costs little, and the tally of an earlier step stays as it was.
    """

    @classmethod
    def of(cls, attempts: Iterable[Attempt]) -> "Tally":
        """Count anew."""
        calls = tuple(attempts)
        columns = zip(_facts(None), *map(_facts, calls), strict=True)
        everything = frozenset[str]().union(*map(_iccids, calls))
        bought, in_doubt, turned_away, odd, checksum = map(sum, columns)
        return cls(bought, in_doubt, turned_away, odd, checksum, _with((), everything))

    @property
    def may_have_sold_more(self) -> bool:
        """Whether more may turn up of any call: it is in doubt, or was turned away."""
        return bool(self.in_doubt or self.turned_away)

    def holds(self, iccid: str) -> bool:
        """Whether a SIM card with this ICCID counts for one of the calls."""
        return any(iccid in some for some in self.iccids)

    def with_new(self, attempt: Attempt) -> "Tally":
        """The tally with one more call."""
        return self._plus(_facts(attempt), _iccids(attempt))

    def after(self, before: Attempt | None, now: Attempt) -> "Tally | None":
        """The tally once a call has changed from `before` (None: it is new) to `now`.

        None when a SIM card does not count for it any more: then all must be counted anew.
        """
        former, present = _iccids(before), _iccids(now)
        if former - present:
            return None
        was, now_is = _facts(before), _facts(now)
        more = [new - old for old, new in zip(was, now_is, strict=True)]
        return self._plus(more, present - former)

    def _plus(self, more: Iterable[int], iccids: frozenset[str]) -> "Tally":
        bought, in_doubt, turned_away, odd, checksum = more
        return Tally(
            self.bought + bought,
            self.in_doubt + in_doubt,
            self.turned_away + turned_away,
            self.odd + odd,
            self.checksum + checksum,
            _with(self.iccids, iccids),
        )


def _facts(attempt: Attempt | None) -> tuple[int, int, int, int, int]:
    """What a call adds to the counts."""
    if attempt is None:
        return 0, 0, 0, 0, 0
    in_doubt = attempt.outcome is AttemptOutcome.UNKNOWN
    odd = any(sim.odd for sim in attempt.sims)
    counts = (len(attempt.counted), int(in_doubt), int(attempt.turned_away), int(odd))
    return *counts, attempt.checksum


def _iccids(attempt: Attempt | None) -> frozenset[str]:
    return frozenset(sim.iccid for sim in attempt.counted if sim.iccid) if attempt else frozenset()


def _with(sets: tuple[frozenset[str], ...], more: frozenset[str]) -> tuple[frozenset[str], ...]:
    """The sets with these ICCIDs added: sets that are no larger become one with them."""
    if not more:
        return sets
    while sets and len(sets[-1]) <= len(more):
        *larger, last = sets
        sets, more = tuple(larger), more | last
    return (*sets, more)
