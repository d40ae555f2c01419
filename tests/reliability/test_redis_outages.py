"""Redis fails at each step: nothing is bought unrecorded, and what was bought is told later."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import aiohttp
import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from bot.errors import StoreUnavailable
from bot.store.connection import connect
from sandbox.demo.bot_process import BotProcess
from sandbox.demo.stage import environment
from sandbox.slack import SlackSandbox
from sandbox.slack.workspace.message import Message
from sandbox.telnyx import TelnyxSandbox
from tests.support.clock import ManualClock
from tests.support.hand_outs import asked, bought, codes_before, given, sent, until
from tests.support.lives.balance import check
from tests.support.lives.life import Life
from tests.support.lives.troubles import TROUBLES, Frozen, Killed, Patient, Trouble
from tests.support.world import World

NOT_RECORDED = "nothing was recorded: nothing was ordered, decided or bought"
NOT_KNOWN = "I can't tell yet whether this was recorded"
RECORDED = "what you did was recorded, once, for order"
AFTER_ALL = "what you did was not recorded, so nothing was ordered, decided or bought"


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Patient]:
    """Start a server of this test's own."""
    patient = Patient(tmp_path / "data")
    yield patient
    patient.stop()


@pytest.fixture
async def world(patient: Patient, clock: ManualClock, tmp_path: Path) -> AsyncIterator[World]:
    """A running bot on that server; at the end each call was made once."""
    async with World.begin(patient.url, clock, tmp_path) as world:
        await world.start_bot()
        yield world
        tags = [str(entry.body["tags"][-1]) for entry in world.telnyx.ledger.requests]
        assert len(set(tags)) == len(tags)


@pytest.fixture(params=TROUBLES)
def trouble(request: pytest.FixtureRequest, patient: Patient) -> Trouble:
    """One way to fail."""
    return TROUBLES[request.param](patient)


