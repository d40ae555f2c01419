"""The sandbox itself: what it is made of, and what it serves."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.provider.server import ProviderServer
from sandbox.telnyx.door import PURCHASE_PATH, Door
from sandbox.telnyx.faults import Faults
from sandbox.telnyx.purchase import Purchases
from sandbox.telnyx.reads import Reads
from sandbox.telnyx.state.account import Account
from sandbox.telnyx.state.books import Books
from sandbox.telnyx.state.ledger import Ledger

if TYPE_CHECKING:
    from sandbox.provider.server import Now, Sleep


class TelnyxSandbox(ProviderServer):
    """A Telnyx account with its own API key, ledger and faults; build one with `start()`."""

    def __init__(self, now: Now, sleep: Sleep) -> None:
        super().__init__(now, sleep)
        self.api_key = f"KEY{secrets.token_hex(16).upper()}"
        self.account = Account(self._changes, now, sleep)
        self.ledger = Ledger()
        self.faults = Faults(self.account)
        self._books = Books(self.account, self.ledger, self._changes)
        self._door = Door(self.api_key, self.faults, sleep)

    @property
    def url(self) -> str:
        """The base address of the API. Raises RuntimeError before `start()`."""
        return f"{self.address}/v2"

    def _app(self) -> web.Application:
        api = web.Application()
        api.add_routes(Reads(self._books, self.faults).routes())
        app = web.Application(middlewares=[self._door.guard])
        purchases = Purchases(self._books, self.faults, self._door)
        app.add_routes([web.post(PURCHASE_PATH, purchases.handle)])
        app.add_subapp("/v2", api)
        return app

    def _story(self) -> str:
        return self.ledger.summary()
