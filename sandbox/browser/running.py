"""The demo as a process of its own, the way a newcomer starts it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = re.compile(r"http://[\d.]+:\d+")
STOP_SECONDS = 15


class DemoFailedError(RuntimeError):
    """The demo did not start, or did not end with exit code 0."""


@contextmanager
def running_demo() -> Iterator[str]:
    """Run `esim-bot demo` on a free port; its address comes, without a slash.

    Raises DemoFailedError.
    """
    command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demo:  # noqa: S603 - fixed words
        try:
            yield _address(demo)
        finally:
            demo.send_signal(signal.SIGTERM)
        if demo.wait(STOP_SECONDS) != 0:
            raise DemoFailedError(f"the demo ended with exit code {demo.returncode}")


def _address(demo: subprocess.Popen[str]) -> str:
    """Return the address that the demo prints when it is ready."""
    told = demo.stdout.readline() if demo.stdout else ""
    found = ADDRESS.search(told)
    if found is None:
        raise DemoFailedError(f"the demo did not start: {told!r}")
    return found[0]
