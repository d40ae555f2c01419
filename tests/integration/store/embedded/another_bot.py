"""Another process that runs an embedded server, to be killed and interrupted by tests."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BOT = """
import signal, sys
from pathlib import Path
from bot.store.embedded import EmbeddedServer

signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True))
server = EmbeddedServer.start(Path(sys.argv[1]))
print(server.url, flush=True)
sys.stdin.read()
server.stop()
"""
WITHOUT_PRCTL = "import ctypes; ctypes.CDLL = lambda name: object()\n"
"""Put before the program: as on macOS, its server does not end with it."""


class AnotherBot:
    """A process of its own group; `url` is its server's."""

    def __init__(self, process: subprocess.Popen[str], output: IO[str]) -> None:
        self._process = process
        self._output = output
        self.url = self.line()

    @property
    def process_id(self) -> int:
        """Number of the process, and of its group."""
        return self._process.pid

    def line(self) -> str:
        """Wait for the next line that it prints."""
        return self._output.readline().strip()

    def kill(self) -> None:
        """SIGKILL it, and wait for its end."""
        self._process.kill()
        self._process.wait()


@contextmanager
def another_bot(data: Path, *, before: str = "") -> Iterator[AnotherBot]:
    """Run it until the end of the block, if the test has not killed it by then."""
    command = [sys.executable, "-c", before + _BOT, str(data)]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603 - our own program
        command, stdin=pipe, stdout=pipe, text=True, process_group=0
    ) as process:
        assert process.stdout
        yield AnotherBot(process, process.stdout)
