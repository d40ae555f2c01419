"""Holds the record of a hand-out while it is given, so that nobody takes it for interrupted."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from bot.clock import Clock, Stopwatch
from bot.domain.activation.hand_out import HandOut, Piece
from bot.domain.activation.trail import EsimEntry
from bot.errors import Conflict, StoreUnavailable
from bot.store.activation import GIVING, HandOutStore, StoredHandOut
from bot.store.connection import dictated


class Holding:
    """One hand-out that this process gives. It notices when another one has taken it."""

    def __init__(self, store: HandOutStore, stored: StoredHandOut, clock: Clock) -> None:
        self._store = store
        self._stored = stored
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._heard = Stopwatch(clock)

    @property
    def hand_out(self) -> HandOut:
        """As it was recorded last."""
        return self._stored.hand_out

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator["Holding"]:
        """While it is entered, the record is held."""
        beat = asyncio.ensure_future(self._beat())
        try:
            yield self
        finally:
            beat.cancel()
            with suppress(asyncio.CancelledError):
                await beat

    async def check(self) -> None:
        """Make sure that it is still ours before more is shown.

        Raises Conflict when another process has taken it, StoreUnavailable.
        """
        if self._heard.passed > GIVING / 2:
            await self._hold()

    async def add(self, piece: Piece) -> None:
        """Record what stands; a piece with the same ts takes the place of the one before it.

        Raises Conflict, StoreUnavailable.
        """
        others = [each for each in self.hand_out.pieces if not each.ts or each.ts != piece.ts]
        pieces = (*others, piece)
        await self._save(self.hand_out.model_copy(update={"pieces": pieces}))

    async def end(
        self, hand_out: HandOut | None, due: datetime | None, entries: Sequence[EsimEntry] = ()
    ) -> None:
        """Record that it is given and comes due then; None: nothing of it stands.

        Raises Conflict, StoreUnavailable.
        """
        await self._save(hand_out, due, entries)

    async def _save(
        self,
        hand_out: HandOut | None,
        due: datetime | None = None,
        entries: Sequence[EsimEntry] = (),
    ) -> None:
        async with self._one_at_a_time:
            now = dictated(self._clock)
            saved = await self._store.save(self._stored, hand_out, now, due, entries)
            self._stored = saved or self._stored
            self._heard = Stopwatch(self._clock)

    async def _hold(self) -> None:
        async with self._one_at_a_time:
            await self._store.hold(self._stored, dictated(self._clock))
            self._heard = Stopwatch(self._clock)

    async def _beat(self) -> None:
        """Three times a lease; what it misses, `check` and `add` notice."""
        while True:
            await self._clock.sleep(GIVING / 3)
            with suppress(StoreUnavailable, Conflict):
                await self._hold()
