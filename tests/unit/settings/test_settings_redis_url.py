"""The address of Redis: whatever the client would refuse, or misread, is told in a sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.settings import load_settings
from bot.settings.addresses import checked_redis
from bot.store.connection import connect
from tests.support.written import what_is_wrong

RIGHT = [
    "redis://r:6379/0",
    "rediss://u:p@r",
    "unix:///run/r.sock",
    "unix:///run/r.sock?db=2",
    "redis://[::1]:6379/3",
    "redis://:p%23%2F%3F%40@h",
    "redis://:p:a:ss@h:6380",
    "redis://user@h?protocol=3",
    "rediss://h?ssl_cert_reqs=none&ssl_check_hostname=false",
    "redis://h?db=5&health_check_interval=30",
]
SECRETS = [
    "pa#hunter2",
    "pa/hunter2",
    "pa?hunter2",
    "#hunter2",
    "hunter2#",
    "hunter2/",
    "a#b/?hunter2",
]
WRONG = {
    "redis://host:99999": "port",
    "redis://host:0": "port 0",
    "redis://host:abc": "port",
    "redis://h:6379,h2:6379": "port",
    "redis://host/abc": "number",
    "redis://host/0/1": "number",
    "redis://host/-1": "number",
    "redis://[::1": "can't be read",
    "redis://": "no host",
    "redis:///0": "no host",
    "redis://ho..st": "no host",
    f"redis://{'a' * 80}": "no host",
    "redis://h?db=x": "db",
    "redis://h?protocol=4": "protocol",
    "redis://h?socket_timeout=1": "socket_timeout",
    "redis://h?max_connections=1": "max_connections",
    "redis://h?decode_responses=false": "decode_responses",
    "redis://h?ssl_cert_reqs=none": "ssl_cert_reqs",
    "redis://h?no%20such=1": "behind the ?",
    "rediss://h?ssl_cert_reqs=bogus": "ssl_cert_reqs",
    "rediss://h?ssl_check_hostname=maybe": "ssl_check_hostname",
    "rediss://h?ssl_ca_certs=/nowhere.pem": "names no file",
    "rediss://h?ssl_certfile=/dev/null": "certificate",
    "unix://": "socket",
    "unix://run/redis.sock": "path",
    "redis://h#fragment": "%23",
    "redis://h\nx": "line break",
    "redis+sentinel://h": "redis://",
    "localhost:6379": "redis://",
}


@pytest.mark.parametrize("address", RIGHT)
async def test_the_kinds_of_redis(environment: pytest.MonkeyPatch, address: str) -> None:
    """Plain, over TLS, by a socket; the client takes every one that the settings take."""
    environment.setenv("REDIS_URL", address)
    assert load_settings().redis_url == address
    assert connect(address)


@pytest.mark.parametrize("address", WRONG)
def test_a_wrong_address(environment: pytest.MonkeyPatch, address: str) -> None:
    """One problem, which names the part that is wrong and shows a right address."""
    environment.setenv("REDIS_URL", address)
    told = what_is_wrong()
    assert told.count("•") == 1
    assert WRONG[address] in told
    assert "for example redis://localhost:6379/0" in told


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_a_password_that_must_be_encoded(
    environment: pytest.MonkeyPatch, scheme: str, secret: str
) -> None:
    """It is told which signs need a code, and no part of the password is repeated."""
    environment.setenv("REDIS_URL", f"{scheme}://:{secret}@redis.example:6379/0")
    told = what_is_wrong()
    assert "%23" in told
    assert "hunter2" not in told


SIGNS = st.sampled_from([*"abz09:/?#[]@!$&'()*+,;=%-._~ \\^`{|}<>", "é", "\x00", "\n", "::1", "%4"])


@settings(deadline=None, max_examples=200)
@given(
    scheme=st.sampled_from(["redis://", "rediss://", "unix://", "redis:", "//"]),
    rest=st.lists(SIGNS, max_size=14).map("".join),
)
def test_whatever_passes_is_taken_by_the_client(scheme: str, rest: str) -> None:
    """No address gets by the settings that the client then trips over."""
    try:
        address = checked_redis(f"{scheme}{rest}")
    except ValueError:
        return
    assert connect(address)


def test_the_client_itself_never_repeats_an_address() -> None:
    """Also an address that came another way is refused without its password."""
    with pytest.raises(SettingsError) as caught:
        connect("redis://:hunter2#x@h")
    assert "hunter2" not in f"{caught.value}{caught.value.__cause__}"
