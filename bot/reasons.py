"""Why something could not be reached, in the same few words everywhere.

Each client words its failures differently, and may repeat an address with its password. So the
chain of exceptions is read from its root, an error of the system, and no client's text is repeated.
"""

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any

_LONGEST = 160
"""Characters of a server's own words."""
_CERTIFICATES = {
    9: "not valid yet",
    10: "out of date",
    62: "of another host",
    64: "of another host",
}
"""By OpenSSL's number of the fault."""
_NUMBERS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EPIPE: "connection reset",
    errno.ENETUNREACH: "network unreachable",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ETIMEDOUT: "timed out",
    errno.ENOENT: "no such socket",
    errno.ENOTDIR: "no such socket",
    errno.EACCES: "not permitted by this machine",
    errno.EPERM: "not permitted by this machine",
    errno.EMFILE: "too many open files on this machine",
    errno.EADDRNOTAVAIL: "this machine has no such address",
}
_NAMES = {
    "PoolTimeout": "too many calls under way",
    "AuthenticationError": "user or password not accepted",
    "AuthenticationWrongNumberOfArgsError": "user or password not accepted",
    "BusyLoadingError": "it is still loading its data",
    "ReadOnlyError": "it is a replica, which takes no writes",
    "OutOfMemoryError": "its memory is full, so it takes no writes",
    "ConnectionRefusedError": "connection refused",
    "ConnectionResetError": "connection reset",
    "BrokenPipeError": "connection reset",
    "TimeoutException": "timed out",
    "TimeoutError": "timed out",
    "ServerDisconnectedError": "connection closed before the answer was complete",
    "RemoteProtocolError": "connection closed before the answer was complete",
    "ReadError": "connection closed before the answer was complete",
    "IncompleteReadError": "connection closed before the answer was complete",
    "ClientPayloadError": "connection closed before the answer was complete",
    "ConnectionError": "connection closed before the answer was complete",
    "BadStatusLine": "something else answered",
    "ContentTypeError": "something else answered",
    "JSONDecodeError": "something else answered",
    "InvalidResponse": "something else answered",
}
"""By the name of a class or of one of its bases, the libraries' own among them."""


def reason_of(failure: BaseException) -> str:
    """Why it failed, in a few words and without a secret: `connection refused`."""
    chain = list(_chain(failure))
    for told in (_said, _proxy, _certificate, _system, _named, _status):
        for each in reversed(chain):
            if reason := told(each):
                return reason
    return f"connection failed ({type(chain[-1]).__name__})"


def _chain(failure: BaseException) -> Iterator[BaseException]:
    """The failure and what led to it, each once, the root last."""
    waiting, seen = [failure], set[int]()
    while waiting:
        each = waiting.pop(0)
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = each.exceptions if isinstance(each, BaseExceptionGroup) else ()
        waiting += [cause for cause in (each.__cause__, each.__context__, *inner) if cause]


def _said(failure: BaseException) -> str:
    """What the server itself said: Slack's error code, or Redis' sentence."""
    word = getattr(getattr(failure, "response", None), "data", None)
    if isinstance(word, dict) and word.get("error"):
        return f"Slack says {str(word['error'])[:_LONGEST]}"
    if _is_a(failure, "SlackRefused"):
        return f"Slack says {getattr(failure, 'error', '')}"
    if _is_a(failure, "ResponseError") and not _named(failure):
        return f"it says: {str(failure)[:_LONGEST]}"
    return ""


def _certificate(failure: BaseException) -> str:
    if isinstance(failure, ssl.SSLCertVerificationError):
        code = getattr(failure, "verify_code", 0)
        return f"TLS: certificate {_CERTIFICATES.get(code, 'not trusted')}"
    waits = isinstance(failure, ssl.SSLWantReadError | ssl.SSLWantWriteError)
    return "TLS: no secure connection" if isinstance(failure, ssl.SSLError) and not waits else ""


def _proxy(failure: BaseException) -> str:
    if not (_is_a(failure, "ClientHttpProxyError") or _is_a(failure, "ProxyError")):
        return ""
    status = re.match(r"[1-5]\d\d\b", str(getattr(failure, "status", failure)))
    return f"proxy refused (HTTP {status[0]})" if status else "proxy refused"


def _system(failure: BaseException) -> str:
    if isinstance(failure, socket.gaierror):
        return "name not found"
    # The numbers of TLS failures are OpenSSL's, not the system's.
    if isinstance(failure, OSError) and not isinstance(failure, ssl.SSLError) and failure.errno:
        return _NUMBERS.get(failure.errno, "")
    return ""


def _named(failure: BaseException) -> str:
    kinds = (_NAMES[kind.__name__] for kind in type(failure).__mro__ if kind.__name__ in _NAMES)
    return next(kinds, "")


def _status(failure: BaseException) -> str:
    answer: Any = getattr(failure, "response", failure)
    for name in ("status_code", "status"):
        number = getattr(answer, name, None)
        if isinstance(number, int) and number:
            return f"HTTP {number}" if number >= 400 else "something else answered"  # noqa: PLR2004
    return ""


def _is_a(failure: BaseException, name: str) -> bool:
    return any(kind.__name__ == name for kind in type(failure).__mro__)
