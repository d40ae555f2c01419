"""Answers to what the browser sends: short facts for the script, the page again without it."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web
from yarl import URL


class CantError(Exception):
    """What the person did is not possible; the text says why."""


def done(request: web.Request) -> web.Response:
    """Say that it worked."""
    if _by_script(request):
        return web.json_response({})
    raise web.HTTPSeeOther(_where_from(request))


def failed(request: web.Request, problem: str) -> web.Response:
    """Say why it did not work, in a sentence for the visitor."""
    if _by_script(request):
        # Not a status of an error, which browsers write to their console by themselves.
        return web.json_response({"problem": problem})
    return web.Response(status=HTTPStatus.CONFLICT, text=problem)


def _by_script(request: web.Request) -> bool:
    """Whether the page's script sent this, which asks for JSON."""
    return "application/json" in request.headers.get("Accept", "")


def _where_from(request: web.Request) -> str:
    """Return the path of the page that the form was on."""
    referer = request.headers.get("Referer")
    return str(URL(referer).relative()) if referer else "/"
