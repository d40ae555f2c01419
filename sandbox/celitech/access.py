"""Tokens by client credentials: `POST /oauth2/token`."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final, Literal

from aiohttp import web

from sandbox.celitech.errors import BAD_REQUEST, UNAUTHORIZED

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.celitech.faults import Faults
    from sandbox.celitech.state.ledger import Ledger

TOKEN_PATH: Final = "/oauth2/token"  # noqa: S105 - an address, no secret
FORM: Final = "application/x-www-form-urlencoded"


class Access:
    """Gives tokens for the account's client, which end after `lifetime_seconds` of the clock."""

    def __init__(self, now: Callable[[], float], ledger: Ledger, faults: Faults) -> None:
        self.client_id = f"client-{secrets.token_hex(8)}"
        self.client_secret = secrets.token_urlsafe(32)
        self.lifetime_seconds: float = 3600
        self.tells_lifetime = True
        """Whether the answer has `expires_in`; without it a token is for ever, one may think."""
        self.error_form: Literal["oauth", "message"] = "oauth"
        """How refusals are written: no model of Celitech's says it."""
        self._now, self._ledger, self._faults = now, ledger, faults
        self._ends: dict[str, float] = {}

    def expire_all(self) -> None:
        """Let every token given so far be refused from now on."""
        self._ends.clear()

    def knows(self, request: web.Request) -> bool:
        """Tell whether the call carries a token that has not ended; count it if not."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Bearer" and self._now() < self._ends.get(token, 0):
            return True
        self._ledger.turned_away += 1
        return False

    async def give(self, request: web.Request) -> web.StreamResponse:
        """Answer one request for a token."""
        self._ledger.token_requests += 1
        spoilt = await self._faults.next_token(request)
        if spoilt is not None:
            return spoilt
        form = await request.post()
        if request.content_type != FORM:
            return self._refused(BAD_REQUEST, "invalid_request", "The body must be a form.")
        if form.get("grant_type") != "client_credentials":
            return self._refused(BAD_REQUEST, "unsupported_grant_type", "Unknown grant_type.")
        if (form.get("client_id"), form.get("client_secret")) != (
            self.client_id,
            self.client_secret,
        ):
            return self._refused(UNAUTHORIZED, "invalid_client", "Client authentication failed.")
        return self._given()

    def _given(self) -> web.Response:
        token = secrets.token_urlsafe(48)
        self._ends[token] = self._now() + self.lifetime_seconds
        self._ledger.tokens_given += 1
        told = {"expires_in": int(self.lifetime_seconds)} if self.tells_lifetime else {}
        return web.json_response({"access_token": token, "token_type": "Bearer", **told})

    def _refused(self, status: int, code: str, words: str) -> web.Response:
        if self.error_form == "oauth":
            return web.json_response({"error": code, "error_description": words}, status=status)
        return web.json_response({"message": words}, status=status)
