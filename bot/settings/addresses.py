"""Checks addresses in the settings, in our own words, before a library refuses them later.

The options in the address of a Redis are a closed list: the library would take unknown ones for its
own arguments, and would repeat what it can't read, also passwords.
"""

import re
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_REDIS = ("redis", "rediss", "unix")
_ENCODED = (
    "has a sign in its user name or password that must be written as a code: "
    "# as %23, / as %2F, ? as %3F, @ as %40, % as %25"
)
_YES_NO = r"(?i)(true|false|yes|no|1|0)"
_OPTIONS: Mapping[str, str] = {
    "db": r"\d{1,4}",
    "protocol": r"[23]",
    "client_name": r"[!-~]+",
    "username": r".+",
    "password": r".+",
    "health_check_interval": r"\d{1,5}",
    "socket_keepalive": _YES_NO,
}
_TLS: Mapping[str, str] = {
    "ssl_cert_reqs": r"(none|optional|required)",
    "ssl_check_hostname": _YES_NO,
    "ssl_ca_certs": r".+",
    "ssl_ca_path": r".+",
    "ssl_certfile": r".+",
    "ssl_keyfile": r".+",
    "ssl_password": r".+",
}
_FILES = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile")


def checked_redis(url: str) -> str:
    """The address of a Redis, trimmed. Raises ValueError that names the fault, never the value.

    A `#` in a password is not taken for the beginning of a fragment.
    """
    url = url.strip()
    parts = _parsed(url, _REDIS)
    if "@" in parts.path + parts.query + parts.fragment or parts.fragment:
        raise ValueError(_ENCODED)
    if parts.scheme == "unix":
        _check_socket(parts)
    else:
        _check_host(parts)
        if not re.fullmatch(r"(/\d{0,4})?", parts.path):
            raise ValueError("has no number behind the last /, where the database's number stands")
    _check_options(parts)
    return url


def checked_web(url: str) -> str:
    """The base address of an API, trimmed. Raises ValueError that names what is wrong."""
    url = url.strip()
    parts = _parsed(url, ("https", "http"))
    if parts.username or parts.password or "@" in url:
        raise ValueError("has a user or a password in it, which the bot does not send")
    _check_host(parts)
    if parts.query or parts.fragment:
        raise ValueError("has something behind a ? or a #, which a base address has not")
    return url


def checked_host(host: str) -> str:
    """A name or an address to listen on, trimmed. Raises ValueError."""
    host = host.strip().removeprefix("[").removesuffix("]")
    if not _is_host(host):
        raise ValueError("is no address of a machine")
    return host


class AdminAddress(NamedTuple):
    """The host and port of the operator's pages."""

    host: str
    port: int

    def __str__(self) -> str:
        """`127.0.0.1:3001`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def read(cls, text: str) -> "AdminAddress | None":
        """From `host:port`; None from nothing, or from `off`. Raises ValueError."""
        if text.strip().lower() in {"", "off", "none", "no"}:
            return None
        match = re.fullmatch(r"(\[[^\]]+\]|[^:\s]+):([0-9]{1,5})", text.strip())
        if match is None or int(match[2]) > 65_535:  # noqa: PLR2004 - the last port that there is
            raise ValueError("is no host and port")
        return cls(checked_host(match[1]), int(match[2]))


def _parsed(url: str, schemes: tuple[str, ...]) -> SplitResult:
    allowed = " or ".join(f"{scheme}://" for scheme in schemes)
    if not url.lower().startswith(tuple(f"{scheme}://" for scheme in schemes)):
        raise ValueError(f"does not begin with {allowed}")
    if re.search(r"\s|[\x00-\x1f\x7f]", url):
        raise ValueError("has a space or a line break in it")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError(_unreadable(url)) from None
    return parts


def _unreadable(url: str) -> str:
    """What can't be read: the port, or the part before the `@`."""
    if "@" in url and re.search(r"[#?/]", url.partition("://")[2].rpartition("@")[0]):
        return _ENCODED
    return "has a port that is no number from 1 to 65535, or an address that can't be read"


def _check_host(parts: SplitResult) -> None:
    if not parts.hostname or not _is_host(unquote(parts.hostname)):
        raise ValueError("names no host that there can be")
    if parts.port == 0:
        raise ValueError("has port 0, on which nothing listens")


def _check_socket(parts: SplitResult) -> None:
    if parts.hostname or parts.port is not None:
        raise ValueError("names a host where a path is needed, as in unix:///run/redis.sock")
    if not unquote(parts.path).strip("/"):
        raise ValueError("names no socket, as unix:///run/redis.sock does")


def _is_host(host: str) -> bool:
    try:
        return bool(host.encode("idna")) and not re.search(r"[\s/?#@\\%\x00]", host)
    except UnicodeError:
        return False


def _check_options(parts: SplitResult) -> None:
    known = {**_OPTIONS, **_TLS} if parts.scheme == "rediss" else _OPTIONS
    given = parse_qsl(parts.query, keep_blank_values=True)
    for name, value in given:
        if name not in known:
            shown = name if re.fullmatch(r"[a-z_]{1,30}", name) else "what it has"
            raise ValueError(
                f"can't have {shown} behind the ?; what may stand there is {', '.join(known)}"
            )
        if not re.fullmatch(known[name], value):
            raise ValueError(f"has a wrong value for {name} behind the ?")
        if name in _FILES and not Path(value).exists():
            raise ValueError(f"has a {name} behind the ? that names no file")
    _check_certificates(dict(given))


def _check_certificates(given: Mapping[str, str]) -> None:
    """Read the certificates as the client will at its first use. Raises ValueError."""
    # Not the default context: that also reads variables, and may fail by them.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        if own := given.get("ssl_certfile"):
            context.load_cert_chain(
                own, given.get("ssl_keyfile"), lambda: given.get("ssl_password", "")
            )
        if trusted := given.get("ssl_ca_certs"):
            context.load_verify_locations(cafile=trusted)
    except (OSError, ValueError):
        raise ValueError(
            "has a file behind the ? that can't be used as a certificate or key (PEM)"
        ) from None
