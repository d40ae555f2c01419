"""A provider's server: starts, stops, can be out of reach, and is waited for."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from sandbox.provider.changes import Changes
from sandbox.serving import HOST, Serving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Self

    from aiohttp import web

    Now = Callable[[], float]
    Sleep = Callable[[float], Awaitable[object]]


class ProviderServer(ABC):
    """An account at a provider, on loopback; build one with `start()`."""

    def __init__(self, _now: Now, _sleep: Sleep) -> None:
        self._changes = Changes()
        self._serving: Serving | None = None

    @classmethod
    async def start(
        cls,
        port: int = 0,
        now: Now = time.time,
        sleep: Sleep = asyncio.sleep,
        host: str = HOST,
    ) -> Self:
        """Serve a new account on `port` (0: any free one) of `host`, an address of this machine.

        `now` gives seconds since 1970, `sleep` waits for `faults.slow()`. Raises OSError when the
        port is taken.
        """
        sandbox = cls(now, sleep)
        sandbox._serving = await Serving.start(sandbox._app(), port, host)
        return sandbox

    @property
    def address(self) -> str:
        """Where it answers, without a slash. Raises RuntimeError before `start()`."""
        if self._serving is None:
            raise RuntimeError("The sandbox was not started.")
        return self._serving.url

    async def stop(self) -> None:
        """Stop serving; purchases that are held or slow stay as they are in the ledger."""
        if self._serving is not None:
            await self._serving.stop()

    async def refuse_connections(self) -> None:
        """Be out of reach until `take_connections()`: nobody can connect, nothing is received."""
        if self._serving is not None:
            await self._serving.refuse()

    async def take_connections(self) -> None:
        """End what `refuse_connections()` began."""
        if self._serving is not None:
            await self._serving.listen()

    async def until(self, condition: Callable[[], object], seconds: float = 10) -> None:
        """Return when `condition()` is true; it is looked at again after each change.

        A change is a request received, something sold or added, an answer sent, a list served.
        Raises TimeoutError, with the ledger in its message, after `seconds`.
        """
        await self._changes.until(condition, seconds, self._story)

    @abstractmethod
    def _app(self) -> web.Application:
        """Return what is served."""

    @abstractmethod
    def _story(self) -> str:
        """Return the ledger as lines of text."""
