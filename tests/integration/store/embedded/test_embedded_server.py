"""The embedded server: safe settings, one for a folder, data that lasts."""

from __future__ import annotations

import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from bot.errors import EmbeddedServerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

    from bot.store.embedded import EmbeddedServer

    Start = Callable[..., EmbeddedServer]
    Client = Callable[[str], Redis]

KEYS = 200_000
MANY_KEYS = f"for i = 1, {KEYS} do redis.call('SET', 'key' .. i, i) end"


def mode(path: Path) -> str:
    """Permissions, as `ls -l` shows them."""
    return stat.filemode(path.stat().st_mode)[1:]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("appendonly", "yes"),
        ("appendfsync", "always"),
        ("no-appendfsync-on-rewrite", "no"),
        ("maxmemory-policy", "noeviction"),
        ("maxmemory", "0"),
        ("save", ""),
        ("port", "0"),
    ],
)
def test_setting_is_in_force(
    redis_server: EmbeddedServer, client: Client, setting: str, value: str
) -> None:
    """Every write is on disk before its answer, nothing is evicted, no port is open."""
    assert client(redis_server.url).config_get(setting) == {setting: value}


def test_only_this_user_reaches_it(start: Start, data: Path) -> None:
    """The folder that it makes, and its socket, are closed to every other user."""
    start(data)
    assert (mode(data), mode(data / "redis.sock")) == ("rwx------", "rwx------")


def test_second_start_is_refused(start: Start, client: Client, data: Path) -> None:
    """Two servers never share a folder; the message says what helps; the first goes on."""
    first = client(start(data).url)
    with pytest.raises(EmbeddedServerError, match=r"Another esim-bot .* REDIS_URL") as refusal:
        start(data)
    assert str(data) in str(refusal.value)
    assert first.ping()


def test_stop_ends_it_and_frees_the_folder(start: Start, client: Client, data: Path) -> None:
    """After a stop nobody answers, a second stop does nothing, and the next start has it all."""
    server = start(data)
    client(server.url).set("order", "1")
    server.stop()
    server.stop()
    assert not (data / "redis.sock").exists()
    assert client(start(data).url).get("order") == "1"


def test_start_waits_until_everything_is_loaded(start: Start, client: Client, data: Path) -> None:
    """A server that is still loading is waited for: the first question finds every key."""
    server = start(data)
    client(server.url).eval(MANY_KEYS, 0)
    server.stop()
    assert client(start(data).url).dbsize() == KEYS


def test_long_path(start: Start, client: Client, tmp_path: Path) -> None:
    """A folder whose socket's name would be too long works, and nothing stays in /tmp."""
    data = tmp_path / ("folder" * 20)
    server = start(data)
    assert client(server.url).ping()
    folder = Path(unquote(server.url.removeprefix("unix://"))).parent
    assert folder.parent == Path(tempfile.gettempdir())
    server.stop()
    assert not folder.exists()


def test_path_with_signs_that_mean_something_in_a_url(
    start: Start, client: Client, tmp_path: Path
) -> None:
    """A folder may be called anything."""
    assert client(start(tmp_path / "a b?c=d#e%20é").url).ping()
