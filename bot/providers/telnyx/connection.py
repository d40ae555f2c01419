"""The connection to Telnyx: its key, its time limits, its bounds."""

from dataclasses import dataclass
from typing import Final

import httpx
from pydantic import SecretStr

from bot.errors import SettingsError
from bot.providers.http import Connections

BASE_URL: Final = "https://api.telnyx.com/v2"


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, and how many calls may be made."""

    connect: float = 10
    """For a connection and its TLS handshake."""
    read: float = 120
    """For each part of a purchase's answer: a slow call, by its own specification."""
    write: float = 30
    purchase: float = 300
    """For a purchase as a whole, so that an answer that trickles comes to an end."""
    listing_read: float = 30
    """For each part of a page of the list."""
    listing: float = 60
    """For a look-up as a whole: every page, every try."""
    purchases: int = 10
    """Purchases under way at once."""
    looks: int = 10
    """Looks under way at once, beside the purchases; half of them for looks that can wait."""
    looks_per_minute: int = 30
    """Calls a minute above which looks that can wait are postponed."""

    def for_purchase(self, within: float) -> httpx.Timeout:
        """The limits of a purchase's parts; it must be sent `within` so many seconds."""
        connect = min(self.connect, within)
        return httpx.Timeout(connect=connect, read=self.read, write=self.write, pool=connect)

    def for_listing(self) -> httpx.Timeout:
        """The limits of a page's parts."""
        connect, read = self.connect, self.listing_read
        return httpx.Timeout(connect=connect, read=read, write=self.write, pool=connect)


USUAL: Final = Patience()
"""What suits Telnyx itself."""


def connections(api_key: str | SecretStr, base_url: str) -> Connections:
    """The way to Telnyx. Raises SettingsError for a key, an address or a proxy of no use."""
    headers = {"Authorization": f"Bearer {_checked_key(api_key)}", "User-Agent": "esim-bot"}
    return Connections(_checked_url(base_url), headers)


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
