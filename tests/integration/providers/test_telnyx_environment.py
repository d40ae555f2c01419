"""Proxies and certificates from the environment, and what is wrong with them."""

import socket
from pathlib import Path

import pytest

from bot.errors import LookupFailed, SettingsError
from bot.providers.telnyx import Telnyx
from tests.integration.providers.conftest import API_KEY, OpenTelnyx, StartRude
from tests.integration.providers.wire.calls import OPEN, ORDER_REFERENCE, a_call
from tests.integration.providers.wire.rude_server import answers, says_nothing
from tests.integration.providers.wire.tls import CERTIFICATE, served
from tests.support.clock import ManualClock

PAGE = b'{"data": [], "meta": {"total_pages": 0, "total_results": 0}}'


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing of the machine's own proxies and certificates."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.fixture
def free_port() -> int:
    """Find a port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("ALL_PROXY", "socks5://me:hunter2@host:1080", "http:// or https:// only"),
        ("all_proxy", "socks5h://host", "http:// or https:// only"),
        ("HTTP_PROXY", "nonsense", "http://proxy.example:3128"),
        ("HTTPS_PROXY", "http://me:hun#ter2@host", "http://proxy.example:3128"),
        ("https_proxy", "ftp://me:hunter2@host", "http://proxy.example:3128"),
        ("HTTPS_PROXY", "http://[hunter2", "http://proxy.example:3128"),
        ("HTTPS_PROXY", "http://", "http://proxy.example:3128"),
        ("HTTPS_PROXY", "http://host:hunter2", "http://proxy.example:3128"),
        ("HTTPS_PROXY", "http://hun|ter2", "http://proxy.example:3128"),
        ("SSL_CERT_FILE", "/nowhere/at/all.pem", "is not there"),
        ("SSL_CERT_FILE", "-----BEGIN PRIVATE KEY-----\nhunter2", "is not there"),
        ("SSL_CERT_FILE", __file__, "PEM"),
        ("SSL_CERT_DIR", "/nowhere/at/all", "no folder"),
        ("SSLKEYLOGFILE", "/nowhere/at/all", "leave it out"),
    ],
)
def test_a_variable_that_is_wrong(
    environment: pytest.MonkeyPatch, clock: ManualClock, name: str, value: str, mend: str
) -> None:
    """It is named in one sentence, with how to mend it, and no secret is repeated."""
    environment.setenv(name, value)
    with pytest.raises(SettingsError) as failed:
        Telnyx(API_KEY, clock)
    told = str(failed.value)
    assert told.startswith(f"{name} ")
    assert mend in told
    assert told.count("\n") == 0
    assert "hun" not in told
    assert failed.value.__cause__ is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", "http://me:hunter2@host:3128"),
        ("https_proxy", "host:3128"),
        ("ALL_PROXY", "https://proxy.example"),
        ("SSL_CERT_FILE", str(CERTIFICATE)),
        ("SSL_CERT_DIR", str(Path(__file__).parent)),
        ("NO_PROXY", "localhost, .example.com,127.0.0.1,::1,[::1],[::1]:80,nonsense:x"),
    ],
)
async def test_a_variable_that_is_right(
    environment: pytest.MonkeyPatch, clock: ManualClock, name: str, value: str
) -> None:
    """Whatever may stand there is taken."""
    environment.setenv(name, value)
    await Telnyx(API_KEY, clock).close()


async def test_a_proxy_that_nobody_uses(
    environment: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    """With `NO_PROXY=*` it does not matter what stands in the others."""
    environment.setenv("NO_PROXY", "localhost, *")
    environment.setenv("ALL_PROXY", "socks5://host")
    await Telnyx(API_KEY, clock).close()


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_hosts_without_the_proxy(
    start_rude: StartRude,
    open_telnyx: OpenTelnyx,
    environment: pytest.MonkeyPatch,
    free_port: int,
    variable: str,
) -> None:
    """What NO_PROXY names is called directly, everything else through the proxy."""
    environment.setenv(variable, f"http://127.0.0.1:{free_port}")
    rude = await start_rude(answers("200 OK", PAGE))
    with pytest.raises(LookupFailed, match="connection refused"):
        await open_telnyx(rude.url).find(ORDER_REFERENCE)
    environment.setenv("NO_PROXY", "example.com,127.0.0.1")
    assert await open_telnyx(rude.url).find(ORDER_REFERENCE) == {}


@pytest.mark.usefixtures("no_backoff")
async def test_why_it_cannot_be_reached(
    start_rude: StartRude, open_telnyx: OpenTelnyx, environment: pytest.MonkeyPatch, free_port: int
) -> None:
    """The reason is told in words for looks and purchases alike."""
    strange = await start_rude(answers("200 OK", PAGE), tls=served())
    silent = await start_rude(says_nothing)
    proxy = await start_rude(answers("407 Proxy Authentication Required"))
    await _told(open_telnyx("https://telnyx.invalid"), "name not found")
    await _told(open_telnyx(f"http://127.0.0.1:{free_port}"), "connection refused")
    await _told(open_telnyx(strange.url.replace("http:", "https:")), "TLS: certificate not trusted")
    await _told(
        open_telnyx(silent.url.replace("http:", "https:"), connect=0.2, listing=3), "timed out"
    )
    environment.setenv("HTTPS_PROXY", proxy.url)
    await _told(open_telnyx("https://telnyx.invalid"), r"proxy refused \(HTTP 407\)")


async def _told(telnyx: Telnyx, words: str) -> None:
    with pytest.raises(LookupFailed, match=words):
        await telnyx.find(ORDER_REFERENCE)
    outcome = await telnyx.purchase(a_call(), OPEN)
    assert outcome.kind == "not_sent"
    assert words.replace("\\", "") in outcome.why
