"""Hands proven requests to Bolt, over HTTP or Socket Mode; failures are answered."""

from collections.abc import Awaitable, Callable
from time import time
from typing import Any

from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from handlers.hearing import Arrival, Hearing


class Bolt:
    """The Bolt app; every request gets an answer, also when Bolt itself fails."""

    def __init__(self, app: AsyncApp, hearing: Hearing) -> None:
        self._app = app
        self.hearing = hearing

    async def answer(self, body: dict[str, Any], arrival: Arrival) -> BoltResponse:
        """Run the listener; `arrival`, of the request, goes with it.

        Bolt gets the parsed body: from the text it would take a command with "payload" in it for a
        click. Like one over Socket Mode, the request counts as proven for Bolt.
        """
        self.hearing.opened(arrival)
        request = AsyncBoltRequest(mode="socket_mode", body=body, context={"arrival": arrival})
        try:
            return await self._app.async_dispatch(request)
        except Exception as failure:  # noqa: BLE001 - whatever it was, the person must not wait in vain
            return self.hearing.answer_fault(body, failure, arrival)

    def over_socket_mode(self) -> Callable[[Any, Any], Awaitable[None]]:
        """A function that hands each envelope to Bolt and sends the answer back."""

        async def dispatch(client: Any, request: Any) -> None:
            begun, arrival, has_left = time(), self.hearing.arrival(), False
            try:
                answer = await self.answer(request.payload, arrival)
                await send_async_response(client, request, answer, begun)
                has_left = True
            finally:
                self.hearing.acknowledged(arrival, lost=not has_left)

        return dispatch
