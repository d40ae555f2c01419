"""Readiness: cheap however often it is asked, quick whatever hangs, and with a reason."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bot.check import Answer, Check, Mark, Occasion
from bot.errors import StoreUnavailable
from bot.health.readiness import Readiness
from tests.support.clock import ManualClock


class Asked:
    """A check whose answer a test sets, and who asked it."""

    def __init__(self, name: str = "redis") -> None:
        self.name = name
        self.times = 0
        self.answers: list[Answer] = [Answer(Mark.OK, "is there.")]
        self.failure: Exception | None = None
        self.going = asyncio.Event()
        self.going.set()

    async def ask(self) -> Sequence[Answer]:
        """Answer, when it may."""
        self.times += 1
        await self.going.wait()
        if self.failure:
            raise self.failure
        return self.answers

    def check(self, on: Occasion = Occasion.ALWAYS, believed: float = 1.0) -> Check:
        """The check."""
        return Check(
            self.name,
            "Redis",
            "Is it there?",
            "Nothing begins.",
            "Start it.",
            self.ask,
            on,
            believed,
        )


async def no_facts() -> Mapping[str, object]:
    """Nothing else to tell."""
    return {"deliveries_behind": 3}


def ready(*checks: Check) -> Readiness:
    """Readiness of these checks."""
    return Readiness(checks, no_facts, ManualClock())


async def test_what_is_well() -> None:
    """The facts, and a row for each check."""
    facts = await ready(Asked().check()).now()
    assert (facts["ready"], facts["deliveries_behind"]) == (True, 3)
    assert facts["checks"][0]["says"] == "Redis: is there."
    assert facts["checks"][0]["state"] == "ok"


async def test_a_flood_asks_once() -> None:
    """A thousand who ask at once, and again within a second, cost one look."""
    asked = Asked()
    health = ready(asked.check())
    told = await asyncio.gather(*(health.now() for _ in range(1000)))
    assert all(each is told[0] for each in told)
    await health.now()
    assert asked.times == 1


async def test_one_who_goes_away_stops_nobody_else() -> None:
    """Who no longer waits for the answer does not take it from the others."""
    asked = Asked()
    asked.going.clear()
    health = ready(asked.check())
    first, second = asyncio.ensure_future(health.now()), asyncio.ensure_future(health.now())
    await asyncio.sleep(0)
    first.cancel()
    asked.going.set()
    assert (await second)["ready"] is True


@pytest.mark.parametrize(("mark", "is_ready"), [(Mark.WARN, True), (Mark.WRONG, False)])
async def test_what_is_not_well(mark: Mark, is_ready: bool) -> None:
    """A warning does no harm; what is wrong takes the bot out of service. Both say what to do."""
    asked = Asked()
    asked.answers = [Answer(mark, "is away (connection refused).")]
    facts = await ready(asked.check()).look()
    assert facts["ready"] is is_ready
    row = facts["checks"][0]
    assert row["says"] == "Redis: is away (connection refused)."
    assert (row["means"], row["do"]) == ("Nothing begins.", "Start it.")


async def test_a_check_that_hangs() -> None:
    """The answer comes within a second or so, and says that one is missing."""
    asked = Asked()
    asked.going.clear()
    async with asyncio.timeout(3):
        facts = await ready(asked.check()).look()
    assert facts["ready"] is False
    assert facts["checks"][0]["says"] == "Redis: did not answer in time."
    asked.going.set()


async def test_a_slow_check_is_believed_for_its_time() -> None:
    """While its next answer is on its way, the last one counts."""
    asked = Asked()
    health = ready(asked.check(believed=30))
    assert (await health.look())["ready"] is True
    asked.going.clear()
    assert (await health.look())["ready"] is True
    assert asked.times == 1
    asked.going.set()


async def test_a_check_that_fails_in_an_unforeseen_way() -> None:
    """It is wrong, with what happened; the others are told all the same."""
    broken, other = Asked("broken"), Asked("other")
    broken.failure = ConnectionRefusedError(111, "secret")
    facts = await ready(broken.check(), other.check()).look()
    says = [row["says"] for row in facts["checks"]]
    assert says == ["Redis: could not be asked (connection refused).", "Redis: is there."]


async def test_since_when() -> None:
    """The time at which a check began to say what it says, not the time of the last look."""
    asked, clock = Asked(), ManualClock()
    health = Readiness([asked.check()], no_facts, clock)
    first = (await health.look())["checks"][0]["since"]
    await clock.jump(60)
    assert (await health.look())["checks"][0]["since"] == first
    asked.answers = [Answer(Mark.WRONG, "is away.")]
    assert (await health.look())["checks"][0]["since"] > first


async def test_only_what_is_quick_is_asked() -> None:
    """A check of the doctor's alone is none of readiness' business."""
    asked = Asked()
    assert (await ready(asked.check(on=Occasion.DOCTOR)).look())["checks"] == []
    assert asked.times == 0


async def test_facts_that_can_not_be_told() -> None:
    """A Redis that is away leaves them out, and nothing fails."""

    async def away() -> Mapping[str, object]:
        raise StoreUnavailable

    facts = await Readiness([Asked().check()], away, ManualClock()).look()
    assert facts.keys() == {"ready", "checks"}
