"""A direct message about how far the fetching of codes is, for whoever has to wait for it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import Any, Final

from bot.clock import Clock
from bot.errors import SlackError
from bot.slack.message import Message, rendered, section
from bot.slack.web.client import Place, SlackClient
from bot.slack.web.tiers import EDIT, POST

_FIRST: Final = 5.0
"""Seconds after which it is shown: most are there by then."""
_EVERY: Final = 3.0
"""Seconds between two edits at least."""

_METADATA: Final[Mapping[str, Any]] = MappingProxyType(
    {"event_type": "esim_fetching", "event_payload": {"about": "codes"}}
)


@asynccontextmanager
async def progress(
    slack: SlackClient, clock: Clock, by: str, total: int
) -> AsyncIterator[Callable[[int], None]]:
    """While it is entered, this person sees how many of so many are fetched.

    What it gives is told each new count; it neither fails nor waits. The message is deleted at the
    end. A failure of Slack is nobody's: what is fetched does not wait for it.
    """
    board = _Board(slack, clock, by, total)
    shown = asyncio.create_task(board.run())
    try:
        yield board.tell
    finally:
        board.over.set()
        await shown


class _Board:
    def __init__(self, slack: SlackClient, clock: Clock, by: str, total: int) -> None:
        self._slack = slack
        self._clock = clock
        self._by = by
        self._total = total
        self._count = 0
        self.over = asyncio.Event()
        """That everything is fetched, or nothing more will be."""

    def tell(self, count: int) -> None:
        """Show this count when it is time."""
        self._count = count

    async def run(self) -> None:
        """Show it after some seconds, keep it up to date, and delete it at the end."""
        if await self._is_over_within(_FIRST):
            return
        with suppress(SlackError):
            self._slack.count(POST)
            place = await self._slack.post(self._message(), None, _METADATA)
            await self._keep_up(place)
            await self._slack.delete(place)

    async def _keep_up(self, place: Place) -> None:
        shown = self._count
        while not await self._is_over_within(_EVERY):
            if shown != self._count:
                shown = self._count
                self._slack.count(EDIT)
                with suppress(SlackError):
                    await self._slack.update(place, self._message(), _METADATA)

    def _message(self) -> Message:
        told = (
            f":hourglass_flowing_sand: Fetching activation codes: {self._count:,} of "
            f"{self._total:,} so far. They are given when all are there; this line goes then."
        )
        return Message(self._by, told, rendered(section(told)))

    async def _is_over_within(self, seconds: float) -> bool:
        """Wait that long, or until it is over."""
        sleeping = asyncio.ensure_future(self._clock.sleep(seconds))
        ending = asyncio.ensure_future(self.over.wait())
        try:
            await asyncio.wait({sleeping, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (sleeping, ending):
                each.cancel()
        return self.over.is_set()
