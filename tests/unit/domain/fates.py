"""What becomes of a purchase call in the world, as against what the bot is told of it."""

from dataclasses import dataclass

from hypothesis import strategies as st

from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import Sim
from tests.support.order_steps import NO_STOCK
from tests.support.orders import some_sims

CALL_STRIDE = 100
"""Calls sell SIM cards of different numbers: call n those from n hundred on."""


@dataclass(frozen=True)
class Fate:
    """What the provider really sold in a call, and the answer that it gave."""

    sold: tuple[Sim, ...]
    answer: Outcome

    @property
    def cost(self) -> bool:
        """Whether money may have been spent."""
        return not isinstance(self.answer, NotSent | Refused)


def fates(number: int, quantity: int) -> st.SearchStrategy[Fate]:
    """What may become of a call: sold whole, in part or too much; refused, not sent, lost."""

    def sold(count: int) -> tuple[Sim, ...]:
        return some_sims(count, first=number * CALL_STRIDE)

    def short(count: int) -> Fate:
        return Fate(sold(count), Bought(sims=sold(count), errors=(NO_STOCK,)))

    def turned_away(count: int) -> Fate:
        return Fate(sold(count), NotSent(why="too many calls", turned_away=True))

    def unexplained(counts: tuple[int, int]) -> Fate:
        return Fate(sold(max(counts)), Bought(sims=sold(min(counts))))

    def lost(counts: tuple[int, int]) -> Fate:
        return Fate(sold(max(counts)), Unknown(why="silence", sims=sold(min(counts))))

    counts = st.integers(0, quantity)
    return st.one_of(
        st.just(Fate(sold(quantity), Bought(sims=sold(quantity)))),
        st.just(Fate(sold(quantity + 1), Bought(sims=sold(quantity + 1)))),
        st.just(Fate((), Refused(errors=(NO_STOCK,)))),
        st.builds(NotSent, why=st.just("busy"), retry_after=st.none() | st.floats(0, 9)).map(
            lambda answer: Fate((), answer)
        ),
        counts.map(turned_away),
        st.just(Fate((), NotSent(why="frozen", too_late=True))),
        counts.map(short),
        st.tuples(counts, counts).map(unexplained),
        st.tuples(counts, st.just(0) | counts).map(lost),
    )
