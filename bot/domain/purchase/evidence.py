"""What an order's calls and looks prove: which SIM cards belong to which attempt."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from bot.domain.purchase.attempt import Attempt, AttemptOutcome
from bot.domain.purchase.sim import Sim, merge_sims
from bot.domain.purchase.tally import Tally

Found = Mapping[str, tuple[Sim, ...]]
"""The SIM cards that one successful look showed, by the reference that they carry."""


def with_look(
    attempts: tuple[Attempt, ...], found: Found | None, at: datetime, why: str = ""
) -> tuple[Attempt, ...]:
    """The attempts with what the look showed, each SIM card where it belongs.

    The look counts for the last attempt; of an earlier one only what is new is written down.
    None: the look failed, and `why`.
    """
    if found is None:
        return replaced(attempts, attempts[-1].looked_up(None, at, why))
    shares = sims_by_attempt(found, attempts)
    looked = (attempt.looked_up(shares[attempt.number], at) for attempt in attempts)
    return tuple(
        after
        if after.number == len(attempts) or known_of([after]) != known_of([before])
        else before
        for before, after in zip(attempts, looked, strict=True)
    )


def replaced(attempts: tuple[Attempt, ...], changed: Attempt) -> tuple[Attempt, ...]:
    """The attempts with the one that has this number changed."""
    place = changed.number - 1
    return attempts[:place] + (changed,) + attempts[place + 1 :]  # noqa: RUF005 - fewer copies


def sims_by_attempt(found: Found, attempts: Sequence[Attempt]) -> dict[int, tuple[Sim, ...]]:
    """SIM cards by the number of their attempt: by what is known of them, then by reference.

    What several answers named belongs to the attempt for which it counts. Those that carry the
    order's reference alone, or that of a call which nobody remembers, belong to the last attempt.
    """
    numbers = {attempt.reference.casefold(): attempt.number for attempt in attempts}
    homes = {name: each.number for each in attempts for name in _names(each.sims)}
    homes |= {name: each.number for each in attempts for name in _names(each.counted)}
    last = len(attempts)
    shares: dict[int, list[Sim]] = {attempt.number: [] for attempt in attempts}
    for reference, sims in found.items():
        usual = numbers.get(reference.casefold(), last)
        for sim in sims:
            known = homes.get(("id", sim.provider_id or ""), usual)
            shares[homes.get(("iccid", sim.iccid or ""), known)].append(sim)
    return {number: merge_sims((), sims) for number, sims in shares.items()}


def none_taken_since(attempts: Iterable[Attempt], time: datetime) -> bool:
    """Whether nothing that was sent since then was taken."""
    since = (each for each in attempts if each.started_at >= time)
    return all(each.outcome is AttemptOutcome.NOT_SENT for each in since)


def held_by_others(
    attempts: Sequence[Attempt], number: int, iccids: Iterable[str], tally: Tally
) -> list[str]:
    """Those of these ICCIDs that other calls than this one have got: one is never counted twice.

    `tally` is that of all attempts.
    """
    held = {iccid for iccid in iccids if tally.holds(iccid)}
    if not (held and attempts[number - 1].counted):
        return list(held)
    others = (attempt for attempt in attempts if attempt.number != number)
    return [sim.iccid for each in others for sim in each.counted if sim.iccid in held]


def known_of(attempts: Iterable[Attempt]) -> list[tuple[object, ...]]:
    """What is known of each SIM card, without the parts that change by themselves."""
    return [(*sim.name, sim.odd, sim.elsewhere) for each in attempts for sim in each.sims]


def shows_more(before: Sequence[Attempt], after: Sequence[Attempt]) -> bool:
    """Whether new SIM cards have turned up; more facts about known ones do not count."""
    return _count(after) > _count(before) or not _iccids(after) <= _iccids(before)


def _count(attempts: Iterable[Attempt]) -> int:
    return sum(len(attempt.counted) for attempt in attempts)


def _iccids(attempts: Iterable[Attempt]) -> set[str | None]:
    """Those of all SIM cards that were told or found, also of those that do not count."""
    return {sim.iccid for attempt in attempts for sim in attempt.sims} | {None}


def _names(sims: Iterable[Sim]) -> list[tuple[str, str]]:
    """What tells SIM cards apart: the ICCID, and the provider's id where there is none."""
    names = [("iccid", sim.iccid) if sim.iccid else ("id", sim.provider_id) for sim in sims]
    return [(kind, name) for kind, name in names if name]
