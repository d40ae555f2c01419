"""Sends what people do to the bot, and shows what the bot answers at once."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp

from sandbox.slack.dispatch.delivery import NO_ANSWER, OK_STATUSES, Answer, Delivery
from sandbox.slack.dispatch.response_urls import show
from sandbox.slack.refusal import Refusal
from sandbox.slack.web_api.arguments import Arguments
from sandbox.slack.workspace.cast import SLACKBOT

if TYPE_CHECKING:
    from sandbox.slack.dispatch.delivery import Parcel
    from sandbox.slack.dispatch.socket_mode import SocketMode
    from sandbox.slack.workspace.workspace import Workspace

ANSWER_SECONDS = 3.0


@dataclass
class Dispatcher:
    """Sends over Socket Mode while an app is connected, else over HTTP to `url`.

    `answer_seconds` is how long the bot may take: 3 seconds, as in Slack.
    """

    workspace: Workspace
    sockets: SocketMode
    session: aiohttp.ClientSession
    url: str | None = None
    answer_seconds: float = ANSWER_SECONDS

    async def send(self, parcel: Parcel) -> Delivery:
        """Deliver one command or click, and show what the person sees of the answer at once."""
        started = time.perf_counter()
        answer = await self._exchange(parcel)
        seconds = time.perf_counter() - started
        self._show(parcel, answer)
        self.workspace.changes.announce()
        return Delivery(answer.status, answer.body, seconds, parcel)

    async def _exchange(self, parcel: Parcel) -> Answer:
        """Send a parcel the way that there is."""
        if self.sockets.connections:
            return await self.sockets.deliver(parcel, self.answer_seconds)
        if self.url is not None:
            return await self._post(self.url, parcel)
        return Answer(NO_ANSWER, error="dispatch_failed")

    async def _post(self, url: str, parcel: Parcel) -> Answer:
        """Send a parcel over HTTP."""
        limit = aiohttp.ClientTimeout(total=self.answer_seconds)
        try:
            async with self.session.post(
                url, data=parcel.body, headers=parcel.headers, timeout=limit, allow_redirects=False
            ) as response:
                body = await response.text(errors="replace")
                return Answer(response.status, body, _error(response.status))
        except TimeoutError:
            return Answer(NO_ANSWER, error="operation_timeout")
        except aiohttp.ClientError:
            return Answer(NO_ANSWER, error="dispatch_failed")

    def _show(self, parcel: Parcel, answer: Answer) -> None:
        """Show the person what the bot answered to a command, or that it failed."""
        error = answer.error
        person = self.workspace.people[parcel.person]
        channel = self.workspace.channels[parcel.channel]
        if error is None and parcel.is_command and answer.body.strip():
            try:
                show(self.workspace, person, channel, _answered(answer.body))
            except Refusal as refusal:
                error = refusal.error
        if error is not None:
            self._show_failure(parcel, error)

    def _show_failure(self, parcel: Parcel, error: str) -> None:
        """Tell the person, where they are, that the bot did not take what they did."""
        self.workspace.post(
            self.workspace.compose(
                self.workspace.channels[parcel.channel],
                self.workspace.people[SLACKBOT],
                f'{parcel.name} failed with the error "{error}"',
                thread_ts=parcel.thread_ts,
                only_for=parcel.person,
            )
        )


def _answered(body: str) -> Arguments:
    """Return the answer in an acknowledgement: a JSON object, or plain text."""
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    return Arguments(value if isinstance(value, dict) else {"text": body})


def _error(status: int) -> str | None:
    """Return Slack's name for what a status other than 2xx means."""
    if status in OK_STATUSES:
        return None
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return "http_service_error" if server else "http_client_error"
