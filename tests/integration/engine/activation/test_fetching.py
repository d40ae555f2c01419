"""Fetching codes: from whom, for how long, and what is said when it does not work."""

import asyncio

import pytest

from bot.domain.activation.code import CodeNotGiven, WhyNoCode
from bot.domain.activation.hand_out import MissingCode, Wish
from bot.domain.purchase.sim import Sim
from bot.engine.activation.fetching import LONGEST, Fetch
from bot.engine.activation.plans import Plan
from bot.errors import LookupFailed, LookupPostponed
from tests.integration.engine.activation.conftest import CodeSeller, code_of
from tests.support.clock import ManualClock

ICCID = "8988280666000000001"
UNKNOWN = CodeNotGiven(WhyNoCode.NOT_KNOWN, "no such eSIM")


class Counter(CodeSeller):
    """A second seller."""

    name = "celitech"


def a_plan(*sims: Sim, sellers: tuple[str, ...] = ("telnyx", "celitech")) -> Plan:
    """Of eSIMs that no order bought, unless a test says otherwise."""
    some = sims or (Sim(iccid=ICCID),)
    wish = Wish(subject=ICCID, to="U0ANA")
    return Plan(wish, some, tuple(range(1, len(some) + 1)), None, sellers, "Telnyx or Celitech")


@pytest.fixture
def sellers() -> tuple[CodeSeller, Counter]:
    """Both of them."""
    return CodeSeller(), Counter()


def a_fetch(plan: Plan, sellers: tuple[CodeSeller, Counter], clock: ManualClock) -> Fetch:
    """One that counts for nobody."""
    providers = {each.name: each for each in sellers}
    return Fetch(plan, providers, {}, clock, lambda _: None)


@pytest.mark.parametrize("first", [UNKNOWN, LookupFailed("HTTP 503"), OSError("LPA:1$a$b")])
async def test_the_next_one_is_asked(
    sellers: tuple[CodeSeller, Counter], clock: ManualClock, first: Exception
) -> None:
    """One that does not know it, or can't be asked, says nothing about the other."""
    sellers[0].refusals[ICCID] = [first]
    (found,), missing = await a_fetch(a_plan(), sellers, clock).all()
    assert (found.code, missing) == (code_of(ICCID), [])
    assert [each.asked for each in sellers] == [[ICCID], [ICCID]]


@pytest.mark.parametrize("why", [WhyNoCode.NONE, WhyNoCode.UNREADABLE])
async def test_a_refusal_that_shows_no_knowledge_is_not_the_last_word(
    sellers: tuple[CodeSeller, Counter], clock: ManualClock, why: WhyNoCode
) -> None:
    """A bad request may be how a provider says that it knows no such eSIM."""
    sellers[0].refusals[ICCID] = [CodeNotGiven(why)]
    (found,), missing = await a_fetch(a_plan(), sellers, clock).all()
    assert (found.code, missing) == (code_of(ICCID), [])


@pytest.mark.parametrize("why", [WhyNoCode.INSTALLED, WhyNoCode.NOT_READY, WhyNoCode.GONE])
async def test_whoever_knows_it_has_the_last_word(
    sellers: tuple[CodeSeller, Counter], clock: ManualClock, why: WhyNoCode
) -> None:
    """Nobody else is asked then."""
    sellers[0].refusals[ICCID] = [CodeNotGiven(why)]
    found, (missing,) = await a_fetch(a_plan(), sellers, clock).all()
    assert (found, missing.why, sellers[1].asked) == ([], why, [])


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((UNKNOWN, UNKNOWN), WhyNoCode.NOT_KNOWN),
        ((LookupFailed("x"), UNKNOWN), WhyNoCode.PROVIDER_DOWN),
        ((UNKNOWN, LookupFailed("x")), WhyNoCode.PROVIDER_DOWN),
        ((CodeNotGiven(WhyNoCode.NONE), UNKNOWN), WhyNoCode.NONE),
        ((UNKNOWN, CodeNotGiven(WhyNoCode.NONE)), WhyNoCode.NONE),
        ((CodeNotGiven(WhyNoCode.NONE), LookupFailed("x")), WhyNoCode.PROVIDER_DOWN),
        ((CodeNotGiven(WhyNoCode.UNREADABLE), UNKNOWN), WhyNoCode.UNREADABLE),
    ],
)
async def test_not_known_is_said_only_where_all_could_be_asked(
    sellers: tuple[CodeSeller, Counter],
    clock: ManualClock,
    answers: tuple[Exception, Exception],
    told: WhyNoCode,
) -> None:
    """A provider that is down may be the one that has it."""
    for seller, answer in zip(sellers, answers, strict=True):
        seller.refusals[ICCID] = [answer]
    _, (missing,) = await a_fetch(a_plan(), sellers, clock).all()
    assert missing.why is told


async def test_an_esim_without_iccid_is_asked_for_by_its_id(
    sellers: tuple[CodeSeller, Counter], clock: ManualClock
) -> None:
    """It is named by that where there is no code."""
    sellers[0].refusals[""] = [CodeNotGiven(WhyNoCode.GONE)]
    plan = a_plan(Sim(provider_id="sim-1"), sellers=("telnyx",))
    _, missing = await a_fetch(plan, sellers, clock).all()
    assert missing == [MissingCode(1, "sim-1", WhyNoCode.GONE)]


async def test_a_limit_that_never_ends_is_given_up(
    sellers: tuple[CodeSeller, Counter], clock: ManualClock
) -> None:
    """Nobody waits longer than Slack takes answers."""
    sellers[0].refusals[ICCID] = [LookupPostponed(60)] * 100
    fetching = asyncio.ensure_future(a_fetch(a_plan(sellers=("telnyx",)), sellers, clock).all())
    began = clock.monotonic()
    while not fetching.done():
        await clock.advance(10)
    _, (missing,) = fetching.result()
    assert missing.why is WhyNoCode.PROVIDER_DOWN
    assert clock.monotonic() - began <= LONGEST


async def test_one_that_hangs_is_given_up(
    sellers: tuple[CodeSeller, Counter], clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that never ends is a failure like another one."""
    monkeypatch.setattr("bot.engine.activation.fetching._LONGEST_ONE", 0.01)
    sellers[0].meanwhile = asyncio.Event().wait
    plan = a_plan(sellers=("telnyx",))
    _, (missing,) = await a_fetch(plan, sellers, clock).all()
    assert (missing.why, missing.detail) == (
        WhyNoCode.PROVIDER_DOWN,
        "no answer within 0 seconds",
    )
