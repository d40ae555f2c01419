"""Looks that can wait keep to a budget of calls; urgent ones go, and count."""

import pytest

from bot.check import Mark
from bot.errors import LookupFailed, LookupPostponed
from bot.providers.telnyx import Telnyx
from tests.integration.providers.conftest import OpenTelnyx, StartRude
from tests.integration.providers.wire.pages import found, page
from tests.integration.providers.wire.rude_server import RudeServer, answers, one_after_another
from tests.support.clock import ManualClock

ONE = page(1, pages=1, results=1)


async def postponed(telnyx: Telnyx) -> float:
    """The seconds for which a look that can wait is postponed."""
    with pytest.raises(LookupPostponed) as failed:
        await found(telnyx, urgent=False)
    return failed.value.seconds


@pytest.fixture
async def rude(start_rude: StartRude) -> RudeServer:
    """Start a server that lists one SIM card."""
    return await start_rude(ONE)


async def test_calls_a_minute(
    rude: RudeServer, open_telnyx: OpenTelnyx, clock: ManualClock
) -> None:
    """What is above the budget is told when it may be asked, and nothing is sent for it."""
    telnyx = open_telnyx(rude.url, looks_per_minute=3)
    for _ in range(3):
        assert await found(telnyx, urgent=False) == [1]
        await clock.advance(10)
    assert await postponed(telnyx) == 30
    assert len(rude.requests) == 3
    await clock.advance(30)
    assert await found(telnyx, urgent=False) == [1]
    assert await postponed(telnyx) == 10


async def test_urgent_looks(rude: RudeServer, open_telnyx: OpenTelnyx, clock: ManualClock) -> None:
    """They always go, and what they use is missing to the others."""
    telnyx = open_telnyx(rude.url, looks_per_minute=2)
    for _ in range(2):
        await found(telnyx)
    await clock.advance(20)
    for _ in range(2):
        await found(telnyx)
    assert await postponed(telnyx) == 60
    await clock.advance(60)
    assert await found(telnyx, urgent=False) == [1]


async def test_a_check_of_health(rude: RudeServer, open_telnyx: OpenTelnyx) -> None:
    """It can wait like every look that nobody's money hangs on; what it says is no fault."""
    telnyx = open_telnyx(rude.url, looks_per_minute=1)
    (check,) = telnyx.checks()
    told = [answer for _ in range(2) for answer in await check.ask()]
    assert [answer.says for answer in told] == [
        "the key works.",
        "is asked often enough just now; it was not asked again.",
    ]
    assert {answer.mark for answer in told} == {Mark.OK}
    assert len(rude.requests) == 1


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ("401 Unauthorized", "the key is not accepted"),
        ("403 Forbidden", "the key is not accepted"),
        ("404 Not Found", "can't be reached or asked"),
    ],
)
async def test_a_check_that_finds_something_wrong(
    start_rude: StartRude, open_telnyx: OpenTelnyx, status: str, says: str
) -> None:
    """The operator reads whether it is the key or the way."""
    rude = await start_rude(answers(status))
    (check,) = open_telnyx(rude.url).checks()
    (answer,) = await check.ask()
    assert answer.mark is Mark.WRONG
    assert says in answer.says


async def test_a_look_that_has_begun_is_ended(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """Its further pages count, and are never held back: half a list is no answer."""
    pages = [page(number, pages=3, results=3) for number in (1, 2, 3)]
    rude = await start_rude(one_after_another(*pages))
    telnyx = open_telnyx(rude.url, looks_per_minute=1)
    assert await found(telnyx, urgent=False) == [1, 2, 3]
    assert await postponed(telnyx) == 60
    assert len(rude.requests) == 3


@pytest.mark.parametrize(
    ("header", "seconds"), [("Retry-After: 40", 40), ("X-Nothing: 1", 30), ("Retry-After: 0", 1)]
)
async def test_a_provider_that_says_no(
    start_rude: StartRude,
    open_telnyx: OpenTelnyx,
    clock: ManualClock,
    header: str,
    seconds: float,
) -> None:
    """After a 429 looks that can wait do wait, and are not tried again within one."""
    rude = await start_rude(one_after_another(answers("429 Slow", b"", header), ONE))
    telnyx = open_telnyx(rude.url)
    assert await postponed(telnyx) == seconds
    assert await postponed(telnyx) == seconds
    assert len(rude.requests) == 1
    assert await found(telnyx) == [1]
    await clock.advance(seconds)
    assert await found(telnyx, urgent=False) == [1]


async def test_an_urgent_look_that_is_turned_away(
    start_rude: StartRude, open_telnyx: OpenTelnyx
) -> None:
    """It failed, and the others are postponed for what the provider said."""
    rude = await start_rude(answers("429 Slow", b"", "Retry-After: 90"))
    telnyx = open_telnyx(rude.url)
    with pytest.raises(LookupFailed, match="HTTP 429"):
        await found(telnyx)
    assert await postponed(telnyx) == 90
