"""A provider that does what it is told to, and keeps its own ledger of what it really did."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.outcome import Bought, NotSent, Outcome, Refused, Sim, Unknown
from bot.errors import LookupFailed
from bot.providers.base import Fence, PurchaseCall
from sandbox.slack.workspace.changes import Changes
from tests.support.order_steps import NO_STOCK


class Crash(BaseException):
    """The process is killed here: it can clean up nothing."""


class Way(StrEnum):
    """What becomes of one purchase call."""

    WHOLE = "sold whole"
    SHORT = "sold but one, with an error"
    UNEXPLAINED = "sold whole, told of but one"
    REFUSED = "refused"
    NOT_SENT = "turned away"
    LOST = "sold whole, answer lost"
    LOST_SHORT = "sold but one, answer lost"
    LOST_NONE = "sold nothing, answer lost"
    RAISES = "sold whole, answer can't be handled"
    HELD = "sold whole, answered later"
    KILLED_BEFORE = "killed before it is sent"
    KILLED_AFTER = "sold whole, killed before the answer"


class Listing(StrEnum):
    """What a look-up shows of what was sold."""

    ALL = "all"
    SOME = "all but one"
    NONE = "none"
    FAILS = "fails"


_SHORT = frozenset({Way.SHORT, Way.LOST_SHORT})
_NOTHING = frozenset({Way.REFUSED, Way.NOT_SENT, Way.LOST_NONE})


@dataclass(frozen=True)
class Send:
    """One purchase request, as the provider received it."""

    reference: str
    quantity: int
    at: datetime
    way: Way

    @property
    def order_id(self) -> str:
        """The order by whose reference it was sent."""
        return self.reference.split("-")[1]

    @property
    def costs(self) -> bool:
        """Whether somebody who only sees the answer must fear that money was spent."""
        return self.way not in {Way.REFUSED, Way.NOT_SENT}


@dataclass
class Seller:
    """The provider. `ways` are for the next calls; without one they are sold whole."""

    now: Callable[[], datetime]
    ways: deque[Way] = field(default_factory=deque)
    listing: Listing = Listing.ALL
    sends: list[Send] = field(default_factory=list)
    sold: dict[str, list[Sim]] = field(default_factory=dict)
    """Reference to what was really sold under it."""
    told: dict[str, set[str]] = field(default_factory=dict)
    """Order id to the ICCIDs that a living process was told of."""
    held: list[asyncio.Future[None]] = field(default_factory=list)
    """Calls whose answers are kept back."""
    changes: Changes = field(default_factory=Changes)
    """Told of every answer that is kept back."""

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """There is always one."""
        yield

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Do what is next."""
        del fence
        way = self.ways.popleft() if self.ways else Way.WHOLE
        if way is Way.KILLED_BEFORE:
            raise Crash
        send = Send(call.reference, call.quantity, self.now(), way)
        self.sends.append(send)
        sims = self._sell(send)
        if way is Way.HELD:
            self.held.append(asyncio.get_running_loop().create_future())
            self.changes.announce()
            await self.held[-1]
        return self._told(send, _answer(way, sims))

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """List what the listing shows."""
        if self.listing is Listing.FAILS:
            raise LookupFailed("the list can't be had")
        del urgent
        return {
            reference: self._shown(sold)
            for reference, sold in self.sold.items()
            if reference.startswith(f"{order_reference}-")
        }

    async def close(self) -> None:
        """Nothing is open."""

    def _shown(self, sold: list[Sim]) -> tuple[Sim, ...]:
        shown = {Listing.ALL: len(sold), Listing.SOME: len(sold) - 1}.get(self.listing, 0)
        return tuple(sold[: max(0, shown)])

    def _sell(self, send: Send) -> list[Sim]:
        count = 0 if send.way in _NOTHING else min(send.quantity, 1 if send.way in _SHORT else 99)
        first = sum(map(len, self.sold.values()))
        sims = [Sim(iccid=f"8931{number:015d}") for number in range(first, first + count)]
        self.sold.setdefault(send.reference, []).extend(sims)
        return sims

    def _told(self, send: Send, outcome: Outcome) -> Outcome:
        sims = outcome.sims if isinstance(outcome, Bought | Unknown) else ()
        self.told.setdefault(send.order_id, set()).update(sim.iccid or "" for sim in sims)
        return outcome


def _answer(way: Way, sims: list[Sim]) -> Outcome:
    """What the bot is told; what it is not told is lost or kills it."""
    match way:
        case Way.WHOLE | Way.HELD:
            return Bought(sims=tuple(sims))
        case Way.SHORT:
            return Bought(sims=tuple(sims), errors=(NO_STOCK,))
        case Way.UNEXPLAINED:
            return Bought(sims=tuple(sims[:1]))
        case Way.REFUSED:
            return Refused(errors=(NO_STOCK,))
        case Way.NOT_SENT:
            return NotSent(why="too many calls")
        case Way.RAISES:
            raise ValueError("an answer that nobody foresaw")
        case Way.KILLED_AFTER:
            raise Crash
        case _:
            return Unknown(why="the connection broke")
