"""The connection to Telnyx: its key, its time limits, its bounds."""

from dataclasses import dataclass
from typing import Final

import httpx
from pydantic import SecretStr

from bot.errors import SettingsError
from bot.network.proxies import proxy_for

BASE_URL: Final = "https://api.telnyx.com/v2"


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, and how many calls may be under way at once."""

    connect: float = 10
    """For a connection and its TLS handshake."""
    read: float = 120
    """For each part of a purchase's answer: a slow call, by its own specification."""
    write: float = 30
    pool: float = 10
    """For a place among the connections."""
    purchase: float = 300
    """For a purchase as a whole, so that an answer that trickles comes to an end."""
    listing_read: float = 30
    """For each part of a page of the list."""
    listing: float = 60
    """For a look-up as a whole: every page, every try."""
    connections: int = 20
    """Calls under way at once, of both kinds."""

    def for_purchase(self) -> httpx.Timeout:
        """The limits of a purchase's parts."""
        return httpx.Timeout(connect=self.connect, read=self.read, write=self.write, pool=self.pool)

    def for_listing(self) -> httpx.Timeout:
        """The limits of a page's parts."""
        return httpx.Timeout(
            connect=self.connect, read=self.listing_read, write=self.write, pool=self.pool
        )


USUAL: Final = Patience()
"""What suits Telnyx itself."""


def open_client(api_key: str | SecretStr, base_url: str, patience: Patience) -> httpx.AsyncClient:
    """Make the HTTP client: no retries, no redirects, every connection used once.

    A connection that is kept may be closing while the next call goes out on it, and that
    purchase would be in doubt; a fresh one costs a handshake. Proxies come from the
    environment. Raises SettingsError for a key or an address that can't be used.
    """
    headers = {"Authorization": f"Bearer {_checked_key(api_key)}", "User-Agent": "esim-bot"}
    return httpx.AsyncClient(
        base_url=_checked_url(base_url),
        # By the same rules as Slack's clients; the library's own end in an error at `[::1]`.
        trust_env=False,
        proxy=proxy_for(base_url),
        verify=httpx.create_ssl_context(),
        headers=headers,
        timeout=patience.for_purchase(),
        limits=httpx.Limits(max_connections=patience.connections, max_keepalive_connections=0),
        follow_redirects=False,
    )


def _checked_key(api_key: str | SecretStr) -> str:
    """The key, trimmed. A sign that no header can hold would be told with the key around it."""
    key = api_key.get_secret_value() if isinstance(api_key, SecretStr) else api_key
    key = key.strip()
    if not key:
        raise SettingsError("The Telnyx API key is empty.")
    if not all("!" <= sign <= "~" for sign in key):
        raise SettingsError("The Telnyx API key holds a space, a line break or a special letter.")
    return key


def _checked_url(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.userinfo:
        raise SettingsError("The Telnyx address must be like https://api.telnyx.com/v2.")
    return url
