"""What looks at the provider's list make of an order. One look asks for all of its calls."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Self

from bot.domain.attempt import Attempt, AttemptOutcome
from bot.domain.order.facts import BOT
from bot.domain.order.purchase import NEEDLESS, Purchase
from bot.domain.outcome import Sim, merge_sims
from bot.domain.state import OrderState
from bot.errors import TransitionError

BUY_AGAIN = "buy_again"
"""Event: somebody wishes to buy again what is missing."""
UNPROVEN = "buy_again_unproven"
"""Event: the look before buying again failed, so that the wish was dropped and nothing sent."""
UNASKABLE = "the call was turned away, and the provider does not say what it sold all the same"
"""Why an attempt is in doubt whose looks before the repeat all failed."""
UNSHOWN = "the call was not taken, and the provider does not say what an earlier one sold"
"""The same of a call that was not turned away, after one that may have sold."""
MORE_SHOWN = (
    "the call was not taken, and before it was made again, more of an earlier one turned up"
)
"""Why a repeat is not made by itself: the rest of the earlier call may turn up, too."""
_LOOKED_FOR = frozenset({OrderState.IN_DOUBT, OrderState.NEEDS_ATTENTION})

Found = Mapping[str, tuple[Sim, ...]]
"""What one look that worked showed: SIM cards by the reference they carry."""


class Looks(Purchase):
    """The steps after a look: evidence is only what a successful, complete one showed."""

    def looked_up(self, found: Found | None, at: datetime, why: str = "") -> Self:
        """Take what the provider lists for the order; None: the look failed, and `why`.

        Raises TransitionError when nothing is to be looked for.
        """
        if self.state not in _LOOKED_FOR and not self.must_look:
            raise self._not_for_it()
        looked = self._having_found(found, at, why)
        if self.state is OrderState.PURCHASING:
            return self._before_a_repeat(looked, at)
        if self.wish is not None:
            return self._before_buying_again(looked, at)
        return looked._settled("looked_up", at)

    def found_late(self, found: Found, at: datetime) -> Self:
        """Keep what the provider lists for an order that has ended.

        A look that shows nothing new gives this very order. Raises TransitionError before the end.
        """
        if not self.state.is_final:
            raise TransitionError(f"Order `{self.id}` has not ended: {self.state.words}.")
        looked = self._having_found(found, at, "")
        if looked._known == self._known:
            return self
        due = looked.next_look(at)
        return looked._moved("found_late", BOT, self.state, at, due=due)

    def _having_found(self, found: Found | None, at: datetime, why: str) -> Self:
        """The look with its SIM cards, each where it belongs; it counts for the last attempt."""
        last = len(self.attempts)
        if found is None:
            return self._changed(last, lambda attempt: attempt.looked_up(None, at, why))
        shares, looked = self._shares(found), self
        for number, sims in shares.items():
            looked = looked._with_share(number, sims, at, always=number == last)
        return looked

    def _with_share(
        self, number: int, sims: tuple[Sim, ...], at: datetime, *, always: bool
    ) -> Self:
        """What was found of one attempt; of an earlier one only what is new is written down."""
        looked = self._changed(number, lambda attempt: attempt.looked_up(sims, at))
        return looked if always or looked._known != self._known else self

    def _shares(self, found: Found) -> dict[int, tuple[Sim, ...]]:
        """SIM cards by the number of their attempt: by what is known of them, then by reference.

        What several answers named belongs to the attempt for which it counts. Those that
        carry the order's reference alone, or that of a call which nobody remembers, belong to the
        last attempt.
        """
        numbers = {attempt.reference.casefold(): attempt.number for attempt in self.attempts}
        homes = {name: each.number for each in self.attempts for name in _names(each.sims)}
        homes |= {name: each.number for each in self.attempts for name in _names(each.counted)}
        last = len(self.attempts)
        shares: dict[int, list[Sim]] = {attempt.number: [] for attempt in self.attempts}
        for reference, sims in found.items():
            usual = numbers.get(reference.casefold(), last)
            for sim in sims:
                known = homes.get(("id", sim.provider_id or ""), usual)
                shares[homes.get(("iccid", sim.iccid or ""), known)].append(sim)
        return {number: merge_sims((), sims) for number, sims in shares.items()}

    @property
    def _known(self) -> list[tuple[object, ...]]:
        """What is known of each SIM card, but for the words that change by themselves."""
        sims = (sim for attempt in self.attempts for sim in attempt.sims)
        return [(*sim.name, sim.odd, sim.elsewhere) for sim in sims]

    def _settled(self, event: str, at: datetime) -> Self:
        """What the order becomes when nothing else hangs on the look."""
        last, looked = self.attempts[-1], self
        enough = len(last.lookups) >= len(self.terms.lookup_delays)
        if enough and last.counted and last.is_stable:
            looked = self._changed(last.number, lambda attempt: attempt.settled(at))
        if self.state is OrderState.NEEDS_ATTENTION and looked.attempts[-1].is_certain:
            return looked._ended(event, at)  # nothing more is bought behind their back
        return looked._after(event, at)

    def _before_buying_again(self, looked: Self, at: datetime) -> Self:
        """The look decides about the wish, which holds for this one look only."""
        look = looked.attempts[-1].lookups[-1]
        if look.found is None:
            return looked._needs_attention(UNPROVEN, at, look.why)
        if not looked._shows_more_than(self):
            return looked._moved("looked_up", BOT, OrderState.APPROVED, at, due=at)
        return looked.model_copy(update={"wish": None})._settled(NEEDLESS, at)

    def _shows_more_than(self, before: Self) -> bool:
        """Whether SIM cards have turned up: more that is known of the old ones is none."""
        return len(self.sims) > len(before.sims) or not self._iccids <= before._iccids

    @property
    def _iccids(self) -> set[str | None]:
        """Those of all SIM cards that were told or found, also of those that do not count."""
        return {sim.iccid for attempt in self.attempts for sim in attempt.sims} | {None}

    def _before_a_repeat(self, looked: Self, at: datetime) -> Self:
        """The look decides about the repeat of a call that was not taken.

        What a call sold all the same ends the repeat. While one is in doubt of which more has
        turned up, the rest of it may follow: a person decides.
        """
        last = looked.attempts[-1]
        if last.outcome is not AttemptOutcome.NOT_SENT:
            return looked._after("looked_up", at)
        if not looked.remaining:
            return looked._ended("looked_up", at)
        if looked._is_in_doubt and looked._shows_more_than(self):
            event = NEEDLESS if self._wish_is_open else "looked_up"
            return looked._doubted(MORE_SHOWN)._needs_attention(event, at)
        if not looked.must_look:
            return looked._moved("looked_up", BOT, OrderState.PURCHASING, at, due=at)
        return looked._unshown(last, at)

    def _unshown(self, last: Attempt, at: datetime) -> Self:
        """The look before a repeat failed: another follows, and after the last one a person."""
        delays, failed, why = self.terms.send_delays, last.looks_that_failed, last.lookups[-1].why
        if failed >= len(delays):
            doubted = self._doubted(UNASKABLE if last.turned_away else UNSHOWN)
            return doubted._needs_attention("looked_up", at, why)
        due = at + timedelta(seconds=delays[failed])
        return self._moved("looked_up", BOT, OrderState.PURCHASING, at, due=due, detail=why)

    def _doubted(self, why: str) -> Self:
        """The last attempt is not repeated by itself any more."""
        doubt = {"outcome": AttemptOutcome.UNKNOWN, "why": why}
        return self._changed(len(self.attempts), lambda each: each.model_copy(update=doubt))

    @property
    def _is_in_doubt(self) -> bool:
        """Whether any call is, also an earlier one."""
        return any(each.outcome is AttemptOutcome.UNKNOWN for each in self.attempts)

    @property
    def _wish_is_open(self) -> bool:
        """Whether nothing that was sent since somebody decided to buy again was taken."""
        wished = [entry.at for entry in self.history if entry.event == BUY_AGAIN]
        if not wished:
            return False
        since = [each for each in self.attempts if each.started_at >= wished[-1]]
        return all(each.outcome is AttemptOutcome.NOT_SENT for each in since)


def _names(sims: Iterable[Sim]) -> list[tuple[str, str]]:
    """What tells SIM cards apart: the ICCID, and the provider's id where there is none."""
    names = [("iccid", sim.iccid) if sim.iccid else ("id", sim.provider_id) for sim in sims]
    return [(kind, name) for kind, name in names if name]
