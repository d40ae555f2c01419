"""One stream of news from everything that the page shows."""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    class Waiting(Protocol):
        """Returns when the condition is true, which it looks at after each change."""

        async def __call__(self, condition: Callable[[], bool], seconds: float) -> object:
            """Wait; raises TimeoutError after `seconds`."""
            ...


class Feed:
    """Counts changes; whoever shows them waits until the count is no longer the one they know."""

    def __init__(self) -> None:
        self.count = 0
        self._news = asyncio.Event()

    def announce(self) -> None:
        """Say that something changed."""
        self.count += 1
        happened, self._news = self._news, asyncio.Event()
        happened.set()

    async def later_than(self, known: int, seconds: float) -> bool:
        """Wait for a change after the first `known` ones; False when none came in `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.count <= known:
                    await self._news.wait()
        return self.count > known

    @asynccontextmanager
    async def follows(self, *sources: Waiting) -> AsyncIterator[None]:
        """Announce the changes of `sources` too, for as long as this is open."""
        tasks = [asyncio.create_task(self._follow(source)) for source in sources]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, source: Waiting) -> None:
        while True:
            await source(second_look(), math.inf)
            self.announce()


def second_look() -> Callable[[], bool]:
    """Return a condition that is false at first, and true after the first change."""
    looks = iter((False,))
    return lambda: next(looks, True)
