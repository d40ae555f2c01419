"""Looks at what the provider lists for an order: one query finds what all of its calls bought."""

import asyncio
from dataclasses import dataclass

import structlog

from bot.clock import Clock, Deadline, Fence
from bot.domain.order import Order
from bot.domain.purchase.evidence import Found
from bot.domain.purchase.sim import Sim, marked_sims, merge_sims
from bot.domain.request import OrderKind
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.base import Provider, Providers, provider_of
from bot.providers.capabilities import Changes
from bot.store.orders import OrderStore

FRESH = 120.0
"""Seconds from the beginning of a look for which a call may rely on it.

The longest look (`CallLimits.listing`) and a wait for a place fit in: else a slow list would never
lead to a call.
"""
LOOKS = 8
"""Looks under way at once; the worker has more places, so that some are left for purchases."""
_WITHOUT_REFERENCE = frozenset({OrderKind.EDIT, OrderKind.SUSPENSION})
"""Kinds whose calls can't carry our reference: the change itself is looked for."""
_CROWDED = 2.0
"""Seconds until a look is tried again for which no place was free."""


@dataclass(frozen=True)
class Look:
    """What a look showed."""

    found: Found | None
    """None when it failed: then it shows nothing at all."""
    why: str = ""
    """Why the look failed; "" when it did not."""


class Evidence(Fence):
    """How long one look, or several in a row, may be relied on before a call.

    The time counts from the beginning of the last look. Evidence that was too old once stays so.
    """

    def __init__(self, clock: Clock) -> None:
        """Start the time: the first look begins now."""
        self._clock = clock
        self._last = Deadline(clock, FRESH)

    def restart(self) -> None:
        """Start the time again: the next look begins now."""
        if self.remaining > 0:
            self._last = Deadline(self._clock, FRESH)

    @property
    def remaining(self) -> float:
        """Seconds left; 0 or less: too late, look anew."""
        return self._last.remaining


class Lookups:
    """Asks the provider, and marks SIM cards that other orders have got: none counts twice."""

    def __init__(self, store: OrderStore, providers: Providers) -> None:
        self._store = store
        self._providers = providers
        self._places = asyncio.Semaphore(LOOKS)
        self._log = structlog.get_logger()

    async def look(self, order: Order, *, urgent: bool = True) -> Look:
        """Look once for everything of this order.

        Raises StoreUnavailable, and LookupPostponed when too many looks are under way: slow looks
        must not hold every place of the worker, as purchases need some.
        """
        if self._places.locked():
            raise LookupPostponed(_CROWDED)
        try:
            async with self._places:
                found = await self._found(order, urgent=urgent)
        except LookupFailed as failure:
            self._log.warning("lookup_failed", reference=order.reference, reason=str(failure))
            return Look(None, str(failure))
        if order.kind is not OrderKind.PURCHASE:  # it is about a SIM card of an earlier order
            return Look(found)
        sims = [sim for each in found.values() for sim in each]
        owners = await self._store.others_with(order, sims)
        return Look({reference: marked_sims(each, owners) for reference, each in found.items()})

    async def _found(self, order: Order, *, urgent: bool) -> Found:
        """Look by the order's reference, and by that of each call that does not carry it."""
        provider = provider_of(self._providers, order.provider)
        if order.kind in _WITHOUT_REFERENCE:
            return await self._change_of(order, provider, urgent=urgent)
        shared = any(attempt.shares_tag for attempt in order.attempts)
        own = [attempt.reference for attempt in order.attempts if not attempt.shares_tag]
        found: dict[str, tuple[Sim, ...]] = {}
        for each in [*([order.reference] if shared else []), *own]:
            for reference, sims in (await provider.find(each, urgent=urgent)).items():
                found[reference] = merge_sims(found.get(reference, ()), sims)
        return found

    async def _change_of(self, order: Order, provider: Provider, *, urgent: bool) -> Found:
        """Whether a change of a SIM card that leaves no reference shows."""
        reference = order.attempts[-1].reference
        if not isinstance(provider, Changes):
            raise LookupFailed(f"{provider.form.title} can't be asked for such changes")
        return {reference: await provider.find_change(order.request, reference, urgent=urgent)}
