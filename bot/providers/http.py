"""The HTTP client that providers share, and what the environment may have broken for it."""

import os
import re
import ssl
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.request import getproxies

import httpx

from bot.errors import SettingsError

_EXAMPLE: Final = "write it as http://proxy.example:3128, or unset it"
_MEND: Final = "name one that holds certificates in PEM form, or unset it."
_HOST: Final = re.compile(rb"[0-9A-Za-z._:-]+")
_SOCKS: Final = {"socks5", "socks5h"}


class Connections:
    """Makes a client for each call: nothing that a call leaves behind can hinder another one.

    HTTP/1.1, no retries, no redirects. A connection that is kept may be closing while the next
    call goes out on it, and that purchase would be in doubt; a fresh one costs a handshake. A
    pool would also count, for ever, each connection whose tunnel broke during its handshake.
    Proxies and certificates come from the environment.
    """

    def __init__(self, base_url: httpx.URL, headers: Mapping[str, str]) -> None:
        """Raises SettingsError for a proxy or certificates that can't be used.

        It never repeats what stands there: the address of a proxy may hold a password.
        """
        _check_proxies()
        self._base_url = base_url
        self._headers = dict(headers)
        self._trust = _trusted()
        try:
            self.client(httpx.Timeout(1))
        except (ValueError, ImportError, httpx.InvalidURL):
            raise SettingsError(
                "NO_PROXY holds something that is no host: write names with commas between, "
                "for example localhost,.example.com,::1 (no brackets)."
            ) from None

    def client(self, timeout: httpx.Timeout) -> httpx.AsyncClient:
        """A client for one call; whoever asks for it closes it."""
        return httpx.AsyncClient(
            base_url=self._base_url,
            headers=self._headers,
            timeout=timeout,
            verify=self._trust,
            http1=True,
            http2=False,
            follow_redirects=False,
        )


def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted, as the environment says. Raises SettingsError."""
    folder = os.environ.get("SSL_CERT_DIR")
    if folder and not os.environ.get("SSL_CERT_FILE") and not Path(folder).is_dir():
        raise SettingsError(f"SSL_CERT_DIR is no folder that the bot may read: {_MEND}")
    try:
        return httpx.create_ssl_context()
    except OSError as failure:
        log = os.environ.get("SSLKEYLOGFILE")
        if log and failure.filename == log:
            raise SettingsError(
                "SSLKEYLOGFILE names a file that can't be written: unset it."
            ) from None
        raise SettingsError(
            f"SSL_CERT_FILE is no file of certificates that the bot may read: {_MEND}"
        ) from None


def _check_proxies() -> None:
    """Raises SettingsError that names the first proxy variable which can't be used."""
    proxies = getproxies()
    if "*" in map(str.strip, proxies.get("no", "").split(",")):
        return
    for scheme in ("http", "https", "all"):
        text = proxies.get(scheme, "")
        problem = _problem_with(text) if text else ""
        if problem:
            raise SettingsError(f"{_variable(scheme)} {problem}.")


def _problem_with(proxy: str) -> str:
    """What is wrong with the address of a proxy, and how to mend it; "" when it is right."""
    try:
        url = httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}").url
    except (ValueError, httpx.InvalidURL):
        return f"is no address of a proxy: {_EXAMPLE}"
    if url.scheme in _SOCKS and find_spec("socksio") is None:
        return (
            "names a SOCKS proxy, for which the package socksio is missing: install it "
            "(pip install socksio), name an HTTP proxy, or unset it"
        )
    # httpx would take a bare word for the name of a host.
    if not _HOST.fullmatch(url.raw_host) or ("://" not in proxy and url.port is None):
        return f"is no address of a proxy: {_EXAMPLE}"
    return ""


def _variable(scheme: str) -> str:
    """The variable as it was written: small letters win, as everywhere."""
    small = f"{scheme}_proxy"
    return small if os.environ.get(small) else small.upper()
