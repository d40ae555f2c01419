"""Which proxy leads to an address, by the usual variables, the same for every client.

`HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY` name it; `NO_PROXY` lists what is reached directly:
a host and what is under it (`slack.com`), only what is under it (`.slack.com`), with a port or
without, an address, a network (`10.0.0.0/8`), or `*` for everything.
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies_environment

_SCHEMES = {"ws": "http", "wss": "https"}
_PORTS = {"http": 80, "https": 443}
_KNOWN = ("http_proxy", "https_proxy", "all_proxy")
_HOST = re.compile(r"[0-9a-z._:-]+")
_UNREADABLE = (
    "it can't be read as an address; in a user name or password write # as %23, / as %2F, ? as "
    "%3F, @ as %40 and \\ as %5C"
)
_PERSON = re.compile(r"[0-9A-Za-z._~!$&'()*+,;=:%-]*")
"""Characters allowed before the `@` (RFC 3986) that every client accepts."""


def proxy_for(url: str) -> str | None:
    """The address of the proxy for this URL; None without one."""
    proxies = {name: text.strip() for name, text in getproxies_environment().items()}
    target = urlsplit(url)
    scheme = _SCHEMES.get(target.scheme, target.scheme)
    found = proxies.get(scheme) or proxies.get("all")
    if not found or _is_direct(target, scheme, proxies.get("no", "")):
        return None
    return _with_scheme(found)


def through(url: str) -> str:
    """` through the proxy gate.example:3128`, for a message; empty where there is none."""
    proxy = proxy_for(url)
    return f" through the proxy {urlsplit(proxy).netloc.rpartition('@')[2]}" if proxy else ""


def proxy_problems(environment: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each variable that names no usable proxy.

    None when NO_PROXY is `*`, since no proxy is used then.
    """
    if _uses_none(environment):
        return
    for name, value in environment.items():
        if name.lower() in _KNOWN and value.strip() and (problem := _problem(value.strip())):
            yield (
                f"{name} is wrong: {problem}\n      write it like http://proxy.example:3128, "
                "or leave it out and list in NO_PROXY what is reached directly"
            )


def _uses_none(environment: Mapping[str, str]) -> bool:
    listed = (value for name, value in environment.items() if name.lower() == "no_proxy")
    return any("*" in _entries(value) for value in listed)


def _problem(value: str) -> str:
    try:
        proxy = urlsplit(_with_scheme(value))
        _ = proxy.port, (proxy.hostname or "").encode("idna")
    except ValueError:
        return _UNREADABLE
    if not _PERSON.fullmatch(proxy.netloc.rpartition("@")[0]):
        return _UNREADABLE
    if proxy.scheme not in _PORTS:
        return "the bot can use a proxy with http:// or https:// only"
    host = proxy.hostname or ""
    bare_word = proxy.port is None and "." not in host and "://" not in value
    more = proxy.path.strip("/") or proxy.query or proxy.fragment
    if bare_word or more or not _HOST.fullmatch(host) or not re.fullmatch(r"[!-~]+", value):
        return "it is no address of a proxy"
    return ""


def _with_scheme(proxy: str) -> str:
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_direct(target: SplitResult, scheme: str, listed: str) -> bool:
    host, port = (target.hostname or "").rstrip("."), target.port or _PORTS.get(scheme)
    return any(_covers(entry, host, port) for entry in _entries(listed.lower()))


def _entries(listed: str) -> list[str]:
    return [entry for entry in re.split(r"[,\s]+", listed) if entry]


def _covers(entry: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    name, number = _parted(entry.partition("://")[2] or entry)
    if number is not None and number != port:
        return False
    return _covers_name(name, host) or _covers_address(name, host)


def _parted(entry: str) -> tuple[str, int | None]:
    """Host and port of an entry; an IPv6 address stands in brackets before a port."""
    match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?", entry)
    if match is None:
        return entry, None
    return match[1] or match[2], int(match[3]) if match[3] else None


def _covers_name(name: str, host: str) -> bool:
    name = name.rstrip(".").removeprefix("*")
    if name.startswith("."):
        return host.endswith(name)
    return host == name or host.endswith(f".{name}")


def _covers_address(name: str, host: str) -> bool:
    try:
        return ip_address(host) in ip_network(name, strict=False)
    except ValueError:
        return False
