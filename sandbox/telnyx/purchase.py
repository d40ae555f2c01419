"""POST /actions/purchase/esims: into the ledger first, then through the faults."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sandbox.provider.answer import Answer, read_object
from sandbox.telnyx.sale import Sale
from sandbox.telnyx.state.ledger import LedgerEntry

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.telnyx.door import Door
    from sandbox.telnyx.faults import Faults
    from sandbox.telnyx.state.books import Books

HEADERS_OF_INTEREST: Final = (
    "content-type",
    "idempotency-key",
    "user-agent",
    "x-stainless-retry-count",  # the official SDK counts its own retries in it
)


class Purchases:
    """Sells eSIMs, and writes down who asked for how many, whatever becomes of it."""

    def __init__(self, books: Books, faults: Faults, door: Door) -> None:
        self._books = books
        self._faults = faults
        self._door = door

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one purchase request, or break its connection if a fault says so."""
        entry = await self._receive(request)
        sale = Sale(request, entry, self._books, self._faults.manglers)
        if await self._door.is_open(request):
            await self._serve(sale)
        return sale.response

    async def _receive(self, request: web.Request) -> LedgerEntry:
        """Write the request into the ledger as it came."""
        raw = await request.read()
        headers = {name: request.headers.get(name, "") for name in HEADERS_OF_INTEREST}
        present = {name: text for name, text in headers.items() if text}
        entry = LedgerEntry(self._books.account.now(), present, raw, read_object(raw))
        self._books.ledger.requests.append(entry)
        self._books.changes.announce()
        return entry

    async def _serve(self, sale: Sale) -> None:
        if self._door.knows(sale.request):
            await self._faults.next_purchase()(sale)
            return
        sale.note("refused")
        # Telnyx's OpenAPI page gives this call's 401 no body.
        await sale.send(Answer(401))
