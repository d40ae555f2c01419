"""The HTTP side: Slack's signed requests, and what a supervisor of the process asks."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.slack.listening import Ears
from handlers.door import LARGEST, Door, watched

Readiness = Callable[[], Awaitable[Mapping[str, object]]]
"""Tells what the bot depends on; under `ready`, whether it can work."""


def web_app(readiness: Readiness, ears: Ears, door: Door | None) -> web.Application:
    """The routes; Slack's only where Slack comes by HTTP: then there is a door."""

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_: web.Request) -> web.Response:
        facts = await readiness()
        return web.json_response(dict(facts), status=200 if facts["ready"] else 503)

    site = web.Application(middlewares=[watched(ears)], client_max_size=LARGEST)
    site.router.add_get("/healthz", health)
    site.router.add_get("/readyz", ready)
    if door is not None:
        site.router.add_post("/slack/events", door.slack)
    return site
