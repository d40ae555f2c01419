"""One eSIM, its device and history, what is left of a purchase, the iframe's token."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.celitech.checks.queries import Query
from sandbox.celitech.errors import BAD_REQUEST, Refusal
from sandbox.celitech.state import descriptions
from sandbox.provider import wire

if TYPE_CHECKING:
    from sandbox.celitech.state.books import Books


class Looks:
    """Answers from the account; what is not there is refused with 404."""

    def __init__(self, books: Books) -> None:
        self._account, self._dialect = books.account, books.dialect

    def routes(self) -> list[web.RouteDef]:
        """Return where they are asked for."""
        return [
            web.get("/v1/esim", self.esim, name="esim"),
            web.get("/v1/esim/{iccid}/device", self.device, name="device"),
            web.get("/v1/esim/{iccid}/history", self.history, name="history"),
            web.get("/v1/purchases/{id}/consumption", self.consumption, name="consumption"),
            web.post("/v1/iframe/token", self.iframe_token, name="iframe_token"),
        ]

    async def esim(self, request: web.Request) -> web.Response:
        """Return one eSIM with its activation codes."""
        query = Query(dict(request.query))
        query.only({"iccid"})
        iccid = query.text("iccid")
        if iccid is None:
            raise Refusal(BAD_REQUEST, "iccid is required.")
        esim = self._account.esim(iccid)
        behaviour = await self._account.codes.ask(iccid)
        if behaviour == "down":
            wire.close(request)
            return web.Response()
        return self._answer(descriptions.esim(esim, self._dialect, behaviour))

    async def device(self, request: web.Request) -> web.Response:
        """Return the device that an eSIM is installed in."""
        device = self._account.esim(request.match_info["iccid"]).device
        if not device:
            raise Refusal(404, "Device not found.")
        return self._answer({"device": device})

    async def history(self, request: web.Request) -> web.Response:
        """Return each status that an eSIM had."""
        esim = self._account.esim(request.match_info["iccid"])
        return self._answer(descriptions.history(esim, self._dialect))

    async def consumption(self, request: web.Request) -> web.Response:
        """Return what is left of a purchase."""
        purchase = self._account.purchase(request.match_info["id"])
        return self._answer(descriptions.consumption(purchase, self._account.now()))

    async def iframe_token(self, _request: web.Request) -> web.Response:
        """Return a token for the page that partners put into their own."""
        return self._answer({"token": secrets.token_urlsafe(32)})

    def _answer(self, payload: dict[str, Any]) -> web.Response:
        return web.json_response(self._dialect.numbers(payload))
