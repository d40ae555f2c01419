"""Looks at what the provider lists for an order: one query finds what all of its calls bought."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import structlog

from bot.clock import Clock, Deadline, Fence
from bot.domain.catalogue.offer import NotOffered
from bot.domain.order import Order
from bot.domain.purchase.evidence import Found
from bot.domain.purchase.sim import Sim, marked_sims, merge_sims
from bot.domain.request import OrderKind
from bot.errors import EsimBotError, LookupFailed, LookupPostponed
from bot.providers.base import Provider, Providers, fault_of, provider_of
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
_AT_ONCE = 5
"""References that are asked for at the same time: an order of 1,000 eSIMs has 200 of them."""
_MOST_BEGUN = 1000
"""Looks of which it is remembered how far they came."""
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


def references_of(order: Order, *, whole: bool) -> list[str]:
    """What the provider is asked for: few questions, also for an order of many calls.

    A call that sold all of its quantity for certain is asked for in a `whole` look alone.
    """
    last = len(order.attempts)
    own = [
        each.reference
        for each in order.attempts
        if not each.shares_tag and (whole or each.number == last or each.may_show_more)
    ]
    shared = any(attempt.shares_tag for attempt in order.attempts)
    return [*([order.reference] if shared else []), *own]


class Lookups:
    """Asks the provider, and marks SIM cards that other orders have got: none counts twice."""

    def __init__(self, store: OrderStore, providers: Providers) -> None:
        self._store = store
        self._providers = providers
        self._places = asyncio.Semaphore(LOOKS)
        self._begun: dict[str, dict[str, Found]] = {}
        """By order, what a look that had to stop has shown so far, by what was asked for."""
        self._log = structlog.get_logger()

    async def look(self, order: Order, *, urgent: bool = True, whole: bool = False) -> Look:
        """Look once for what this order's calls bought.

        `whole`: also those whose answers were certain and complete; a look that is not urgent asks
        for these, too, and goes on another time where it had to stop. Raises StoreUnavailable, and
        LookupPostponed when too many looks are under way: slow looks must not hold every place of
        the worker, as purchases need some.
        """
        if self._places.locked():
            raise LookupPostponed(_CROWDED)
        try:
            async with self._places:
                found = await self._found(order, urgent=urgent, whole=whole or not urgent)
        except (LookupFailed, NotOffered) as failure:
            self._log.warning("lookup_failed", reference=order.reference, reason=str(failure))
            return Look(None, str(failure))
        except EsimBotError:
            raise
        except Exception as failure:  # noqa: BLE001 - a provider's fault holds no order for ever
            fault = fault_of(failure)
            self._log.error("lookup_broken", reference=order.reference, reason=fault)
            return Look(None, fault)
        if order.kind is not OrderKind.PURCHASE:  # it is about a SIM card of an earlier order
            return Look(found)
        sims = [sim for each in found.values() for sim in each]
        owners = await self._store.others_with(order, sims)
        return Look({reference: marked_sims(each, owners) for reference, each in found.items()})

    async def _found(self, order: Order, *, urgent: bool, whole: bool) -> Found:
        """Look by the order's reference, and by that of each call that does not carry it."""
        provider = provider_of(self._providers, order.provider)
        if order.kind in _WITHOUT_REFERENCE:
            return await self._change_of(order, provider, urgent=urgent)
        parts: dict[str, Found] = {} if urgent else self._begun.setdefault(order.id, {})
        if len(self._begun) > _MOST_BEGUN:
            del self._begun[next(iter(self._begun))]  # that one begins anew
        at_once = _AT_ONCE if urgent else 1  # what can wait may have to stop after each
        missing = [each for each in references_of(order, whole=whole) if each not in parts]
        for begin in range(0, len(missing), at_once):
            some = missing[begin : begin + at_once]
            parts |= zip(some, await _all_of(provider, some, urgent=urgent), strict=True)
        self._begun.pop(order.id, None)
        found: dict[str, tuple[Sim, ...]] = {}
        for reference, sims in chain.from_iterable(each.items() for each in parts.values()):
            found[reference] = merge_sims(found.get(reference, ()), sims)
        return found

    async def _change_of(self, order: Order, provider: Provider, *, urgent: bool) -> Found:
        """Whether a change of a SIM card that leaves no reference shows."""
        reference = order.attempts[-1].reference
        if not isinstance(provider, Changes):
            raise LookupFailed(f"{provider.form.title} can't be asked for such changes")
        return {reference: await provider.find_change(order.request, reference, urgent=urgent)}


async def _all_of(provider: Provider, references: Sequence[str], *, urgent: bool) -> list[Found]:
    """What the provider lists under each; when one look fails, the others end with it."""
    looks = [asyncio.ensure_future(provider.find(each, urgent=urgent)) for each in references]
    try:
        return await asyncio.gather(*looks)
    finally:
        for each in looks:
            each.cancel()
        await asyncio.gather(*looks, return_exceptions=True)
