"""The sandbox itself: what it is made of, and what it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.celitech.access import TOKEN_PATH, Access
from sandbox.celitech.checks.period import Period
from sandbox.celitech.door import BASE, Door
from sandbox.celitech.faults import Faults
from sandbox.celitech.routes.changes import Changes
from sandbox.celitech.routes.lists import Lists
from sandbox.celitech.routes.looks import Looks
from sandbox.celitech.state.account import Account
from sandbox.celitech.state.books import Books
from sandbox.celitech.state.catalogue import Catalogue
from sandbox.celitech.state.keys import KeyStore
from sandbox.celitech.trade import Trade
from sandbox.provider.server import ProviderServer

if TYPE_CHECKING:
    from sandbox.celitech.state.account import Purchase
    from sandbox.provider.server import Now, Sleep


class CelitechSandbox(ProviderServer):
    """A Celitech account with its own client, ledger and faults; build one with `start()`."""

    def __init__(self, now: Now, sleep: Sleep) -> None:
        super().__init__(now, sleep)
        self.account = Account(self._changes, now, sleep)
        self.catalogue = Catalogue(self._changes.announce)
        self._books = Books(self.account, self.catalogue, KeyStore(now), self._changes)
        self.ledger, self.dialect = self._books.ledger, self._books.dialect
        self.faults = Faults(self._books)
        self.access = Access(now, self.ledger, self.faults)
        self._door = Door(self._books, self.access, self.faults, sleep)

    @property
    def client_id(self) -> str:
        """The account's client."""
        return self.access.client_id

    @property
    def client_secret(self) -> str:
        """The client's secret."""
        return self.access.client_secret

    @property
    def auth_url(self) -> str:
        """Where tokens are given, without `/oauth2/token`. Raises RuntimeError before `start()`."""
        return self.address

    @property
    def url(self) -> str:
        """The base address of the API. Raises RuntimeError before `start()`."""
        return f"{self.address}{BASE}"

    def add_purchase(
        self, code: str, size: float, days: int, *, source: str = "dashboard"
    ) -> Purchase:
        """Add a purchase that nobody ordered here, without reference, and return it.

        Raises LookupError for what is not sold.
        """
        package = self.catalogue.named(code, size, days)
        purchase = self.account.sell(package, Period(days, duration=days))
        purchase.source = source
        return purchase

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[self._door.guard])
        app.add_routes([web.post(TOKEN_PATH, self.access.give)])
        changes = Changes(self._books, Trade(self._books), self.faults, self._door)
        app.add_routes(changes.routes())
        app.add_routes(Lists(self._books, self.faults).routes())
        app.add_routes(Looks(self._books).routes())
        return app

    def _story(self) -> str:
        return self.ledger.summary()
