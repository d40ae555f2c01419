"""Keeps other web sites out of a page on this machine, and scripts out of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

OWN_NAMES = frozenset({"127.0.0.1", "localhost"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' https:; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse requests for another name than this machine's, and posts from another site."""
    if request.url.host not in OWN_NAMES or not _from_here(request):
        return web.Response(status=403, text="This page answers to itself alone.")
    return await handler(request)


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Let pages load nothing but what is served here, except pictures."""
    response.headers.update(HEADERS)


def _from_here(request: web.Request) -> bool:
    """Whether the page that sent the request is one of ours; without an Origin it is no page."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
