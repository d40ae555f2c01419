"""A last look before a request leaves: a process that was frozen meanwhile sends nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import aiohttp

from bot.errors import SlackUnavailable, TooSoon


class _TooLate(aiohttp.ClientError):
    """The request was stopped, and its connection is closed."""


@dataclass
class _Guard:
    holds: Callable[[], bool]
    stopped: bool = False
    """Whether it has kept a request from leaving."""


_GUARD: ContextVar[_Guard | None] = ContextVar("guard", default=None)


@contextmanager
def only_while(holds: Callable[[], bool]) -> Iterator[None]:
    """Let requests leave only while this holds; it is asked right before their bytes.

    Raises TooSoon in place of the failure of a request that it has stopped.
    """
    guard = _Guard(holds)
    token = _GUARD.set(guard)
    try:
        yield
    except SlackUnavailable:
        if guard.stopped:
            raise TooSoon(0.0) from None
        raise
    finally:
        _GUARD.reset(token)


async def _look(*_: object) -> None:
    guard = _GUARD.get()
    if guard is not None and not guard.holds():
        guard.stopped = True
        raise _TooLate


def _traces() -> aiohttp.TraceConfig:
    """Aiohttp tells of a chunk before it hands it over, together with the head."""
    config = aiohttp.TraceConfig()
    config.on_request_headers_sent.append(_look)
    config.on_request_chunk_sent.append(_look)
    config.freeze()
    return config


_TRACES = _traces()


def watched(session: aiohttp.ClientSession) -> aiohttp.ClientSession:
    """The same session, whose requests are looked at before they leave."""
    if _TRACES not in session.trace_configs:
        session.trace_configs.append(_TRACES)
    return session
