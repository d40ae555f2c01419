"""Which proxy leads to an address: the same rules for every client, as the variables mean them."""

import os

import httpx
import pytest
from httpx._utils import URLPattern, get_environment_proxies
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from bot.network.proxies import proxy_for, proxy_problems, through

GATE = "http://gate.example:3128"


@pytest.fixture(autouse=True)
def _no_proxies_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what the machine's own environment sets."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("listed", "url", "direct"),
    [
        ("slack.com", "https://slack.com/api", True),
        ("slack.com", "https://wss.slack.com", True),
        ("slack.com", "https://notslack.com", False),
        (".slack.com", "https://wss.slack.com", True),
        (".slack.com", "https://slack.com", False),
        ("*.slack.com", "https://wss.slack.com", True),
        ("SLACK.com", "https://Slack.com", True),
        ("a.example, slack.com", "https://slack.com", True),
        ("a.example slack.com", "https://slack.com", True),
        ("gate.example:8443", "https://gate.example:8443", True),
        ("gate.example:8443", "https://gate.example", False),
        ("slack.com:443", "https://slack.com", True),
        ("127.0.0.1", "http://127.0.0.1:8080", True),
        ("10.0.0.0/8", "http://10.1.2.3", True),
        ("10.0.0.0/8", "http://11.1.2.3", False),
        ("::1", "http://[::1]:8080", True),
        ("[::1]:8080", "http://[::1]:8080", True),
        ("[::1]:8080", "http://[::1]:80", False),
        ("localhost", "http://localhost:1", True),
        ("https://slack.com", "https://slack.com", True),
        ("*", "https://slack.com", True),
        ("", "https://slack.com", False),
        (",", "https://slack.com", False),
    ],
)
def test_what_is_reached_directly(
    monkeypatch: pytest.MonkeyPatch,
    listed: str,
    url: str,
    direct: bool,
) -> None:
    """NO_PROXY names hosts, what is under them, ports, addresses, networks, or everything."""
    monkeypatch.setenv("HTTPS_PROXY", GATE)
    monkeypatch.setenv("HTTP_PROXY", GATE)
    monkeypatch.setenv("NO_PROXY", listed)
    assert proxy_for(url) == (None if direct else GATE)


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({"HTTPS_PROXY": GATE}, "https://a", GATE),
        ({"HTTPS_PROXY": GATE}, "wss://a", GATE),
        ({"HTTPS_PROXY": GATE}, "http://a", None),
        ({"HTTP_PROXY": GATE}, "ws://a", GATE),
        ({"ALL_PROXY": GATE}, "https://a", GATE),
        ({"ALL_PROXY": "http://other", "HTTPS_PROXY": GATE}, "https://a", GATE),
        ({"https_proxy": GATE, "HTTPS_PROXY": "http://other"}, "https://a", GATE),
        ({"HTTPS_PROXY": "gate.example:3128"}, "https://a", GATE),
        ({"HTTPS_PROXY": f" {GATE}\r"}, "https://a", GATE),
        ({}, "https://a", None),
    ],
)
def test_which_proxy(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, proxy: str | None
) -> None:
    """By the scheme of the address; small letters count more; Socket Mode goes as HTTP does."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == proxy


@pytest.mark.parametrize(
    "listed", ["slack.com", ".slack.com", "h:8443", "localhost", "*", "127.0.0.1"]
)
@pytest.mark.parametrize(
    "url",
    [
        "https://slack.com",
        "https://a.slack.com",
        "https://h:8443",
        "https://h",
        "http://127.0.0.1:9",
    ],
)
def test_the_same_as_the_providers_client(
    monkeypatch: pytest.MonkeyPatch, listed: str, url: str
) -> None:
    """What the provider's library makes of the variables is what Slack's clients are told."""
    monkeypatch.setenv("ALL_PROXY", GATE)
    monkeypatch.setenv("NO_PROXY", listed)
    rules = sorted(
        (URLPattern(pattern), proxy) for pattern, proxy in get_environment_proxies().items()
    )
    theirs = next((proxy for rule, proxy in rules if rule.matches(httpx.URL(url))), None)
    assert proxy_for(url) == theirs


def test_a_message_names_the_proxy_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Host and port only; nothing where there is no proxy."""
    assert through("https://a") == ""
    monkeypatch.setenv("HTTPS_PROXY", "http://user:hunter2@gate.example:3128")
    assert through("https://a") == " through the proxy gate.example:3128"


@example("[::1]:3128")
@example("user:pa%23ss@gate.example")
@given(st.text("ahost.:/@[]%#?-_1 \\|é", max_size=20))
def test_what_is_taken_for_a_proxy_is_one_for_every_client(tail: str) -> None:
    """What passes the check is understood by the provider's library and by Slack's."""
    for value in (tail, f"http://{tail}"):
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("HTTPS_PROXY", value)
            found = proxy_for("https://a")
            if found and not list(proxy_problems(os.environ)):
                assert httpx.Proxy(found).url.host == URL(found).host
