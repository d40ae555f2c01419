"""The HTTP applications: Slack's requests, and the health pages."""

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from bot.slack.listening import InboundStatus
from handlers.door import LARGEST, Door, watched

Readiness = Callable[[], Awaitable[Mapping[str, object]]]
"""Returns the state of what the bot depends on; under `ready`, whether the bot can work."""
Alive = Callable[[], bool]
"""Whether the process can go on, or must be restarted."""
_METRICS = "text/plain; version=0.0.4; charset=utf-8"


def _always() -> bool:
    return True


def web_app(
    readiness: Readiness, inbound: InboundStatus, door: Door | None, alive: Alive = _always
) -> web.Application:
    """The public application: short health, and Slack's requests where there is a door."""

    async def ready(_: web.Request) -> web.Response:
        return _ready(await readiness())

    site = web.Application(middlewares=[watched(inbound)], client_max_size=LARGEST)
    _add_life(site, alive)
    site.router.add_get("/readyz", ready)
    if door is not None:
        site.router.add_post("/slack/events", door.slack)
    return site


def admin_app(readiness: Readiness, metrics: Callable[[], bytes], alive: Alive) -> web.Application:
    """The operator's application: health, in full with `?verbose`, and metrics.

    `metrics` are in Prometheus' text format.
    """

    async def ready(request: web.Request) -> web.Response:
        facts = await readiness()
        if "verbose" not in request.query:
            return _ready(facts)
        return web.json_response(dict(facts), status=200 if facts["ready"] else 503)

    async def counted(_: web.Request) -> web.Response:
        await readiness()  # it updates some of the metrics
        return web.Response(body=metrics(), headers={"Content-Type": _METRICS})

    site = web.Application()
    _add_life(site, alive)
    site.router.add_get("/readyz", ready)
    site.router.add_get("/metrics", counted)
    return site


def _add_life(site: web.Application, alive: Alive) -> None:
    async def live(_: web.Request) -> web.Response:
        living = alive()
        return web.Response(text="ok" if living else "not alive", status=200 if living else 503)

    site.router.add_get("/livez", live)
    site.router.add_get("/healthz", live)  # its other name


def _ready(facts: Mapping[str, object]) -> web.Response:
    if facts["ready"]:
        return web.Response(text="ok")
    return web.Response(text="not ready", status=503)
