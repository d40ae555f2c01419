"""The sandbox itself: starts, stops, and is waited for."""

from __future__ import annotations

import asyncio
import secrets
import time
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.serving import HOST, Serving
from sandbox.telnyx.door import PURCHASE_PATH, Door
from sandbox.telnyx.faults import Faults
from sandbox.telnyx.purchase import Purchases
from sandbox.telnyx.reads import Reads
from sandbox.telnyx.state.account import Account
from sandbox.telnyx.state.books import Books
from sandbox.telnyx.state.changes import Changes
from sandbox.telnyx.state.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class TelnyxSandbox:
    """A Telnyx account with its own API key, ledger and faults; build one with `start()`."""

    def __init__(
        self, now: Callable[[], float], sleep: Callable[[float], Awaitable[object]]
    ) -> None:
        changes = Changes()
        self.api_key = f"KEY{secrets.token_hex(16).upper()}"
        self.account = Account(changes, now)
        self.ledger = Ledger()
        self.faults = Faults(self.account)
        self._books = Books(self.account, self.ledger, changes)
        self._door = Door(self.api_key, self.faults, sleep)
        self._serving: Serving | None = None

    @classmethod
    async def start(
        cls,
        port: int = 0,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        host: str = HOST,
    ) -> TelnyxSandbox:
        """Serve a new account on `port` (0: any free one) of `host`, an address of this machine.

        `now` gives seconds since 1970, `sleep` waits for `faults.slow()`. Raises OSError when the
        port is taken.
        """
        sandbox = cls(now, sleep)
        sandbox._serving = await Serving.start(sandbox._app(), port, host)
        return sandbox

    @property
    def url(self) -> str:
        """The base address of the API. Raises RuntimeError before `start()`."""
        if self._serving is None:
            raise RuntimeError("The sandbox was not started.")
        return f"{self._serving.url}/v2"

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

        A change is a request received, SIMs sold or added, an answer sent, a listing served.
        Raises TimeoutError, with the ledger in its message, after `seconds`.
        """
        await self._books.changes.until(condition, seconds, self.ledger.summary)

    def _app(self) -> web.Application:
        api = web.Application()
        api.add_routes(Reads(self._books, self.faults).routes())
        app = web.Application(middlewares=[self._door.guard])
        purchases = Purchases(self._books, self.faults, self._door)
        app.add_routes([web.post(PURCHASE_PATH, purchases.handle)])
        app.add_subapp("/v2", api)
        return app
