"""A page over a workspace and a provider, without a bot, and a browser's HTTP side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest
from aiohttp import web

from sandbox.celitech import CelitechSandbox
from sandbox.page import Scene, read_manifest, served_page
from sandbox.page.drawing import Drawing
from sandbox.page.manifest import Manifest
from sandbox.serving import Serving
from sandbox.slack import SlackSandbox
from sandbox.telnyx import TelnyxSandbox
from tests.sandbox.page.site import Bot, Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """Start what stands behind the page."""
    slack, telnyx = await SlackSandbox.start(), await TelnyxSandbox.start()
    celitech = await CelitechSandbox.start()
    yield Scene(slack, telnyx, celitech, manifest=read_manifest())
    for server in (slack, telnyx, celitech):
        await server.stop()


@pytest.fixture
async def homely(scene: Scene, drawing: Drawing) -> AsyncIterator[Site]:
    """Serve the page of an app whose manifest has a Home tab."""
    home = {"features": {"app_home": {"home_tab_enabled": True}}}
    scene = replace(scene, manifest=Manifest(home))
    async with served_page(scene, drawing=drawing) as url, aiohttp.ClientSession() as session:
        yield Site(scene, url, session)


@pytest.fixture(scope="session")
def drawing() -> Drawing:
    """Compile the templates once for all tests."""
    return Drawing()


@pytest.fixture
async def site(scene: Scene, drawing: Drawing) -> AsyncIterator[Site]:
    """Serve the page."""
    async with served_page(scene, drawing=drawing) as url, aiohttp.ClientSession() as session:
        yield Site(scene, url, session)


@pytest.fixture
async def bot(scene: Scene) -> AsyncIterator[Bot]:
    """Let interactions go to a server that only keeps them."""
    bot, app = Bot(), web.Application()
    app.router.add_post("/slack/events", bot.handle)
    serving = await Serving.start(app)
    scene.slack.connect(f"{serving.url}/slack/events")
    yield bot
    await serving.stop()
