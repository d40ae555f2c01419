"""What a caller gets while a fault is on."""

from __future__ import annotations

from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.slack.faults import Fault, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMITED = "ratelimited"
RECORDED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.CLOSE: "connection_closed",
        Kind.DROP: "answer_dropped",
        Kind.RATE_LIMIT: LIMITED,
        Kind.MISSING: "not_found",
    }
)


def spoiled(request: web.Request, fault: Fault, error_status: int = HTTPStatus.OK) -> web.Response:
    """Return what goes out in place of an answer; for Kind.DROP the call was carried out before.

    `error_status` is the HTTP status that comes with the name of an error here.
    """
    if fault.kind is Kind.RATE_LIMIT:
        return limited(fault.retry_after)
    if fault.kind is Kind.ERROR:
        return web.json_response({"ok": False, "error": fault.error}, status=error_status)
    if fault.kind is Kind.MISSING:
        return web.Response(status=404, text="<html>Not found</html>", content_type="text/html")
    return _close_connection(request)


def recorded(fault: Fault) -> str:
    """Return what the record says of a call that met `fault`."""
    return RECORDED.get(fault.kind, fault.error)


def _close_connection(request: web.Request) -> web.Response:
    """Close the connection that a request came on; the response never leaves."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()


def limited(retry_after: int) -> web.Response:
    """Return Slack's answer to too many calls."""
    headers = {"Retry-After": str(retry_after)}
    answer = {"ok": False, "error": LIMITED}
    return web.json_response(answer, status=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
