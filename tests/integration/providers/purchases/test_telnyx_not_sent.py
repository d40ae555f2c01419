"""Failures after which nothing was sold, for certain, so that the call may be sent again."""

import socket

import pytest

from bot.domain.purchase.outcome import NotSent, Outcome
from bot.providers.telnyx import Telnyx
from sandbox.telnyx import TelnyxSandbox
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, ORDER_REFERENCE, REFERENCE, a_call
from tests.integration.providers.wire.rude_server import answers, says_nothing
from tests.support.clock import NEW_YEAR


def wait_of(outcome: Outcome) -> float | None:
    """The seconds that were asked for; anything but "not sent" fails the test."""
    assert isinstance(outcome, NotSent), outcome
    assert outcome.why
    return outcome.retry_after


@pytest.fixture
def free_port() -> int:
    """Find a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_nobody_listens(open_telnyx: OpenTelnyx, free_port: int, scheme: str) -> None:
    """A refused connection carries no call."""
    telnyx = open_telnyx(f"{scheme}://127.0.0.1:{free_port}")
    assert wait_of(await telnyx.purchase(a_call(), OPEN)) is None


async def test_no_such_host(open_telnyx: OpenTelnyx) -> None:
    """A name that leads nowhere carries no call (`.invalid` never exists)."""
    telnyx = open_telnyx("https://telnyx.invalid")
    assert wait_of(await telnyx.purchase(a_call(), OPEN)) is None


async def test_a_server_that_does_not_speak_tls(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """A handshake that fails comes before the call."""
    rude = await start_rude(says_nothing, greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n")
    telnyx = open_telnyx(rude.url.replace("http:", "https:"))
    assert wait_of(await telnyx.purchase(a_call(), OPEN)) is None
    assert (rude.connections, rude.requests) == (1, [])


async def test_a_handshake_that_is_never_answered(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """A connection that is not ready in time carries no call."""
    rude = await start_rude(says_nothing)
    telnyx = open_telnyx(rude.url.replace("http:", "https:"), connect=0.2)
    assert wait_of(await telnyx.purchase(a_call(), OPEN)) is None
    assert (rude.connections, rude.requests) == (1, [])


async def test_a_proxy_that_says_no(
    start_rude: StartRude, open_telnyx: OpenTelnyx, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's proxy is used; when it opens no tunnel, it has carried no call."""
    proxy = await start_rude(answers("403 Forbidden"))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    assert wait_of(await open_telnyx("https://telnyx.invalid").purchase(a_call(), OPEN)) is None
    (request,) = proxy.requests
    assert request.startswith(b"CONNECT telnyx.invalid:443")
    assert b"Bearer" not in request


async def test_too_many_requests(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """A 429 is a call that was turned away; Telnyx's own header says for how long."""
    sandbox.faults.rate_limit(retry_after=7)
    outcome = await telnyx.purchase(a_call(), OPEN)
    assert wait_of(outcome) == 7
    assert isinstance(outcome, NotSent)
    assert (outcome.turned_away, outcome.too_late) == (True, False)
    assert len(sandbox.ledger.requests) == 1
    assert sandbox.ledger.sims == []


async def test_turned_away_after_the_sale(telnyx: Telnyx, sandbox: TelnyxSandbox) -> None:
    """It is told who said no, so that the list is looked at before the call is repeated."""
    sandbox.faults.rate_limit(retry_after=7, after_selling=True)
    outcome = await telnyx.purchase(a_call(), OPEN)
    assert isinstance(outcome, NotSent)
    assert outcome.turned_away
    assert len((await telnyx.find(ORDER_REFERENCE))[REFERENCE]) == 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 12", 12),
        ("Retry-After: Thu, 01 Jan 2026 12:01:30 GMT", 90),
        (f"x-ratelimit-reset: {NEW_YEAR.timestamp() + 45:.0f}", 45),
        ("Retry-After: soon", None),
        ("X-Nothing: at all", None),
    ],
)
async def test_the_ways_to_say_how_long(
    start_rude: StartRude, open_telnyx: OpenTelnyx, header: str, seconds: float | None
) -> None:
    """Seconds, a date and a point in time come out as seconds from now; nonsense as nothing."""
    rude = await start_rude(answers("429 Too Many Requests", b"slow down", header))
    assert wait_of(await open_telnyx(rude.url).purchase(a_call(), OPEN)) == seconds
    assert len(rude.requests) == 1
