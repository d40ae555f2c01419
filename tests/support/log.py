"""Reads what the bot writes to its log."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any

import structlog

from bot.logs import configure_logs

_QUIETED = ("httpx", "httpcore", "slack_sdk", "slack_bolt", "aiohttp.access")


class Log:
    """What goes to standard error once logs are configured."""

    def __init__(self) -> None:
        self._written = io.StringIO()

    def configure(self, level: str = "INFO", *secrets: str) -> None:
        """Configure logs as the bot does."""
        with redirect_stderr(self._written):
            configure_logs(level, secrets)

    @property
    def text(self) -> str:
        """Everything that was written."""
        return self._written.getvalue()

    def lines(self) -> list[dict[str, Any]]:
        """Everything that was logged, each line as the object that it must be."""
        return [json.loads(line) for line in self.text.splitlines()]

    def events(self) -> list[str]:
        """What each line is about."""
        return [str(line["event"]) for line in self.lines()]


@contextmanager
def written() -> Iterator[Log]:
    """Logs configured for the length of a block; afterwards all is as before."""
    root, log = logging.getLogger(), Log()
    before, level = root.handlers[:], root.level
    root.handlers = []
    log.configure()
    try:
        yield log
    finally:
        root.handlers = before
        root.setLevel(level)
        for name in _QUIETED:
            logging.getLogger(name).setLevel(logging.NOTSET)
        logging.getLogger("slack_bolt.AsyncApp").filters.clear()
        structlog.reset_defaults()
