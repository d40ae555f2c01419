"""Pages and files to look at, and the news that keep an open page as things are."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from sandbox.page.seen.look import can_see, look_at

if TYPE_CHECKING:
    from sandbox.page.drawing import Drawing
    from sandbox.page.scene import Scene
    from sandbox.page.seen.look import Look
    from sandbox.slack import Person

FIRST_PERSON, FIRST_CHANNEL = "ana", "ops"
TOGETHER_SECONDS = 0.03
"""How long to wait for more changes after one, so that a burst is drawn once."""
QUIET_SECONDS = 15.0
"""After so long without news a comment is sent, which fails when the browser has gone."""


@dataclass(frozen=True)
class Pages:
    """Serves what each person sees."""

    scene: Scene
    drawing: Drawing
    under_way: set[asyncio.Task[object]] = field(default_factory=set)

    def routes(self) -> list[web.RouteDef]:
        """Return where the pages are."""
        return [
            web.get("/", self.first),
            web.get("/as/{person}/files/{file}", self.file),
            web.get("/as/{person}/{place}", self.page),
            web.get("/as/{person}/{place}/live", self.stream),
        ]

    async def first(self, _request: web.Request) -> web.Response:
        """Lead a visitor to the requester, in the channel where the bot is."""
        channel = self.scene.slack.workspace.channel(FIRST_CHANNEL)
        raise web.HTTPFound(f"/as/{FIRST_PERSON}/{channel.id}")

    async def page(self, request: web.Request) -> web.Response:
        """Serve a channel or the App Home as one person sees it."""
        look = looked(self.scene, request)
        if look.channel is None:
            self._open_home(look)
        return web.Response(text=self.drawing.page(look), content_type="text/html")

    async def file(self, request: web.Request) -> web.Response:
        """Serve a file to somebody who sees the channel that it was shared in."""
        workspace = self.scene.slack.workspace
        file = workspace.files.get(request.match_info["file"])
        channel = workspace.channels.get(file.channel or "") if file else None
        person = self._person(request.match_info["person"])
        if file is None or channel is None or not can_see(person, channel):
            raise web.HTTPNotFound(text="There is no such file.")
        named = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        headers = {"Content-Disposition": named}
        return web.Response(body=file.content, headers=headers, content_type=file.mimetype)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send every region at first, then those that changed, until the browser leaves."""
        looked(self.scene, request)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with suppress(ConnectionError):
            await self._send_news(request, response)
        return response

    def _open_home(self, look: Look) -> None:
        """Tell the bot, which may take its time, that somebody looks at its Home tab."""
        actor = self.scene.slack.person(look.person.id)
        telling = asyncio.create_task(actor.opens_home())
        self.under_way.add(telling)
        telling.add_done_callback(self.under_way.discard)

    async def _send_news(self, request: web.Request, response: web.StreamResponse) -> None:
        sent: dict[str, str] = {}
        while True:
            known = self.scene.feed.count
            drawn = self.drawing.regions(looked(self.scene, request))
            changed = {name: html for name, html in drawn.items() if sent.get(name) != html}
            if changed:
                await response.write(f"data: {json.dumps(changed)}\n\n".encode())
            sent = drawn
            if await self.scene.feed.later_than(known, QUIET_SECONDS):
                await asyncio.sleep(TOGETHER_SECONDS)
            else:  # the figures of the last minute change by themselves
                await response.write(b": still here\n\n")

    def _person(self, name: str) -> Person:
        """Return a person by name. Raises HTTPNotFound for nobody."""
        try:
            return self.scene.slack.workspace.person(name)
        except LookupError as nobody:
            raise web.HTTPNotFound(text=str(nobody)) from None


def looked(scene: Scene, request: web.Request) -> Look:
    """Return who looks at what. Raises HTTPNotFound for a place that is not there for them."""
    person, place = request.match_info["person"], request.match_info["place"]
    try:
        return look_at(scene, person, place, request.query.get("thread", ""))
    except LookupError as nothing:
        raise web.HTTPNotFound(text=str(nothing)) from None
