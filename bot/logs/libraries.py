"""Log lines of libraries: their logger and the kind of exception, not their text.

The text of a library may hold a whole request. So only the phrases listed here are kept.
"""

import logging
import time
from collections.abc import Iterator, MutableMapping
from traceback import extract_tb
from types import TracebackType
from typing import Any, Final

_SPEECHLESS = "a library's line"
_PHRASES: Final = (
    "Error handling request",
    "Executing",
    "Failed to check the current session",
    "Failed to close the old session",
    "Failed to connect",
    "Failed to process a message",
    "Failed to receive or enqueue a message",
    "Failed to retrieve WSS URL",
    "Failed to run a message listener",
    "Failed to run a request listener",
    "Failed to run message listeners",
    "Failed to send a ping message",
    "Fatal error on transport",
    "Future exception was never retrieved",
    "Invalid request signature",
    "Rate limited",
    "SSL handshake failed",
    "Task exception was never retrieved",
    "Task was destroyed but it is pending",
    "Unclosed client session",
    "Unclosed connection",
    "Unclosed connector",
    "Unhandled exception",
    "Unhandled request",
    "socket.accept() out of system resource",
    "socket.send() raised exception",
)
"""Beginnings of lines that are useful and hold no data."""
_LINKS = 4
"""Exceptions of a chain that are named."""
_PLACES = 4
"""Places of a traceback that are named: the innermost ones."""
_ALIKE = 5
"""Equal lines that are written in a minute; the next one says how many were left out."""
_MINUTE = 60.0


def without_library_text(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A processor: replaces a library's text by its logger, exception and known phrase."""
    record: logging.LogRecord = event["_record"]
    event["event"] = _phrase(record)
    event["logger"] = record.name
    event.pop("stack_info", None)
    kind, value, trace = _exception(event.pop("exc_info", None))
    if kind is not None:
        event["exception"] = " from ".join(each.__name__ for each in _chain(kind, value))
        event["places"] = list(_places(trace))
    if left_out := getattr(record, "left_out", 0):
        event["left_out"] = left_out
    return event


def _phrase(record: logging.LogRecord) -> str:
    said = str(record.msg)
    return next((phrase for phrase in _PHRASES if said.startswith(phrase)), _SPEECHLESS)


_Exception = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


def _exception(found: Any) -> _Exception:
    if isinstance(found, BaseException):
        return type(found), found, found.__traceback__
    return found if isinstance(found, tuple) else (None, None, None)


def _chain(kind: type[BaseException], value: BaseException | None) -> Iterator[type[BaseException]]:
    yield kind
    for _ in range(_LINKS - 1):
        value = value and (value.__cause__ or value.__context__)
        if value is None:
            return
        yield type(value)


def _places(trace: TracebackType | None) -> Iterator[str]:
    for frame in extract_tb(trace)[-_PLACES:]:
        yield f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}"


class RepeatLimit(logging.Filter):
    """Limits equal lines of libraries: strangers on the network can cause any number."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write it; `left_out` of the record counts the skipped lines before it."""
        if isinstance(record.msg, dict):
            return True  # our own
        kind = _exception(record.exc_info)[0]
        alike = (record.name, _phrase(record), kind.__name__ if kind else "")
        now = time.monotonic()
        since, times = self._seen.get(alike, (now, 0))
        if now - since >= _MINUTE:
            record.left_out = max(0, times - _ALIKE)
            since, times = now, 0
        self._seen[alike] = since, times + 1
        return times < _ALIKE
