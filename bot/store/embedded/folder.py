"""The data folder of the embedded server: who may use it, and where its server is reached.

Two locks keep it to one bot and one server: `owner` is held by the bot, `lock` by the server
that it started. The system frees each when its process ends, however that ends. Numbers of
processes would not do: they are used again, and mean nothing in another container.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TextIO
from urllib.parse import quote

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from bot.errors import EmbeddedServerError

if os.name == "posix":  # pragma: no branch - elsewhere `start` refuses before it locks
    import fcntl

_LONGEST_SOCKET = 100
"""Bytes of a socket's path; macOS takes 103, Linux 107."""
_STEP = 0.01
"""Seconds between two checks of the condition."""


def made(data: Path) -> Path:
    """Make the folder for this user alone, if there is none; its absolute path."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return data.resolve(strict=True)


@contextmanager
def owned(data: Path) -> Iterator[None]:
    """Hold the folder for this bot. Raises EmbeddedServerError when another bot uses it."""
    with (data / "owner").open("a") as owner:
        if not _locked(owner):
            raise EmbeddedServerError(
                f"Another esim-bot is running on the folder {data}. Stop it first, or give both "
                "the same REDIS_URL, so that they share one server."
            )
        yield


@contextmanager
def socket_of(data: Path) -> Iterator[Path]:
    """Where the server of this folder listens: in it, or in `/tmp` if its path is too long."""
    path = data / "redis.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET:
        yield path
        return
    with TemporaryDirectory(prefix="esim-bot-") as folder:
        yield Path(folder) / path.name


@contextmanager
def server_lock(data: Path, socket: Path, patience: float) -> Iterator[TextIO]:
    """Take the lock that the new server inherits; the socket's path is written into it.

    A server that a killed bot left behind is asked to stop within `patience` seconds. Raises
    EmbeddedServerError when it still runs then.
    """
    with (data / "lock").open("a+") as lock:
        if not _locked(lock):
            _stop_orphan(lock)
            if not within(patience, lambda: _locked(lock)):
                raise EmbeddedServerError(
                    f"A killed esim-bot left its server running on the folder {data}, and it does "
                    f"not stop. Stop the process that holds {lock.name}, then start again."
                )
        lock.truncate(0)
        lock.write(str(socket))
        lock.flush()
        yield lock


def url_of(socket: Path) -> str:
    """The URL by which Redis clients reach this socket."""
    return f"unix://{quote(str(socket))}"


def running_at(data: Path) -> str | None:
    """The URL of the server that runs on this folder now; None when there is none."""
    try:
        socket = Path((data / "lock").read_text())
        with plain_client(socket) as client:
            client.ping()
    except (OSError, ValueError, RedisError):
        return None
    return url_of(socket)


def plain_client(socket: Path) -> Redis:
    """A client that waits a second at most and never tries again."""
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(url_of(socket), retry=once, socket_timeout=1, socket_connect_timeout=1)


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    """Wait until the condition holds; False when it does not in that time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= end:
            return False
        time.sleep(_STEP)
    return True


def _locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _stop_orphan(lock: TextIO) -> None:
    """Ask the server to stop over its socket: a process id could mean another process by now."""
    lock.seek(0)
    with suppress(RedisError, OSError), plain_client(Path(lock.read())) as client:
        client.execute_command("SHUTDOWN")
