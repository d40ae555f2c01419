"""Reasons of failures in plain words."""

import errno
import socket
import ssl

import httpx
import pytest

from bot.providers.failures import reason_of


def from_(cause: BaseException, failure: BaseException | None = None) -> BaseException:
    """A library's failure with this cause."""
    failure = failure or httpx.ConnectError("KEY0123")
    failure.__cause__ = cause
    return failure


def certificate(code: int) -> ssl.SSLCertVerificationError:
    """What the handshake raises for a certificate that is not trusted."""
    failure = ssl.SSLCertVerificationError(1, "KEY0123")
    failure.verify_code = code
    return failure


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (from_(socket.gaierror(-2, "KEY0123")), "name not found"),
        (from_(ConnectionRefusedError(111, "KEY0123")), "connection refused"),
        (from_(OSError("all failed")), "connection failed (ConnectError)"),
        (from_(OSError(errno.ENETUNREACH, "")), "network unreachable"),
        (from_(OSError(errno.EHOSTUNREACH, "")), "no route to the host"),
        (from_(OSError(errno.EMFILE, "")), "too many open files on this machine"),
        (from_(certificate(20)), "TLS: certificate not trusted"),
        (from_(certificate(10)), "TLS: certificate out of date"),
        (from_(certificate(62)), "TLS: certificate of another host"),
        (from_(ssl.SSLError("KEY0123")), "TLS: no secure connection"),
        (from_(ssl.SSLWantReadError(), httpx.ConnectTimeout("")), "timed out"),
        (httpx.ProxyError("407 KEY0123"), "proxy refused (HTTP 407)"),
        (httpx.ProxyError("KEY0123"), "proxy refused"),
        (httpx.ProxyError("40123 KEY0123"), "proxy refused"),
        (httpx.PoolTimeout("KEY0123"), "too many calls under way"),
        (httpx.ConnectTimeout("KEY0123"), "timed out"),
        (TimeoutError("KEY0123"), "timed out"),
        (ConnectionResetError("KEY0123"), "connection reset"),
        (httpx.RemoteProtocolError("KEY0123"), "connection closed before the answer was complete"),
        (RuntimeError("KEY0123"), "connection failed (RuntimeError)"),
    ],
)
def test_words(failure: BaseException, words: str) -> None:
    """Each kind has its words, also as the cause of another one; texts are never repeated."""
    assert reason_of(failure) == words


def test_a_cause_within_a_group() -> None:
    """Connections are tried in parallel, and fail as a group."""
    group = ExceptionGroup("KEY0123", [OSError("KEY0123"), ConnectionRefusedError(111, "")])
    assert reason_of(from_(from_(group, OSError("all failed")))) == "connection refused"


def test_causes_in_a_circle() -> None:
    """A failure that is its own cause comes to an end."""
    failure, other = RuntimeError(), ValueError()
    from_(other, failure)
    from_(failure, other)
    assert reason_of(failure) == "connection failed (RuntimeError)"
