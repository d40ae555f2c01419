"""What happens to a call before its own handler sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.celitech.access import TOKEN_PATH
from sandbox.celitech.errors import UNAUTHORIZED, Refusal, failure
from sandbox.celitech.routes.changes import CHANGES
from sandbox.celitech.state.ledger import Read
from sandbox.provider import wire

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from sandbox.celitech.access import Access
    from sandbox.celitech.faults import Faults
    from sandbox.celitech.state.books import Books
    from sandbox.provider.server import Sleep

BASE = "/v1"


class Door:
    """Lets calls in: those of a server that is up, with a token that has not ended."""

    def __init__(self, books: Books, access: Access, faults: Faults, sleep: Sleep) -> None:
        self._books, self._access, self._faults, self._sleep = books, access, faults, sleep

    async def is_open(self, request: web.Request) -> bool:
        """Wait while the server is slow; close the connection and return False when it is down."""
        if self._faults.delay_seconds:
            await self._sleep(self._faults.delay_seconds)
        if self._faults.is_down:
            wire.close(request)
            return False
        return True

    def knows(self, request: web.Request) -> bool:
        """Tell whether the call carries a token."""
        return self._access.knows(request)

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Guard every call but those that buy or change, which are in the ledger first."""
        route = request.match_info.route
        if route.name in CHANGES:
            return await handler(request)
        if not await self.is_open(request):
            return web.Response()
        if request.path == TOKEN_PATH:
            return await handler(request)
        return await self._read(request, handler)

    async def _read(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Note a read and answer it, unless it has no token or a fault says so."""
        self._books.ledger.reads.append(Read(request.path.removeprefix(BASE), dict(request.query)))
        if not self._access.knows(request):
            return failure(UNAUTHORIZED, "Unauthorized").response()
        spoilt = await self._faults.next_read(request.match_info.route.name or "", request)
        if spoilt is not None:
            return spoilt
        try:
            return await handler(request)
        except Refusal as refusal:
            return refusal.answer().response()
        except web.HTTPClientError as problem:
            return failure(problem.status, problem.reason).response()
        finally:
            self._books.changes.announce()
