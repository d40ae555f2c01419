"""The connection by which Slack brings commands and clicks where no address of ours is public."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError

from bot.network.outgoing import open_session
from bot.reasons import reason_of
from bot.settings import Settings

_LOOK_EVERY = 1.0
"""Seconds between two looks at the connection."""


class Connection:
    """Socket Mode, where there is an app token; `ears` says how well the bot hears."""

    def __init__(self, settings: Settings) -> None:
        token = settings.slack_app_token
        self._token = token.get_secret_value() if token else ""
        self._heard = time.monotonic()
        self._problem = ""

    def ears(self) -> "Connection | None":
        """Itself; None where Slack comes by HTTP."""
        return self if self._token else None

    @property
    def deaf_for(self) -> float:
        """Seconds since the connection was last seen to stand."""
        silent = time.monotonic() - self._heard
        return silent if silent > _LOOK_EVERY * 2 else 0

    @property
    def problem(self) -> str:
        """Why it can't be opened; empty when that is not known."""
        return self._problem

    @asynccontextmanager
    async def opened(self, app: AsyncApp) -> AsyncIterator[None]:
        """Connect, and stay connected, until the end; nothing where Slack comes by HTTP.

        Whoever waits for it does not wait for Slack: it is tried until it works.
        """
        if not self._token:
            yield
            return
        handler = await self._handler(app)
        tasks = [
            asyncio.ensure_future(handler.connect_async()),  # type: ignore[no-untyped-call]
            asyncio.ensure_future(self._watch(handler)),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def _handler(self, app: AsyncApp) -> AsyncSocketModeHandler:
        """Bolt's handler, on a session that goes by the same proxies as every other."""
        handler = AsyncSocketModeHandler(app, self._token)
        await handler.client.aiohttp_client_session.close()
        handler.client.aiohttp_client_session = open_session()
        return handler

    async def _watch(self, handler: AsyncSocketModeHandler) -> None:
        while True:
            if await handler.client.is_connected():
                self._heard, self._problem = time.monotonic(), ""
            elif self.deaf_for and not self._problem:
                self._problem = await self._why(handler)
            await asyncio.sleep(_LOOK_EVERY)

    async def _why(self, handler: AsyncSocketModeHandler) -> str:
        """Ask Slack for an address once more: the client itself does not tell why it has none."""
        try:
            with suppress(KeyError):
                await handler.client.web_client.apps_connections_open(app_token=self._token)
        except (aiohttp.ClientError, SlackClientError, OSError, ValueError) as failure:
            return reason_of(failure)
        return ""
