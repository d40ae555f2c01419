"""The page as a browser without a script gets it, and what a script sends and hears."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.blockkit import completed

if TYPE_CHECKING:
    import aiohttp

    from sandbox.page import Scene
    from sandbox.slack import Message

OPS = "C0OPS000000"
SPACE = re.compile(r"\s*\n\s*")


@dataclass
class Bot:
    """A server in the bot's place: keeps each interaction, and answers `answer` as JSON."""

    heard: list[dict[str, Any]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=dict)

    async def handle(self, request: web.Request) -> web.Response:
        """Keep the payload of an interaction."""
        form = await request.post()
        self.heard.append(json.loads(str(form.get("payload", "{}"))))
        return web.json_response(self.answer) if self.answer else web.Response()


@dataclass(frozen=True)
class Site:
    """The served page of a scene; `bot_says` puts blocks of the bot into #ops."""

    scene: Scene
    url: str
    session: aiohttp.ClientSession

    async def html(self, path: str = f"/as/ana/{OPS}") -> str:
        """Return a page that is there, its lines joined."""
        async with self.session.get(self.url + path) as answer:
            assert answer.status == 200, await answer.text()
            return SPACE.sub("", await answer.text())

    async def region(self, name: str, path: str = f"/as/ana/{OPS}") -> str:
        """Return one region of a page."""
        found = re.search(rf'<[^>]*data-region="{name}".*', await self.html(path))
        assert found
        return re.split(r"</main>|</aside>|</nav>", found[0])[0]

    async def post(self, path: str, **form: str) -> dict[str, Any]:
        """Send a form as the page's script does; the answer comes back."""
        headers = {"Accept": "application/json"}
        async with self.session.post(self.url + path, data=form, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            said: dict[str, Any] = await answer.json()
            return said

    def bot_says(self, *blocks: dict[str, Any], text: str = "words") -> Message:
        """Post blocks as the bot."""
        workspace = self.scene.slack.workspace
        return workspace.post(
            workspace.compose(
                workspace.channel("ops"), workspace.bot, text, blocks=completed(list(blocks))
            )
        )


async def news(stream: aiohttp.StreamReader) -> dict[str, str]:
    """Return the next event of a live stream: region to HTML."""
    while True:
        line = (await stream.readline()).decode()
        if line.startswith("data: "):
            regions: dict[str, str] = json.loads(line.removeprefix("data: "))
            return regions
