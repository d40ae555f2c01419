"""A provider that does what it is told to, and keeps its own ledger of what it really did."""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.clock import Fence
from bot.domain.purchase.outcome import Bought, NotSent, Outcome, Refused, Unknown
from bot.domain.purchase.sim import Sim
from bot.domain.request import PurchaseRequest
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.base import PurchaseCall
from sandbox.slack.workspace.clock import Changes
from tests.support.harness.providers import TelnyxLike
from tests.support.lives.effects import Crash
from tests.support.order_steps import NO_STOCK


class Way(StrEnum):
    """What becomes of one purchase call."""

    WHOLE = "sold whole"
    SHORT = "sold but one, with an error"
    SHORT_AT_FIRST = "sold whole, told of but one, with an error"
    FOREIGN = "sold whole, told with one that another order has got"
    UNEXPLAINED = "sold whole, told of but one"
    REFUSED = "refused"
    NOT_SENT = "never arrived"
    TURNED_AWAY = "turned away"
    SOLD_ALL_THE_SAME = "sold whole, turned away"
    TOO_LATE = "too late to be sent"
    UNNUMBERED = "sold whole, told without ICCIDs"
    LOST = "sold whole, answer lost"
    LOST_SHORT = "sold but one, answer lost"
    LOST_NONE = "sold nothing, answer lost"
    RAISES = "sold whole, answer can't be handled"
    HELD = "sold whole, answered later"
    FROZEN = "frozen before it is sent, sold whole if it still may be"
    KILLED_BEFORE = "killed before it is sent"
    KILLED_AFTER = "sold whole, killed before the answer"


class Listing(StrEnum):
    """What a look-up shows of what was sold."""

    ALL = "all"
    SOME = "all but one"
    NONE = "none"
    FAILS = "fails"
    CONTRADICTS = "contradicts its own count"
    POSTPONED = "is not asked unless it is urgent"


TURNED_AWAY = frozenset({Way.TURNED_AWAY, Way.SOLD_ALL_THE_SAME})
"""Calls to which the provider itself said no, whatever it sold."""
POSTPONED = 30.0
"""Seconds."""
_SHORT = frozenset({Way.SHORT, Way.LOST_SHORT})
_NOTHING = frozenset({Way.REFUSED, Way.NOT_SENT, Way.TURNED_AWAY, Way.TOO_LATE, Way.LOST_NONE})


@dataclass(frozen=True)
class Send:
    """One purchase request, as the provider received it."""

    reference: str
    quantity: int
    at: datetime
    way: Way
    body: str = ""
    """What was committed with its attempt; "" where the provider compares nothing."""

    @property
    def order_id(self) -> str:
        """The order by whose reference it was sent."""
        return self.reference.split("-")[1]

    @property
    def costs(self) -> bool:
        """Whether somebody who only sees the answer must fear that money was spent."""
        harmless = {Way.REFUSED, Way.NOT_SENT, Way.TOO_LATE}
        return self.way not in {*harmless, *TURNED_AWAY}


