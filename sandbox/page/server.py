"""Serves the page on a port of its own, beside the workspace's API, and to itself alone."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.page.drawing import Drawing
from sandbox.page.routes.actions import Actions
from sandbox.page.routes.forms import Forms
from sandbox.page.routes.pages import Pages
from sandbox.page.routes.panel import PanelRoutes
from sandbox.serving import Serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp.typedefs import Handler

    from sandbox.page.scene import Scene

STATIC = Path(__file__).parent / "static"
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


@asynccontextmanager
async def served_page(
    scene: Scene, port: int = 0, drawing: Drawing | None = None
) -> AsyncIterator[str]:
    """Serve `scene` on `port` (0: any free one); its address comes, without a slash.

    A `drawing` that is given keeps its compiled templates from one page to the next. Raises
    OSError when the port is taken.
    """
    news = (scene.slack.workspace.changes.until, scene.telnyx.until, scene.celitech.until)
    async with scene.feed.follows(*news):
        serving = await Serving.start(_app(scene, drawing or Drawing()), port)
        try:
            yield serving.url
        finally:
            await serving.stop()


def _app(scene: Scene, drawing: Drawing) -> web.Application:
    app = web.Application(middlewares=[guard])
    app.on_response_prepare.append(add_headers)
    app.router.add_static("/static", STATIC)
    app.add_routes(Actions(scene).routes())
    app.add_routes(Forms(scene).routes())
    app.add_routes(PanelRoutes(scene).routes())
    app.add_routes(Pages(scene, drawing).routes())
    return app


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
