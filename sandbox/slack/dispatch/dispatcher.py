"""Sends what people do to the bot, and shows what the bot answers at once."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING

import aiohttp

from sandbox.slack.dispatch.answers import show_answer
from sandbox.slack.dispatch.delivery import NO_ANSWER, OK_STATUSES, Answer, Attempt, Delivery

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from sandbox.slack.dispatch.delivery import Parcel
    from sandbox.slack.dispatch.socket_mode import SocketMode
    from sandbox.slack.workspace.workspace import Workspace

ANSWER_SECONDS = 3.0
RETRY_SECONDS = (0.0, 60.0, 300.0)
REASONS: Mapping[str, str] = MappingProxyType(
    {"operation_timeout": "http_timeout", "dispatch_failed": "connection_failed"}
)


@dataclass
class Dispatcher:
    """Sends over Socket Mode while an app is connected, else over HTTP to `url`.

    `answer_seconds` is how long the bot may take: 3 seconds, as in Slack. An event that it did
    not take is sent again at once, after a minute and after five more, waiting by `sleep`.
    """

    workspace: Workspace
    sockets: SocketMode
    session: aiohttp.ClientSession
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    url: str | None = None
    answer_seconds: float = ANSWER_SECONDS
    retries: set[asyncio.Task[None]] = field(default_factory=set)
    announcing: set[asyncio.Task[None]] = field(default_factory=set)

    async def send(self, parcel: Parcel) -> Delivery:
        """Deliver what a person did, and show what the person sees of the answer at once."""
        started = time.perf_counter()
        answer = await self._exchange(parcel, Attempt())
        seconds = time.perf_counter() - started
        show_answer(self.workspace, parcel, answer)
        self.workspace.changes.announce()
        if parcel.is_event and answer.error and not answer.final:
            task = asyncio.create_task(self._send_again(parcel, answer.error))
            self.retries.add(task)
            task.add_done_callback(self._forget)
        return Delivery(answer.status, answer.body, seconds, parcel)

    def announce(self, parcels: Sequence[Parcel]) -> None:
        """Send events, one after the other, without waiting; to nobody while no app is attached."""
        if parcels and (self.sockets.connections or self.url is not None):
            task = asyncio.create_task(self._announce(parcels))
            self.announcing.add(task)
            task.add_done_callback(self._forget)

    async def _announce(self, parcels: Sequence[Parcel]) -> None:
        """Send each event when the one before it was answered."""
        for parcel in parcels:
            await self.send(parcel)

    async def post(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a request over HTTP to `url`."""
        limit = aiohttp.ClientTimeout(total=self.answer_seconds)
        try:
            async with self.session.post(
                self.url or "", data=body, headers=headers, timeout=limit, allow_redirects=False
            ) as response:
                final = response.headers.get("X-Slack-No-Retry") == "1"
                text = await response.text(errors="replace")
                return Answer(response.status, text, _error(response.status), final)
        except TimeoutError:
            return Answer(NO_ANSWER, error="operation_timeout")
        except aiohttp.ClientError:
            return Answer(NO_ANSWER, error="dispatch_failed")

    async def stop(self) -> None:
        """End what is still to be sent again, and close all connections."""
        tasks = [*self.announcing, *self.retries]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.sockets.stop()
        await self.session.close()

    async def _exchange(self, parcel: Parcel, attempt: Attempt) -> Answer:
        """Send a parcel the way that there is."""
        if self.sockets.connections:
            return await self.sockets.deliver(parcel, self.answer_seconds, attempt)
        if self.url is not None:
            return await self.post(parcel.body, parcel.headers | attempt.headers)
        return Answer(NO_ANSWER, error="dispatch_failed")

    def _forget(self, task: asyncio.Task[None]) -> None:
        """Drop a task that is over, and tell whoever waits for that."""
        self.retries.discard(task)
        self.announcing.discard(task)
        self.workspace.changes.announce()

    async def _send_again(self, parcel: Parcel, error: str) -> None:
        """Send an event again until it is taken, three times at most."""
        for number, seconds in enumerate(RETRY_SECONDS, start=1):
            await self.sleep(seconds)
            reason = REASONS.get(error, "http_error")
            answer = await self._exchange(parcel, Attempt(number, reason))
            self.workspace.changes.announce()
            if answer.error is None or answer.final:
                return
            error = answer.error


def _error(status: int) -> str | None:
    """Return Slack's name for what a status other than 2xx means."""
    if status in OK_STATUSES:
        return None
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return "http_service_error" if server else "http_client_error"
