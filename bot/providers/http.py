"""The HTTP client that providers share: a fresh one for each call, by the machine's own proxy."""

import os
from collections.abc import Mapping

import httpx

from bot.errors import SettingsError
from bot.network.certificates import certificate_problems
from bot.network.proxies import proxy_for, proxy_problems


class Connections:
    """Makes a client for each call: nothing that a call leaves behind can hinder another one.

    HTTP/1.1, no retries, no redirects. A connection that is kept may be closing while the next
    call goes out on it, and that purchase would be in doubt; a fresh one costs a handshake. A
    pool would also count, for ever, each connection whose tunnel broke during its handshake.
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
        """A client for one call; whoever asks for it closes it."""
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
    """Raises SettingsError that tells, in a sentence, the first variable that can't be used."""
    for problem in (*proxy_problems(environment), *certificate_problems(environment)):
        raise SettingsError(f"{'; '.join(map(str.strip, problem.splitlines()))}.")
