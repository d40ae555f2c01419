"""The other way in: what comes over Socket Mode has proved itself by the connection."""

from collections.abc import Awaitable, Callable
from time import time
from typing import Any

from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp


def dispatch_to(app: AsyncApp) -> Callable[[Any, Any], Awaitable[None]]:
    """Hands each request to Bolt, and its answer back over the connection it came by."""

    async def dispatch(client: Any, request: Any) -> None:
        begun = time()
        answer = await run_async_bolt_app(app, request)
        await send_async_response(client, request, answer, begun)

    return dispatch
