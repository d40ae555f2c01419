"""A data folder, and the start of a server that is stopped again after the test."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from redis import Redis

from bot.store.embedded import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Name a folder that does not exist yet."""
    return tmp_path / "of" / "esim-bot"


@pytest.fixture
def start() -> Iterator[Callable[..., EmbeddedServer]]:
    """Start servers with `EmbeddedServer.start`; those still running at the end are stopped."""
    with ExitStack() as ending:

        def start(data: Path, **limits: float) -> EmbeddedServer:
            server = EmbeddedServer.start(data, **limits)
            ending.callback(server.stop)
            return server

        yield start


@pytest.fixture
def client() -> Iterator[Callable[[str], Redis]]:
    """Make clients of a server's URL; they are closed at the end."""
    with ExitStack() as ending:
        yield lambda url: ending.enter_context(
            Redis.from_url(url, decode_responses=True, socket_timeout=None)
        )
