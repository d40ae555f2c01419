"""Of a library's line only the place and the kind are kept: it may hold a whole request."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from bot.logs import _Handler
from tests.support.log import Log, written

if TYPE_CHECKING:
    from collections.abc import Iterator

LIBRARIES = [
    "slack_bolt.AsyncApp",
    "slack_sdk.web.async_client",
    "aiohttp.server",
    "httpx",
    "httpcore.connection",
    "redis.connection",
    "asyncio",
    "some.library",
]
BODY = "user=U1&text=private words&response_url=http://127.0.0.1/respond/x"


@pytest.fixture
def log() -> Iterator[Log]:
    """Configure logs for one test, with every line of every library."""
    with written() as log:
        log.configure("DEBUG")
        yield log


@pytest.mark.parametrize("name", LIBRARIES)
def test_its_words_are_dropped(log: Log, name: str) -> None:
    """Logger and level stay; of the words nothing does, in the message or its arguments."""
    logging.getLogger(name).warning("Got %s for %d", BODY, 7)
    logging.getLogger(name).error(f"Got {BODY}")  # noqa: G004 - libraries do
    first, second = log.lines()
    assert (first["logger"], first["level"]) == (name, "warning")
    assert (second["logger"], second["level"]) == (name, "error")
    assert "Got" not in log.text
    assert "private" not in log.text


def test_words_that_are_known_to_be_harmless(log: Log) -> None:
    """The beginning of a line that tells what broke is kept, what follows it is not."""
    logging.getLogger("slack_bolt.AsyncApp").warning(f"Unhandled request ({BODY})")  # noqa: G004
    logging.getLogger("aiohttp.server").error("Error handling request from %s", "203.0.113.7")
    assert log.events() == ["Unhandled request", "Error handling request"]
    assert "private" not in log.text


def test_an_exception(log: Log) -> None:
    """Its kinds and places are kept, of its texts and its source lines nothing."""
    try:
        try:
            dict[str, str]()[BODY]
        except KeyError as failure:
            raise ValueError(BODY) from failure
    except ValueError:
        logging.getLogger("some.library").exception("Oh %s", BODY)
    (line,) = log.lines()
    assert line["exception"] == "ValueError from KeyError"
    assert "logs/test_library_lines.py" in line["places"][-1]
    assert "private" not in log.text


async def test_a_task_that_nobody_waited_for(log: Log) -> None:
    """What asyncio finds at the end of a task is told without the words of the failure."""
    context = {"message": "Task exception was never retrieved", "exception": ValueError(BODY)}
    asyncio.get_running_loop().default_exception_handler(context)
    assert log.events()[-1] == "Task exception was never retrieved"
    assert log.lines()[-1]["exception"] == "ValueError"
    assert "private" not in log.text


def test_a_line_that_can_not_be_formatted(
    log: Log, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python would print the message and its arguments: nothing of them is seen anywhere."""
    (ours,) = [each for each in logging.getLogger().handlers if type(each) is _Handler]
    monkeypatch.setattr(ours, "format", lambda _: 1 / 0)
    logging.getLogger("some.library").warning("Got %s", BODY)
    assert "private" not in log.text + "".join(capsys.readouterr())
    assert log.lines()[-1] == {
        "event": "unwritable_line",
        "level": "error",
        "logger": "some.library",
    }


def test_lines_alike_are_counted(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """What strangers cause by the thousand fills no disk: five a minute, and how many more."""
    now = 1000.0
    monkeypatch.setattr("bot.logs.libraries.time.monotonic", lambda: now)
    for _ in range(1000):
        logging.getLogger("aiohttp.server").error("Error handling request from %s", "x")
    assert len(log.lines()) == 5
    now += 60
    logging.getLogger("aiohttp.server").error("Error handling request from %s", "x")
    assert log.lines()[-1]["left_out"] == 995
