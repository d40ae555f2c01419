"""Exceptions in place of an answer: sent or not."""

import ssl

import httpx
import pytest

from bot.domain.outcome import NotSent, Unknown
from bot.providers.telnyx.verdict import outcome_of_failure

CERTAIN = {httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError}
DOUBTFUL = {
    httpx.ReadTimeout,
    httpx.ReadError,
    httpx.WriteTimeout,
    httpx.WriteError,
    httpx.CloseError,
    httpx.RemoteProtocolError,
    httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
    httpx.DecodingError,
    httpx.TooManyRedirects,
    ssl.SSLError,
    ConnectionResetError,
    TimeoutError,
    RuntimeError,
}
SECRET = "Illegal header value b'Bearer KEY0123'"


@pytest.mark.parametrize("failure", sorted(CERTAIN, key=repr))
def test_certainly_not_sent(failure: type[Exception]) -> None:
    """Only failures from before the first byte let the call be sent again."""
    outcome = outcome_of_failure(failure(SECRET))
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after is None
    assert "KEY0123" not in outcome.why


@pytest.mark.parametrize("failure", sorted(DOUBTFUL, key=repr))
def test_in_doubt(failure: type[Exception]) -> None:
    """Every other failure, also one that httpx does not know, leaves the purchase in doubt."""
    outcome = outcome_of_failure(failure(SECRET))
    assert isinstance(outcome, Unknown)
    assert "KEY0123" not in outcome.why


def test_the_tree_of_httpx_is_covered() -> None:
    """A kind of failure that a later httpx adds must be judged here first."""
    leaves = {error for error in _below(httpx.RequestError) if not error.__subclasses__()}
    assert leaves <= CERTAIN | DOUBTFUL


def _below(parent: type[Exception]) -> set[type[Exception]]:
    children = parent.__subclasses__()
    return set(children).union(*map(_below, children))
