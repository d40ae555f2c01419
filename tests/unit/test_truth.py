"""What became of a command is found out under its trigger, never guessed, not asked for ever."""

import asyncio
from dataclasses import dataclass, field

import pytest

from bot.clock import Deadline
from bot.errors import StoreUnavailable
from bot.slack.words.recording import NEVER_KNOWN, NOT_RECORDED_AFTER_ALL, recorded_after_all
from handlers.hearing.truth import Truth
from tests.support.clock import ManualClock

HOUR = 3600


@dataclass
class Memory:
    """What Redis says when it is asked."""

    says: list[str | StoreUnavailable | None] = field(default_factory=list)
    """Its answers, one after the other; the last one stays."""
    asked: int = 0

    async def carried_out(self, trigger: str) -> str | None:
        """Answer. Raises StoreUnavailable."""
        assert trigger == "trigger"
        answer = self.says[min(self.asked, len(self.says) - 1)]
        self.asked += 1
        if isinstance(answer, StoreUnavailable):
            raise answer
        return answer


async def told(memory: Memory, clock: ManualClock, trigger: str = "trigger") -> str:
    """What is told in the end about something that may be recorded within two seconds."""
    asking = asyncio.create_task(
        Truth(memory.carried_out, clock).about(trigger, Deadline(clock, 2))
    )
    for _ in range(2 * HOUR):
        await clock.advance(0.5)
        if asking.done():
            break
    return asking.result().text


async def test_found_at_once() -> None:
    """What is there is there, also before its time is over."""
    memory = Memory(["7K2M9QXA"])
    clock = ManualClock()
    assert await told(memory, clock) == recorded_after_all("7K2M9QXA")
    assert memory.asked == 1


async def test_found_late() -> None:
    """What is not there yet may still come, until its time is over."""
    assert await told(Memory([None, "7K2M9QXA"]), ManualClock()) == recorded_after_all("7K2M9QXA")


async def test_not_there_when_its_time_is_over() -> None:
    """Only then is it certain; a second more is for clocks that differ."""
    clock = ManualClock()
    begun = clock.monotonic()
    assert await told(Memory([None]), clock) == NOT_RECORDED_AFTER_ALL
    assert clock.monotonic() - begun > 3


@pytest.mark.parametrize("there", [None, "7K2M9QXA"])
async def test_while_redis_is_away(there: str | None) -> None:
    """It is asked until it says."""
    memory = Memory([StoreUnavailable()] * 20 + [there])
    expected = recorded_after_all(there) if there else NOT_RECORDED_AFTER_ALL
    assert await told(memory, ManualClock()) == expected
    assert memory.asked == 21


async def test_redis_does_not_come_back() -> None:
    """After half an hour nobody waits any more: the person is told where to look."""
    memory, clock = Memory([StoreUnavailable()]), ManualClock()
    begun = clock.monotonic()
    assert await told(memory, clock) == NEVER_KNOWN
    assert 1800 <= clock.monotonic() - begun < 1810
    assert memory.asked < 400


async def test_without_a_trigger() -> None:
    """There is nothing to ask by."""
    assert await told(Memory(), ManualClock(), trigger="") == NEVER_KNOWN
