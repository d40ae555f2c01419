"""Serves the page on a port of its own, beside the workspace's API."""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.page.drawing import Drawing
from sandbox.page.routes.actions import Actions
from sandbox.page.routes.forms import Forms
from sandbox.page.routes.guard import add_headers, guard
from sandbox.page.routes.live import Live
from sandbox.page.routes.pages import Pages
from sandbox.page.routes.panel import PanelRoutes
from sandbox.serving import Serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.page.scene import Scene

STATIC = Path(__file__).parent / "static"


@asynccontextmanager
async def served_page(
    scene: Scene, port: int = 0, drawing: Drawing | None = None
) -> AsyncIterator[str]:
    """Serve `scene` on `port` (0: any free one); its address comes, without a slash.

    A `drawing` that is given keeps its compiled templates from one page to the next. Raises
    OSError when the port is taken.
    """
    async with scene.feed.follows(scene.slack.workspace.changes.until, scene.telnyx.until):
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
    app.add_routes(Live(scene, drawing).routes())
    app.add_routes(Pages(scene, drawing).routes())
    return app
