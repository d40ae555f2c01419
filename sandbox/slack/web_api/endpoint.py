"""The HTTP side of the Web API: POST or GET /api/<method>."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.slack.faults import LIMITED, limited, recorded, spoiled
from sandbox.slack.methods import METHODS, Method
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.access import require_scope
from sandbox.slack.web_api.arguments import Arguments, read_arguments
from sandbox.slack.web_api.invocation import Call, Invocation
from sandbox.slack.web_api.pace import TooOftenError

if TYPE_CHECKING:
    from sandbox.slack.dispatch.socket_mode import SocketMode
    from sandbox.slack.faults import Faults
    from sandbox.slack.web_api.pace import Pace
    from sandbox.slack.workspace.workspace import Workspace


SECRETS = frozenset({"client_secret", "token"})


@dataclass(frozen=True)
class Endpoint:
    """Answers every call, and keeps the record of them in `calls`."""

    workspace: Workspace
    faults: Faults
    calls: list[Call]
    sockets: SocketMode
    pace: Pace

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call, or whatever the faults make of it."""
        name = request.match_info["method"]
        try:
            arguments = await read_arguments(request)
        except Refusal as refusal:
            self._record(name, Arguments({}), refusal.error)
            return self._json(refusal.answer())
        if name.startswith("oauth."):
            arguments = _with_client(request, arguments)
        fault = self.faults.take(name)
        if fault is not None and not fault.stores:
            self._record(name, arguments, recorded(fault))
            return spoiled(request, fault)
        try:
            answer = self._answer(request, name, arguments)
        except TooOftenError as refusal:
            self._record(name, arguments, refusal.error)
            return limited(refusal.retry_after)
        self._record(name, arguments, recorded(fault) if fault else answer.get("error"))
        return spoiled(request, fault) if fault else self._json(answer)

    def _answer(self, request: web.Request, name: str, arguments: Arguments) -> dict[str, Any]:
        """Check who calls and run the method. Raises TooOftenError."""
        self.workspace.schedule.post_due()
        try:
            method = _method(name)
            self._admit(method, _token(request, arguments))
            self.pace.admit(name)
            origin = str(request.url.origin())
            call = Invocation(self.workspace, arguments, origin, self.sockets, self.pace)
            return {"ok": True, **method.run(call)}
        except TooOftenError:
            raise
        except Refusal as refusal:
            return refusal.answer()

    def _admit(self, method: Method, token: str | None) -> None:
        """Check the token and its scopes, in Slack's order."""
        app = self.workspace.installation
        if method.for_anyone:
            return
        if not token:
            raise Refusal("not_authed")
        if token not in {app.bot_token, app.app_token}:
            raise Refusal("invalid_auth")
        if token != (app.app_token if method.for_app else app.bot_token):
            raise Refusal("not_allowed_token_type")
        if method.scope:
            require_scope(self.workspace, method.scope)

    def _record(self, method: str, arguments: Arguments, error: str | None) -> None:
        """Keep a call, and tell whoever waits for it."""
        given = {name: value for name, value in arguments.values.items() if name not in SECRETS}
        at = self.workspace.clock.now()
        self.calls.append(Call(method, given, at, ok=error is None, error=error))
        if method in METHODS:
            self.pace.note(method, refused=error == LIMITED)
        self.workspace.changes.announce()

    def _json(self, answer: dict[str, Any]) -> web.Response:
        """Return an answer the way Slack sends it, with the scopes of the token in a header."""
        scopes = ",".join(sorted(self.workspace.installation.scopes))
        return web.json_response(answer, headers={"x-oauth-scopes": scopes})


def _method(name: str) -> Method:
    """Return the method of this name."""
    if name not in METHODS:
        raise Refusal("unknown_method", req_method=name)
    return METHODS[name]


def _token(request: web.Request, arguments: Arguments) -> str | None:
    """Return the token: from the Authorization header, or else from the arguments."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else arguments.text("token")


def _with_client(request: web.Request, arguments: Arguments) -> Arguments:
    """Add the client's id and secret, which oauth.v2.access takes as HTTP Basic, too."""
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return arguments
    try:
        login, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return arguments
    return Arguments({"client_id": login, "client_secret": password} | arguments.values)
