"""Why something could not be reached: the same few words from every client, and no secret."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
from base64 import b64encode
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from bot.errors import EsimBotError
from bot.network.outgoing import open_session
from bot.providers.http import Connections
from bot.reasons import reason_of
from bot.slack.web.calling import reaching_slack_within
from bot.slack.web.client import web_client
from bot.store.connection import connect, reaching_redis

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CUT = "connection closed before the answer was complete"
OTHER = "something else answered"
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nnop"
PAGE = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 3\r\n\r\nnop"
NEEDS_PASSWORD = b"HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n"


@pytest.fixture(autouse=True)
def _no_proxies_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what the machine's own environment sets."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@asynccontextmanager
async def server(answer: bytes | None) -> AsyncIterator[int]:
    """Answer everybody with this, then hang up; None: never answer. Its port comes."""
    never = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        if answer is None:
            await never.wait()
        writer.write(answer or b"")
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        never.set()
        listening.close()


async def slack_says(url: str) -> str:
    """Why Slack's client can't get through to this address."""
    async with open_session() as session:
        with pytest.raises(EsimBotError) as caught:
            async with reaching_slack_within(0.5):
                await web_client("xoxb-1", session, url).auth_test()
    return reason_of(caught.value)


async def provider_says(url: str) -> str:
    """Why the provider's client can't."""
    with pytest.raises(httpx.HTTPError) as caught:
        async with Connections(httpx.URL(url), {}).client(httpx.Timeout(0.5)) as client:
            (await client.get("/")).raise_for_status()
    return reason_of(caught.value)


async def redis_says(url: str) -> str:
    """Why Redis' client can't."""
    redis = connect(url)
    with pytest.raises(EsimBotError) as caught:
        async with reaching_redis():
            await redis.ping()
    await redis.aclose()
    return reason_of(caught.value)


async def test_nobody_listens() -> None:
    """The same words from all three."""
    assert await slack_says("http://127.0.0.1:1") == "connection refused"
    assert await provider_says("http://127.0.0.1:1") == "connection refused"
    assert await redis_says("redis://127.0.0.1:1") == "connection refused"


async def test_no_such_name() -> None:
    """The same words from all three."""
    assert await slack_says("http://nowhere.invalid") == "name not found"
    assert await provider_says("http://nowhere.invalid") == "name not found"
    assert await redis_says("redis://nowhere.invalid") == "name not found"


async def test_no_answer_in_time() -> None:
    """The same words from both that wait for HTTP."""
    async with server(None) as port:
        assert await slack_says(f"http://127.0.0.1:{port}") == "timed out"
        assert await provider_says(f"http://127.0.0.1:{port}") == "timed out"


async def test_what_answers_is_something_else() -> None:
    """A status is told, an answer that can't be Slack's is named as that."""
    async with server(NOT_FOUND) as port:
        assert await slack_says(f"http://127.0.0.1:{port}") == "HTTP 404"
        assert await provider_says(f"http://127.0.0.1:{port}") == "HTTP 404"
    async with server(PAGE) as port:
        assert await slack_says(f"http://127.0.0.1:{port}") == OTHER
    async with server(b"hello\r\n\r\n") as port:
        assert await redis_says(f"redis://127.0.0.1:{port}") == OTHER


async def test_it_hangs_up() -> None:
    """The same words from all three."""
    async with server(b"") as port:
        assert await slack_says(f"http://127.0.0.1:{port}") == CUT
        assert await provider_says(f"http://127.0.0.1:{port}") == CUT


async def test_it_speaks_no_tls() -> None:
    """The same words from all three."""
    async with server(b"hello\r\n") as port:
        assert await slack_says(f"https://127.0.0.1:{port}") == "TLS: no secure connection"
        assert await provider_says(f"https://127.0.0.1:{port}") == "TLS: no secure connection"
        assert await redis_says(f"rediss://127.0.0.1:{port}") == "TLS: no secure connection"


async def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy is named as the one that refused, for both, and its password by neither."""
    async with server(NEEDS_PASSWORD) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:hunter2@127.0.0.1:{port}")
        assert await slack_says("https://slack.invalid") == "proxy refused (HTTP 407)"
        assert await provider_says("https://telnyx.invalid") == "proxy refused (HTTP 407)"


