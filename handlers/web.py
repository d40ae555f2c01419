"""The HTTP side: Slack's signed requests, and what a supervisor of the process asks."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

Readiness = Callable[[], Awaitable[Mapping[str, object]]]
"""Tells what the bot depends on; under `ready`, whether it can work."""


def web_app(app: AsyncApp, readiness: Readiness, *, hears_slack: bool) -> web.Application:
    """The routes; Slack's only where Slack comes by HTTP."""

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def ready(_: web.Request) -> web.Response:
        facts = await readiness()
        return web.json_response(dict(facts), status=200 if facts["ready"] else 503)

    site = web.Application()
    site.router.add_get("/healthz", health)
    site.router.add_get("/readyz", ready)
    if hears_slack:
        site.router.add_post("/slack/events", events)
    return site
