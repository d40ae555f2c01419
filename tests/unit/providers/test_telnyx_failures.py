"""Exceptions in place of an answer: sent or not."""

import asyncio
import ssl

import httpcore
import httpx
import pytest

from bot.clock import Deadline
from bot.domain.purchase.outcome import NotSent, Unknown
from bot.providers.http import Sending, TooLate, outcome_of_failure
from tests.support.clock import ManualClock

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
POST = httpcore.Request("POST", "https://x/")
CONNECT = httpcore.Request("CONNECT", "https://x/")


async def a_call(clock: ManualClock, *events: tuple[str, httpcore.Request]) -> Sending:
    """A call that these events were heard of, five seconds before its fence."""
    async with asyncio.timeout(None) as limit:
        sending = Sending(Deadline(clock, 5), limit, 60)
        for name, request in events:
            await sending.trace(name, {"request": request})
    return sending


@pytest.mark.parametrize("failure", sorted(CERTAIN, key=repr))
async def test_certainly_not_sent(clock: ManualClock, failure: type[Exception]) -> None:
    """Failures of a connection let the call be sent again, though nothing was watched."""
    outcome = outcome_of_failure(failure(SECRET), await a_call(clock))
    assert isinstance(outcome, NotSent)
    assert (outcome.retry_after, outcome.turned_away) == (None, False)
    assert not outcome.too_late
    assert "KEY0123" not in outcome.why


@pytest.mark.parametrize("failure", sorted(CERTAIN | DOUBTFUL, key=repr))
@pytest.mark.parametrize("wrapped", ["http11", "http2"])
async def test_in_doubt(clock: ManualClock, failure: type[Exception], wrapped: str) -> None:
    """Once the body was begun, every failure, also an unknown one, leaves it in doubt."""
    events = [(f"{wrapped}.send_request_{part}.started", POST) for part in ("headers", "body")]
    outcome = outcome_of_failure(failure(SECRET), await a_call(clock, *events))
    assert isinstance(outcome, Unknown)
    assert "KEY0123" not in outcome.why


@pytest.mark.parametrize("failure", sorted(DOUBTFUL, key=repr))
async def test_nothing_was_heard(clock: ManualClock, failure: type[Exception]) -> None:
    """Without any event nobody knows how far it came: in doubt."""
    assert isinstance(outcome_of_failure(failure(SECRET), await a_call(clock)), Unknown)


@pytest.mark.parametrize("failure", sorted(CERTAIN | DOUBTFUL, key=repr))
async def test_before_the_body(clock: ManualClock, failure: type[Exception]) -> None:
    """A call whose body was not begun was not made: a proxy's own request is not the call."""
    events = [
        ("connection.connect_tcp.started", CONNECT),
        ("http11.send_request_headers.started", CONNECT),
        ("http11.send_request_body.started", CONNECT),
        ("http11.send_request_headers.started", POST),
    ]
    outcome = outcome_of_failure(failure(SECRET), await a_call(clock, *events))
    assert isinstance(outcome, NotSent)
    assert "KEY0123" not in outcome.why


@pytest.mark.parametrize("part", ["headers", "body"])
@pytest.mark.parametrize("request_", [POST, CONNECT])
async def test_the_fence(clock: ManualClock, part: str, request_: httpcore.Request) -> None:
    """Nothing begins once the fence has closed, and the call is not in doubt."""
    sending = await a_call(clock, ("connection.connect_tcp.started", POST))
    await clock.jump(5)
    with pytest.raises(TooLate) as stopped:
        await sending.trace(f"http11.send_request_{part}.started", {"request": request_})
    await sending.trace("http11.response_closed.started", {})
    outcome = outcome_of_failure(stopped.value, sending)
    assert isinstance(outcome, NotSent)
    assert outcome.too_late


@pytest.mark.parametrize("part", ["headers", "body"])
async def test_a_call_without_a_body(clock: ManualClock, part: str) -> None:
    """Its head is all of it: what fails after that is in doubt, and no fence stops it any more."""
    async with asyncio.timeout(None) as limit:
        sending = Sending(Deadline(clock, 5), limit, 60, has_body=False)
        await sending.trace("http11.send_request_headers.started", {"request": POST})
        await clock.jump(6)
        await sending.trace(f"http11.send_request_{part}.started", {"request": POST})
    assert isinstance(outcome_of_failure(httpx.ReadError(SECRET), sending), Unknown)


@pytest.mark.parametrize(("seconds", "frozen"), [(5, False), (5.9, False), (6.1, True)])
async def test_whose_fault_it_was(clock: ManualClock, seconds: float, frozen: bool) -> None:
    """A wait that ends when it should is the provider's; ended later, we were frozen."""
    sending = await a_call(clock, ("connection.connect_tcp.started", POST))
    await clock.jump(seconds)
    outcome = outcome_of_failure(httpx.ConnectTimeout(""), sending)
    assert isinstance(outcome, NotSent)
    assert outcome.too_late is frozen


def test_the_tree_of_httpx_is_covered() -> None:
    """A kind of failure that a later httpx adds must be judged here first."""
    leaves = {error for error in _below(httpx.RequestError) if not error.__subclasses__()}
    assert leaves <= CERTAIN | DOUBTFUL


def _below(parent: type[Exception]) -> set[type[Exception]]:
    children = parent.__subclasses__()
    return set(children).union(*map(_below, children))
