"""What happens to a call before its own handler sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import web

from sandbox.provider import wire
from sandbox.telnyx.errors import status_error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.typedefs import Handler

    from sandbox.telnyx.faults import Faults

PURCHASE_PATH: Final = "/v2/actions/purchase/esims"


class Door:
    """Lets calls in: those of a server that is up, with the right key."""

    def __init__(
        self, api_key: str, faults: Faults, sleep: Callable[[float], Awaitable[object]]
    ) -> None:
        self._authorization = f"Bearer {api_key}"
        self._faults = faults
        self._sleep = sleep

    async def is_open(self, request: web.Request) -> bool:
        """Wait while the server is slow; close the connection and return False when it is down."""
        if self._faults.delay_seconds:
            await self._sleep(self._faults.delay_seconds)
        if self._faults.is_down:
            wire.close(request)
            return False
        return True

    def knows(self, request: web.Request) -> bool:
        """Tell whether the call carries the account's key."""
        return request.headers.get("Authorization") == self._authorization

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Guard every call but the purchase, which writes into the ledger first."""
        if request.method == "POST" and request.path == PURCHASE_PATH:
            return await handler(request)
        if not await self.is_open(request):
            return web.Response()
        if not self.knows(request):
            return web.json_response(status_error(401), status=401)
        try:
            return await handler(request)
        except web.HTTPClientError as problem:
            return web.json_response(status_error(problem.status), status=problem.status)
