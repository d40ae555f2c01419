"""The embedded server and the bot, killed: no answered write is lost, no second server runs."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from bot.errors import EmbeddedServerError
from tests.integration.store.embedded.another_bot import WITHOUT_PRCTL, another_bot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redis import Redis

    from bot.store.embedded import EmbeddedServer

    Start = Callable[..., EmbeddedServer]
    Client = Callable[[str], Redis]


def process_of(client: Redis) -> int:
    """Number of the server's process."""
    return int(client.info("server")["process_id"])


def test_data_survives_a_kill_of_the_server(start: Start, client: Client, data: Path) -> None:
    """A write that was answered is there after SIGKILL and a new start."""
    server = start(data)
    redis = client(server.url)
    redis.set("order", "1")
    os.kill(process_of(redis), signal.SIGKILL)
    server.stop()
    assert client(start(data).url).get("order") == "1"


def test_server_ends_with_a_killed_bot(start: Start, client: Client, data: Path) -> None:
    """After SIGKILL of the bot the next one starts on the folder, with all that was written."""
    with another_bot(data) as bot:
        client(bot.url).set("order", "1")
        old = process_of(client(bot.url))
        bot.kill()
        redis = client(start(data).url)
    assert process_of(redis) != old
    assert redis.get("order") == "1"
    assert "SIGTERM" in (data / "redis.log").read_text()


def test_orphan_is_stopped_where_it_does_not_end_by_itself(
    start: Start, client: Client, data: Path
) -> None:
    """As on macOS: the server that a killed bot left is asked to stop, then the new one starts."""
    with another_bot(data, before=WITHOUT_PRCTL) as bot:
        client(bot.url).set("order", "1")
        old = process_of(client(bot.url))
        bot.kill()
        redis = client(start(data).url)
    assert process_of(redis) != old
    assert redis.get("order") == "1"
    assert "SIGTERM" not in (data / "redis.log").read_text()


def test_orphan_that_does_not_stop_keeps_the_folder(
    start: Start, client: Client, data: Path
) -> None:
    """A server that hangs still holds the folder: a start is refused, and says what to stop."""
    with another_bot(data, before=WITHOUT_PRCTL) as bot:
        old = process_of(client(bot.url))
        bot.kill()
    os.kill(old, signal.SIGSTOP)
    try:
        with pytest.raises(EmbeddedServerError, match=r"does not stop\. .*/lock"):
            start(data, patience=0.1)
    finally:
        os.kill(old, signal.SIGKILL)
    assert client(start(data).url).ping()


def test_another_process_is_refused_while_the_bot_lives(
    start: Start, client: Client, data: Path
) -> None:
    """The folder is kept over processes, and a living bot's server is not asked to stop."""
    with another_bot(data) as bot:
        with pytest.raises(EmbeddedServerError, match="Another esim-bot"):
            start(data)
        assert client(bot.url).ping()


def test_interrupt_reaches_only_the_bot(client: Client, data: Path) -> None:
    """Ctrl-C goes to the bot's process group; its server is in another, and goes on."""
    with another_bot(data) as bot:
        redis = client(bot.url)
        assert os.getpgid(process_of(redis)) != os.getpgid(bot.process_id)
        os.killpg(bot.process_id, signal.SIGINT)
        assert bot.line() == "interrupted"
        assert redis.ping()


def test_server_that_hangs_is_killed(
    start: Start, client: Client, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop ends the server also when it does not react to SIGTERM, and frees the folder."""
    monkeypatch.setattr("bot.store.embedded.server._STOPPING", 0.1)
    server = start(data)
    os.kill(process_of(client(server.url)), signal.SIGSTOP)
    server.stop()
    assert client(start(data).url).ping()