async def readiness(world: World) -> int:
    """The HTTP status of /readyz."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.url}/readyz") as answer:
        return answer.status


def kept(world: World) -> list[Path]:
    """The files with outcomes that Redis could not take."""
    return list(world.folder.glob("emergency/*.json"))


async def eventually(condition: Callable[[], object]) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - a file announces nothing
            await asyncio.sleep(0.01)


async def bought_meanwhile(world: World, trouble: Trouble) -> Message:
    """An order that Telnyx fills while Redis fails; its outcome is on disk."""
    card = await world.ask("/esim buy 2")
    gate = world.telnyx.faults.hold()
    await world.click("Approve", card)
    await gate.reached()
    await world.up_to_date_on_slack()
    await trouble.begin()
    gate.release()
    await eventually(lambda: kept(world))
    return card


async def told_everything(world: World, card: Message) -> None:
    """Wait for the end of the order: one call, every ICCID in the thread, nothing left on disk."""
    await world.until_state(card, "purchased")
    await world.up_to_date_on_slack()
    assert len(world.telnyx.ledger.requests) == 1
    assert all(iccid in world.thread(card) for iccid in world.sold())
    assert kept(world) == []


async def is_recorded(world: World, who: str, told: str) -> bool:
    """What this person knows of it in the end, be it not at once; they are told once."""
    if NOT_RECORDED in told:
        return False
    assert NOT_KNOWN in told
    async with asyncio.timeout(20):
        while len(world.slack.ephemerals(who)) < 2:
            await world.clock.jump(1)
            await asyncio.sleep(0.05)
    promised = world.slack.ephemerals(who)[1].plain()
    assert (AFTER_ALL in promised) != (RECORDED in promised)
    return RECORDED in promised


async def test_codes_are_sent_meanwhile(world: World, trouble: Trouble) -> None:
    """Without a line in the audit no code is fetched, and it is said; later it works, once."""
    line = f"/esim activate {world.order_id(await bought(world))}"
    confirmation = await asked(world, line)
    await trouble.begin()
    told = await sent(world, confirmation)
    fetched = list(world.telnyx.account.codes.asked)
    await trouble.end()
    assert "no activation codes" in told.plain()
    assert fetched == []
    await until(world, lambda: not codes_before(world.slack, "ana"))
    await given(world, line)
    assert len(codes_before(world.slack, "ana")) == 2


async def test_a_command_meanwhile(world: World, trouble: Trouble) -> None:
    """The person is told what became of it, at once or when Redis is back; and so it is.

    Only a server that was frozen may go on with what it got before the time for it was over.
    """
    await trouble.begin()
    told = await world.told("/esim buy 1")
    await trouble.end()
    recorded = await is_recorded(world, "ana", told)
    assert not recorded or isinstance(trouble, Frozen)
    await world.pass_time(10)
    assert len(world.slack.messages("ops")) == recorded
    assert len(world.slack.ephemerals("ana")) == (1 if NOT_RECORDED in told else 2)


async def test_a_click_meanwhile(world: World, trouble: Trouble) -> None:
    """The same for a click: nothing was bought if so told, and the button works afterwards."""
    card = await world.ask("/esim buy 1")
    await trouble.begin()
    told = await world.click_told("Approve", card, "ben")
    assert world.telnyx.ledger.requests == []
    await trouble.end()
    recorded = await is_recorded(world, "ben", told)
    assert not recorded or isinstance(trouble, Frozen)
    if not recorded:
        await world.click("Approve", card)
    await world.until_state(card, "purchased")
    assert len(world.telnyx.ledger.requests) == 1


async def test_an_answer_meanwhile(world: World, trouble: Trouble) -> None:
    """ICCIDs that arrive while Redis fails are on disk, and told by themselves when it is back."""
    card = await bought_meanwhile(world, trouble)
    assert all(iccid in kept(world)[0].read_text() for iccid in world.sold())
    assert world.slack.thread(card) == []
    assert await readiness(world) == 503
    await trouble.end()
    await world.clock.advance(1)
    await eventually(lambda: not kept(world))
    await told_everything(world, card)
    assert await readiness(world) == 200


async def test_between_approval_and_purchase(
    patient: Patient, trouble: Trouble, tmp_path: Path
) -> None:
    """Without Redis nothing is sent. Later it is: a restart that lost nothing goes on by itself."""
    async with connect(patient.url) as redis, one_order(redis, patient, tmp_path) as life:
        await life.begin_approved()
        await trouble.begin()
        with pytest.raises(StoreUnavailable):
            await life.settle()
        assert life.telnyx.ledger.requests == []
        await trouble.end()
        await life.settle()
        await check(life)
        order = await life.order()
        assert order is not None
        assert order.state == "purchased"
        assert len(life.telnyx.ledger.requests) == 1


def one_order(redis: Redis, patient: Patient, folder: Path) -> AbstractAsyncContextManager[Life]:
    """The life of an order on that server."""
    return Life.begin(redis, patient.url, folder, "/esim buy 2", "Approve")


async def test_the_workers_come_back_by_themselves(world: World, patient: Patient) -> None:
    """After an outage of a minute, new orders are bought by the same process."""
    killed = Killed(patient)
    await killed.begin()
    await world.clock.advance(60)
    await killed.end()
    card = await world.ask("/esim buy 1")
    await world.click("Approve", card)
    await world.until_state(card, "purchased")


async def test_the_bot_dies_meanwhile(world: World, patient: Patient) -> None:
    """What it left on disk is read at the next start, and told."""
    killed = Killed(patient)
    card = await bought_meanwhile(world, killed)
    await world.stop_bot()
    assert kept(world)
    await killed.end()
    await world.start_bot()
    assert world.bot is not None
    await world.bot.outcomes.recover()
    await told_everything(world, card)


async def test_neither_redis_nor_disk(world: World, patient: Patient) -> None:
    """With nowhere to write it down the outcome is in memory and in the log, and told later."""
    (world.folder / "emergency").write_text("no folder")
    card = await world.ask("/esim buy 2")
    gate = world.telnyx.faults.hold()
    await world.click("Approve", card)
    await gate.reached()
    killed = Killed(patient)
    await killed.begin()
    with capture_logs() as lines:
        gate.release()
        await eventually(lambda: [line for line in lines if "not_written" in line["event"]])
    (logged,) = [line for line in lines if line["event"] == "outcome_only_in_memory"]
    assert all(iccid in str(logged["outcome"]) for iccid in world.sold())
    await killed.end()
    await world.clock.advance(1)
    await world.telnyx.until(lambda: world.telnyx.ledger.requests[0].answered)
    (world.folder / "emergency").unlink()
    await told_everything(world, card)


async def test_a_freeze_between_commit_and_answer(world: World, patient: Patient) -> None:
    """A server that stops for a moment, shorter than the time limit, costs nothing but the wait."""
    frozen = Frozen(patient)
    card = await world.ask("/esim buy 1")
    gate = world.telnyx.faults.hold()
    await world.click("Approve", card)
    await gate.reached()
    await frozen.begin()
    gate.release()
    await world.telnyx.until(lambda: world.telnyx.ledger.requests[0].answered)
    await frozen.end()
    await told_everything(world, card)


async def test_a_killed_process_and_a_killed_server(patient: Patient, tmp_path: Path) -> None:
    """Bot and Redis are both killed for real, in mid-purchase: the ICCIDs are told after all."""
    slack, telnyx = await SlackSandbox.start(), await TelnyxSandbox.start()
    settings = environment(slack, telnyx, tmp_path) | {"REDIS_URL": patient.url}
    first = await BotProcess.start(settings)
    slack.connect(f"{first.url}/slack/events")
    gate = telnyx.faults.hold()
    await slack.person("ana").types("/esim buy 2")
    await slack.until(lambda: slack.messages("ops"))
    card = slack.messages("ops")[0]
    await slack.person("ben").clicks("Approve", card)
    await gate.reached()
    killed = Killed(patient)
    await killed.begin()
    gate.release()
    await eventually(lambda: list(tmp_path.rglob("emergency/*.json")))
    first.process.kill()
    await first.process.wait()
    await killed.end()
    second = await BotProcess.start(settings)
    try:
        await slack.until(lambda: "Bought 2 of 2" in card.plain(), seconds=20)
        await slack.until(lambda: slack.thread(card))
        thread = slack.thread(card)[0].plain()
        assert all(str(sim["iccid"]) in thread for sim in telnyx.ledger.sims)
        assert len(telnyx.ledger.requests) == 1
    finally:
        await second.stop()
        await slack.stop()
        await telnyx.stop()
