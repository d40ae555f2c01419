"""HTTP for all providers: a new client for each call, and how far a call was sent."""

import asyncio
import os
from collections.abc import Mapping
from typing import Any, Final

import httpx

from bot.clock import Fence
from bot.errors import SettingsError
from bot.network.certificates import certificate_problems
from bot.network.proxies import proxy_for, proxy_problems


class Connections:
    """Makes a new client for each call, so that calls do not affect each other.

    HTTP/1.1, no retries, no redirects. A reused connection may be closing while the next call is
    sent on it, and that purchase would be in doubt; a new one costs a handshake. A pool would also
    count, for ever, each connection whose tunnel failed in its handshake.
    Proxies and certificates come from the environment, read as for every other client.
    """

    def __init__(self, base_url: httpx.URL, headers: Mapping[str, str]) -> None:
        """Raises SettingsError for a proxy or certificates that can't be used.

        It never repeats the address of a proxy, which may hold a password.
        """
        _check(os.environ)
        self._base_url = base_url
        self._headers = dict(headers)
        self._proxy = proxy_for(str(base_url))
        self._trust = httpx.create_ssl_context()

    def client(self, timeout: httpx.Timeout) -> httpx.AsyncClient:
        """A client for one call; the caller closes it."""
        return httpx.AsyncClient(
            base_url=self._base_url,
            headers=self._headers,
            timeout=timeout,
            verify=self._trust,
            proxy=self._proxy,
            trust_env=False,
            http1=True,
            http2=False,
            follow_redirects=False,
        )


def _check(environment: Mapping[str, str]) -> None:
    """Raise SettingsError for the first variable that can't be used, in a sentence."""
    for problem in (*proxy_problems(environment), *certificate_problems(environment)):
        raise SettingsError(f"{'; '.join(map(str.strip, problem.splitlines()))}.")


_HEAD: Final = ".send_request_headers.started"
_BODY: Final = ".send_request_body.started"
_PUNCTUAL: Final = 1.0
"""Seconds by which a wait may end late; after more, the process must have been frozen."""


class TooLate(Exception):
    """The fence closed before the whole call was sent."""


class Sending:
    """Follows one call by httpx's trace events, and stops it at the fence.

    The fence is checked before the first byte of the head and of the body: a process that was
    frozen before or between them sends nothing more. No server can carry out a head without its
    body, as the JSON with the purchase is missing.
    """

    def __init__(self, fence: Fence, limit: asyncio.Timeout, patience: float) -> None:
        """`limit` ends the whole call; `patience` is how long it may take once it is sent."""
        self._fence = fence
        self._limit = limit
        self._patience = patience
        self._watched = False
        self._left = False

    @property
    def cannot_have_left(self) -> bool:
        """Whether events show that the body was not begun; False without any event."""
        return self._watched and not self._left

    @property
    def has_left(self) -> bool:
        """Whether the body was begun, so that the call may be carried out."""
        return self._left

    @property
    def was_frozen(self) -> bool:
        """Whether the fence closed so long ago that the process must have been frozen."""
        return self._fence.remaining < -_PUNCTUAL

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take one trace event of the connection. Raises TooLate instead of sending late.

        A proxy's tunnel is opened by a request of its own (CONNECT), with the same events.
        """
        self._watched = True
        if not event.endswith((_HEAD, _BODY)):
            return
        if self._fence.remaining <= 0:
            raise TooLate
        if info["request"].method == b"CONNECT":
            return
        if event.endswith(_BODY):
            self._left = True
        else:
            self._limit.reschedule(asyncio.get_running_loop().time() + self._patience)
