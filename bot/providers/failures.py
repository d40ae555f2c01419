"""Why a connection failed, in plain words and without a header, a key or an address."""

import errno
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Final

import httpx

_EXPIRED: Final = 10
"""OpenSSL's number for a certificate that is out of date."""
_OTHER_NAME: Final = 62
"""OpenSSL's number for a certificate of another host."""
_NETWORK: Final = {
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "no route to the host",
    errno.EACCES: "not permitted by this machine",
    errno.EPERM: "not permitted by this machine",
    errno.EMFILE: "too many open files on this machine",
}


def reason_of(failure: BaseException) -> str:
    """What went wrong in a few words, whichever library says so: "name not found", say.

    The causes of the failure are looked at too, as libraries wrap what the system told them.
    What nobody has words for is named by its kind only: its text may repeat a secret.
    """
    links = tuple(_causes(failure))
    for kind, words in _WORDS:
        for link in links:
            if isinstance(link, kind) and (told := words(link)):
                return told
    return f"connection failed ({type(failure).__name__})"


def _causes(failure: BaseException) -> Iterator[BaseException]:
    """The failure, and whatever it was raised from, each once."""
    waiting, seen = [failure], set[int]()
    while waiting:
        link = waiting.pop(0)
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        inner = link.exceptions if isinstance(link, BaseExceptionGroup) else ()
        waiting += [cause for cause in (link.__cause__, link.__context__, *inner) if cause]


def _proxy(failure: BaseException) -> str:
    status = re.match(r"[1-5]\d\d\b", str(failure))
    return f"proxy refused (HTTP {status[0]})" if status else "proxy refused"


def _certificate(failure: BaseException) -> str:
    code: int = getattr(failure, "verify_code", 0)
    why = {_EXPIRED: "out of date", _OTHER_NAME: "of another host"}.get(code, "not trusted")
    return f"TLS: certificate {why}"


def _tls(failure: BaseException) -> str:
    waiting = isinstance(failure, ssl.SSLWantReadError | ssl.SSLWantWriteError)
    return "" if waiting else "TLS: no secure connection"


def _network(failure: BaseException) -> str:
    number: int = getattr(failure, "errno", 0) or 0
    return _NETWORK.get(number, "")


def _always(words: str) -> Callable[[BaseException], str]:
    return lambda _failure: words


_BROKEN_OFF: Final = "connection closed before the answer was complete"
_WORDS: Final[tuple[tuple[type[BaseException], Callable[[BaseException], str]], ...]] = (
    (httpx.ProxyError, _proxy),
    (ssl.SSLCertVerificationError, _certificate),
    (ssl.SSLError, _tls),
    (socket.gaierror, _always("name not found")),
    (ConnectionRefusedError, _always("connection refused")),
    (ConnectionResetError, _always("connection reset")),
    (BrokenPipeError, _always("connection reset")),
    (OSError, _network),
    (httpx.PoolTimeout, _always("too many calls under way")),
    (httpx.TimeoutException, _always("timed out")),
    (TimeoutError, _always("timed out")),
    (httpx.RemoteProtocolError, _always(_BROKEN_OFF)),
    (httpx.ReadError, _always(_BROKEN_OFF)),
)
"""The first kind that is found among the causes gives its words; the more telling come first."""
