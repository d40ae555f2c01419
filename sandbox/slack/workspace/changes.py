"""News of changes: whoever waits for something looks again at each change, and never polls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Changes:
    """Wakes everybody who waits, at every change."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def announce(self) -> None:
        """Say that something changed."""
        happened, self._next = self._next, asyncio.Event()
        happened.set()

    async def until(self, condition: Callable[[], T], seconds: float) -> T:
        """Wait until `condition()` is true and return what it gave.

        Raises TimeoutError when that takes longer than `seconds`.
        """
        async with asyncio.timeout(seconds):
            while True:
                news = self._next
                if found := condition():
                    return found
                await news.wait()