@dataclass
class Seller(TelnyxLike):
    """The provider. `ways` are for the next calls; without one they are sold whole."""

    now: Callable[[], datetime]
    ways: deque[Way] = field(default_factory=deque)
    listing: Listing = Listing.ALL
    sends: list[Send] = field(default_factory=list)
    sold: dict[str, list[Sim]] = field(default_factory=dict)
    """Reference to what was really sold under it."""
    told: dict[str, set[str]] = field(default_factory=dict)
    """Order id to the provider's ids of the SIM cards that a living process was told of."""
    shown: dict[str, set[str]] = field(default_factory=dict)
    """Order id to the provider's ids of the SIM cards that a look showed."""
    shown_last: dict[str, set[str]] = field(default_factory=dict)
    """What was looked for last to the provider's ids of the SIM cards that this look showed."""
    looks: dict[str, list[datetime]] = field(default_factory=dict)
    """Order id to the times at which a look worked."""
    held: list[asyncio.Future[None]] = field(default_factory=list)
    """Calls whose answers are kept back."""
    keeps_keys: bool = True
    """Whether bytes that come again under their reference sell nothing more."""
    changes: Changes = field(default_factory=Changes)
    """Told of every answer that is kept back."""

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """There is always a place."""
        yield

    async def purchase(self, call: PurchaseCall, fence: Fence) -> Outcome:
        """Do what is next."""
        way = self.ways.popleft() if self.ways else Way.WHOLE
        if way is Way.KILLED_BEFORE:
            raise Crash
        if way is Way.FROZEN:
            await self.hold()
        if fence.remaining <= 0:
            return _UNSENT[Way.TOO_LATE]
        send = Send(call.reference, call.quantity, self.now(), way, call.body)
        sims = self._sell(send, call.request)
        self.sends.append(send)
        if way is Way.HELD:
            await self.hold()
        if way is Way.FOREIGN:
            sims = [*self._of_another(send.order_id), *sims[1:]]
        return self._told(send, _answer(way, sims))

    async def find(
        self, order_reference: str, *, urgent: bool = True
    ) -> Mapping[str, tuple[Sim, ...]]:
        """List what the listing shows, with the references in whatever case."""
        if self.listing in {Listing.FAILS, Listing.CONTRADICTS}:
            raise LookupFailed(f"the list {self.listing}")
        if self.listing is Listing.POSTPONED and not urgent:
            raise LookupPostponed(POSTPONED)
        prefix = f"{order_reference}-"
        found = {
            reference.lower(): self._shown(sims)
            for reference, sims in self.sold.items()
            if reference == order_reference or reference.startswith(prefix)
        }
        order_id = order_reference.split("-")[1]
        shown = {sim.provider_id or "" for sims in found.values() for sim in sims}
        self.shown.setdefault(order_id, set()).update(shown)
        self.shown_last[order_reference] = shown
        self.looks.setdefault(order_id, []).append(self.now())
        return found

    def shown_lately(self, order_id: str) -> set[str]:
        """What the last look at each reference of this order showed."""
        of_it = re.compile(rf"esim-{order_id}(-|$)")
        return {
            name for each, names in self.shown_last.items() if of_it.match(each) for name in names
        }

    def was_asked(self, order_id: str, since: datetime, until: datetime) -> bool:
        """Whether a look at this order worked within that time."""
        return any(since <= at <= until for at in self.looks.get(order_id, []))

    async def hold(self) -> None:
        """Wait until somebody lets it go on."""
        self.held.append(asyncio.get_running_loop().create_future())
        self.changes.announce()
        await self.held[-1]

    def _shown(self, sold: list[Sim]) -> tuple[Sim, ...]:
        hidden = {Listing.NONE: len(sold), Listing.SOME: 1}.get(self.listing, 0)
        return tuple(sold[: max(0, len(sold) - hidden)])

    def _of_another(self, order_id: str) -> list[Sim]:
        """One SIM card that was sold to another order, if there is any."""
        others = [each for each in self.sold if each.split("-")[1] != order_id]
        return [sim for each in others for sim in self.sold[each]][:1]

    async def close(self) -> None:
        """Nothing is open."""

    def _sell(self, send: Send, request: PurchaseRequest) -> list[Sim]:
        count = 0 if send.way in _NOTHING else min(send.quantity, 1 if send.way in _SHORT else 99)
        before = self.sold.get(send.reference)
        if count and before and send.body and self.keeps_keys:
            same = any(
                (each.reference, each.body) == (send.reference, send.body) for each in self.sends
            )
            assert same, "other bytes were sent under a key that was used"
            return before
        changed = str(request.options.get("iccid", ""))
        return self.sell_unasked(send.reference, count, changed)

    def sell_unasked(self, reference: str, count: int, changed: str = "") -> list[Sim]:
        """Sell under a reference, whoever asked for it; or change the SIM card of this ICCID."""
        first = sum(map(len, self.sold.values()))
        numbers = range(first, first + count)
        sims = [Sim(iccid=changed or f"8931{n:015d}", provider_id=f"sim-{n}") for n in numbers]
        self.sold.setdefault(reference, []).extend(sims)
        return sims

    def _told(self, send: Send, outcome: Outcome) -> Outcome:
        sims = outcome.sims if isinstance(outcome, Bought | Unknown) else ()
        self.told.setdefault(send.order_id, set()).update(sim.provider_id or "" for sim in sims)
        return outcome


_UNSENT = {
    Way.NOT_SENT: NotSent(why="no connection"),
    Way.TOO_LATE: NotSent(why="frozen", too_late=True),
    Way.TURNED_AWAY: NotSent(why="too many calls", turned_away=True),
    Way.SOLD_ALL_THE_SAME: NotSent(why="too many calls", turned_away=True),
}


def _answer(way: Way, sims: list[Sim]) -> Outcome:
    """What the bot is told; what it is not told is lost or kills it."""
    match way:
        case Way.WHOLE | Way.HELD | Way.FROZEN | Way.UNEXPLAINED | Way.UNNUMBERED | Way.FOREIGN:
            return Bought(sims=_named(way, sims))
        case Way.SHORT | Way.SHORT_AT_FIRST:
            return Bought(sims=tuple(sims[:1]), errors=(NO_STOCK,))
        case Way.REFUSED:
            return Refused(errors=(NO_STOCK,))
        case Way.RAISES:
            raise ValueError("an answer that nobody foresaw")
        case Way.KILLED_AFTER:
            raise Crash
        case _:
            return _UNSENT.get(way, Unknown(why="the connection broke"))


def _named(way: Way, sims: list[Sim]) -> tuple[Sim, ...]:
    """The SIM cards as an answer names them that says nothing of what is missing."""
    if way is Way.UNNUMBERED:
        return tuple(sim.model_copy(update={"iccid": None}) for sim in sims)
    return tuple(sims[:1] if way is Way.UNEXPLAINED else sims)
