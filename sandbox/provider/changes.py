"""Wakes whoever waits for a provider to change."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Changes:
    """One signal for every change: a request received, something sold, an answer sent."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def announce(self) -> None:
        """Let every waiter look at its condition again."""
        self._next.set()
        self._next = asyncio.Event()

    async def until(
        self, condition: Callable[[], object], seconds: float, story: Callable[[], str]
    ) -> None:
        """Return as soon as `condition()` is true.

        Raises TimeoutError after `seconds` without it, with `story()` as its message.
        """
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    await self._next.wait()
        except TimeoutError:
            raise TimeoutError(f"Not so within {seconds} seconds.\n{story()}") from None
