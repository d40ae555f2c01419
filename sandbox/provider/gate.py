"""A gate that a purchase waits at, so that an answer is late without any sleep."""

from __future__ import annotations

import asyncio


class Gate:
    """Holds one purchase request until `release()`."""

    def __init__(self) -> None:
        self._reached = asyncio.Event()
        self._released = asyncio.Event()

    async def reached(self) -> None:
        """Return when the request stands at the gate."""
        await self._reached.wait()

    def release(self) -> None:
        """Let the request go on; before it arrives: let it pass without a stop."""
        self._released.set()

    async def wait(self) -> None:
        """Stand at the gate until it is released."""
        self._reached.set()
        await self._released.wait()
