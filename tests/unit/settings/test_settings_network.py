"""Variables that every library reads by itself: proxies and certificates."""

from pathlib import Path

import pytest

from bot.settings import load_settings
from tests.integration.providers.wire.tls import CERTIFICATE
from tests.support.written import what_is_wrong

NAMES = ["HTTPS_PROXY", "ALL_PROXY", "http_proxy"]
WRONG = [
    "socks5://user:hunter2@proxy.example:1080",
    "socks5h://proxy.example",
    "nonsense",
    "ftp://proxy.example",
    "http://",
    "http://proxy.example:99999",
    "http://user:hun#ter2@proxy.example",
    "http://user:hunter2@proxy|example",
    "http://user:hunter2@proxy..example:1",
    "http://proxy.example/path",
    "http://a b",
    "3128",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", WRONG)
def test_a_proxy_that_can_not_be_used(
    environment: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The variable is named, with a right example; its value may hold a password."""
    environment.setenv(name, value)
    told = what_is_wrong()
    assert f"{name} is wrong" in told
    assert "http://proxy.example:3128" in told
    assert "ter2" not in told


@pytest.mark.parametrize(
    "value",
    ["http://proxy.example:3128", "https://u:p%23@proxy.example", "proxy.example:3128", " ", ""],
)
def test_a_proxy(environment: pytest.MonkeyPatch, value: str) -> None:
    """With a scheme or without, with a user, or none at all."""
    environment.setenv("HTTPS_PROXY", value)
    assert load_settings()


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"])
def test_what_is_not_there(environment: pytest.MonkeyPatch, name: str) -> None:
    """Without it no TLS connection could be made, or no library even loaded."""
    environment.setenv(name, "/nowhere/at/all")
    told = what_is_wrong()
    assert f"{name} is wrong: /nowhere/at/all" in told
    assert told.count("•") == 1


def test_a_file_without_certificates(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is opened, not only looked for."""
    file = tmp_path / "bundle.pem"
    file.write_text("nothing")
    environment.setenv("SSL_CERT_FILE", str(file))
    assert "holds no certificates" in what_is_wrong()


def test_a_proxy_that_nobody_uses(environment: pytest.MonkeyPatch) -> None:
    """Where everything is reached directly, it does not matter."""
    environment.setenv("NO_PROXY", "localhost, *")
    environment.setenv("ALL_PROXY", "socks5://proxy.example")
    assert load_settings()


def test_a_key_in_place_of_a_path(environment: pytest.MonkeyPatch) -> None:
    """What was pasted by mistake is not repeated."""
    environment.setenv("SSL_CERT_FILE", "-----BEGIN PRIVATE KEY-----\nhunter2")
    told = what_is_wrong()
    assert "SSL_CERT_FILE is wrong: it is not there" in told
    assert "hunter2" not in told


def test_a_variable_is_not_blamed_for_another(environment: pytest.MonkeyPatch) -> None:
    """Python's usual TLS settings read them all: a wrong one would hide what is right."""
    environment.setenv("SSLKEYLOGFILE", "/nowhere/at/all")
    environment.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    environment.setenv("REDIS_URL", "rediss://redis.example")
    told = what_is_wrong()
    assert "SSLKEYLOGFILE is wrong" in told
    assert told.count("•") == 1