async def test_what_is_listed_goes_past_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_PROXY holds for Slack's client too, also with a port."""
    async with server(NOT_FOUND) as port, server(NEEDS_PASSWORD) as gate:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{gate}")
        assert await slack_says(f"http://127.0.0.1:{port}") == "HTTP 407"
        monkeypatch.setenv("NO_PROXY", f"127.0.0.1:{port}")
        assert await slack_says(f"http://127.0.0.1:{port}") == "HTTP 404"
        assert await provider_says(f"http://127.0.0.1:{port}") == "HTTP 404"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_the_proxys_user_and_password_reach_it(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """A proxy that wants them gets them, for a tunnel and without one."""
    heard = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.set_result(await reader.readuntil(b"\r\n\r\n"))
        writer.write(NEEDS_PASSWORD)
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", f"http://user:pa%23ss@127.0.0.1:{port}")
    await slack_says(f"{scheme}://slack.invalid")
    listening.close()
    secret = b64encode(b"user:pa#ss").decode()
    assert f"Proxy-Authorization: Basic {secret}" in (await heard).decode()


async def test_no_such_socket() -> None:
    """A path that leads to no server."""
    assert await redis_says("unix:///nowhere.sock") == "no such socket"


def from_(cause: BaseException, failure: BaseException | None = None) -> BaseException:
    """A library's failure with this cause."""
    failure = failure or httpx.ConnectError("hunter2")
    failure.__cause__ = cause
    return failure


def certificate(code: int) -> ssl.SSLCertVerificationError:
    """What the handshake raises for a certificate that is not trusted."""
    failure = ssl.SSLCertVerificationError(1, "hunter2")
    failure.verify_code = code
    return failure


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (ssl.SSLCertVerificationError(1, "hunter2"), "TLS: certificate not trusted"),
        (from_(certificate(20)), "TLS: certificate not trusted"),
        (from_(certificate(9)), "TLS: certificate not valid yet"),
        (from_(certificate(10)), "TLS: certificate out of date"),
        (from_(certificate(62)), "TLS: certificate of another host"),
        (from_(certificate(64)), "TLS: certificate of another host"),
        (from_(ssl.SSLError("hunter2")), "TLS: no secure connection"),
        (from_(ssl.SSLError(111, "hunter2")), "TLS: no secure connection"),
        (from_(ssl.SSLWantReadError(2, "hunter2"), httpx.ConnectTimeout("")), "timed out"),
        (from_(socket.gaierror(-2, "hunter2")), "name not found"),
        (from_(ConnectionRefusedError(111, "hunter2")), "connection refused"),
        (from_(ConnectionRefusedError("hunter2")), "connection refused"),
        (ConnectionResetError("hunter2"), "connection reset"),
        (BrokenPipeError("hunter2"), "connection reset"),
        (from_(OSError("hunter2")), "connection failed (OSError)"),
        (from_(OSError(errno.ENETUNREACH, "")), "network unreachable"),
        (from_(OSError(errno.EHOSTUNREACH, "")), "no route to the host"),
        (from_(OSError(errno.EMFILE, "")), "too many open files on this machine"),
        (httpx.ProxyError("407 hunter2"), "proxy refused (HTTP 407)"),
        (httpx.ProxyError("hunter2"), "proxy refused"),
        (httpx.ProxyError("40123 hunter2"), "proxy refused"),
        (httpx.PoolTimeout("hunter2"), "too many calls under way"),
        (httpx.ConnectTimeout("hunter2"), "timed out"),
        (TimeoutError("hunter2"), "timed out"),
        (httpx.RemoteProtocolError("hunter2"), CUT),
        (httpx.ReadError("hunter2"), CUT),
        (ValueError("hunter2"), "connection failed (ValueError)"),
        (ExceptionGroup("all", [ConnectionRefusedError(111, "hunter2")]), "connection refused"),
    ],
)
def test_what_no_server_on_this_machine_shows(failure: BaseException, reason: str) -> None:
    """Each kind has its words, also as a cause; the text of what nobody knows is not repeated."""
    assert reason_of(failure) == reason


def test_a_cause_within_a_group() -> None:
    """Connections are tried in parallel, and fail as a group."""
    group = ExceptionGroup("hunter2", [OSError("hunter2"), ConnectionRefusedError(111, "")])
    assert reason_of(from_(from_(group, OSError("all failed")))) == "connection refused"


def test_causes_in_a_circle() -> None:
    """A failure that is its own cause comes to an end."""
    failure, other = RuntimeError(), ValueError()
    from_(other, failure)
    from_(failure, other)
    assert reason_of(failure) == "connection failed (ValueError)"
