"""HTTP for all providers: a client for each call, how far it was sent, what a failure means."""

import asyncio
import os
from collections.abc import Mapping
from typing import Any, Final

import httpx
from pydantic import SecretStr

from bot.clock import Fence
from bot.domain.purchase.outcome import NotSent, Unknown
from bot.errors import SettingsError
from bot.network.certificates import certificate_problems
from bot.network.proxies import proxy_for, proxy_problems
from bot.reasons import reason_of


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


def checked_address(provider: str, address: str, like: str) -> httpx.URL:
    """The address; SettingsError where it could carry no call, or a key of its own."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise SettingsError(f"The {provider} address must be like {like}.")
    return url


def checked_secret(what: str, secret: str | SecretStr) -> str:
    """The secret, trimmed. A bad character is refused here: httpx's error would show the secret."""
    text = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
    text = text.strip()
    if not text:
        raise SettingsError(f"The {what} is empty.")
    if not all("!" <= sign <= "~" for sign in text):
        raise SettingsError(f"The {what} holds a space, a line break or a special letter.")
    return text


def _check(environment: Mapping[str, str]) -> None:
    """Raise SettingsError for the first variable that can't be used, in a sentence."""
    for problem in (*proxy_problems(environment), *certificate_problems(environment)):
        raise SettingsError(f"{'; '.join(map(str.strip, problem.splitlines()))}.")


NO_VERDICT: Final = frozenset(
    {
        408,  # timed out on the call, read in part or in full
        425,  # for early data only, which the bot never sends: unexplained
        499,  # a gateway closed the connection to the server behind it
    }
)
"""Statuses, among those of refusals, that leave open what became of the call."""
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
    body, as the JSON with the purchase is missing; a call without a body has left with its head.
    """

    def __init__(
        self, fence: Fence, limit: asyncio.Timeout, patience: float, *, has_body: bool = True
    ) -> None:
        """`limit` ends the whole call; `patience` is how long it may take once it is sent."""
        self._fence = fence
        self._limit = limit
        self._patience = patience
        self._last_part = _BODY if has_body else _HEAD
        self._watched = False
        self._left = False

    @property
    def cannot_have_left(self) -> bool:
        """Whether events show that its last part was not begun; False without any event."""
        return self._watched and not self._left

    @property
    def has_left(self) -> bool:
        """Whether its last part was begun, so that the call may be carried out."""
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
        if self._left or not event.endswith((_HEAD, _BODY)):
            return
        if self._fence.remaining <= 0:
            raise TooLate
        if info["request"].method == b"CONNECT":
            return
        if event.endswith(_HEAD):
            self._limit.reschedule(asyncio.get_running_loop().time() + self._patience)
        self._left = event.endswith(self._last_part)


TOO_LATE: Final = NotSent(
    why="it took too long until the call could be sent, so it was not sent", too_late=True
)
"""For a call that was stopped at the fence."""
_NO_CONNECTION: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    # The proxy refused the tunnel, before the call itself.
    httpx.ProxyError,
)
"""Raised before the first byte of the call, even when no trace event came."""


def outcome_of_failure(failure: Exception, sending: Sending) -> NotSent | Unknown:
    """The outcome of a call that ended in a failure instead of an answer."""
    if isinstance(failure, TooLate):
        return TOO_LATE
    if not sending.has_left and (sending.cannot_have_left or isinstance(failure, _NO_CONNECTION)):
        return _not_sent(failure, sending)
    if isinstance(failure, TimeoutError | httpx.ReadTimeout):
        return Unknown(why="the provider did not answer in time")
    return Unknown(why=f"the answer was lost: {reason_of(failure)}")


def _not_sent(failure: Exception, sending: Sending) -> NotSent:
    """NotSent, because there was no connection, or because this process was frozen."""
    why = f"the provider could not be reached: {reason_of(failure)}"
    return NotSent(why=why, too_late=sending.was_frozen)
