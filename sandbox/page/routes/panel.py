"""The provider panel's switches, and the bot's process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.page.routes.answers import done, failed

if TYPE_CHECKING:
    from sandbox.page.scene import Scene


@dataclass(frozen=True)
class PanelRoutes:
    """Switches faults, kills the bot and starts it again."""

    scene: Scene

    def routes(self) -> list[web.RouteDef]:
        """Return where the switches are."""
        return [
            web.post("/faults/flip", self.flip),
            web.post("/faults/arm", self.arm),
            web.post("/faults/clear", self.clear),
            web.post("/bot/kill", self.kill),
            web.post("/bot/start", self.start),
        ]

    async def flip(self, request: web.Request) -> web.Response:
        """Switch a standing fault on or off."""
        form = await request.post()
        try:
            await self.scene.switches.flip(str(form.get("name", "")))
        except KeyError:
            return failed(request, "There is no such switch.")
        return self._changed(request)

    async def arm(self, request: web.Request) -> web.Response:
        """Let the next purchase or the next calls meet a fault."""
        form = await request.post()
        try:
            self.scene.switches.arm(str(form.get("name", "")), str(form.get("code", "")))
        except KeyError:
            return failed(request, "There is no such fault.")
        return self._changed(request)

    async def clear(self, request: web.Request) -> web.Response:
        """Switch every fault off."""
        await self.scene.switches.clear()
        return self._changed(request)

    async def kill(self, request: web.Request) -> web.Response:
        """Kill the bot now."""
        if self.scene.bot is None:
            return failed(request, "This bot is no process of the page's own.")
        await self.scene.bot.kill()
        return self._changed(request)

    async def start(self, request: web.Request) -> web.Response:
        """Start the bot again."""
        if self.scene.bot is None:
            return failed(request, "This bot is no process of the page's own.")
        try:
            await self.scene.bot.start()
        except (RuntimeError, TimeoutError) as failure:
            return failed(request, f"The bot did not start: {failure}")
        return self._changed(request)

    def _changed(self, request: web.Request) -> web.Response:
        self.scene.feed.announce()
        return done(request)
