"""Socket Mode: a connection that is checked, and replaced when nothing arrives over it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from aiohttp import WSMessage
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import SlackError, SlackUnavailable
from bot.network.outgoing import open_session
from bot.reasons import reason_of
from bot.slack.listening.inbound import InboundStatus
from bot.slack.web.calling import TIMEOUT, reaching_slack_within

Dispatch = Callable[[SocketModeClient, SocketModeRequest], Awaitable[None]]
"""Hands what Slack sent to the listeners, and acknowledges it."""
_PING = 5.0
"""Seconds between two pings."""
_CHECK = 5.0
"""Seconds between two checks of the connection."""
_PATIENCE = 20.0
"""Seconds without a connection after which the whole client is replaced."""
_CLOSING = 3.0
"""Seconds in which an old connection must close."""
_ROUTINE = frozenset({"warning", "refresh_requested"})
"""Slack's ordinary reasons for ending a connection: the client opens the next one."""


class SocketMode:
    """Keeps one connection open. The official client alone can stop receiving for ever.

    It reconnects again and again with an expired ticket, and it does not notice when Slack has said
    goodbye on a connection that stays open.
    """

    def __init__(
        self,
        web: AsyncWebClient,
        app_token: str,
        dispatch: Dispatch,
        clock: Clock,
        inbound: InboundStatus,
    ) -> None:
        self._web = web
        self._app_token = app_token
        self._dispatch = dispatch
        self._clock = clock
        self._inbound = inbound
        self._client: _Client | None = None
        self._deaf_since: float | None = None

    async def run(self) -> None:
        """Stay connected until cancelled; then close the connection."""
        try:
            while True:
                await self.check()
                await self._clock.sleep(_CHECK)
        finally:
            self._inbound.connected = False
            await self._close()

    async def check(self) -> None:
        """Check the connection once; after too long without one, replace the client."""
        hears = self._client is not None and await self._client.hears()
        self._inbound.connected = hears
        now = self._clock.monotonic()
        if hears:
            self._deaf_since = None
            self._inbound.connection_problem = ""
        elif self._client is None or self._client.dead:
            await self._renew(now)
        elif self._deaf_since is None:
            self._deaf_since = now
        elif now - self._deaf_since >= _PATIENCE:
            structlog.get_logger().warning(
                "socket_mode_deaf",
                seconds=now - self._deaf_since,
                why=self._inbound.facts().problem,
            )
            await self._renew(now)

    async def _renew(self, now: float) -> None:
        await self._close()
        self._deaf_since = now
        self._client = _Client(self._web, self._app_token, self._dispatch, self._inbound)

    async def _close(self) -> None:
        """End the connection, whatever state it is in."""
        client, self._client = self._client, None
        if client is not None:
            await client.end()


class _Client(SocketModeClient):
    """The official client, with a time limit; it notes Slack's hello and goodbye."""

    def __init__(
        self, web: AsyncWebClient, app_token: str, dispatch: Dispatch, inbound: InboundStatus
    ) -> None:
        super().__init__(app_token, web_client=web, ping_interval=_PING)
        # The bot's own session, as the client's ignores NO_PROXY.
        self._unused, self.aiohttp_client_session = self.aiohttp_client_session, open_session()
        self.proxy = None
        self._inbound = inbound
        self._greeted = False
        self.on_message_listeners.append(self._note)
        self.socket_mode_request_listeners.append(self._hear)  # type: ignore[arg-type] # it awaits, too
        self._request = dispatch
        self._connecting = asyncio.ensure_future(self.connect())  # type: ignore[no-untyped-call]

    async def hears(self) -> bool:
        """Whether Slack has said hello, has not said goodbye, and answers pings."""
        return self._greeted and not self.dead and await self.is_connected()

    @property
    def dead(self) -> bool:
        """Whether one of its tasks has ended too early."""
        parts = (self.message_processor, self.message_receiver, self.current_session_monitor)
        return any(part is not None and part.done() for part in parts)

    async def issue_new_wss_url(self) -> str:
        """Ask for the next connection's address. Raises SlackError, which health shows too."""
        try:
            async with reaching_slack_within(TIMEOUT):
                answer = await self.web_client.apps_connections_open(app_token=self.app_token)
        except SlackError as failure:
            self._inbound.connection_problem = (
                f"Socket Mode can't be opened: {reason_of(failure)}. Look at SLACK_APP_TOKEN."
            )
            if isinstance(failure, SlackUnavailable):
                await asyncio.sleep(min(failure.retry_after, TIMEOUT))
            raise
        return str(answer["url"])

    async def end(self) -> None:
        """Close the client and its tasks, also when Slack does not answer."""
        self.closed, self.auto_reconnect_enabled = True, False
        parts = (self.message_processor, self.message_receiver, self.current_session_monitor)
        for part in (self._connecting, *filter(None, parts)):
            part.cancel()
        with suppress(Exception):
            async with asyncio.timeout(_CLOSING):
                if self.current_session is not None:
                    await self.current_session.close()
        await self._unused.close()
        await self.aiohttp_client_session.close()

    async def _note(self, message: WSMessage) -> None:
        """Note hello and goodbye; the official client hides goodbye from listeners."""
        with suppress(ValueError):
            said = json.loads(message.data)
            if isinstance(said, dict):
                self._update_state(said)

    def _update_state(self, said: dict[str, Any]) -> None:
        if said.get("type") == "hello":
            self._greeted = True
        elif said.get("type") == "disconnect":
            self._greeted = False
            if (why := said.get("reason")) not in _ROUTINE:
                self._inbound.connection_problem = f"Slack ended the connection: {why}."

    async def _hear(self, client: SocketModeClient, request: SocketModeRequest) -> None:
        self._inbound.heard()
        await self._request(client, request)
