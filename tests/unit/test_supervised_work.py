"""Work that goes on for as long as the bot runs: no fault of its own ends the bot."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.running import stopping
from bot.running.stopping import supervised


async def test_a_fault_is_told_and_the_work_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it breaks off; what ends by itself has ended."""
    monkeypatch.setattr(stopping, "_RESTART_AFTER", 0.001)
    faults = [ValueError("first"), KeyError("second")]

    async def work() -> None:
        if faults:
            raise faults.pop()

    with capture_logs() as lines:
        await supervised(asyncio.Event(), "sweep", work)
    assert [(line["event"], line["work"]) for line in lines] == [("work_failed", "sweep")] * 2


async def test_nothing_is_begun_anew_once_the_bot_is_told_to_stop() -> None:
    """A fault at the end does not hold the end up."""
    stopping = asyncio.Event()

    async def work() -> None:
        stopping.set()
        raise ValueError

    with capture_logs() as lines:
        await supervised(stopping, "sweep", work)
    assert [line["event"] for line in lines] == ["work_failed"]
