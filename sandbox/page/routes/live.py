"""Server-sent events: the regions of an open page that are no longer as they were sent."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.page.routes.pages import looked

if TYPE_CHECKING:
    from sandbox.page.drawing import Drawing
    from sandbox.page.scene import Scene

TOGETHER_SECONDS = 0.03
"""How long to wait for more changes after one, so that a burst is drawn once."""
QUIET_SECONDS = 15.0
"""After so long without news a comment is sent, which fails when the browser has gone."""


@dataclass(frozen=True)
class Live:
    """Serves a stream to each open page."""

    scene: Scene
    drawing: Drawing

    def routes(self) -> list[web.RouteDef]:
        """Return where the streams are."""
        return [web.get("/as/{person}/{place}/live", self.stream)]

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send every region at first, then those that changed, until the browser leaves."""
        looked(self.scene, request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with suppress(ConnectionError):
            await self._send_news(request, response)
        return response

    async def _send_news(self, request: web.Request, response: web.StreamResponse) -> None:
        sent: dict[str, str] = {}
        while True:
            known = self.scene.feed.count
            drawn = self.drawing.regions(looked(self.scene, request))
            changed = {name: html for name, html in drawn.items() if sent.get(name) != html}
            if changed:
                await response.write(f"data: {json.dumps(changed)}\n\n".encode())
            sent = drawn
            while not await self.scene.feed.later_than(known, QUIET_SECONDS):
                await response.write(b": still here\n\n")
            await asyncio.sleep(TOGETHER_SECONDS)
