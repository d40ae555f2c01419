"""SIM cards in words: their ICCIDs, who has them, and what is odd about them.

Odd cards are kept, and people are told.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from bot.domain.activation.assignment import Assignment, Holder
from bot.domain.order import Order
from bot.domain.purchase.sim import Oddity, Sim
from bot.slack.mrkdwn import clip, code, person

_NAMED = 5
"""ICCIDs that one line names; the files have the others."""
NOBODY: Final[Mapping[str, Assignment]] = MappingProxyType({})
"""Nobody has said who has any SIM card; by ICCID."""
_HOLDER = 200
"""Characters of a name or an address."""
_OWNERS = 10
"""The most orders that are named as owners of such SIM cards."""
_CHARACTERS = 1500
"""Characters of the lines together: they fit into one section."""


def iccid_of(sim: Sim) -> str:
    """The ICCID, or whatever else identifies the SIM card."""
    if sim.iccid:
        return sim.iccid
    return f"no ICCID was returned; the provider's id is {sim.provider_id or 'missing too'}"


def holder_of(holder: Holder) -> str:
    """Who has a SIM card, and what the line is called: mrkdwn, with people as mentions."""
    who = person(holder.person) if holder.person else ""
    told = (who, clip(holder.email, _HOLDER), f"“{clip(holder.name, _HOLDER)}”" * bool(holder.name))
    return " · ".join(filter(None, told))


def plain_holder(holder: Holder) -> str:
    """Who has it, for files: the e-mail address, else the Slack user id, else the name."""
    return holder.email or holder.person or holder.name


def oddities(order: Order) -> Iterator[str]:
    """A line for each kind of oddity, with what it means for the count."""
    if physical := _with(order, Oddity.PHYSICAL):
        are = "is a physical SIM card" if len(physical) == 1 else "are physical SIM cards"
        yield (
            f"{len(physical):,} of these {are} by the provider's word, though eSIMs were ordered: "
            f"{_names(physical)}. Ask the provider before you rely on that."
        )
    if untagged := _with(order, Oddity.UNTAGGED):
        came = "came without the tag by which I find what I bought"
        yield f"{len(untagged):,} of these {came}: {_names(untagged)}."
    yield from _elsewhere(order)


def _with(order: Order, oddity: Oddity) -> list[Sim]:
    return [sim for sim in order.odd_sims if oddity in sim.odd and sim.counts]


def _elsewhere(order: Order) -> Iterator[str]:
    owned: defaultdict[str, list[Sim]] = defaultdict(list)
    for sim in order.odd_sims:
        if sim.elsewhere is not None:
            owned[sim.elsewhere].append(sim)
    told: list[str] = []
    for owner, sims in owned.items():
        whose = "another call of this order" if owner == order.id else f"order {code(owner, 40)}"
        belong = "belongs" if len(sims) == 1 else "belong"
        line = f"{_names(sims)} {belong} to {whose} already: not counted here."
        if len(told) == _OWNERS or sum(map(len, told)) + len(line) > _CHARACTERS:
            break
        told.append(line)
    yield from told
    if others := list(owned.values())[len(told) :]:
        count = sum(map(len, others))
        yield f"…and {count:,} more {'is' if count == 1 else 'are'} of other orders: not counted."


def _names(sims: Sequence[Sim]) -> str:
    named = ", ".join(code(iccid_of(sim), 100) for sim in sims[:_NAMED])
    more = len(sims) - _NAMED
    return f"{named} and {more:,} more" if more > 0 else named
