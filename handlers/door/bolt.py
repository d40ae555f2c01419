"""Hands proven requests to Bolt, over HTTP or Socket Mode; failures are answered."""

from collections.abc import Awaitable, Callable
from time import time
from typing import Any

from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from handlers.hearing import Hearing


class Bolt:
    """The Bolt app; every request gets an answer, also when Bolt itself fails."""

    def __init__(self, app: AsyncApp, hearing: Hearing) -> None:
        self._app = app
        self._hearing = hearing

    async def answer(self, body: dict[str, Any]) -> BoltResponse:
        """Run the listener.

        Bolt gets the parsed body: from the text it would take a command with "payload" in it for a
        click. Like one over Socket Mode, the request counts as proven for Bolt.
        """
        try:
            return await self._app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
        except Exception as failure:  # noqa: BLE001 - whatever it was, the person must not wait in vain
            return self._hearing.answer_fault(body, failure)

    def over_socket_mode(self) -> Callable[[Any, Any], Awaitable[None]]:
        """A function that hands each envelope to Bolt and sends the answer back."""

        async def dispatch(client: Any, request: Any) -> None:
            begun = time()
            await send_async_response(client, request, await self.answer(request.payload), begun)

        return dispatch
