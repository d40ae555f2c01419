"""A call whose time has run out is never sent, wherever the process was when it ran out."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.clock import Deadline
from bot.domain.purchase.outcome import Bought, NotSent
from bot.providers.telnyx import Telnyx
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, Standing, a_call
from tests.integration.providers.wire.rude_server import (
    RudeServer,
    answers,
    says_nothing,
    sends,
)
from tests.integration.providers.wire.tls import CERTIFICATE, served
from tests.integration.providers.wire.tunnel import Tunnel
from tests.support.clock import ManualClock

SOLD = answers("202 Accepted", b'{"data": [{"iccid": "89310410106543789301"}]}')


@pytest.fixture
async def tunnel() -> AsyncIterator[Tunnel]:
    """Start a proxy that opens tunnels."""
    tunnel = await Tunnel.start()
    yield tunnel
    await tunnel.stop()


@pytest.fixture(params=["http", "https", "forward proxy", "tunnel"])
async def reached(
    request: pytest.FixtureRequest,
    start_rude: StartRude,
    open_telnyx: OpenTelnyx,
    tunnel: Tunnel,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[RudeServer, Telnyx]:
    """A server that sells, and a client that gets to it on one of four ways."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setenv("NO_PROXY", "")
    secure = request.param in {"https", "tunnel"}
    rude = await start_rude(SOLD, tls=served() if secure else None)
    address = rude.url.replace("http:", "https:") if secure else rude.url
    if request.param == "tunnel":
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
    if request.param == "forward proxy":
        monkeypatch.setenv("HTTP_PROXY", rude.url)
        address = "http://telnyx.invalid/v2"
    return rude, open_telnyx(address)


async def test_wherever_the_fence_closes(reached: tuple[RudeServer, Telnyx]) -> None:
    """At each place where it is looked at, from the first to the last: nothing whole is sent.

    The connections stay usable: the call that is in time is sent after all of these.
    """
    rude, telnyx = reached
    looks = 0
    outcome = await telnyx.purchase(a_call(1), Standing(looks=looks))
    while not isinstance(outcome, Bought):
        assert isinstance(outcome, NotSent), outcome
        assert outcome.too_late
        assert rude.requests == []
        looks += 1
        assert looks < 9
        outcome = await telnyx.purchase(a_call(1), Standing(looks=looks))
    assert looks >= 3
    assert (len(rude.heads), len(rude.requests)) == (2, 1)
    assert (await telnyx.purchase(a_call(1), OPEN)).kind == "bought"


async def test_a_tunnel_is_for_the_call_alone(
    start_rude: StartRude,
    open_telnyx: OpenTelnyx,
    tunnel: Tunnel,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The proxy sees where the call goes, and neither the key nor what is bought."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
    rude = await start_rude(SOLD, tls=served())
    telnyx = open_telnyx(rude.url.replace("http:", "https:"))
    assert (await telnyx.purchase(a_call(1), OPEN)).kind == "bought"
    (asked,) = tunnel.asked
    assert asked.startswith(b"CONNECT 127.0.0.1:")
    assert b"Bearer" not in asked
    assert len(rude.requests) == 1


async def test_a_fence_that_is_closed(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """Nobody is even connected to."""
    rude = await start_rude(SOLD)
    outcome = await open_telnyx(rude.url).purchase(a_call(), Standing(left=-7))
    assert isinstance(outcome, NotSent)
    assert outcome.too_late
    assert rude.connections == 0


async def test_a_machine_that_is_suspended_while_connecting(
    start_rude: StartRude,
    open_telnyx: OpenTelnyx,
    tunnel: Tunnel,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection stands when it wakes, and nothing is sent on it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
    rude = await start_rude(SOLD, tls=served())
    telnyx = open_telnyx(rude.url.replace("http:", "https:"))
    tunnel.before_opening = lambda: clock.jump(17)
    outcome = await telnyx.purchase(a_call(), Deadline(clock, 5))
    assert isinstance(outcome, NotSent)
    assert outcome.too_late
    assert rude.heads == []


@pytest.mark.parametrize("way", ["handshake", "tunnel"])
async def test_connecting_takes_what_remains(
    start_rude: StartRude, open_telnyx: OpenTelnyx, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """A connection that does not come about ends with the fence, and counts as a try."""
    rude = await start_rude(says_nothing)
    if way == "tunnel":
        monkeypatch.setenv("HTTPS_PROXY", rude.url)
    address = rude.url.replace("http:", "https:") if way == "handshake" else "https://x.invalid"
    async with asyncio.timeout(5):
        outcome = await open_telnyx(address).purchase(a_call(), Standing(left=0.3))
    assert isinstance(outcome, NotSent)
    assert (outcome.why, outcome.too_late) == (
        "the provider could not be reached: timed out",
        False,
    )


async def test_an_answer_may_take_longer(start_rude: StartRude, open_telnyx: OpenTelnyx) -> None:
    """The fence is before the call alone: what is sent has the whole patience of a purchase."""

    async def late(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.6)
        await SOLD(writer)

    rude = await start_rude(late)
    outcome = await open_telnyx(rude.url).purchase(a_call(1), Standing(left=0.3))
    assert outcome.kind == "bought"


@pytest.mark.parametrize("word", [b"HTTP/1.1 200 OK\r\n\r\n", b"nonsense\r\n\r\n"])
async def test_a_tunnel_that_breaks(
    start_rude: StartRude,
    open_telnyx: OpenTelnyx,
    monkeypatch: pytest.MonkeyPatch,
    word: bytes,
) -> None:
    """However often and wherever it does, the call was not begun, and the next one can be made."""
    proxy = await start_rude(sends(word))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    telnyx = open_telnyx("https://telnyx.invalid", purchases=1, connect=0.3)
    for number in (1, 2, 3):
        outcome = await telnyx.purchase(a_call(), OPEN)
        assert isinstance(outcome, NotSent), outcome
        assert not outcome.too_late
        assert proxy.connections == number
