"""What people ask providers: packages that they sell, purchases that were made. It spends nothing.

The policy authorises every question, also that for a further page.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from bot.clock import Clock, Stopwatch
from bot.domain.catalogue.lists import PackageList, PastPurchase, PurchasePage
from bot.domain.grammar import Ask
from bot.domain.policy import Action, Member, Policy
from bot.errors import LookupFailed, LookupPostponed, NotPossibleThere
from bot.providers.base import Provider, Providers, provider_of
from bot.providers.capabilities import Catalogue, Ledger

PACKAGES: Final = "packages"
PURCHASES: Final = "purchases"
_ACTIONS: Final = {PACKAGES: Action.PACKAGES, PURCHASES: Action.PURCHASES}
"""By the verb of the question."""
_LONGEST: Final = 60.0
"""Seconds for one answer."""
_PATIENCE, _LONG_PATIENCE = 20.0, 180.0
"""Seconds for which a question is asked again that came too often: one alone; one of many."""
_LEAST: Final = 0.1
"""Seconds before it is asked again."""
MOST_PAGES: Final = 50
"""Pages that are asked for files: a person waits for them."""
MOST_PURCHASES: Final = 5000
"""Purchases in files."""
_Told = TypeVar("_Told")


@dataclass(frozen=True)
class PurchasesFound:
    """Purchases of many pages."""

    purchases: tuple[PastPurchase, ...]
    is_whole: bool
    """Whether these are all that fit."""


class Questions:
    """Asks providers for people. Every question changes nothing, and may be asked again.

    Where a provider has been asked too often, it is asked again a little later.
    """

    def __init__(self, policy: Policy, providers: Providers, clock: Clock) -> None:
        self._policy = policy
        self._providers = providers
        self._clock = clock

    def may(self, question: Ask, by: Member) -> None:
        """Let this person ask this, or raise NotAllowed; NotPossibleThere for an unknown verb."""
        action = _ACTIONS.get(question.form.verb)
        if action is None:
            raise _not_possible(question)
        self._policy.may(by, action)

    async def packages(self, question: Ask, by: Member) -> PackageList:
        """The packages that fit.

        Raises NotAllowed, NotPossibleThere, NotOffered, LookupFailed, LookupPostponed.
        """
        self.may(question, by)
        provider = self._provider(question)
        if question.form.verb != PACKAGES or not isinstance(provider, Catalogue):
            raise _not_possible(question)
        return await self._patiently(partial(provider.packages, question.options), _PATIENCE)

    async def purchases(
        self, question: Ask, by: Member, cursor: str = "", *, patience: float = _PATIENCE
    ) -> PurchasePage:
        """A page of the purchases that fit. Raises as `packages` does.

        `patience`: seconds for which it is asked again when that was too often.
        """
        self.may(question, by)
        provider = self._provider(question)
        if question.form.verb != PURCHASES or not isinstance(provider, Ledger):
            raise _not_possible(question)
        ask = partial(provider.purchases, question.options, cursor)
        return await self._patiently(ask, patience)

    async def all_purchases(self, question: Ask, by: Member) -> PurchasesFound:
        """The purchases of all pages, as far as `MOST_PAGES` and `MOST_PURCHASES` go.

        Each is there once, also where it moves from one page to the next meanwhile. Raises as
        `packages` does, also when only a later page fails.
        """
        found: dict[str, PastPurchase] = {}
        cursor = ""
        for number in range(MOST_PAGES):
            page = await self.purchases(question, by, cursor, patience=_LONG_PATIENCE)
            for place, each in enumerate(page.purchases):
                found.setdefault(each.id or f"{number}-{place}", each)
            is_last = page.cursor in {"", cursor}
            if is_last or len(found) > MOST_PURCHASES:
                break
            cursor = page.cursor
        is_whole = not page.cursor and len(found) <= MOST_PURCHASES
        return PurchasesFound(tuple(found.values())[:MOST_PURCHASES], is_whole)

    def _provider(self, question: Ask) -> Provider:
        return provider_of(self._providers, question.form.provider)

    async def _patiently(self, ask: Callable[[], Awaitable[_Told]], patience: float) -> _Told:
        """Ask; once more after a wait, for as long as there is patience."""
        watch = Stopwatch(self._clock)
        while True:
            try:
                async with _in_time():
                    return await ask()
            except LookupPostponed as postponed:
                if watch.passed + postponed.seconds > patience:
                    raise
                await self._clock.sleep(max(postponed.seconds, _LEAST))


def _not_possible(question: Ask) -> NotPossibleThere:
    return NotPossibleThere(question.form.title, question.form.verb)


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    """Raise LookupFailed for what takes too long."""
    try:
        async with asyncio.timeout(_LONGEST):
            yield
    except TimeoutError as late:
        raise LookupFailed(f"no answer within {_LONGEST:.0f} seconds") from late
