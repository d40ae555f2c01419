"""The HTTP endpoint for Slack's requests, on a public port."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl
from uuid import uuid4

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response

from bot.slack.listening import InboundStatus, Refused
from handlers.door.bolt import Bolt
from handlers.door.proof import NotProvenError, Proof
from handlers.hearing import Arrival

LARGEST: Final = 2**20
"""Bytes of the largest request that is read."""
_SLOWEST = 3.0
"""Seconds that a body may take: Slack waits no longer for an answer."""
_FIELDS = 100
"""Fields of a form; Slack sends about fifteen."""
_STATUSES: Final[Mapping[int, Refused]] = {
    404: Refused.PATH,
    405: Refused.METHOD,
    413: Refused.TOO_LARGE,
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """Accepts requests proven to come from Slack; every other one gets a short refusal."""

    def __init__(self, bolt: Bolt, proof: Proof, inbound: InboundStatus) -> None:
        self._bolt = bolt
        self._proof = proof
        self._inbound = inbound

    async def slack(self, request: web.Request) -> web.Response:
        """Check a request, hand it to Bolt, and send Bolt's answer."""
        arrival = self._bolt.hearing.arrival()
        try:
            claim = self._proof.claim(request.headers)
            body = await _body(request)
            self._proof.check(claim, body)
        except NotProvenError as wrong:
            self._inbound.refused(wrong.reason, wrong.skew)
            return _turned_away(400 if wrong.reason is Refused.UNREADABLE else 401)
        self._inbound.heard()
        return await self._dispatched(request, body, arrival)

    async def _dispatched(
        self, request: web.Request, body: bytes, arrival: Arrival
    ) -> web.Response:
        try:
            parts = _parts(request.content_type, body)
        except (ValueError, RecursionError):
            self._inbound.refused(Refused.CONTENT)
            return _turned_away(400)
        has_left = False
        try:
            answer = await to_aiohttp_response(await self._bolt.answer(parts, arrival))
            has_left = await _has_left(request, answer)
        finally:
            self._bolt.hearing.acknowledged(arrival, lost=not has_left)
        return answer


def watched(inbound: InboundStatus) -> Any:
    """A middleware that counts the requests refused before any handler."""

    @web.middleware
    async def middleware(request: web.Request, handler: _Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as answer:
            if answer.status in _STATUSES:
                inbound.refused(_STATUSES[answer.status])
            return _turned_away(answer.status, dict(answer.headers))
        except Exception:  # noqa: BLE001 - whatever it was, the answer tells a stranger nothing
            fault = uuid4().hex[:8]
            structlog.get_logger().exception("fault", fault=fault)
            return _turned_away(500)

    return middleware


async def _has_left(request: web.Request, answer: web.Response) -> bool:
    """Send an answer now; False when nobody is there to take it."""
    try:
        await answer.prepare(request)
        await answer.write_eof()
    except ConnectionError:
        return False
    return True


def _turned_away(status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    """A short refusal."""
    kept = {name: value for name, value in (headers or {}).items() if name == "Allow"}
    return web.Response(status=status, headers=kept)


async def _body(request: web.Request) -> bytes:
    """The bytes of a request. Raises NotProvenError; HTTPRequestEntityTooLarge for too many."""
    try:
        async with asyncio.timeout(_SLOWEST):
            return await request.read()
    except (TimeoutError, web.RequestPayloadError, ConnectionError) as failure:
        raise NotProvenError(Refused.UNREADABLE) from failure


def _parts(kind: str, body: bytes) -> dict[str, Any]:
    """The fields of a command, or the payload of anything else. Raises ValueError."""
    text = body.decode()
    if kind == "application/json":
        return _payload(text)
    if kind != "application/x-www-form-urlencoded":
        raise ValueError("Slack sends forms and JSON only")
    fields = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS))
    return _payload(fields["payload"]) if "payload" in fields else dict(fields)


def _payload(text: str) -> dict[str, Any]:
    payload = json.loads(text)
    if not isinstance(payload, dict):
        raise ValueError("a payload is an object")  # noqa: TRY004 - as any other wrong content
    return payload
