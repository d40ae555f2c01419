"""The calls that buy or change something: into the ledger first, then through the faults."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from aiohttp import web

from sandbox.celitech.errors import UNAUTHORIZED, failure
from sandbox.celitech.order import Order
from sandbox.celitech.state.ledger import LedgerEntry
from sandbox.provider.answer import read_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.celitech.door import Door
    from sandbox.celitech.faults import Faults
    from sandbox.celitech.state.books import Books
    from sandbox.celitech.state.ledger import Call
    from sandbox.celitech.trade import Trade

CHANGES: Final[Mapping[Call, str]] = {
    "purchase": "/v1/purchases/v2",
    "purchase_v1": "/v1/purchases",
    "topup": "/v1/purchases/topup",
    "edit": "/v1/purchases/edit",
    "suspend": "/v1/esim/{iccid}/suspend",
}
"""The name of each of these calls' routes, and its path."""
HEADERS_OF_INTEREST: Final = (
    "content-type",
    "idempotency-key",
    "user-agent",
)


class Changes:
    """Takes each request, and writes down what it asked for, whatever becomes of it."""

    def __init__(self, books: Books, trade: Trade, faults: Faults, door: Door) -> None:
        self._books, self._trade, self._faults, self._door = books, trade, faults, door

    def routes(self) -> list[web.RouteDef]:
        """Return where they are sent."""
        return [
            web.post(path, partial(self.handle, call), name=call) for call, path in CHANGES.items()
        ]

    async def handle(self, call: Call, request: web.Request) -> web.StreamResponse:
        """Answer one request, or break its connection if a fault says so."""
        entry = await self._received(call, request)
        order = Order(request, entry, self._books, self._trade.works[call], self._faults.manglers)
        if await self._door.is_open(request):
            await self._serve(order)
        return order.response

    async def _received(self, call: Call, request: web.Request) -> LedgerEntry:
        """Write the request into the ledger as it came."""
        raw = await request.read()
        headers = {
            name: request.headers[name] for name in HEADERS_OF_INTEREST if name in request.headers
        }
        now = self._books.account.now()
        entry = LedgerEntry(now, call, request.path, headers, raw, read_object(raw))
        self._books.ledger.requests.append(entry)
        self._books.changes.announce()
        return entry

    async def _serve(self, order: Order) -> None:
        if not self._door.knows(order.request):
            await order.send(failure(UNAUTHORIZED, "Unauthorized"))
            return
        order.open()
        try:
            await self._faults.next_purchase()(order)
        finally:
            order.close()
